package regress

import (
	"math"
	"slices"
)

// transform is the way to the fit scale and back.
//
//	log:    u = log(y/unit + offset)
//	linear: u = y/unit − offset
type transform struct {
	log          bool
	unit, offset float64
}

// fitUnit is the spread of a linear series on its fit scale: that of a usual
// daily series' logarithms, for which the prior strengths are made.
const fitUnit = .3

// newTransform chooses the scale of the values that are to be fitted (no NaN, at
// least one).
func newTransform(y []float64, s Scale) transform {
	if s == ScaleLinear || slices.Min(y) < 0 {
		big := math.Max(math.Abs(slices.Min(y)), math.Abs(slices.Max(y)))
		if big == 0 {
			return transform{unit: 1}
		}
		z := make([]float64, len(y))
		for i, v := range y {
			z[i] = v / big // the values may be so large that their sum is not finite
		}
		mean := 0.0
		for _, v := range z {
			mean += v / float64(len(z))
		}
		ss := 0.0
		for _, v := range z {
			ss += (v - mean) * (v - mean) / float64(len(z))
		}
		sd := math.Sqrt(ss)
		if sd < 1e-9 {
			sd = 1
		}
		// 1/fitUnit first: big·sd may be close to the largest number
		unit := math.Min(sd/fitUnit, math.MaxFloat64/4/big) * big
		return transform{unit: unit, offset: mean * big / unit}
	}
	t := transform{log: true, unit: 1}
	positive := make([]float64, 0, len(y))
	for _, v := range y {
		if v > 0 {
			positive = append(positive, v)
		}
	}
	if len(positive) == 0 {
		return t
	}
	t.unit = median(positive)
	if len(positive) < len(y) {
		t.offset = .25 // zeros lie log 5 below the usual value
	}
	return t
}

func (t transform) to(y float64) float64 {
	if t.log {
		return math.Log(math.Max(y/t.unit, 1e-9) + t.offset)
	}
	return y/t.unit - t.offset
}

func (t transform) back(u float64) float64 {
	v := (u + t.offset) * t.unit
	if t.log {
		v = math.Max(0, math.Exp(u)-t.offset) * t.unit
	}
	return math.Min(math.Max(v, -math.MaxFloat64), math.MaxFloat64)
}

// without returns y less an effect on the fit scale.
func (t transform) without(y, effect float64) float64 {
	if !t.log {
		return y - effect*t.unit
	}
	if t.offset > 0 {
		return t.back(t.to(y) - effect)
	}
	return y * math.Exp(-effect)
}

// median returns the middle of v, which it leaves as it is; NaN when empty.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Clone(v)
	slices.Sort(s)
	n := len(s)
	return s[(n-1)/2]/2 + s[n/2]/2
}
