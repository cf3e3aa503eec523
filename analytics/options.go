package analytics

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"
)

// Options says what to forecast. The zero value of every field but Horizon has a default.
type Options struct {
	Horizon   int                // buckets ahead, at least 1
	Quantiles []float64          // probabilities, ascending within (0, 1); nil = 0.05, 0.5, 0.95
	Calendar  *calendar.Calendar // occasions, past and to come; nil none
	Model     string             // "" or "auto" chooses and combines; else one of Models()

	// Lower and Upper bound the possible values; a nil Lower means 0 when nothing observed is
	// negative, else no bound.
	Lower, Upper *float64

	// Sums says that values are sums over their bucket, of which a longer month holds more. Nobody can
	// tell from a series: a month's mean or last value is as long as any other's.
	Sums bool

	// Masks are stretches of the history that are no example of the days ahead, in any order. A
	// bucket is missing where they cover a 24th of it or more: an hour of a day.
	Masks []Mask

	// Ceilings are the most that saturated systems let be measured. Where they are nil, a largest value
	// that comes improbably often is taken for one; none are none.
	Ceilings []Ceiling

	Limits []float64 // usable limit per bucket ahead, NaN where none; len Horizon, nil none
	Risk   float64   // probability at which something must be done, for Crossing.Need; 0 = 0.2

	Paths   int    // joint paths to draw; 0 = 2000 when there are Limits, else none
	Seed    uint64 // of the paths; 0 = a fixed one
	Origins int    // rolling origins at most; 0 = 8

	State *State // what an earlier run of the same series left; nil none. It is not changed.

	// Siblings are what runs of series of its kind have learnt of seasons and calendar
	// (regress.Panel): the means about which the regression's coefficients are estimated; nil none.
	Siblings regress.Coefficients
}

const (
	defaultRisk    = 0.2
	defaultPaths   = 2000
	defaultSeed    = 20260101
	defaultOrigins = 8
	maxHorizon     = 200_000
	maxPathPoints  = 4_000_000 // 32 MB of joint paths
)

// withDefaults checks the options against the caller's mistakes and fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	if o.Horizon < 1 || o.Horizon > maxHorizon {
		return o, fmt.Errorf("checking the options: horizon %d is not within 1 to %d buckets", o.Horizon, maxHorizon)
	}
	if o.Quantiles == nil {
		o.Quantiles = []float64{0.05, 0.5, 0.95}
	}
	for i, p := range o.Quantiles {
		if !(p > 0 && p < 1) {
			return o, fmt.Errorf("checking the options: quantile %v is not between 0 and 1: write 0.95 for 95 %%", p)
		}
		if i > 0 && p <= o.Quantiles[i-1] {
			return o, fmt.Errorf("checking the options: quantile %v comes after %v: give them in ascending order", p, o.Quantiles[i-1])
		}
	}
	if o.Model != "" && o.Model != "auto" && !slices.Contains(Models(), o.Model) {
		return o, fmt.Errorf("checking the options: no model %q: choose auto or one of %s", o.Model, strings.Join(Models(), ", "))
	}
	if o.Limits != nil && len(o.Limits) != o.Horizon {
		return o, fmt.Errorf("checking the options: %d limits for %d buckets ahead: give one for each", len(o.Limits), o.Horizon)
	}
	if o.Lower != nil && o.Upper != nil && !(*o.Lower <= *o.Upper) {
		return o, fmt.Errorf("checking the options: lower bound %v is not below the upper bound %v", *o.Lower, *o.Upper)
	}
	for _, m := range o.Masks {
		if !m.From.Before(m.To) {
			return o, fmt.Errorf("checking the options: the mask from %s does not end after it begins, but at %s", m.From.Format(time.RFC3339), m.To.Format(time.RFC3339))
		}
	}
	for _, c := range o.Ceilings {
		switch {
		case !(math.Abs(c.Value) <= maxMagnitude):
			return o, fmt.Errorf("checking the options: the ceiling %v is no number", c.Value)
		case !c.To.IsZero() && !c.From.Before(c.To):
			return o, fmt.Errorf("checking the options: the ceiling from %s does not end after it begins, but at %s", c.From.Format(time.RFC3339), c.To.Format(time.RFC3339))
		}
	}
	if o.Risk < 0 || o.Risk >= 1 || math.IsNaN(o.Risk) {
		return o, fmt.Errorf("checking the options: risk %v is not within [0, 1)", o.Risk)
	}
	if o.Paths < 0 || o.Origins < 0 {
		return o, fmt.Errorf("checking the options: paths %d and origins %d must not be negative", o.Paths, o.Origins)
	}
	return o.filled(), nil
}

// filled sets the defaults of the numeric options.
func (o Options) filled() Options {
	if o.Risk == 0 {
		o.Risk = defaultRisk
	}
	if o.Paths == 0 && o.Limits != nil {
		o.Paths = max(200, min(defaultPaths, maxPathPoints/o.Horizon))
	}
	if o.Seed == 0 {
		o.Seed = defaultSeed
	}
	if o.Origins == 0 {
		o.Origins = defaultOrigins
	}
	return o
}
