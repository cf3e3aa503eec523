package intermittent

import (
	"fmt"
	"math"
)

// Fit finds the gains that o leaves open and returns the model, ready to predict.
// It starts from the mean size of the demands and their share of the observed
// steps, so that a small gain means the plain mean. Without any demand the
// forecast is 0.
//
// Errors: ErrNoData, ErrNotFinite, ErrNegative.
func Fit(y []float64, o Options) (*Model, error) {
	if err := survey(y); err != nil {
		return nil, fmt.Errorf("fitting %v: %w", o.Method, err)
	}
	start, shape := average(y), ShapeOf(y, o.Period)
	g, err := gains(y, o, start, shape)
	if err != nil {
		return nil, fmt.Errorf("fitting %v: %w", o.Method, err)
	}
	return run(y, o.Method, g[0], g[1], start, shape), nil
}

// average is the state of a series that never changes.
func average(y []float64) State {
	var n, demands, size float64
	for _, v := range y {
		if math.IsNaN(v) {
			continue
		}
		n++
		if v > 0 {
			demands++
			size += (v - size) / demands
		}
	}
	return State{Size: size, Probability: demands / n, Interval: n / math.Max(1, demands)}
}

// The gains that are searched: rough ones first, then ever smaller steps about the
// best. The sum of squares may have more than one bottom, so that the rough ones
// span the whole range.
var rough = [...]float64{0.01, 0.03, 0.06, 0.1, 0.2, 0.3, 0.5}

const minGain, maxGain = 0.01, 0.5

// most is the largest gain to find.
func (o Options) most() float64 {
	if o.Most == 0 {
		return maxGain
	}
	return o.Most
}

// gains returns α and β: those given, or the best.
func gains(y []float64, o Options, start State, shape Shape) ([2]float64, error) {
	given := [2]float64{o.Alpha, o.Beta}
	for _, g := range given {
		if !(g >= 0 && g <= 1) {
			return given, fmt.Errorf("a gain of %v: choose 0 for the best, or up to 1", g)
		}
	}
	if o.Method < TSB || o.Method > SBA {
		return given, fmt.Errorf("unknown method %d: choose TSB, Croston or SBA", o.Method)
	}
	if !(o.most() > minGain && o.most() <= 1) {
		return given, fmt.Errorf("gains of at most %v: choose above %v and at most 1, or 0 for %v", o.Most, minGain, maxGain)
	}
	best, at := math.Inf(1), given
	try := func(a, b float64) bool {
		sse, _, _ := o.Method.carry(y, a, b, start, shape, nil)
		if sse < best {
			best, at = sse, [2]float64{a, b}
			return true
		}
		return false
	}
	for _, a := range choices(given[0], o.most()) {
		for _, b := range choices(given[1], o.most()) {
			try(a, b)
		}
	}
	for factor := 1.5; factor > 1.01; {
		better := false
		for i := range given {
			if given[i] != 0 {
				continue
			}
			for _, f := range [...]float64{factor, 1 / factor} {
				g := at
				g[i] = math.Min(o.most(), math.Max(minGain, g[i]*f))
				better = try(g[0], g[1]) || better
			}
		}
		if !better {
			factor = math.Sqrt(factor)
		}
	}
	return at, nil
}

// choices are the gains to begin with: the given one, or the rough ones up to the most.
func choices(given, most float64) []float64 {
	if given != 0 {
		return []float64{given}
	}
	n := len(rough)
	for rough[n-1] > most {
		n--
	}
	return rough[:n]
}
