package demo

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"foresight/models"
)

// Truth is what came after the demo's day, by "service/signal".
type Truth map[string][]models.HistoryPoint

// Tell prints one customer's findings for people, with what has since come true
// beside each.
func Tell(w io.Writer, r models.Result, truth Truth) {
	t := teller{w: w, truth: truth}
	t.line("")
	t.line("%s, as of %s", r.Customer.Name, r.AsOf.Format("Mon 2 January 2006"))
	for _, s := range r.Signals {
		if strings.Contains(s.Signal.ID, "/") {
			continue // the parts of a split stand in the report
		}
		t.signal(r, s)
	}
	for _, e := range r.Errors {
		t.line("  unknown: %s/%s: %s", e.Service, e.Query, e.Text)
	}
}

type teller struct {
	w     io.Writer
	truth Truth
}

func (t teller) line(format string, args ...any) {
	fmt.Fprintf(t.w, format+"\n", args...)
}

func (t teller) signal(r models.Result, s models.SignalResult) {
	came := t.truth[s.Service.ID+"/"+s.Signal.ID]
	t.line("  %s (%s)", s.Signal.Name, s.Signal.Unit)
	if len(s.Forecasts) > 0 {
		st := s.Forecasts[0].Standing
		t.line("    stands on %.1f years, %d Christmases seen, %d of %d buckets missing", st.Years, st.Christmases, st.Missing, st.Missing+st.Observed)
		t.accuracy(s.Forecasts[0], came)
	}
	found := false
	var paydays []models.Peak
	for _, f := range r.Findings {
		if f.State != models.StateOpen || f.Subject.Service != s.Service.ID || f.Subject.Signal != s.Signal.ID {
			continue
		}
		switch {
		case f.Overload != nil:
			found = true
			t.overload(r, s, f, came)
		case f.Peak != nil && f.Peak.EventID == "payday":
			paydays = append(paydays, *f.Peak)
		case f.Peak != nil:
			t.peak(*f.Peak, s.Span, came)
		default:
			t.line("    ! %s", f.Title)
		}
	}
	t.paydays(paydays)
	if len(s.Signal.Capacity) > 0 && !found {
		t.line("    no overload within %.0f days: the capacity, with the steps already ordered, bears the load ahead%s", s.Signal.Horizon.Hours()/24, t.neverCrossed(r, s, came))
	}
}

// accuracy compares the first 90 days' medians (three months') with what came.
func (t teller) accuracy(f models.Forecast, came []models.HistoryPoint) {
	actual := byTime(came)
	missed, total, inside, n := 0.0, 0.0, 0, 0
	for _, p := range f.Points {
		a, known := actual[p.Time.Unix()]
		if !known || math.IsNaN(a.Total) || p.Time.Sub(f.AsOf) > 90*24*time.Hour {
			continue
		}
		missed += math.Abs(a.Total - p.Quantiles[models.Q50])
		total += math.Abs(a.Total)
		if a.Total >= p.Quantiles[models.Q05] && a.Total <= p.Quantiles[models.Q95] {
			inside++
		}
		n++
	}
	if n > 0 && total > 0 {
		t.line("    since then: the first 90 days were forecast to within %.1f %% on average (WAPE); %d of %d buckets lay within the 90 %% range", 100*missed/total, inside, n)
	}
}

func (t teller) overload(r models.Result, s models.SignalResult, f models.Finding, came []models.HistoryPoint) {
	o := f.Overload
	t.line("    ! %s", f.Title)
	t.line("      10/50/90 %%: %s / %s / %s (%d days ahead); a limit of %.0f would do", date10(o.Early), date10(o.Expected), date10(o.Late), int(math.Round(o.NeedBy.Sub(r.AsOf).Hours()/24)), o.NeededLimit)
	for _, a := range r.Actions {
		if a.Finding == f.Subject.ID() && a.State == models.StateOpen {
			late := ""
			if a.Late {
				late = " (late: " + a.StillHelps + ")"
			}
			t.line("      → %s; start by %s (%d working days)%s", a.Title, a.LatestStart.Format("Mon 2 Jan 2006"), a.LeadDays, late)
		}
	}
	if day, ok := firstOver(s, o, came); ok {
		t.line("      since then: crossed on %s", day.Format("Mon 2 January 2006"))
	}
}

// firstOver is the first day that came whose busiest bucket (or total) was over
// the step's usable limit.
func firstOver(s models.SignalResult, o *models.Overload, came []models.HistoryPoint) (time.Time, bool) {
	for _, step := range s.Signal.Capacity {
		if step.ID != o.StepID {
			continue
		}
		for _, p := range came {
			v := p.Busiest
			if o.Measure == models.MeasureTotal {
				v = p.Total
			}
			if v > step.Usable() {
				return p.Time, true
			}
		}
	}
	return time.Time{}, false
}

// neverCrossed says whether what came bore out that there is no overload.
func (t teller) neverCrossed(r models.Result, s models.SignalResult, came []models.HistoryPoint) string {
	if len(came) == 0 {
		return ""
	}
	for _, p := range came {
		if p.Time.Sub(r.AsOf) > s.Signal.Horizon {
			break
		}
		limit := math.Inf(1)
		for _, step := range s.Signal.Capacity {
			if !step.From.After(p.Time) {
				limit = step.Usable()
			}
		}
		if p.Busiest > limit {
			return fmt.Sprintf("; since then: crossed on %s all the same", p.Time.Format(time.DateOnly))
		}
	}
	return "; since then: not crossed within them"
}

// paydays are many and alike: one line for all.
func (t teller) paydays(all []models.Peak) {
	if len(all) == 0 {
		return
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range all {
		low, high = min(low, p.Factor), max(high, p.Factor)
	}
	t.line("    %d paydays from %s on: %.2f to %.2f × usual", len(all), all[0].Date.Format(time.DateOnly), low, high)
}

func (t teller) peak(p models.Peak, span models.Span, came []models.HistoryPoint) {
	name := p.Event
	if name == "" {
		name = "no known occasion"
	}
	when := p.Date.Format("2006-01-02 Mon")
	if span == models.SpanMonth {
		when = p.Date.Format("2006-01       ")
	}
	text := fmt.Sprintf("    %s  %-18s %.2f × usual, %.0f (%.0f–%.0f), seen %d×", when, name, p.Factor, p.Expected, p.Low, p.High, p.TimesSeen)
	if a, known := byTime(came)[p.Date.Unix()]; known && !math.IsNaN(a.Total) {
		text += fmt.Sprintf("; came: %.0f (%+.0f %%)", a.Total, 100*(p.Expected/a.Total-1))
	}
	t.line("%s", text)
}

func byTime(points []models.HistoryPoint) map[int64]models.HistoryPoint {
	all := make(map[int64]models.HistoryPoint, len(points))
	for _, p := range points {
		all[p.Time.Unix()] = p
	}
	return all
}

func date10(t time.Time) string {
	if t.IsZero() {
		return "not within the horizon"
	}
	return t.Format(time.DateOnly)
}
