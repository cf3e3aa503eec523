package decompose

import (
	"errors"
	"fmt"
	"math"
)

// What data can do to a decomposition. The text says the mend.
var (
	ErrTooShort    = errors.New("fewer than two full periods: take a shorter period or a longer history")
	ErrNoData      = errors.New("no observation: every value is missing")
	ErrNotFinite   = errors.New("a value is infinite or beyond 1e150: mark it as missing (NaN), or choose a larger unit")
	ErrNotPositive = errors.New("a multiplicative season needs values above zero: take an additive one")
)

// Options of STL. The zero value of each field but Period is R's default.
type Options struct {
	Period int // observations per season, at least 2

	// SeasonalWindow is the loess span of each season's own series, in periods: odd,
	// at least 7 by C90's advice. 0 means periodic: the season is the same in every
	// period.
	SeasonalWindow int
	// TrendWindow is the loess span of the trend, in values. 0 means
	// 1.5·Period/(1 − 1.5/SeasonalWindow), up to the next odd number.
	TrendWindow int
	// LowpassWindow is the loess span of the filter that keeps the trend out of the
	// season. 0 means Period, up to the next odd number.
	LowpassWindow int

	SeasonalDegree Degree // Constant by default
	TrendDegree    Degree // Linear by default
	LowpassDegree  Degree // that of the trend by default

	// Jumps: loess is computed at every so manieth value and joined by straight
	// lines. 0 means a tenth of the window, rounded up; 1 computes each.
	SeasonalJump, TrendJump, LowpassJump int

	// Robust gives values far from trend + season less weight, down to none, so
	// that single shocks bend neither.
	Robust bool
	// Inner loops refine season and trend (0 means 2, or 1 if robust); Outer loops
	// renew the weights (0 means none, or 15 if robust).
	Inner, Outer int
}

// Degree of the polynomial that loess fits locally.
type Degree int

// The degrees of a local fit.
const (
	DegreeDefault Degree = iota
	Constant
	Linear
)

// Components of a series, of its length.
type Components struct {
	Trend  []float64 // in the series' unit; of Classical NaN where its average does not reach
	Season []float64 // about 0 in the series' unit, or about 1 where it multiplies
	// Remainder is what trend and season leave: y − Trend − Season (additive), or
	// y / (Trend · Season); NaN where y is missing.
	Remainder []float64
	// Weights in [0, 1] that the last robust loop used; 1 if it was not robust. nil
	// from Classical.
	Weights []float64
}

// smoother is one loess: its span in values, degree and jump.
type smoother struct {
	span   int
	linear bool
	jump   int

	tricube []float64 // weights about a middle, of span; nil if none is ever needed
	total   float64   // their sum
}

// prepare works out the weights about a middle, for series of up to n values.
func (s *smoother) prepare(n int) {
	if s.span > n {
		return
	}
	half := float64(s.span / 2)
	s.tricube = make([]float64, s.span)
	for j := range s.tricube {
		s.tricube[j] = tricube(math.Abs(float64(j)-half), half)
		s.total += s.tricube[j]
	}
}

// plan is Options with every default filled in.
type plan struct {
	period                   int
	periodic                 bool
	seasonal, trend, lowpass smoother
	inner, outer             int
}

// plan fills in R's defaults (stats::stl, R 4.2) for a series of n values.
func (o Options) plan(n int) (plan, error) {
	p := plan{period: o.Period, periodic: o.SeasonalWindow == 0, inner: 2}
	if o.Period < 2 {
		return p, fmt.Errorf("a period of %d: choose at least 2", o.Period)
	}
	for _, v := range []int{o.SeasonalWindow, o.TrendWindow, o.LowpassWindow, o.SeasonalJump, o.TrendJump, o.LowpassJump, o.Inner, o.Outer} {
		if v < 0 {
			return p, fmt.Errorf("a window, jump or count of loops of %d: choose 0 for the default, or above", v)
		}
	}
	for _, d := range []Degree{o.SeasonalDegree, o.TrendDegree, o.LowpassDegree} {
		if d < DegreeDefault || d > Linear {
			return p, fmt.Errorf("unknown degree %d: choose constant or linear", d)
		}
	}
	if n/o.Period < 2 {
		return p, fmt.Errorf("%d values of period %d: %w", n, o.Period, ErrTooShort)
	}
	p.seasonal = smoother{span: o.SeasonalWindow, linear: o.SeasonalDegree == Linear}
	if p.periodic { // wide enough to weigh every period alike
		p.seasonal = smoother{span: 10*n + 1}
	}
	wide := 1.5 * float64(o.Period) / (1 - 1.5/float64(max(p.seasonal.span, 3)))
	p.trend = smoother{span: or(o.TrendWindow, ceil(wide)), linear: o.TrendDegree != Constant}
	p.lowpass = smoother{span: or(o.LowpassWindow, o.Period), linear: p.trend.linear}
	if o.LowpassDegree != DegreeDefault {
		p.lowpass.linear = o.LowpassDegree == Linear
	}
	for _, s := range []*smoother{&p.seasonal, &p.trend, &p.lowpass} {
		s.span = max(3, s.span|1) // odd
	}
	p.seasonal.jump = or(o.SeasonalJump, (p.seasonal.span+9)/10)
	p.trend.jump = or(o.TrendJump, (p.trend.span+9)/10)
	p.lowpass.jump = or(o.LowpassJump, (p.lowpass.span+9)/10)
	p.seasonal.prepare((n + o.Period - 1) / o.Period)
	p.trend.prepare(n)
	p.lowpass.prepare(n)
	if o.Robust {
		p.inner, p.outer = 1, 15
	}
	p.inner, p.outer = or(o.Inner, p.inner), or(o.Outer, p.outer)
	return p, nil
}

// or is v, or the default where v is 0.
func or(v, otherwise int) int {
	if v == 0 {
		return otherwise
	}
	return v
}

func ceil(v float64) int {
	n := int(v)
	if float64(n) < v {
		n++
	}
	return n
}
