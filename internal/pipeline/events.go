package pipeline

import (
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// head is what every event carries.
func (c *composer) head(s models.Subject, revision string) models.Head {
	return models.Head{
		EventID: models.EventID(s.ID(), c.job.AsOf, revision), Subject: s.ID(), Revision: revision,
		AsOf: c.job.AsOf.Format(time.RFC3339), IssuedAt: c.result.IssuedAt.Format(time.RFC3339), RunID: c.result.RunID,
		Customer: s.Customer, Service: s.Service, Signal: s.Signal,
	}
}

// event wraps a body whose head is known. What has no future time of its own lies
// where it was issued.
func (c *composer) event(sourcetype string, h models.Head, body any) models.Event {
	return models.Event{Time: c.result.IssuedAt, Sourcetype: sourcetype, Source: "foresight", Host: h.Customer, Body: body, EventID: h.EventID, Subject: h.Subject}
}

// forecasts sends a signal's forecasts whole, or not at all when nothing material
// changed against what was last sent.
func (c *composer) forecasts(s *study, r *models.SignalResult) {
	for _, f := range r.Forecasts {
		id, basis := f.Subject.ID(), c.basis(f.Subject)
		last, known := c.said[id]
		if known && !material(last, f, basis) {
			continue
		}
		revision := forecastRevision(f)
		if known && last.Revision == revision && last.AsOf.Equal(f.AsOf) {
			continue
		}
		events := make([]models.Event, len(f.Points))
		for i, p := range f.Points {
			events[i] = c.forecastEvent(f, p, r.Signal.Unit, revision)
		}
		overrideEvents(events, f)
		if c.job.Metrics {
			events = append(events, metricEvents(events)...)
		}
		c.add(events, models.Said{Subject: id, Query: s.key(), Revision: revision, AsOf: f.AsOf, State: models.StatePast, Medians: medians(f), Basis: basis})
		c.drafts[len(c.drafts)-1].kept = c.kept(f, revision)
	}
}

func (c *composer) forecastEvent(f models.Forecast, p models.ForecastPoint, unit, revision string) models.Event {
	h := c.head(f.Subject, revision)
	// The subject is the forecast; a point of it is told apart by its time.
	h.EventID = models.EventID(f.Subject.ID()+"@"+strconv.FormatInt(p.Time.Unix(), 10), c.job.AsOf, revision)
	q := p.Quantiles
	e := c.event(models.SourcetypeForecast, h, models.ForecastEvent{
		Head: h, Measure: f.Measure, Span: f.Span, Unit: unit, Mean: models.Number(p.Mean),
		Q05: models.Number(q[models.Q05]), Q10: models.Number(q[models.Q10]), Q25: models.Number(q[models.Q25]), Q50: models.Number(q[models.Q50]),
		Q75: models.Number(q[models.Q75]), Q90: models.Number(q[models.Q90]), Q95: models.Number(q[models.Q95]),
		Limit: optional(p.Limit), Probability: optional(p.Overload), Occasions: strings.Join(p.Occasions, "; "),
	})
	e.Time = p.Time
	return e
}

// optional leaves a number out of the event when there is none.
func optional(x float64) *models.Number {
	if x != x {
		return nil
	}
	n := models.Number(x)
	return &n
}

// reached leaves out a volume that the limit is not reached at.
func reached(v float64) *models.Number {
	if v < 0 {
		return nil
	}
	return optional(v)
}

func (c *composer) findingEvent(f *models.Finding, revision string) models.Event {
	h := c.head(f.Subject, revision)
	id, kind := f.Subject.ID(), f.Subject.Kind
	switch {
	case f.Peak != nil:
		p := f.Peak
		return c.event(models.SourcetypePeak, h, models.PeakEvent{
			Head: h, FindingID: id, Kind: kind, State: f.State, Title: f.Title, Detail: f.Detail,
			Date: day(p.Date), Event: p.Event, Measure: p.Measure, Low: models.Number(p.Low), Expected: models.Number(p.Expected),
			High: models.Number(p.High), Factor: models.Number(p.Factor), TimesSeen: p.TimesSeen,
		})
	case f.Overload != nil:
		o := f.Overload
		e := models.OverloadEvent{
			Head: h, FindingID: id, Kind: kind, State: f.State, Title: f.Title, Detail: f.Detail,
			Step: o.StepID, Measure: o.Measure, Limit: models.Number(o.Limit), Per: o.Per,
			Early: day(o.Early), Expected: day(o.Expected), Late: day(o.Late), Cautious: day(o.Cautious), NeedBy: day(o.NeedBy),
			Probability: models.Number(o.Probability), Horizon: day(o.Horizon), NeededLimit: models.Number(o.NeededLimit),
			PeakDay: day(o.PeakDay), BeyondSeen: models.Number(o.BeyondSeen),
		}
		if d := o.Driver; d != nil {
			ahead, seen := models.Number(d.Ahead), models.Number(d.Seen)
			e.Driver, e.VolumePer, e.VolumeAhead, e.VolumeSeen, e.VolumeBeyond = d.Signal, d.Per, &ahead, &seen, &d.Beyond
			e.VolumeP10, e.VolumeP50, e.VolumeP90 = reached(d.LimitP10), reached(d.LimitP50), reached(d.LimitP90)
		}
		return c.event(models.SourcetypeOverload, h, e)
	}
	return c.event(models.SourcetypeFinding, h, models.FindingEvent{Head: h, FindingID: id, Kind: kind, State: f.State, Title: f.Title, Detail: f.Detail})
}

// verbs are CIM's words for what happened to a change, and its status.
var verbs = map[models.State][2]string{
	models.StateOpen:      {"modified", "pending"},
	models.StateWithdrawn: {"deleted", "cancelled"},
	models.StatePast:      {"modified", "expired"},
}

func (c *composer) actionEvent(a *models.Action, revision string) models.Event {
	h := c.head(a.Subject, revision)
	verb := verbs[a.State]
	if _, known := c.said[h.Subject]; !known {
		verb[0] = "created"
	}
	var moved []string
	for _, m := range a.Moved {
		moved = append(moved, m.Field+" "+m.From+" → "+m.To)
	}
	e := models.ActionEvent{
		Head: h, ActionID: a.Subject.ID(), FindingID: a.Finding, Kind: a.Subject.Kind, State: a.State, Title: a.Title, Reason: a.Reason,
		NeedBy: day(a.NeedBy), LatestStart: day(a.LatestStart), LeadDays: a.LeadDays, Late: a.Late, StillHelps: a.StillHelps,
		Evidence: strings.Join(a.Evidence, " "), Moved: strings.Join(moved, "; "),
		Verb: verb[0], ChangeType: "maintenance", Object: a.Subject.Service + "/" + a.Subject.Signal, ObjectID: a.Subject.ID(),
		Status: verb[1], Vendor: "Foresight", Dest: a.Subject.Service,
	}
	if a.Work != "" && a.State == models.StateOpen {
		e.Status = string(a.Work)
	}
	if len(a.Moved) > 0 {
		e.MovedCause, e.MovedCauses = a.Moved[0].Cause, strings.Join(a.Moved[0].Causes(), ", ")
	}
	return c.event(models.SourcetypeAction, h, e)
}

// runEvent says how the run went. Its revision leaves the duration out, so that a
// repeated run repeats its id, and has the queries in, so that passes over two of them
// that found as much are two.
func (c *composer) runEvent(studies []*study) models.Event {
	r := c.result
	e := models.RunEvent{Seconds: models.Number(r.Duration.Seconds()), Queries: len(studies), Signals: len(r.Signals), Findings: len(r.Findings), Actions: len(r.Actions), Errors: len(r.Errors)}
	var texts []string
	var content []any
	for _, s := range studies {
		content = append(content, s.key())
		e.Buckets, e.Holes = e.Buckets+s.buckets, e.Holes+s.holes
		e.Revised += s.revised
	}
	for _, s := range r.Signals {
		e.Forecasts += len(s.Forecasts)
	}
	for _, x := range r.Errors {
		texts = append(texts, x.Service+"/"+x.Query+": "+x.Text)
	}
	e.ErrorText = strings.Join(texts, "; ")
	e.Treated = treatedText(c.job.say(), r.Signals)
	e.Masked, e.Censored = counted(r.Signals, models.TreatedMasked), counted(r.Signals, models.TreatedCensored)
	e.Outages, e.OneOffs = counted(r.Signals, models.TreatedOutage), counted(r.Signals, models.TreatedOneOff)
	content = append(content, e.Queries, e.Signals, e.Forecasts, e.Findings, e.Actions, e.Errors, e.ErrorText, e.Buckets, e.Holes, e.Treated)
	e.Head = c.head(models.Subject{Customer: c.job.Customer.ID, Kind: "run"}, models.Revision(content...))
	return c.event(models.SourcetypeRun, e.Head, e)
}
