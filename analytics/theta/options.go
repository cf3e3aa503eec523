package theta

import "errors"

// What data can do to a fit. The text says the mend.
var (
	ErrTooShort  = errors.New("fewer than 4 observed values: forecast by the last value or the mean")
	ErrNotFinite = errors.New("a value is infinite or beyond 1e150: mark it as missing (NaN), or choose a larger unit")
)

// Variant says which of the four theta models (F16 §4) is meant.
type Variant int

// The models: D for a line that moves with time, O for an optimised theta, S for
// the standard theta of 2.
const (
	DOTM Variant = iota
	DSTM
	OTM
	STM
)

// String is the model's name in F16.
func (v Variant) String() string {
	if v < DOTM || v > STM {
		return "unknown"
	}
	return [...]string{"DOTM", "DSTM", "OTM", "STM"}[v]
}

func (v Variant) dynamic() bool   { return v == DOTM || v == DSTM }
func (v Variant) optimised() bool { return v == DOTM || v == OTM }

// Season says how the series is adjusted for its season before the fit.
type Season int

const (
	// SeasonNone takes the series as it is.
	SeasonNone Season = iota
	// SeasonTested adjusts when the autocorrelation at the period is beyond its 90 %
	// limit (F16 §5.1; Assimakopoulos and Nikolopoulos 2000): multiplicatively when
	// every observed value is above zero and no seasonal factor is below 0.01,
	// additively otherwise. Below two full periods, or a period under 4, it does not.
	SeasonTested
	// SeasonAdditive adjusts untested, if there are two full periods.
	SeasonAdditive
	// SeasonMultiplicative does so by factors, and falls back to additive as
	// SeasonTested does.
	SeasonMultiplicative
)

// Options of a fit. The zero value is the dynamic optimised theta model of the
// series as it is.
type Options struct {
	Variant Variant
	Season  Season // how it is adjusted before the fit
	Period  int    // observations per season, for Season only
	Near    *Near  // where the search begins; nil: everywhere
}

// Params are a model's unknowns.
type Params struct {
	Alpha float64 // gain of the level, in [0.1, 0.99] from Fit
	Theta float64 // at least 1; +Inf is allowed
	Level float64 // ℓ_0
}

func (p Params) omega() float64 { return 1 - 1/p.Theta }
