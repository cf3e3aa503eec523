package pipeline

import (
	"strings"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// The kinds of action.
const (
	actionCapacity = "add_capacity"
	actionPeak     = "prepare_peak"
	actionData     = "restore_data"
)

// prepareFactor is the size from which a peak is worth work, not only knowing.
const prepareFactor = 1.3

// actions turns findings into work with a last day to start.
func actions(j Job, s *study, signal models.Signal, found []models.Finding) []models.Action {
	var todo []models.Action
	for _, f := range found {
		switch {
		case f.Overload != nil:
			todo = append(todo, addCapacity(j, s, signal, f))
		case f.Peak != nil && worthWork(f.Peak):
			todo = append(todo, preparePeak(j, s, signal, f))
		case f.Subject.Kind == models.KindDataMissing:
			todo = append(todo, restoreData(j, s, signal, f))
		}
	}
	return todo
}

// worthWork tells a peak to prepare for from a day that is merely unusual: named,
// large for its time, and large in the year.
func worthWork(p *models.Peak) bool {
	return p.EventID != "" && p.Factor >= prepareFactor && p.Exceeds >= 0.9
}

func addCapacity(j Job, s *study, signal models.Signal, f models.Finding) models.Action {
	o := f.Overload
	say := j.say()
	title := say.T("Raise the capacity of %s to %s", s.service.Name, say.limit(signal, o.NeededLimit, o.Per))
	if o.Driver != nil && signal.Max != nil { // more than all of a processor cannot be had: more work by it can
		title = say.T("Raise the capacity of %s so that it stays below %s at %s", s.service.Name, say.limit(signal, o.Limit, o.Per), say.rate(o.Driver.Ahead, o.Driver))
	}
	a := models.Action{
		Title:      title,
		Reason:     f.Title,
		NeedBy:     o.NeedBy,
		Evidence:   []string{f.Detail, say.T("It is needed by the day on which the probability of overload reaches %s, the signal's risk.", say.percent(signal.Risk))},
		StillHelps: say.T("Order with priority, take load off the busiest hours (batch jobs, campaigns, rate limits), and raise the limit in part: every step moves the date of crossing."),
	}
	return date(j, s, signal, a, actionCapacity, f)
}

func preparePeak(j Job, s *study, signal models.Signal, f models.Finding) models.Action {
	p := f.Peak
	say := j.say()
	a := models.Action{
		Title:      say.T("Prepare %s for %s: load test at %s, no changes over the peak, people on call", s.service.Name, say.Occasion(p.Event), say.testLoad(*p, signal.Unit)),
		Reason:     f.Title,
		NeedBy:     p.Date,
		Evidence:   []string{f.Detail},
		StillHelps: say.T("Freeze changes, staff the on-call, and have the largest relief measures (queueing, read-only pages, limits per client) ready to switch on."),
	}
	return date(j, s, signal, a, actionPeak, f)
}

func restoreData(j Job, s *study, signal models.Signal, f models.Finding) models.Action {
	signal.LeadTime = models.LeadTime{} // mending a forwarder waits for no delivery
	a := models.Action{
		Title:    j.say().T("Restore the data behind %s", signal.Name),
		Reason:   f.Title,
		NeedBy:   j.AsOf,
		Evidence: []string{f.Detail},
	}
	return date(j, s, signal, a, actionData, f)
}

// date sets the last day to start: the day of need less the lead time, in working
// days of the customer outside freezes.
func date(j Job, s *study, signal models.Signal, a models.Action, kind string, f models.Finding) models.Action {
	a.Subject = subject(j, s, signal, kind, f.Subject.Episode)
	a.Finding, a.State, a.AsOf = f.Subject.ID(), models.StateOpen, j.AsOf
	a.LeadDays = signal.LeadTime.Days()
	a.LatestStart = a.NeedBy
	if a.LeadDays > 0 {
		need := calendar.DateOf(a.NeedBy)
		start := j.Calendar.LatestStart(need, a.LeadDays, freezes(j.Customer))
		if start.IsZero() { // frozen for years: no day to start on is left
			start = calendar.DateOf(j.AsOf).AddDays(-1)
		}
		a.LatestStart = start.In(j.Customer.Zone)
		a.Evidence = append(a.Evidence, j.say().T("The lead time is %s working days in %s%s: the work must start by %s to be done before %s.",
			j.say().count(a.LeadDays), j.say().place(j.Customer), j.say().freezes(j.Customer, a.LatestStart, a.NeedBy), a.LatestStart.Format(time.DateOnly), need.String()))
	}
	a.Late = a.LatestStart.Before(j.AsOf)
	if !a.Late {
		a.StillHelps = ""
	}
	return a
}

func (v voice) place(c models.Customer) string {
	if c.Country == "" {
		return v.T("Monday to Friday")
	}
	return c.Country
}

// freezes names the freezes that push the start forward.
func (v voice) freezes(c models.Customer, from, to time.Time) string {
	var names []string
	for _, f := range c.Freezes {
		if f.From.Before(to) && !f.To.Before(from) {
			names = append(names, v.T("%s (%s to %s)", f.Name, f.From.Format(time.DateOnly), f.To.Format(time.DateOnly)))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return v.T(", outside the freeze %s", strings.Join(names, v.T(" and ")))
}

func freezes(c models.Customer) []calendar.Freeze {
	out := make([]calendar.Freeze, len(c.Freezes))
	for i, f := range c.Freezes {
		out[i] = calendar.Freeze{Name: f.Name, From: calendar.DateOf(f.From), To: calendar.DateOf(f.To)}
	}
	return out
}
