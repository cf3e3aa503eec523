package analytics

import (
	"fmt"
	"math"
	"time"
)

// TreatedOneOff values weigh less than a tenth in the regression, and the other members do not see
// them: events that neither the seasons nor the calendar explain. Those that are less than a fifth off
// what was expected, outliers of a quiet series, are not told of.
const TreatedOneOff TreatmentKind = "one_off"

// oneOffLeast is how many times what was expected, or which fraction of it, is an event to people.
const oneOffLeast = 1.2

// Shift is a lasting change of level in the history, which is no season and no growth.
type Shift struct {
	Time  time.Time // first bucket of the new level
	Size  float64   // new level over the old one (Ratio), or new less old
	Ratio bool
}

// oneOffs are the events that the regression of the history found, oldest first.
func (e *engine) oneOffs() []Treatment {
	s := e.final.regression()
	if s == nil {
		return nil
	}
	var which []int
	for i, odd := range s.odd {
		if odd {
			which = append(which, i)
		}
	}
	if len(which) == 0 {
		return nil
	}
	times := make([]time.Time, len(which))
	for k, i := range which {
		times[k] = e.series.Times[i]
	}
	reasons := map[int]string{}
	var told []int
	for k, fit := range s.model.Predict(times) {
		i := which[k]
		if v := e.series.Values[i]; fit > 0 && v >= 0 {
			if math.Abs(math.Log(v/fit)) < math.Log(oneOffLeast) {
				continue
			}
			reasons[i] = fmt.Sprintf(sayExpected, fmt.Sprintf("%.2g", v/fit))
		}
		told = append(told, i)
	}
	p := prepared{Series: e.series}
	p.treat(TreatedOneOff, told, reasons)
	return p.treated
}

// shifts are the level shifts that the regression of the history found, oldest first.
func (e *engine) shifts() []Shift {
	s := e.final.regression()
	if s == nil {
		return nil
	}
	var out []Shift
	for _, x := range s.model.Shifts() {
		k, _ := e.series.Step.Between(e.series.Times[0], x.Date.In(e.series.Times[0].Location()))
		if k < 0 || k >= len(e.series.Times) {
			continue
		}
		shift := Shift{Time: e.series.Times[k], Size: x.Size, Ratio: s.log}
		if s.log {
			shift.Size = math.Exp(x.Size)
		}
		out = append(out, shift)
	}
	return out
}

// tell adds what the regression of days found to the treatments, in the buckets of the series.
func (e *engine) tell(days *engine) {
	for _, t := range days.oneOffs() {
		if e != days {
			t.Buckets = int(math.Round(t.To.Sub(t.From).Hours() / 24 * e.series.Step.PerDay()))
			t.Last = e.series.Step.Add(t.To, -1)
		}
		e.result.Treated = append(e.result.Treated, t)
	}
	e.result.Shifts = days.shifts()
}
