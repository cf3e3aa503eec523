package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// When what comes back is a problem, where the rules do not say.
const (
	DefaultProblemAfter  = 3
	DefaultProblemWithin = 30 * 24 * time.Hour
)

// ProblemID is a problem's name among people: numbers are a customer's own.
func ProblemID(customer string, number int) string { return fmt.Sprintf("%s-P%d", customer, number) }

// Recur looks whether what a report has just brought into a case has come back too often: a fact that
// opened or joined a case as often as the rules say within their time is one problem, of which every
// later case of the fact is one too, until somebody calls it resolved. cases and problems are the
// customer's, with or without this case. What is foreseen has its own records: the forecast.
func Recur(i models.Incident, outcome Outcome, cases []models.Incident, problems []models.Problem, at time.Time, r Rules) (models.Incident, []models.Entry, *models.Problem) {
	if outcome != Opened && outcome != Joined {
		return i, nil, nil
	}
	newest := i.Facts[len(i.Facts)-1]
	if newest.Source == SourceEngine || newest.Source == SourceRegister {
		return i, nil, nil
	}
	print := newest.Fingerprint
	last := problemOf(problems, print)
	if last != nil && last.State != models.ProblemResolved {
		if slices.Contains(last.Cases, i.ID) {
			return i, nil, nil
		}
		p := *last
		p.Cases = append(slices.Clone(p.Cases), i.ID)
		return belongs(i, p, r.say().T("it is back, as %s", i.ID), at, r)
	}
	after, within := r.recurs()
	since := at.Add(-within)
	if last != nil {
		since = later(since, last.Resolved)
	}
	came := cameBack(cases, i, print, since)
	if len(came) < after {
		return i, nil, nil
	}
	p := models.Problem{Number: len(problems) + 1, Customer: i.Customer, Service: i.Service, Title: fact(&i, print).Title, Fact: print, State: models.ProblemOpen, Cases: came, Opened: at}
	p.ID = ProblemID(i.Customer, p.Number)
	if i.Redundancy != nil {
		p.Title = r.say().T("Redundancy of %s is lost again and again", i.Redundancy.Group)
	}
	if last != nil {
		p.Before = last.ID
	}
	return belongs(i, p, r.say().T("%d cases of it since %s: %s", len(came), since.In(r.Hours.zone()).Format(time.DateOnly), strings.Join(came, ", ")), at, r)
}

// recurs are how often and within how long a fact must come back.
func (r Rules) recurs() (after int, within time.Duration) {
	after, within = r.ProblemAfter, r.ProblemWithin
	if after <= 0 {
		after = DefaultProblemAfter
	}
	if within <= 0 {
		within = DefaultProblemWithin
	}
	return after, within
}

// problemOf is the last record of a fact; nil when there is none.
func problemOf(all []models.Problem, print string) *models.Problem {
	for n := len(all) - 1; n >= 0; n-- {
		if all[n].Fact == print {
			return &all[n]
		}
	}
	return nil
}

// cameBack are the cases that the fact came to since a moment, the oldest first; one that was canceled
// was none.
func cameBack(cases []models.Incident, now models.Incident, print string, since time.Time) (ids []string) {
	for n := range cases {
		c := &cases[n]
		if f := fact(c, print); f != nil && c.ID != now.ID && c.State != models.IncidentCanceled && f.First.After(since) {
			ids = append(ids, c.ID)
		}
	}
	return append(ids, now.ID)
}

// belongs links the case to its problem, and says in its timeline what is known.
func belongs(i models.Incident, p models.Problem, text string, at time.Time, r Rules) (models.Incident, []models.Entry, *models.Problem) {
	w, _ := change(i, Act{At: at, By: Foresight}, r) // nothing was seen: nothing can have changed
	if w.i.Problem == "" {
		w.i.Problem = p.ID // of two the first: both list the case
	}
	words := r.say().T("it comes back: problem %s", p.ID)
	if p.Cause != "" {
		words += r.say().T(". Known error: %s", p.Cause)
	}
	if p.Around != "" {
		words += r.say().T(". What helps meanwhile: %s", p.Around)
	}
	w.add(models.EntryProblem, "", p.ID, words)
	w.i.Changed = w.at // its version stays: it is the same change that brought the fact
	noted(&p, "", Act{At: at, By: Foresight, Text: text})
	return w.i, w.entries, &p
}

