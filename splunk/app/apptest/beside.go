package apptest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
	"foresight/splunk/sandbox"
)

// Beside are events of kinds and states that the demo has none of, made of the program's own records: cases
// of every level, work that is due, late, begun, done and withdrawn, data missing, drift, accuracy,
// a run that failed and one that is missing, a forecast that has fallen silent, and what an index holds
// besides: the same event twice, and earlier words on the same subjects.
func Beside(t testing.TB) []sandbox.Event {
	t.Helper()
	w := writer{t: t}
	w.actions()
	w.cases()
	w.findings()
	w.accuracy()
	w.runs()
	w.forecasts()
	w.whatIf()
	return w.all
}

type writer struct {
	t   testing.TB
	all []sandbox.Event
}

// put adds an event that lies at a moment and came in a second later.
func (w *writer) put(sourcetype string, at time.Time, body any) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(w.t, err)
	w.all = append(w.all, sandbox.Event{Time: at, IndexTime: at.Add(time.Second), Index: "foresight", Host: "foresight", Source: "foresight", Sourcetype: sourcetype, Raw: string(raw)})
}

// again delivers the last event a second time.
func (w *writer) again() {
	twice := w.all[len(w.all)-1]
	twice.IndexTime = twice.IndexTime.Add(time.Minute)
	w.all = append(w.all, twice)
}

// ago is so many days before Now.
func ago(days float64) time.Time { return Now.Add(-time.Duration(days * 24 * float64(time.Hour))) }

// ahead is a local day so many days after Now.
func ahead(days int) string { return Now.AddDate(0, 0, days).Format(time.DateOnly) }

// head is that of something said at a moment.
func head(s models.Subject, at time.Time, content ...any) models.Head {
	revision := models.Revision(content...)
	return models.Head{EventID: models.EventID(s.ID(), at, revision), Subject: s.ID(), Revision: revision, AsOf: at.Format(time.RFC3339), IssuedAt: at.Format(time.RFC3339),
		RunID: "0123456789abcdef", Customer: s.Customer, Service: s.Service, Signal: s.Signal}
}

// task is a task of the plan of a case, as Splunk is told of it.
func (w *writer) task(id, title string, at time.Time, start, due int, state models.TaskState, late bool) {
	s := models.Subject{Customer: "nordbutiken", Service: "payments", Kind: id, Episode: "case-3"}
	e := models.ActionEvent{
		Head: head(s, at, state, start, due, late), ActionID: s.ID(), FindingID: "nordbutiken:payments:transactions:overload:base-2016", Kind: id, State: models.StateOpen, Title: title,
		Reason: "Payments will cross its limit of 10\u202f000 payments per hour around 25 April 2016", NeedBy: ahead(due), LatestStart: ahead(start), LeadDays: 10, Late: late,
		Incident: "INC-3", Owner: "platform team", Verb: "modified", ChangeType: "maintenance", Object: "payments", ObjectID: s.ID(), Status: string(state), Vendor: "Foresight", Dest: "payments",
	}
	if late {
		e.StillHelps = "Rent capacity by the hour"
	}
	w.put(models.SourcetypeAction, at, e)
}

