package smoothing

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// DoubleSpec is the form of double seasonal exponential smoothing (Taylor, Short-
// term electricity demand forecasting using double seasonal exponential
// smoothing, JORS 54, 2003; with the error correction of Taylor, IJF 26, 2010,
// and De Livera, Hyndman and Snyder, JASA 106, 2011, whose BATS with two seasons
// and an AR(1) error it is). Both seasons are additive. With level l, trend b,
// short season d, long season w, q = l + φb, and the error η of what the states
// say, one step reads
//
//	η  = y − (q + d + w)
//	ε  = y − μ,  μ = q + d + w + ρ·η₋₁    what a fit makes small
//	l' = q + α·η
//	b' = φb + αβ·η
//	d' = d + δ·η
//	w' = w + ω·η
//
// A missing observation counts as its forecast: η is then ρ·η₋₁, its mean given
// what was seen, so that a forecast through a gap is the forecast from before it.
type DoubleSpec struct {
	Trend  bool `json:"trend"`  // a slope
	Damped bool `json:"damped"` // the slope dies away by Phi a step; needs Trend
	Short  int  `json:"short"`  // observations per short season, at least 2: 24 for hours of a day
	Long   int  `json:"long"`   // observations per long season, a multiple of Short above it: 168 for hours of a week
	AR     bool `json:"ar"`     // the error of one step carries over to the next by Rho
}

// String names the form, for instance "double(24,168) damped, AR(1)".
func (s DoubleSpec) String() string {
	text := fmt.Sprintf("double(%d,%d)", s.Short, s.Long)
	switch {
	case s.Damped:
		text += " damped"
	case s.Trend:
		text += " trend"
	}
	if s.AR {
		text += ", AR(1)"
	}
	return text
}

// free counts what a fit estimates: parameters, level and slope. The starting
// seasons are set beforehand.
func (s DoubleSpec) free() int {
	k := 4 // α, δ, ω, level
	for _, has := range [...]bool{s.Trend, s.Trend, s.Damped, s.AR} {
		if has {
			k++
		}
	}
	return k
}

func (s DoubleSpec) validate() error {
	if s.Short < 2 || s.Long <= s.Short || s.Long%s.Short != 0 {
		return fmt.Errorf("seasons of %d and %d: choose at least 2, and a multiple of it", s.Short, s.Long)
	}
	if s.Damped && !s.Trend {
		return errors.New("a damped trend without a trend: set Trend as well")
	}
	return nil
}

// admit checks that y can be taken, and counts its observations.
func (s DoubleSpec) admit(y []float64) (int, error) {
	if err := s.validate(); err != nil {
		return 0, err
	}
	return survey(y)
}

// DoubleParams are the smoothing parameters of the double seasonal form, as gains
// of η. Stable are those with Alpha + Delta + Omega ≤ 1; FitDouble stays there.
type DoubleParams struct {
	Alpha float64 `json:"alpha"` // level
	Beta  float64 `json:"beta"`  // trend, as a share of Alpha; unread without a trend
	Delta float64 `json:"delta"` // short season
	Omega float64 `json:"omega"` // long season
	Phi   float64 `json:"phi"`   // what remains of the slope after a step; unread unless damped
	Rho   float64 `json:"rho"`   // what of the error carries over to the next step, in (−1, 1); unread without AR
}

// effective is p with what the form does not read set to what the recursion needs.
func (p DoubleParams) effective(s DoubleSpec) DoubleParams {
	if !s.Trend {
		p.Beta = 0
	}
	if !s.Damped {
		p.Phi = 1
	}
	if !s.AR {
		p.Rho = 0
	}
	return p
}

// DoubleState is the condition of a double seasonal model between two steps.
type DoubleState struct {
	Level float64   `json:"level"`
	Trend float64   `json:"trend"` // per step; 0 without a trend
	Error float64   `json:"error"` // η of the last step; 0 without AR
	Short []float64 `json:"short"` // one short season; Short[0] is that of the next step
	Long  []float64 `json:"long"`  // one long season; Long[0] is that of the next step
}

// DoubleStored is what of a double seasonal model is worth keeping.
type DoubleStored struct {
	DoubleSpec
	DoubleParams
	Start DoubleState `json:"start"` // before the first observation
}

// Double is a double seasonal form with its parameters and states, run over a
// series.
type Double struct {
	DoubleStored
	End DoubleState // after the last value

	N         int       // observations
	Fitted    []float64 // forecast of each value from those before it, missing or not; NaN before the first observation
	Residuals []float64 // ε = y − Fitted; NaN where y is missing
	SSE       float64   // Σε²
	Sigma2    float64   // Σε²/(N − k), k the parameters, level and slope; Σε²/N where k ≥ N
	LogLik    float64   // −½·N·ln Σε², as Model.LogLik of additive errors
	AICc      float64   // as Model.AICc; it counts no starting seasons, so that double seasonal forms compare among themselves
}