// noted adds a line to the history.
func noted(p *models.Problem, to models.ProblemState, a Act) {
	at := later(a.At, p.Changed)
	p.History = append(slices.Clone(p.History), models.ProblemNote{At: at, By: a.By, To: to, Text: a.Text})
	p.Changed = at
	p.Version++
}

// ProblemChange is what somebody found out of a problem, or did about it; what is empty stays.
type ProblemChange struct {
	Cause, Around string
	To            models.ProblemState // resolved, or open: it is not mended after all
}

// ChangeProblem writes down what somebody found out. With a cause or a workaround it is a known error; to
// resolve it, and to take that back, wants a reason.
//
// Errors: ChangedError, ErrNoReason.
func ChangeProblem(p models.Problem, c ProblemChange, a Act, r Rules) (models.Problem, error) {
	if a.Seen != 0 && a.Seen != p.Version {
		return p, &ChangedError{Incident: p.ID, Seen: a.Seen, Now: p.Version, Changed: p.Changed}
	}
	to := c.To
	if to == "" && p.State == models.ProblemOpen && c.Cause+c.Around != "" {
		to = models.ProblemKnownError
	}
	switch {
	case to != "" && to == p.State:
		return p, models.Refuse("problem %s is %s already", p.ID, to)
	case c.To != "" && strings.TrimSpace(a.Text) == "":
		return p, fmt.Errorf("changing problem %s: %w", p.ID, ErrNoReason)
	case c.To == models.ProblemOpen && p.State != models.ProblemResolved:
		return p, models.Refuse("problem %s is not resolved: nothing to take back", p.ID)
	case c == ProblemChange{} && strings.TrimSpace(a.Text) == "":
		return p, fmt.Errorf("changing problem %s: %w", p.ID, errNoText)
	case p.State == models.ProblemResolved && to != models.ProblemOpen && c != ProblemChange{}:
		return p, models.Refuse("problem %s is resolved; reopen it first, or leave it: what comes back opens another", p.ID)
	}
	var words []string
	if c.Cause != "" {
		p.Cause, words = c.Cause, append(words, r.say().T("known error: %s", c.Cause))
	}
	if c.Around != "" {
		p.Around, words = c.Around, append(words, r.say().T("what helps meanwhile: %s", c.Around))
	}
	if a.Text != "" {
		words = append(words, a.Text)
	}
	a.Text = strings.Join(words, "; ")
	if to == models.ProblemOpen && p.Cause+p.Around != "" {
		to = models.ProblemKnownError // come back it is known as well as it was
	}
	if to != "" {
		p.State, p.Resolved = to, time.Time{}
	}
	noted(&p, to, a)
	if to == models.ProblemResolved {
		p.Resolved = p.Changed
	}
	return p, nil
}

// TellProblem is what Splunk is told of a problem's change.
func TellProblem(p models.Problem) models.Parcel {
	last := p.History[len(p.History)-1]
	revision := models.Revision("problem", p.Version, p.State, len(p.Cases), p.Cause, p.Around)
	h := models.Head{
		EventID: models.EventID(p.ID, p.Changed, revision), Subject: p.ID, Revision: revision, AsOf: p.Changed.UTC().Format(time.RFC3339Nano),
		IssuedAt: p.Changed.UTC().Format(time.RFC3339Nano), Customer: p.Customer, Service: p.Service,
	}
	e := models.ProblemEvent{
		Head: h, ProblemID: p.ID, State: p.State, Title: p.Title, Opened: stamp(p.Opened), Resolved: stamp(p.Resolved), Times: len(p.Cases), Cases: strings.Join(p.Cases, ","),
		Last: p.Cases[len(p.Cases)-1], Cause: p.Cause, Workaround: p.Around, ChangedBy: last.By, ChangeText: last.Text,
	}
	return models.Parcel{Subject: p.ID, Events: []models.Event{{
		Time: p.Changed, Sourcetype: models.SourcetypeProblem, Source: "foresight", Host: p.Customer, Body: e, EventID: h.EventID, Subject: p.ID,
	}}}
}
