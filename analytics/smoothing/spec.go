package smoothing

import (
	"errors"
	"fmt"
	"math"
)

// What data can do to a fit. The text says the mend.
var (
	ErrNoData      = errors.New("no observation: every value is missing")
	ErrTooShort    = errors.New("too few observations for this form: choose one with fewer parameters")
	ErrNotPositive = errors.New("a multiplicative season or relative errors need values above zero: choose additive ones")
	ErrNotFinite   = errors.New("a value is infinite: mark it as missing (NaN)")
	ErrTooLarge    = errors.New("a value is beyond 1e150: choose a larger unit")
	ErrUnstable    = errors.New("the recursion left the finite numbers: choose other parameters or an additive form")
)

// largest magnitude of a value: its square, summed, must stay finite.
const largest = 1e150

// Season says how the season joins the level.
type Season int

// The kinds of season.
const (
	SeasonNone           Season = iota // no season
	SeasonAdditive                     // level + season
	SeasonMultiplicative               // level × season
)

// String names the season as HKOS do: N, A or M.
func (s Season) String() string {
	switch s {
	case SeasonNone:
		return "N"
	case SeasonAdditive:
		return "A"
	case SeasonMultiplicative:
		return "M"
	}
	return fmt.Sprintf("Season(%d)", int(s))
}

// MarshalText writes the season as its letter.
func (s Season) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the letter of a season.
func (s *Season) UnmarshalText(text []byte) error {
	for _, c := range [...]Season{SeasonNone, SeasonAdditive, SeasonMultiplicative} {
		if c.String() == string(text) {
			*s = c
			return nil
		}
	}
	return fmt.Errorf("reading season %q: choose N, A or M", text)
}

// Spec is the form of a model.
type Spec struct {
	Trend  bool   `json:"trend"`  // a slope
	Damped bool   `json:"damped"` // the slope dies away by Params.Phi a step; needs Trend
	Season Season `json:"season"` // none, additive or multiplicative
	Period int    `json:"period"` // observations per season, at least 2; unread without a season

	// Relative errors grow with the forecast (ETS's multiplicative errors). They
	// change what a fit minimises (see Model.LogLik) and, with a multiplicative
	// season, the season's update (see the package comment).
	Relative bool `json:"relative"`
}

// String names the form as ETS(error, trend, season), for instance "ETS(M,Ad,M)".
func (s Spec) String() string {
	e, t := "A", "N"
	if s.Relative {
		e = "M"
	}
	if s.Trend {
		t = "A"
	}
	if s.Damped {
		t += "d"
	}
	return fmt.Sprintf("ETS(%s,%s,%v)", e, t, s.Season)
}

// period is the length of the ring of seasons: 1 without a season.
func (s Spec) period() int {
	if s.Season == SeasonNone {
		return 1
	}
	return s.Period
}

// free counts what a fit estimates: parameters and states, without the variance.
// A season counts one state less than its period, as level and season share one.
func (s Spec) free() int {
	k := 2 // α, level
	if s.Trend {
		k += 2 // β, slope
	}
	if s.Damped {
		k++
	}
	if s.Season != SeasonNone {
		k += s.Period // γ, and period − 1 states
	}
	return k
}

func (s Spec) positive() bool { return s.Relative || s.Season == SeasonMultiplicative }

func (s Spec) validate() error {
	if s.Season < SeasonNone || s.Season > SeasonMultiplicative {
		return fmt.Errorf("unknown season %d: choose none, additive or multiplicative", int(s.Season))
	}
	if s.Season != SeasonNone && s.Period < 2 {
		return fmt.Errorf("a season of period %d: choose at least 2, or no season", s.Period)
	}
	if s.Damped && !s.Trend {
		return errors.New("a damped trend without a trend: set Trend as well")
	}
	return nil
}

// Params are the smoothing parameters as stats::HoltWinters counts them.
type Params struct {
	Alpha float64 `json:"alpha"` // level, in [0, 1]
	Beta  float64 `json:"beta"`  // trend, in [0, 1]; β of ETS is Alpha·Beta
	Gamma float64 `json:"gamma"` // season, in [0, 1]; γ of ETS is (1 − Alpha)·Gamma
	Phi   float64 `json:"phi"`   // what remains of the slope after a step, in (0, 1]; unread unless damped
}

// FromETS translates the parameters of ETS (HKOS table 2.1, R's forecast::ets).
// Phi is carried over. Beta is 0 where alpha is 0, and Gamma where alpha is 1: neither
// then has an effect.
func FromETS(alpha, beta, gamma, phi float64) Params {
	p := Params{Alpha: alpha, Phi: phi}
	if alpha != 0 {
		p.Beta = beta / alpha
	}
	if alpha != 1 {
		p.Gamma = gamma / (1 - alpha)
	}
	return p
}

// ETS gives the parameters as ETS counts them.
func (p Params) ETS() (alpha, beta, gamma, phi float64) {
	return p.Alpha, p.Alpha * p.Beta, (1 - p.Alpha) * p.Gamma, p.Phi
}

// effective is p with what the form does not read set to what the recursion needs.
func (p Params) effective(s Spec) Params {
	if !s.Trend {
		p.Beta = 0
	}
	if !s.Damped {
		p.Phi = 1
	}
	if s.Season == SeasonNone {
		p.Gamma = 0
	}
	return p
}

// State is the condition of a model between two steps.
type State struct {
	Level  float64   `json:"level"`            // in the series' unit
	Trend  float64   `json:"trend"`            // per step; 0 without a trend
	Season []float64 `json:"season,omitempty"` // one period; Season[0] is the season of the next step; empty without one
}

// copied is the state as the form s reads it, its seasons copied into ring.
func (st State) copied(s Spec, ring []float64) State {
	c := State{Level: st.Level}
	if s.Trend {
		c.Trend = st.Trend
	}
	if s.Season != SeasonNone {
		c.Season = ring
		copy(ring, st.Season)
	}
	return c
}

// survey counts the observations and refuses what no form can take.
func survey(y []float64) (n int, err error) {
	for i, v := range y {
		switch {
		case math.IsNaN(v):
		case math.IsInf(v, 0):
			return 0, fmt.Errorf("reading value %d: %w", i, ErrNotFinite)
		case math.Abs(v) > largest:
			return 0, fmt.Errorf("reading value %d: %w", i, ErrTooLarge)
		default:
			n++
		}
	}
	if n == 0 {
		return 0, ErrNoData
	}
	return n, nil
}

// admit checks that the series y can be taken by the form s, and counts its observations.
func admit(y []float64, s Spec) (int, error) {
	if err := s.validate(); err != nil {
		return 0, err
	}
	n, err := survey(y)
	if err != nil {
		return 0, err
	}
	if s.positive() {
		for i, v := range y {
			if v <= 0 {
				return 0, fmt.Errorf("reading value %d of %v: %w", i, s, ErrNotPositive)
			}
		}
	}
	return n, nil
}