func (w *writer) actions() {
	w.task("provider_limits", "Ask the payment provider for a higher limit", ago(20), 12, 40, models.TaskOpen, false)
	w.task("provider_limits", "Ask the payment provider for a higher limit", ago(9), 3, 33, models.TaskOpen, false)
	w.again()
	w.task("load_test", "Test Payments at 11\u202f900 payments per hour", ago(30), -2, 25, models.TaskOpen, true)
	w.task("order", "Order two servers", ago(30), 20, 50, models.TaskOpen, false)
	w.task("order", "Order two servers", ago(3), 1, 50, models.TaskStarted, false)
	w.task("on_call", "Plan the on-call over the peak", ago(2), 2, 12, models.TaskDone, false)
	w.task("freeze", "Freeze changes over the peak", ago(40), 5, 20, models.TaskOpen, false)
	w.task("freeze", "Freeze changes over the peak", ago(39), 5, 20, models.TaskDropped, false)
	// Said by runs until five days ago, and no more: its signal has left the configuration.
	for _, days := range []float64{6, 5} {
		s := models.Subject{Customer: "nordbutiken", Service: "returns", Signal: "returns", Kind: "add_capacity", Episode: "base"}
		w.put(models.SourcetypeAction, ago(days), models.ActionEvent{Head: head(s, ago(days), days), ActionID: s.ID(), Kind: s.Kind, State: models.StateOpen, Title: "Raise the capacity of Returns", Reason: "Returns will cross its limit",
			NeedBy: ahead(4), LatestStart: ahead(2), LeadDays: 2, Verb: "modified", ChangeType: "maintenance", Object: "returns/returns", ObjectID: s.ID(), Status: "pending", Vendor: "Foresight", Dest: "returns"})
	}
	w.moved("orders", "orders", "ordered-2016")
	w.moved("payments", "transactions", "rented-2016")
	// Late two days ago, and withdrawn since.
	s := models.Subject{Customer: "nordbutiken", Service: "orders", Signal: "orders", Kind: "add_capacity", Episode: "old"}
	for i, state := range []models.State{models.StateOpen, models.StateWithdrawn} {
		at := ago(2 - float64(i))
		w.put(models.SourcetypeAction, at, models.ActionEvent{Head: head(s, at, state), ActionID: s.ID(), Kind: s.Kind, State: state, Title: "Raise the capacity of Orders", Reason: "Orders will cross its limit",
			NeedBy: ahead(1), LatestStart: ahead(-6), LeadDays: 5, Late: true, StillHelps: "Rent capacity", Verb: []string{"created", "deleted"}[i], ChangeType: "maintenance", Object: "orders/orders", ObjectID: s.ID(),
			Status: []string{"pending", "cancelled"}[i], Vendor: "Foresight", Dest: "orders"})
	}
}

// moved is an action whose dates have moved since it was last said.
func (w *writer) moved(service, signal, step string) {
	s := models.Subject{Customer: "nordbutiken", Service: service, Signal: signal, Kind: "add_capacity", Episode: step}
	for _, days := range []float64{1, 0.1} {
		e := models.ActionEvent{Head: head(s, ago(days), days), ActionID: s.ID(), Kind: s.Kind, State: models.StateOpen, Title: "Raise the capacity for the autumn", Reason: "The limit will be reached in autumn",
			NeedBy: ahead(290), LatestStart: ahead(240), LeadDays: 30, Verb: "modified", ChangeType: "maintenance", Object: service + "/" + signal, ObjectID: s.ID(), Status: "pending", Vendor: "Foresight", Dest: service}
		if days < 1 {
			e.Moved, e.MovedCause, e.MovedCauses = "due "+ahead(297)+" → "+ahead(290)+"; latest_start "+ahead(247)+" → "+ahead(240), "data", "data"
		}
		w.put(models.SourcetypeAction, ago(days), e)
	}
}

// kase is a case as it stood after a change.
func (w *writer) kase(at time.Time, e models.IncidentEvent) {
	h := head(models.Subject{Customer: "nordbutiken", Service: e.Dest}, at, e.State, e.Level, e.Change, e.Occurrences)
	h.Subject, h.EventID, h.RunID = e.IncidentID, models.EventID(e.IncidentID, at, h.Revision), ""
	e.Head, e.TicketID, e.Status, e.User, e.Vendor, e.Submitted = h, e.IncidentID, string(e.State), e.ChangedBy, "Foresight", e.Opened
	w.put(models.SourcetypeIncident, at, e)
}

