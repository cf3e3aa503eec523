package analytics

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"foresight/analytics/calendar"
	"foresight/analytics/regress"
	"foresight/analytics/smoothing"
	"foresight/analytics/theta"
)

// State is what a run leaves for the later runs of the same series: the choice of members with what
// it rested on, and where each member's next fit begins. It is data of JSON, a few kilobytes, and
// can be kept anywhere.
//
// A run that is given it (Options.State) does two things with it. Within the refresh of its choice, a
// week of days, four weeks, three months, it fits the chosen members to the longer history from where
// the last fits ended, and takes over their weights and errors: the backtest, which is nine tenths of
// a run, is left out. Later it makes the backtest anew and chooses again, but keeps the choice before
// unless a new one gains more than its noise (see steady).
//
// A state of another version, step, model or horizon, or of a later day than the series', is passed
// over. A change in the series, the options or the calendar since then is not looked for: it takes
// part in the fits at once and in the choice after the refresh.
type State struct {
	Version int       `json:"version"`
	Step    string    `json:"step"`
	Model   string    `json:"model,omitempty"` // Options.Model
	Horizon int       `json:"horizon"`
	Chosen  time.Time `json:"chosen"` // the first bucket ahead when the choice was made

	Choice   string         `json:"choice"` // how it came about
	Members  []Member       `json:"members"`
	Backtest Score          `json:"backtest"`
	Errors   []OriginErrors `json:"errors"`          // of the combination, before the shift
	Shift    float64        `json:"shift,omitempty"` // see bias

	Prior        *regress.Prior       `json:"prior,omitempty"`
	Near         *regress.Prior       `json:"near,omitempty"`         // about the siblings' means
	Coefficients regress.Coefficients `json:"coefficients,omitempty"` // for the panel of its siblings

	Theta *theta.Near `json:"theta,omitempty"`

	Begin time.Time         `json:"begin"` // where the histories of the models below begin
	Week  *smoothing.Stored `json:"week,omitempty"`
	Form  *smoothing.Stored `json:"form,omitempty"`
	Level *smoothing.Stored `json:"level,omitempty"`
}

// stateVersion is raised when an engine can no longer read or should no longer trust the states of
// the engine before.
const stateVersion = 1

// OriginErrors are a combination's relative errors from one origin, (actual − median)/size.
type OriginErrors struct {
	From   time.Time `json:"from"`
	Errors Digits    `json:"errors"` // by lead
}

// Digits are numbers that are written with four digits, and as null where they are missing (NaN) or no
// size that a series has.
type Digits []float64

// MarshalJSON writes the numbers.
func (d Digits) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range d {
		if i > 0 {
			out = append(out, ',')
		}
		if !(math.Abs(v) <= maxMagnitude) {
			out = append(out, "null"...)
		} else {
			out = strconv.AppendFloat(out, v, 'g', 4, 64)
		}
	}
	return append(out, ']'), nil
}

// UnmarshalJSON reads the numbers.
func (d *Digits) UnmarshalJSON(text []byte) error {
	var all []*float64
	if err := json.Unmarshal(text, &all); err != nil {
		return fmt.Errorf("reading a row of numbers: %w", err)
	}
	*d = make(Digits, len(all))
	for i, v := range all {
		(*d)[i] = math.NaN()
		if v != nil {
			(*d)[i] = *v
		}
	}
	return nil
}

// refreshOf is for how many buckets a choice serves: what a week of days adds to the errors of two
// years changes little, and costs nine tenths of a run to find out.
func refreshOf(step calendar.Step) int {
	switch step.Unit {
	case calendar.Day:
		return max(1, 7/step.N)
	case calendar.Week:
		return 4
	case calendar.Month:
		return 3
	}
	return 0
}

// earlier returns the options' state where it is one of this series and these options, and the
// number of buckets that have come since its choice.
func (e *engine) earlier() (s *State, since int) {
	s = e.options.State
	if s == nil || s.Version != stateVersion || s.Step != e.series.Step.String() || s.Model != e.options.Model || s.Horizon != e.options.Horizon || len(s.Members) == 0 {
		return nil, 0
	}
	since, whole := e.series.Step.Between(s.Chosen, e.final.ahead[0])
	if !whole || since < 0 {
		return nil, 0
	}
	return s, since
}

// weightsOf are the state's weights by the engine's members; nil when it names one that this engine
// does not have or let compete.
func (e *engine) weightsOf(s *State) []float64 {
	weights := make([]float64, len(e.members))
	for _, chosen := range s.Members {
		found := false
		for m, member := range e.members {
			if member.name == chosen.Name && member.name != tsb && member.competes(e.options.Model, e.series.Step) {
				weights[m], found = chosen.Weight, chosen.Weight > 0
			}
		}
		if !found {
			return nil
		}
	}
	return weights
}

// keep makes the state of a run that has chosen.
func (e *engine) keep(raw [][]float64, shift float64) *State {
	s := &State{
		Version: stateVersion, Step: e.series.Step.String(), Model: e.options.Model, Horizon: e.options.Horizon,
		Chosen: e.final.ahead[0], Choice: e.result.Choice, Members: e.result.Members, Backtest: e.result.Backtest, Shift: shift,
		Prior: e.final.hints.prior, Near: e.final.hints.near, Begin: e.series.Times[min(e.final.begin, len(e.series.Times)-1)],
		Week: e.final.hints.week.model, Form: e.final.hints.form.model, Level: e.final.hints.level.model,
		Theta: e.final.hints.theta,
	}
	if r := e.final.regression(); r != nil {
		s.Coefficients = r.model.Coefficients()
	}
	for k, t := range e.trials {
		o := OriginErrors{From: e.series.Times[t.origin], Errors: make(Digits, len(raw[k]))}
		for i, f := range raw[k] {
			o.Errors[i] = (t.actual[i] - f) / e.size.of(f)
		}
		s.Errors = append(s.Errors, o)
	}
	return s
}
