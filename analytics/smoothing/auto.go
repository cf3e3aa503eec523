package smoothing

import (
	"errors"
	"fmt"
	"math"
)

// Auto fits every sensible form and keeps the one of least AICc. period is the
// number of observations per season; below 2 there is none. Forms: no trend or a
// damped one, an undamped one only where its AICc is better by Undamped; no
// season or an additive one; and, for series above zero, relative errors
// and a multiplicative season. A form with more unknowns than the series can
// tell is not tried.
//
// Errors: ErrTooShort below five observations, and those of Fit.
func Auto(y []float64, period int) (*Model, error) {
	n, err := survey(y)
	if err == nil && n < 5 {
		err = fmt.Errorf("%d observations, 5 needed: %w", n, ErrTooShort)
	}
	if err != nil {
		return nil, fmt.Errorf("choosing a form: %w", err)
	}
	var best *Model
	least := math.Inf(1)
	for _, s := range forms(period, positive(y)) {
		if enough(len(y)-leading(y), n, s) != nil {
			continue
		}
		m, err := Fit(y, s)
		if errors.Is(err, ErrUnstable) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("choosing a form: %w", err)
		}
		score := m.AICc
		if s.Trend && !s.Damped {
			score += Undamped
		}
		if score < least {
			best, least = m, score
		}
	}
	if best == nil {
		return nil, fmt.Errorf("choosing a form: %w", ErrUnstable)
	}
	return best, nil
}

// Undamped is by how much the AICc of an undamped trend must be better than that
// of the other forms: a trend that never ends is an assumption to be earned.
const Undamped = 4.0

func positive(y []float64) bool {
	for _, v := range y {
		if v <= 0 {
			return false
		}
	}
	return true
}

// forms lists what Auto tries: those of R's ets, which leaves out additive
// errors with a multiplicative season.
func forms(period int, positive bool) []Spec {
	var out []Spec
	for _, trend := range []Spec{{}, {Trend: true, Damped: true}, {Trend: true}} {
		for season := SeasonNone; season <= SeasonMultiplicative; season++ {
			for _, relative := range []bool{false, true} {
				s := trend
				s.Season, s.Relative = season, relative
				if season != SeasonNone {
					s.Period = period
				}
				if (season != SeasonNone && period < 2) || (!positive && s.positive()) || (season == SeasonMultiplicative && !relative) {
					continue
				}
				out = append(out, s)
			}
		}
	}
	return out
}