func (w *writer) cases() {
	stamp := func(days float64) string { return ago(days).Format(time.RFC3339) }
	spare := 0
	down := models.IncidentEvent{IncidentID: "INC-1", Level: models.LevelReactive, State: models.IncidentNew, Title: "Checkout answers 500", Impact: models.GradeHigh, Urgency: models.GradeMedium,
		Opened: stamp(0.1), Occurrences: 1, Facts: 1, Firing: 1, Acknowledge: stamp(0.09), Resolve: stamp(-0.05), Change: "opened", ChangedBy: "alertmanager", ChangeText: "Checkout answers 500", Severity: "high", PriorityOf: "2",
		Description: "5 % of requests", Dest: "payments"}
	w.kase(ago(0.1), down)
	down.State, down.Assignee, down.Occurrences, down.Breached, down.Change, down.ChangedBy, down.ChangeText = models.IncidentAcknowledged, "kim", 4, "acknowledge", "state", "kim", "new → acknowledged"
	down.Acknowledge = ""
	w.kase(ago(0.05), down)
	w.again()
	w.kase(ago(1.5), models.IncidentEvent{IncidentID: "INC-2", Level: models.LevelProactive, State: models.IncidentInProgress, Title: "Database: no spare left", Impact: models.GradeMedium, Urgency: models.GradeMedium, Assignee: "dba",
		Opened: stamp(1.6), Occurrences: 2, Facts: 1, Firing: 1, Group: "database", Spare: &spare, Restore: stamp(-1), Change: "state", ChangedBy: "dba", ChangeText: "acknowledged → in_progress", Severity: "medium", PriorityOf: "3",
		Description: "One of two replicas is down", Dest: "payments"})
	w.kase(ago(30), models.IncidentEvent{IncidentID: "INC-3", Level: models.LevelPredictive, State: models.IncidentNew, Title: "Payments will cross its limit of 10\u202f000 payments per hour around 25 April 2016", Impact: models.GradeHigh,
		Urgency: models.GradeLow, Opened: stamp(30), Occurrences: 1, Facts: 1, Firing: 1, FindingID: "nordbutiken:payments:transactions:overload:base-2016", Change: "opened", ChangedBy: "foresight", ChangeText: "predicted",
		Severity: "medium", PriorityOf: "3", Description: "A limit of 11\u202f900 keeps the probability at 5 %", Dest: "payments"})
	over := models.IncidentEvent{IncidentID: "INC-4", Level: models.LevelReactive, State: models.IncidentResolved, Title: "Orders are slow", Impact: models.GradeMedium, Urgency: models.GradeHigh, Opened: stamp(3), Resolved: stamp(2.9),
		Occurrences: 7, Facts: 2, Review: stamp(-4), Change: "state", ChangedBy: "kim", ChangeText: "in_progress → resolved", Severity: "high", PriorityOf: "2", Description: "A query without an index", Dest: "orders"}
	w.kase(ago(2.9), over)
}

func (w *writer) findings() {
	put := func(at time.Time, service, signal, kind, episode string, state models.State, title, detail string) {
		s := models.Subject{Customer: "nordbutiken", Service: service, Signal: signal, Kind: kind, Episode: episode}
		w.put(models.SourcetypeFinding, at, models.FindingEvent{Head: head(s, at, state, title), FindingID: s.ID(), Kind: kind, State: state, Title: title, Detail: detail})
	}
	put(ago(1), "returns", "returns", models.KindDataMissing, "", models.StateOpen, "Returns: nothing has come since 31 January 2016", "The last bucket is of 2016-01-31 17:00.")
	put(ago(0.2), "returns", "returns", models.KindDataMissing, "", models.StateOpen, "Returns: nothing has come since 31 January 2016", "The last bucket is of 2016-01-31 17:00.")
	put(ago(3), "orders", "orders", models.KindDataMissing, "", models.StateOpen, "Orders: nothing has come since 1 February 2016", "")
	put(ago(2), "orders", "orders", models.KindDataMissing, "", models.StateWithdrawn, "Orders: nothing has come since 1 February 2016", "")
	put(ago(0.2), "orders", "orders", models.KindDrift, "total", models.StateOpen, "Orders: 9 of the last 14 days lay outside the 90 % range", "The forecast is fitted anew.")
	put(ago(0.2), "payments", "transactions", models.KindLevelShift, "2016-01-12", models.StateOpen, "Payments: a lasting rise of 6 % from 12 January 2016", "")
}

