package decompose

import "math"

// fold lays n values of a period that need not be whole on steps, a whole number
// of them a cycle.
type fold struct {
	phases int   // steps a cycle
	steps  int   // steps in all
	step   []int // of each value; nil when each value is a step
}

func newFold(n int, period float64) fold {
	whole := math.Floor(period)
	f := fold{phases: int(whole), steps: n}
	if whole == period {
		return f
	}
	f.step = make([]int, n)
	for i := range f.step {
		f.step[i] = int(float64(i) * whole / period)
	}
	f.steps = f.step[n-1] + 1
	return f
}

// gather gives the mean of the values of each step.
func (f fold) gather(y []float64) []float64 {
	if f.step == nil {
		return y
	}
	out := make([]float64, f.steps)
	for i := 0; i < len(y); {
		j, sum := i, 0.0
		for ; j < len(y) && f.step[j] == f.step[i]; j++ {
			sum += y[j]
		}
		out[f.step[i]] = sum / float64(j-i)
		i = j
	}
	return out
}

// steady gives each value what its step has.
func (f fold) steady(v []float64) []float64 {
	if f.step == nil {
		return v
	}
	out := make([]float64, len(f.step))
	for i, s := range f.step {
		out[i] = v[s]
	}
	return out
}

// sloped draws a straight line between the middles of the steps, level beyond the
// first and the last.
func (f fold) sloped(v []float64) []float64 {
	if f.step == nil {
		return v
	}
	out := make([]float64, len(f.step))
	last, lastMiddle := 0, 0.0
	for i := 0; i < len(out); {
		j := i
		for j < len(out) && f.step[j] == f.step[i] {
			j++
		}
		s, middle := f.step[i], float64(i+j-1)/2
		from := int(math.Ceil(lastMiddle))
		for x := from; float64(x) <= middle; x++ {
			share := 1.0
			if middle > lastMiddle {
				share = (float64(x) - lastMiddle) / (middle - lastMiddle)
			}
			out[x] = v[last] + share*(v[s]-v[last])
		}
		for x := int(math.Floor(middle)) + 1; x < j; x++ {
			out[x] = v[s]
		}
		last, lastMiddle, i = s, middle, j
	}
	return out
}
