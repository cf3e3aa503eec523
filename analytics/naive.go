package analytics

import "math"

// seasonalNaive repeats the last year, aligned by weekday (364 days, 52 weeks, 12 months), or the
// last main season where there is no whole year yet. A missing value is taken from the seasons
// before, then from its neighbours one main season away, then from the recent mean.
func seasonalNaive(w *window) []float64 {
	n, m := len(w.Values), w.rhythm.period
	if n >= w.rhythm.year+m {
		m = w.rhythm.year
	}
	if n < m {
		m = 1
	}
	fallback := recentMean(w.Values, w.rhythm.period)
	out := make([]float64, len(w.ahead))
	for i := range out {
		out[i] = sameSeason(w.Values, n+i, m, w.rhythm.period)
		if math.IsNaN(out[i]) {
			out[i] = fallback
		}
	}
	return out
}

// sameSeason finds the value a whole number of seasons m before place t, or one short period p
// beside it.
func sameSeason(y []float64, t, m, p int) float64 {
	n := len(y)
	from := t - m*((t-n)/m+1)
	for at := from; at >= 0; at -= m {
		for _, shift := range []int{0, -p, p} {
			if i := at + shift; i >= 0 && i < n && !math.IsNaN(y[i]) {
				return y[i]
			}
		}
	}
	return math.NaN()
}

// recentMean is the mean of the last few main seasons that hold values.
func recentMean(y []float64, period int) float64 {
	for span := 4 * max(period, 2); ; span *= 2 {
		v := mean(y[max(0, len(y)-span):])
		if !math.IsNaN(v) || span >= len(y) {
			return v
		}
	}
}

// flatMean forecasts the mean of the last four main seasons.
func flatMean(w *window) []float64 {
	return repeated(recentMean(w.Values, w.rhythm.period), len(w.ahead))
}

// drift continues the line from the first to the last observed value (Hyndman & Athanasopoulos,
// 5.2), damped by 0.98 a bucket so that a short history does not explode.
func drift(w *window) []float64 {
	first, last := -1, -1
	for i, v := range w.Values {
		if !math.IsNaN(v) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if last <= first {
		return nil
	}
	slope := (w.Values[last] - w.Values[first]) / float64(last-first)
	out := make([]float64, len(w.ahead))
	const damping = 0.98
	at, step := w.Values[last]+slope*float64(len(w.Values)-1-last), slope
	for i := range out {
		step *= damping
		at += step
		out[i] = at
	}
	return out
}

func repeated(v float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = v
	}
	return out
}