func (w *writer) accuracy() {
	number := func(x float64) *models.Number { n := models.Number(x); return &n }
	bands := []struct {
		band     string
		from, to int
		wape     float64
		coverage float64
		relative float64
		n        int
	}{{"1-7", 1, 7, 0.031, 0.91, 0.62, 600}, {"8-28", 8, 28, 0.042, 0.88, 0.66, 1200}, {"29-90", 29, 90, 0.058, 0.86, 0.74, 3000}, {"91-400", 91, 400, 0.081, 0.71, 1.08, 900}}
	for i, signal := range []string{"transactions", "orders"} {
		for _, measure := range []models.Measure{models.MeasureTotal, models.MeasureBusiest} {
			for _, b := range bands {
				for _, days := range []float64{2, 1, 0.2} {
					grown := 1 + 0.1*float64(i) + 0.01*days
					s := models.Subject{Customer: "nordbutiken", Service: []string{"payments", "orders"}[i], Signal: signal, Kind: "accuracy", Episode: string(measure) + "-" + b.band}
					w.put(models.SourcetypeAccuracy, ago(days), models.AccuracyEvent{Head: head(s, ago(days), b.wape*grown), Kind: "forecast", Measure: measure, Band: b.band, LeadFrom: b.from, LeadTo: b.to, From: ahead(-90), To: ahead(-1), Buckets: 90, N: b.n,
						WAPE: number(b.wape * grown), Naive: number(b.wape * grown / b.relative), Relative: number(b.relative), Bias: number(0.01), Coverage50: number(0.5), Coverage80: number(0.79), Coverage90: number(b.coverage), Pinball: number(900),
						LastActual: number(66000), LastQ05: number(61000), LastQ50: number(65000), LastQ95: number(69500)})
				}
			}
		}
	}
	off, inside, came := 1, true, ago(35)
	s := models.Subject{Customer: "nordbutiken", Service: "payments", Signal: "transactions", Kind: "accuracy", Episode: "christmas-2015"}
	w.put(models.SourcetypeAccuracy, ago(35), models.AccuracyEvent{Head: head(s, came, "peak"), Kind: "peak", Measure: models.MeasureTotal, FindingID: "nordbutiken:payments:transactions:peak:christmas-2015", Event: "Christmas", Date: "2015-12-22", Came: "2015-12-23",
		DaysOff: &off, Low: number(120000), Expected: number(131000), High: number(142000), Size: number(128000), SizeError: number(0.023), Inside: &inside, Before28: number(129000), Before90: number(126000)})
	s.Episode = "overload-rented-2015"
	w.put(models.SourcetypeAccuracy, ago(40), models.AccuracyEvent{Head: head(s, ago(40), "overload"), Kind: "overload", Measure: models.MeasureBusiest, FindingID: "nordbutiken:payments:transactions:overload:base-2015", Verdict: "avoided", Date: "2015-11-27"})
}

func (w *writer) runs() {
	put := func(at time.Time, customer string, errors int, text string) {
		s := models.Subject{Customer: customer, Kind: "run"}
		w.put(models.SourcetypeRun, at, models.RunEvent{Head: head(s, at, errors, text), Seconds: 4.2, Queries: 2, Signals: 3, Forecasts: 4, Findings: 6, Actions: 2, Errors: errors, ErrorText: text, Buckets: 61000, Holes: 3})
	}
	put(ago(1), "us-wholesale", 1, "sales/monthly: the search was finalized early") // well again since
	put(ago(3), "harbour", 0, "")                                                   // silent since
	put(ago(1), "ferries", 0, "")
	put(ago(0.1), "ferries", 1, "tickets/sales: 503 from Splunk after four tries")
	for days := 2; days < 7; days++ {
		put(ago(float64(days)), "nordbutiken", 0, "")
	}
}

