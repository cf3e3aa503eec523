package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// casePage is what case.gohtml prints.
type casePage struct {
	frame
	caseRow
	Detail, Opened, Changed, Hold, Review string
	Problem                               *problemBox
	Runbook                               *runbookBox
	Seen, Read                            int // of the case and its timeline, as they are shown
	Impact, Urgency                       []choice
	Levels                                []choice
	Clocks                                []clockRow
	Redundancy                            *redundancyRow
	Plan                                  []taskRow
	Facts                                 []factRow
	Related                               []link
	Timeline                              []entryRow
	Verbs                                 []verb
	Refused                               string // why what was asked for was not done
	Draft                                 draft
	May                                   bool // the reader may change it
	Final                                 bool
}

// draft is what a person wrote that was not taken: it is not lost.
type draft struct {
	Verb, Text, To string
	Problem        *problemTry // of the problem record
}

type link struct{ Href, Text string }

// verb is a button.
type verb struct{ Name, Text string }

type clockRow struct {
	Kind, Target, State, Deadline string
	Bad                           bool
}

type redundancyRow struct {
	Group, State, Down  string
	Up, Members, Needed int
}

type factRow struct {
	Title, Source, Component, First, Last string
	Count                                 int
	Firing                                bool
}

type entryRow struct {
	At, By, Kind, Change, Text string
	New                        bool // was not there when the person looked
}

// verbWords are the buttons' texts.
var verbWords = map[string]string{
	"ack": "Acknowledge", "start": "Start", "hold": "Put on hold", "resolve": "Resolve", "close": "Close", "reopen": "Reopen", "cancel": "Cancel the case",
}

// incident shows a case.
func (v *server) incident(w http.ResponseWriter, r *http.Request) {
	v.showCase(w, r, http.StatusOK, "", draft{}, -1)
}

// showCase prints a case: with a problem, what somebody asked for was not done, and what they
// wrote is kept; what came after entry read of the timeline is marked (-1: nothing is).
func (v *server) showCase(w http.ResponseWriter, r *http.Request, status int, problem string, d draft, read int) {
	i, timeline, err := v.seen(r)
	if errors.Is(err, ErrUnknown) {
		v.unknownCase(w)
		return
	}
	if err != nil {
		v.internal(w, fmt.Errorf("reading case %s: %w", r.PathValue("id"), err))
		return
	}
	p := v.casePage(r, i, timeline, read)
	p.Refused, p.Draft = problem, d
	guide, err := v.options.Process.Guide(r.Context(), i)
	if err != nil {
		v.internal(w, fmt.Errorf("reading what is known of case %s: %w", i.ID, err))
		return
	}
	p.Problem, p.Runbook = problemOf(guide.Problem), runbookOf(guide.Runbook)
	if p.Problem != nil {
		p.Problem.May, p.Problem.Action = p.May, p.Link+"/problem"
		if d.Problem != nil {
			p.Problem.Wrote = *d.Problem
		}
	}
	v.render(w, status, "case.gohtml", p)
}

func (v *server) unknownCase(w http.ResponseWriter) {
	v.message(w, http.StatusNotFound, "There is no such case", "The list of incidents has those there are.")
}

// seen reads the case of a request. One of a customer that the reader may not see is unknown to them.
func (v *server) seen(r *http.Request) (models.Incident, []models.Entry, error) {
	i, timeline, err := v.options.Process.Incident(r.Context(), r.PathValue("id"))
	if err == nil && !slices.ContainsFunc(v.customersOf(r.Context()), func(c models.Customer) bool { return c.ID == i.Customer }) {
		return models.Incident{}, nil, ErrUnknown
	}
	return i, timeline, err
}

func (v *server) casePage(r *http.Request, i models.Incident, timeline []models.Entry, read int) casePage {
	c := v.customer(i.Customer)
	zone := zoneOf(c)
	p := casePage{
		frame: v.frame(r, i.ID+": "+i.Title, ""), caseRow: v.row(i, c), Detail: i.Detail, Opened: v.shown(i.Opened, zone, momentForm), Changed: v.shown(i.Changed, zone, momentForm),
		Hold: i.HoldFor, Seen: i.Version, Read: i.Entries, Final: i.State.Done(), Clocks: v.clocks(i, zone), Plan: v.tasks(i, zone),
		Impact: v.grades(i.Impact), Urgency: v.grades(i.Urgency), May: v.may(r, i.Customer),
	}
	for _, l := range []models.Level{models.LevelReactive, models.LevelProactive, models.LevelPredictive} {
		p.Levels = append(p.Levels, choice{fmt.Sprint(int(l)), v.levelWords(l), l == i.Level})
	}
	for n := range p.Plan {
		p.Plan[n].May = p.May
	}
	for _, name := range v.options.Process.Verbs(i.State) {
		p.Verbs = append(p.Verbs, verb{name, v.say.T(verbWords[name])})
	}
	if red := i.Redundancy; red != nil {
		p.Redundancy = &redundancyRow{red.Group, v.say.Redundancy(*red), strings.Join(red.Down, ", "), red.Up(), red.Members, red.Needed}
	}
	for _, f := range i.Facts {
		if p.Redundancy != nil && p.Redundancy.Down != "" {
			f.Component = p.Redundancy.Down // a group's one fact is of whatever is down of it
		}
		p.Facts = append(p.Facts, factRow{f.Title, f.Source, f.Component, v.shown(f.First, zone, momentForm), v.shown(f.Last, zone, momentForm), f.Count, i.Fires(f)})
	}
	for _, id := range i.Related {
		p.Related = append(p.Related, link{"/incidents/" + url.PathEscape(id), id})
	}
	if i.Review != nil {
		p.Review = v.say.T("Review due by %s.", v.shown(i.Review.Due, zone, dayForm))
		if !i.Review.Done.IsZero() {
			p.Review = v.say.T("Review done %s.", v.shown(i.Review.Done, zone, dayForm))
		}
	}
	for _, e := range slices.Backward(timeline) {
		p.Timeline = append(p.Timeline, entryRow{v.shown(e.At, zone, momentForm), e.By, string(e.Kind), v.change(e), e.Text, read >= 0 && e.Seq > read})
	}
	return p
}

// change says from what to what.
func (v *server) change(e models.Entry) string {
	from, to := v.say.Change(e)
	switch {
	case from != "" && to != "":
		return from + " → " + to
	case from != "":
		return v.say.T("from %s", from)
	}
	return to
}

func (v *server) grades(now models.Grade) []choice {
	return []choice{{"1", v.say.T("1 high"), now == models.GradeHigh}, {"2", v.say.T("2 medium"), now == models.GradeMedium}, {"3", v.say.T("3 low"), now == models.GradeLow}}
}

func (v *server) clocks(i models.Incident, zone *time.Location) []clockRow {
	var rows []clockRow
	for _, c := range i.Clocks {
		row := clockRow{Kind: string(c.Kind), Bad: c.Breached}
		if c.Target > 0 {
			row.Target = v.span(c.Target)
		}
		switch {
		case !c.Stopped.IsZero():
			row.State = v.say.T("stopped %s", v.shown(c.Stopped, zone, momentForm))
		case !c.Running():
			row.State = v.say.T("paused")
		case c.Deadline.IsZero():
			row.State = v.say.T("runs")
		default:
			row.State, row.Deadline = v.due(c.Deadline, v.now()), v.shown(c.Deadline, zone, momentForm)
			row.Bad = row.Bad || c.Deadline.Before(v.now())
		}
		if c.Breached {
			row.State += ", " + v.say.T("breached")
		}
		rows = append(rows, row)
	}
	return rows
}
