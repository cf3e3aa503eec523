package smoothing

import "math"

// begin estimates the states before the first value: a straight line through
// the means of the first periods (at most four; the first ten values without a
// season), and the mean distance from that line, or ratio to it, season by season.
func begin(y []float64, s Spec, a *arena) State {
	if s.Season == SeasonNone {
		w := y[:min(len(y), 10)]
		if !s.Trend {
			return State{Level: mean(w)}
		}
		level, slope := line(w, 1)
		return positiveLine(y, s, State{Level: level, Trend: slope})
	}
	m := s.Period
	w := min(len(y)/m, 4) * m
	if w == 0 {
		w = len(y)
	}
	level, slope := line(y[:w], m)
	if !s.Trend {
		level, slope = mean(y[:w]), 0
	}
	st := positiveLine(y, s, State{Level: level, Trend: slope})
	st.Season = figure(y[:w], s, st, a)
	return st
}

// positiveLine flattens a line that leaves the positive numbers where the form
// needs them.
func positiveLine(y []float64, s Spec, st State) State {
	if s.positive() {
		end := st.Level + st.Trend*float64(len(y))
		if average := mean(y); st.Level < average/20 || end < average/20 {
			return State{Level: average}
		}
	}
	return st
}

// line fits a straight line through the means of successive stretches of m
// values, and gives its height one step before the first value and its slope.
func line(y []float64, m int) (level, slope float64) {
	var n, sx, sy, sxx, sxy float64
	for i := 0; i < len(y); i += m {
		v := mean(y[i:min(i+m, len(y))])
		if math.IsNaN(v) {
			continue
		}
		x := float64(i) + float64(m+1)/2
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+v, sxx+x*x, sxy+x*v
	}
	if n == 0 {
		return mean(y), 0
	}
	if d := sxx - sx*sx/n; d > 0 {
		slope = (sxy - sx*sy/n) / d
	}
	return (sy - slope*sx) / n, slope
}

// figure is the season around the line st, of mean zero, or one.
func figure(y []float64, s Spec, st State, a *arena) []float64 {
	out, count := a.take(s.Period), a.take(s.Period)
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		base := st.Level + st.Trend*float64(i+1)
		if s.Season == SeasonAdditive {
			out[i%s.Period] += v - base
		} else {
			out[i%s.Period] += v / base
		}
		count[i%s.Period]++
	}
	total, seen := 0.0, 0.0
	for i, c := range count {
		if c > 0 {
			out[i] /= c
			total += out[i]
			seen++
		}
	}
	average := 0.0
	if s.Season == SeasonMultiplicative {
		average = 1
	}
	if seen > 0 {
		average = total / seen
	}
	for i, c := range count {
		switch {
		case c == 0 && s.Season == SeasonAdditive: // never seen: as the mean
			out[i] = 0
		case c == 0:
			out[i] = 1
		case s.Season == SeasonAdditive:
			out[i] -= average
		default:
			out[i] = math.Max(out[i]/average, 1e-6)
		}
	}
	return out
}

// mean of what is observed; NaN when nothing is.
func mean(y []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			n++
			sum += v
		}
	}
	return sum / n
}

// leading counts the missing values before the first observation.
func leading(y []float64) int {
	for i, v := range y {
		if !math.IsNaN(v) {
			return i
		}
	}
	return len(y)
}

// flat is the state that any series allows: its mean, and no slope or season.
func flat(y []float64, s Spec, a *arena) State {
	st := State{Level: mean(y)}
	if s.Season != SeasonNone {
		st.Season = a.take(s.Period)
	}
	if s.Season == SeasonMultiplicative {
		for i := range st.Season {
			st.Season[i] = 1
		}
	}
	return st
}