// forecasts are one that fell silent twelve days ago, an earlier one of a signal of the demo, and one of
// the demo's own day that its run has replaced.
func (w *writer) forecasts() {
	w.replaced(models.Subject{Customer: "nordbutiken", Service: "payments", Signal: "transactions", Kind: "forecast", Episode: "busiest"})
	w.forecast(models.Subject{Customer: "nordbutiken", Service: "returns", Signal: "returns", Kind: "forecast", Episode: "total"}, ago(12), 90, 4000)
	w.forecast(models.Subject{Customer: "nordbutiken", Service: "payments", Signal: "transactions", Kind: "forecast", Episode: "total"}, ago(8), 400, 1)
}

func (w *writer) forecast(s models.Subject, at time.Time, days int, size float64) {
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).Add(-time.Hour) // in Stockholm
	for i := range days {
		when := midnight.AddDate(0, 0, i)
		h := head(s, at, "forecast")
		h.EventID = models.EventID(fmt.Sprintf("%s@%d", s.ID(), when.Unix()), at, h.Revision)
		point := func(factor float64) models.Number { return models.Number(size * factor) }
		w.put(models.SourcetypeForecast, when, models.ForecastEvent{Head: h, Measure: models.MeasureTotal, Span: "1d", Unit: s.Signal, Mean: point(1), Q05: point(.8), Q10: point(.85), Q25: point(.93), Q50: point(1), Q75: point(1.07), Q90: point(1.15), Q95: point(1.2)})
		w.all[len(w.all)-1].IndexTime = at.Add(time.Second)
	}
}

// replaced is a forecast of a limit that was too low: it was said, the limit was changed, and the day was
// run again.
func (w *writer) replaced(s models.Subject) {
	limit, certain := models.Number(100), models.Number(1)
	issued, asOf := ran.Add(-2*time.Hour), time.Date(2016, 2, 4, 23, 0, 0, 0, time.UTC)
	for i := range 400 {
		when := asOf.AddDate(0, 0, i)
		h := head(s, issued, "replaced")
		h.AsOf, h.EventID = "2016-02-05T00:00:00+01:00", models.EventID(fmt.Sprintf("%s@%d", s.ID(), when.Unix()), asOf, h.Revision)
		w.put(models.SourcetypeForecast, when, models.ForecastEvent{Head: h, Measure: models.MeasureBusiest, Span: "1d", Unit: "payments", Mean: 6500, Q05: 6000, Q10: 6100, Q25: 6300, Q50: 6500, Q75: 6700, Q90: 6900, Q95: 7000,
			Limit: &limit, Probability: &certain})
		w.all[len(w.all)-1].IndexTime = issued
	}
}

func (w *writer) whatIf() {
	number := func(x float64) *models.Number { n := models.Number(x); return &n }
	s := models.Subject{Customer: "nordbutiken", Service: "payments", Signal: "transactions", Kind: "whatif", Episode: "campaign"}
	w.put(models.SourcetypeWhatIf, ago(0.2), models.WhatIfEvent{Head: head(s, ago(0.2), "campaign"), Plans: "campaign", Name: "Spring campaign", Assumes: "20 % more in week 15", Measure: models.MeasureBusiest, PeakDay: ahead(70), PeakSize: number(11200), PeakWas: number(9300),
		Early: ahead(60), Expected: ahead(66), Late: ahead(71), Cautious: ahead(58), NeedBy: ahead(62), NeedByWas: ahead(79), Probability: number(0.99), Was: number(0.97), NeededLimit: number(13800), NeededWas: number(11900)})
}
