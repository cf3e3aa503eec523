package regress

import (
	"errors"

	"foresight/analytics/calendar"
)

// The reasons why no model can be fitted.
var (
	// ErrTooShort says that too few values were observed: two weeks of days,
	// eight weeks or eight months are the least.
	ErrTooShort = errors.New("history too short for a regression")
	// ErrStep says that the step is not one day, week or month.
	ErrStep = errors.New("regression needs steps of one day, one week or one month")
	// ErrInput says that times, values and weights do not fit together.
	ErrInput = errors.New("regression input does not fit together")
)

// Scale is the scale on which effects add up.
type Scale int

// The scales.
const (
	// ScaleAuto takes logarithms when no value is negative.
	ScaleAuto Scale = iota
	// ScaleLinear keeps the values as they are.
	ScaleLinear
)

// Options says how a series is to be fitted. The zero value is not usable: Step
// must be set.
type Options struct {
	Step     calendar.Step
	Calendar *calendar.Calendar // nil: no occasions
	Weights  []float64          // one per value, in [0, ∞); 0 masks the value; nil: all 1
	Scale    Scale
	Centre   Coefficients // prior means, from siblings' fits; nil: all 0
	Shared   *Shared      // with other fits of the series; nil: nothing
	Prior    *Prior       // strengths found by an earlier fit, taken as they are; nil: estimated
}

// Prior holds a fit's estimated prior strengths. A refit of a longer or shorter
// piece of the same series that is given them skips their estimation, which is
// most of the work.
type Prior struct {
	tau   [numBlocks]float64 // standard deviation of each block's coefficients, fit scale
	sigma float64            // of the noise, fit scale
}

// Component is one part of a prediction, a value per time.
type Component struct {
	Name           string // trend, week, year, month day, or an occasion's name
	Family         string // id of the occasions' family; "" for trend, seasons and "closed"
	Multiplicative bool   // parts multiply to the prediction; else they add up
	Occasion       bool   // the part is the calendar's, and absent from Baseline
	Values         []float64
}
