package levelshape

import (
	"errors"
	"fmt"
)

// What data can do to a fit. The text says the mend.
var (
	ErrTooShort  = errors.New("fewer than three full periods: take a shorter period or a longer history")
	ErrNoData    = errors.New("no observation: every value is missing")
	ErrNotFinite = errors.New("a value is infinite or beyond 1e150: mark it as missing (NaN), or choose a larger unit")
)

// Options of a fit. Period must be set; what Fit cannot take is an error that says what
// to choose.
type Options struct {
	Period int // observations in the main period, at least 2: 7 for days, 24 for hours

	// Cycle is a longer period in observations that the level may follow, whole or
	// not: 365.25 for days, 168 for hours. It counts from two full cycles on, of
	// at least two main periods each. 0 means none.
	Cycle float64

	// ShapePeriods is the number of last periods whose mean proportions are the
	// shape. 0 means found: see the package comment.
	ShapePeriods int
}

func (o Options) check() error {
	if o.Period < 2 {
		return fmt.Errorf("a period of %d: choose at least 2", o.Period)
	}
	if o.Cycle != 0 && !(o.Cycle > float64(o.Period) && o.Cycle <= 1e9) {
		return fmt.Errorf("a cycle of %v beside a period of %d: choose a longer one, or 0 for none", o.Cycle, o.Period)
	}
	if o.ShapePeriods < 0 {
		return fmt.Errorf("a shape of %d periods: choose 0 for the default, or above", o.ShapePeriods)
	}
	return nil
}