// RunDouble carries the form s with the parameters p and the states start over y.
// Nothing is estimated. NaN in y is a missing value; start is the state before
// the first that is not.
//
// Errors: ErrNoData, ErrNotFinite, ErrTooLarge, ErrUnstable.
func RunDouble(y []float64, s DoubleSpec, p DoubleParams, start DoubleState) (*Double, error) {
	n, err := s.admit(y)
	if err == nil && (len(start.Short) != s.Short || len(start.Long) != s.Long) {
		err = fmt.Errorf("%d and %d seasons to start from: give one a step of either, %d and %d",
			len(start.Short), len(start.Long), s.Short, s.Long)
	}
	if err != nil {
		return nil, fmt.Errorf("running %v: %w", s, err)
	}
	m, err := runDouble(y, n, DoubleStored{s, p, start})
	if err != nil {
		return nil, fmt.Errorf("running %v: %w", s, err)
	}
	return m, nil
}

// runDouble is RunDouble for a y of n observations that s can take.
func runDouble(y []float64, n int, s DoubleStored) (*Double, error) {
	m := &Double{DoubleStored: s, N: n}
	m.DoubleParams = m.effective(m.DoubleSpec)
	block := make([]float64, 2*(len(y)+m.Short+m.Long))
	take := func(n int) []float64 {
		b := block[:n:n]
		block = block[n:]
		return b
	}
	m.Fitted, m.Residuals = take(len(y)), take(len(y))
	m.Start.Short, m.Start.Long = take(s.Short), take(s.Long)
	copy(m.Start.Short, s.Start.Short)
	copy(m.Start.Long, s.Start.Long)
	if !m.Trend {
		m.Start.Trend = 0
	}
	if !m.AR {
		m.Start.Error = 0
	}
	m.End = m.Start
	m.End.Short, m.End.Long = take(s.Short), take(s.Long)
	copy(m.End.Short, m.Start.Short)
	copy(m.End.Long, m.Start.Long)

	lead := leading(y)
	for i := range lead {
		m.Fitted[i], m.Residuals[i] = math.NaN(), math.NaN()
	}
	m.End.carry(m.DoubleParams, y[lead:], m.Fitted[lead:])
	for i := lead; i < len(y); i++ {
		m.Residuals[i] = y[i] - m.Fitted[i]
	}
	if err := m.score(y); err != nil {
		return nil, err
	}
	return m, nil
}

// carry moves the state over y by the equations of DoubleSpec, and writes the
// forecast of each value.
func (st *DoubleState) carry(p DoubleParams, y, fitted []float64) {
	short, long, i, j := st.Short, st.Long, 0, 0
	l, b, last := st.Level, st.Trend, st.Error
	for t, v := range y {
		b *= p.Phi
		l += b
		base := l + short[i] + long[j]
		e := v - base
		fitted[t] = base + p.Rho*last
		if math.IsNaN(e) {
			e = p.Rho * last
		}
		l += p.Alpha * e
		b += p.Alpha * p.Beta * e
		short[i] += p.Delta * e
		long[j] += p.Omega * e
		last = e
		if i++; i == len(short) {
			i = 0
		}
		if j++; j == len(long) {
			j = 0
		}
	}
	st.Level, st.Trend, st.Error = l, b, last
	turn(short, i)
	turn(long, j)
}

// turn moves ring[at] to the front, with what follows behind it.
func turn(ring []float64, at int) {
	slices.Reverse(ring[:at])
	slices.Reverse(ring[at:])
	slices.Reverse(ring)
}

// score fills SSE, Sigma2 and LogLik.
func (m *Double) score(y []float64) error {
	s := sums(y, m.Residuals)
	m.SSE = s.sse()
	m.LogLik = s.loglik(m.N)
	m.Sigma2 = m.SSE / dof(m.N, m.free())
	m.AICc = aicc(m.LogLik, m.N, m.free()+1)
	if !m.AR {
		m.End.Error = 0
	}
	if finite(m.SSE, m.LogLik, m.Sigma2, m.End.Level, m.End.Trend, m.End.Error) && finite(m.End.Short...) && finite(m.End.Long...) {
		return nil
	}
	return ErrUnstable
}

// Predict forecasts the h steps after the last value: the mean of what follows by
// the equations of DoubleSpec, in which a carried-over error moves the states on
// (Taylor 2010). It is empty for h ≤ 0. Values stay within ±1.8e308.
func (m *Double) Predict(h int) []float64 {
	h = max(h, 0)
	block := make([]float64, 2*h+m.Short+m.Long)
	out, y, rings := block[:h:h], block[h:2*h:2*h], block[2*h:]
	for i := range y {
		y[i] = math.NaN()
	}
	st := m.End
	st.Short, st.Long = rings[:m.Short], rings[m.Short:]
	copy(st.Short, m.End.Short)
	copy(st.Long, m.End.Long)
	st.carry(m.DoubleParams, y, out)
	for i, v := range out {
		out[i] = bounded(v)
	}
	return out
}
