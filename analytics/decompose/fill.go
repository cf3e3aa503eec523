package decompose

import "math"

// survey refuses what no decomposition can take.
func survey(y []float64) error {
	seen := false
	for _, v := range y {
		if math.Abs(v) > 1e150 { // an infinite value too
			return ErrNotFinite
		}
		seen = seen || !math.IsNaN(v)
	}
	if !seen {
		return ErrNoData
	}
	return nil
}

// Fill copies y with its missing values (NaN) laid on straight lines between the
// nearest observed values of their own season, whole periods before and after
// (level with the one there is, at the ends); a season never observed lies on the
// line between its neighbours in time. With a period of 1 or less that is plain
// linear interpolation. All stay missing when none is observed.
func Fill(y []float64, period int) []float64 {
	period = max(1, period)
	out := append([]float64(nil), y...)
	for s := range min(period, len(y)) {
		bridge(out, y, s, period)
	}
	bridge(out, append([]float64(nil), out...), 0, 1)
	return out
}

// bridge fills the missing values among from, from+step, from+2·step … of y into
// out: on the line between the observed ones around, or level beyond the ends.
// It leaves them missing when none is observed.
func bridge(out, y []float64, from, step int) {
	last := -1
	for i := from; i < len(y); i += step {
		if math.IsNaN(y[i]) {
			continue
		}
		for j := i - step; j > last && j >= from; j -= step {
			if last < 0 {
				out[j] = y[i]
				continue
			}
			share := float64(j-last) / float64(i-last)
			out[j] = y[last] + share*(y[i]-y[last])
		}
		last = i
	}
	if last >= 0 {
		for j := last + step; j < len(y); j += step {
			out[j] = y[last]
		}
	}
}
