package pipeline

import (
	"cmp"
	"maps"
	"slices"

	"foresight/models"
)

// draft is what there is to send about one subject, and what to remember once it
// has been sent. A draft without events is only remembered.
type draft struct {
	events []models.Event
	said   *models.Said // nil: nothing to remember
	kept   *models.Kept // nil: nothing to compare with what comes
}

// composer holds what every draft of a run needs.
type composer struct {
	job    Job
	result *models.Result
	said   map[string]models.Said
	bases  map[string]models.Basis // by "service/signal"
	drafts []draft
}

// arrived is what was said of days that have come since.
type arrived struct {
	peaks     []peakCame
	overloads []overloadCame
}

// compose decides what is said: what is new or has moved, what is open and was
// last said on an earlier day, and once what no longer holds. It completes the
// result with the moves and with what was withdrawn.
func compose(j Job, result *models.Result, studies []*study, said map[string]models.Said, come arrived) []draft {
	c := &composer{job: j, result: result, said: said, bases: bases(j, result.Signals)}
	current := map[string]bool{}
	for _, s := range studies {
		for i := range s.signals {
			c.forecasts(s, &s.signals[i])
			c.whatIfs(s, &s.signals[i])
			c.accuracy(s, &s.signals[i], s.reviews[i])
		}
	}
	for i := range result.Findings {
		f := &result.Findings[i]
		current[f.Subject.ID()] = true
		c.finding(f)
	}
	for i := range result.Actions {
		a := &result.Actions[i]
		current[a.Subject.ID()] = true
		c.action(a)
	}
	c.close(studies, current)
	for _, p := range come.peaks {
		c.peakCame(p)
	}
	for _, v := range come.overloads {
		c.overloadCame(v)
	}
	c.drafts = append(c.drafts, draft{events: []models.Event{c.runEvent(studies)}})
	return c.drafts
}

// news reports whether a subject's content must be sent: it differs from what was
// last said, or that was on an earlier day and it is still open.
func (c *composer) news(subject, revision string) bool {
	last, known := c.said[subject]
	return !known || last.Revision != revision || last.AsOf.Before(c.job.AsOf)
}

// add puts a draft in line. A run of an earlier day than was already spoken of
// sends its events and leaves the later knowledge alone.
func (c *composer) add(events []models.Event, said models.Said) {
	d := draft{events: events, said: &said}
	if last, known := c.said[said.Subject]; known && last.AsOf.After(said.AsOf) {
		d.said = nil
	}
	c.drafts = append(c.drafts, d)
}

func (c *composer) finding(f *models.Finding) {
	id, revision := f.Subject.ID(), findingRevision(f)
	if !c.news(id, revision) {
		return
	}
	c.add([]models.Event{c.findingEvent(f, revision)}, models.Said{
		Subject: id, Query: c.queryOf(f.Subject), Revision: revision, AsOf: f.AsOf, State: f.State, Finding: f, Passed: passed(c.said[id], f), Basis: c.basis(f.Subject),
	})
}

func (c *composer) action(a *models.Action) {
	id := a.Subject.ID()
	basis := c.basis(a.Subject)
	if last, known := c.said[id]; known && last.Action != nil {
		a.Moved = moves(*last.Action, *a, last.Basis, basis)
	}
	if a.Work = c.job.work[id]; a.Work != "" { // it has been begun
		a.Late, a.StillHelps = false, ""
	}
	revision := actionRevision(a)
	if !c.news(id, revision) || a.Work.Over() && c.said[id].Revision == revision {
		return // of what has been done nobody is reminded daily
	}
	c.add([]models.Event{c.actionEvent(a, revision)}, models.Said{
		Subject: id, Query: c.queryOf(a.Subject), Revision: revision, AsOf: a.AsOf, State: a.State, Action: a, Basis: basis,
	})
}

// close says once of every open subject that the run no longer finds: past when
// its day has come, else withdrawn. A query that failed decides over nothing:
// unknown is not "no longer so".
func (c *composer) close(studies []*study, current map[string]bool) {
	decided := map[string]bool{}
	for _, s := range studies {
		decided[s.key()] = s.decided
	}
	for _, id := range slices.SortedFunc(maps.Keys(c.said), cmp.Compare[string]) {
		last := c.said[id]
		if last.State != models.StateOpen || current[id] || !c.mayClose(last, decided) {
			continue
		}
		switch {
		case last.Finding != nil:
			f := *last.Finding
			f.State, f.AsOf = closedState(f, c.job), c.job.AsOf
			c.result.Findings = append(c.result.Findings, f)
			c.finding(&f)
		case last.Action != nil:
			a := *last.Action
			a.State, a.AsOf, a.Moved = models.StateWithdrawn, c.job.AsOf, nil
			if a.NeedBy.Before(c.job.AsOf) {
				a.State = models.StatePast
			}
			c.result.Actions = append(c.result.Actions, a)
			c.action(&a)
		}
	}
}

// mayClose reports whether this run speaks for a subject: its query was studied to
// the end, or is no longer configured.
func (c *composer) mayClose(last models.Said, decided map[string]bool) bool {
	if last.AsOf.After(c.job.AsOf) {
		return false
	}
	if done, studied := decided[last.Query]; studied {
		return done
	}
	for _, service := range c.job.Customer.Services {
		for _, q := range service.Queries {
			if service.ID+"/"+q.ID == last.Query {
				return false
			}
		}
	}
	return true
}

// closedState is past for a finding whose day has come, or that told of the past.
func closedState(f models.Finding, j Job) models.State {
	p, o, kind := f.Peak, f.Overload, f.Subject.Kind
	if p != nil && p.Date.Before(j.AsOf) || o != nil && o.NeedBy.Before(j.AsOf) || kind == models.KindLevelShift || kind == models.KindAnomaly || kind == models.KindDrift {
		return models.StatePast
	}
	return models.StateWithdrawn
}

// queryOf returns the "service/query" that a subject's signal comes from.
func (c *composer) queryOf(s models.Subject) string {
	for _, r := range c.result.Signals {
		if r.Service.ID == s.Service && r.Signal.ID == s.Signal {
			return r.Service.ID + "/" + r.Query.ID
		}
	}
	return c.said[s.ID()].Query
}

func (c *composer) basis(s models.Subject) models.Basis {
	if b, known := c.bases[s.Service+"/"+s.Signal]; known {
		return b
	}
	return c.said[s.ID()].Basis
}
