package incident

import (
	"fmt"
	"strings"
	"time"

	"foresight/analytics/calendar"
	"foresight/internal/wording"
	"foresight/models"
)

// Rules are what a customer's process goes by.
type Rules struct {
	models.Process
	Hours   Hours // in which the agreement counts time
	Freezes []calendar.Freeze
	Lang    string            // that the customer's people are told in
	Names   map[string]string // of services, for people, by id; those that have one
}

// say is the voice in which the customer's people are told: what the rules write into a timeline stays as it is said.
func (r Rules) say() voice { return voice{wording.In(r.Lang)} }

// RulesOf are a customer's rules, with the working days of cal.
func RulesOf(c models.Customer, cal *calendar.Calendar) Rules {
	r := Rules{Lang: c.Language, Process: c.Process, Hours: Hours{Calendar: cal, Zone: c.Zone, Week: c.Process.Week}, Names: map[string]string{}}
	for _, s := range c.Services {
		if s.Name != "" && s.Name != s.ID {
			r.Names[s.ID] = s.Name
		}
	}
	for _, f := range c.Freezes {
		r.Freezes = append(r.Freezes, calendar.Freeze{Name: f.Name, From: calendar.DateOf(f.From), To: calendar.DateOf(f.To)})
	}
	return r
}

// Defaults of the rules: a clock warns with a quarter of its time left.
const (
	DefaultWarn         = 0.75
	DefaultReopenWithin = 30 * time.Minute
	DefaultQuietFor     = 3 * 24 * time.Hour
	DefaultReviewWithin = 10 * 24 * time.Hour
)

// hours are those in which a case of a priority counts time.
func (r Rules) hours(p models.Priority) Hours {
	if r.Targets[p].Always {
		return Hours{}
	}
	return r.Hours
}

// Foresight is who did what no person did.
const Foresight = "foresight"

// Act is who does something, when, and upon which version of the case.
type Act struct {
	At   time.Time
	By   string
	Seen int // the version that the person saw; 0: whichever it is
	Text string
}

// ChangedError says that a case is no longer as the person saw it.
type ChangedError struct {
	Incident  string
	Seen, Now int
	Changed   time.Time
}

// Error implements error.
func (e *ChangedError) Error() string {
	return fmt.Sprintf("case %s was changed at %s, after you saw it (version %d, now %d): look at it again, then repeat what still holds",
		e.Incident, e.Changed.Format(time.RFC3339), e.Seen, e.Now)
}

// ErrNoReason is what a hold, a resolution, a reopening and a cancellation without a text get.
var ErrNoReason error = models.Refuse("say why: others will read it in the timeline")

// errNoText is what a note without one gets.
var errNoText error = models.Refuse("there is no text: write one")

// writer is one change under way.
type writer struct {
	i       models.Incident
	at      time.Time
	by      string
	rules   Rules
	entries []models.Entry
}

// change opens a case for a change, on a copy.
func change(i models.Incident, a Act, r Rules) (*writer, error) {
	if a.Seen != 0 && a.Seen != i.Version {
		return nil, &ChangedError{Incident: i.ID, Seen: a.Seen, Now: i.Version, Changed: i.Changed}
	}
	w := &writer{i: i, at: a.At, by: a.By, rules: r}
	if w.at.Before(i.Changed) {
		w.at = i.Changed // clocks of two machines differ; a timeline does not run back
	}
	w.i.Facts = append([]models.Fact(nil), i.Facts...)
	w.i.Clocks = append([]models.Clock(nil), i.Clocks...)
	w.i.Related = append([]string(nil), i.Related...)
	w.i.Plan = append([]models.Task(nil), i.Plan...)
	if i.Redundancy != nil {
		red := *i.Redundancy
		red.Down = append([]string(nil), red.Down...)
		red.Alarms = append([]models.GroupAlarm(nil), red.Alarms...)
		w.i.Redundancy = &red
	}
	return w, nil
}

// add writes an entry.
func (w *writer) add(kind models.EntryKind, from, to, text string) {
	w.i.Entries++
	w.entries = append(w.entries, models.Entry{Incident: w.i.ID, Seq: w.i.Entries, At: w.at, By: w.by, Kind: kind, From: from, To: to, Text: text})
}

// done closes the change; without an entry nothing has changed.
func (w *writer) done() (models.Incident, []models.Entry) {
	if len(w.entries) > 0 {
		w.i.Version++
		w.i.Changed = w.at
	}
	return w.i, w.entries
}

// Do takes a case along a verb's way, with its clocks.
//
// Errors: NotNowError, ChangedError, ErrNoReason.
func Do(i models.Incident, verb Verb, a Act, r Rules) (models.Incident, []models.Entry, error) {
	way, err := path(i.State, verb)
	if err != nil {
		return i, nil, err
	}
	if verb != Acknowledge && verb != Start && verb != Close && strings.TrimSpace(a.Text) == "" {
		return i, nil, fmt.Errorf("to %s case %s: %w", verb, i.ID, ErrNoReason)
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	for n, s := range way {
		text := ""
		if n == len(way)-1 {
			text = a.Text
		}
		w.enter(s.to, text)
	}
	done, entries := w.done()
	return done, entries, nil
}

// enter brings the case into a state, and its clocks with it.
func (w *writer) enter(to models.IncidentState, text string) {
	from := w.i.State
	w.add(models.EntryState, string(from), string(to), text)
	w.i.State, w.i.HoldFor = to, ""
	if from == models.IncidentNew {
		w.stop(models.ClockAcknowledge)
	}
	switch to {
	case models.IncidentNew:
		w.i.Resolved = time.Time{}
		w.begin(models.ClockAcknowledge)
		if w.i.Level == models.LevelReactive {
			w.fails()
		}
	case models.IncidentAcknowledged:
		if w.i.Assignee == "" && w.by != Foresight {
			w.assign(w.by)
		}
	case models.IncidentOnHold:
		w.i.HoldFor = text
		w.pause(models.ClockResolve)
		w.pause(models.ClockUpdate)
	case models.IncidentInProgress:
		if from == models.IncidentResolved {
			w.i.Resolved = time.Time{}
			if w.i.Level == models.LevelReactive {
				w.fails()
			}
			break
		}
		w.resume(models.ClockResolve)
		w.resume(models.ClockUpdate)
	case models.IncidentResolved:
		w.i.Resolved = w.at
		w.stopAll()
		w.owe()
	case models.IncidentClosed, models.IncidentCanceled:
		w.stopAll()
	}
}

func (w *writer) stopAll() {
	for _, k := range []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve, models.ClockRestore} {
		w.stop(k)
	}
}

// owe asks for a review of what was grave.
func (w *writer) owe() {
	if w.i.Review != nil || w.i.Priority > 2 || w.i.Level != models.LevelReactive {
		return
	}
	within := w.rules.ReviewWithin
	if within <= 0 {
		within = DefaultReviewWithin
	}
	w.i.Review = &models.Review{Due: w.at.Add(within)}
	w.add(models.EntryReview, "", "due", w.rules.say().T("a review is due by %s", w.i.Review.Due.Format(time.DateOnly)))
}

func (w *writer) assign(to string) {
	if to == w.i.Assignee {
		return
	}
	w.add(models.EntryAssigned, w.i.Assignee, to, "")
	w.i.Assignee = to
}

// Assign gives a case to a person or a team.
func Assign(i models.Incident, to string, a Act, r Rules) (models.Incident, []models.Entry, error) {
	if i.State.Done() {
		return i, nil, &NotNowError{State: i.State, Verb: "assign"}
	}
	if strings.TrimSpace(to) == "" {
		return i, nil, fmt.Errorf("assigning case %s: %w", i.ID, models.Refuse("to whom? Name a person or a team"))
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	w.assign(to)
	done, entries := w.done()
	return done, entries, nil
}

// Note adds a line for colleagues, in any state.
func Note(i models.Incident, a Act, r Rules) (models.Incident, []models.Entry, error) {
	return say(i, models.EntryNote, a, r)
}

// Update adds a word to the customer; the clock of the next one begins.
func Update(i models.Incident, a Act, r Rules) (models.Incident, []models.Entry, error) {
	return say(i, models.EntryUpdate, a, r)
}

func say(i models.Incident, kind models.EntryKind, a Act, r Rules) (models.Incident, []models.Entry, error) {
	if strings.TrimSpace(a.Text) == "" {
		return i, nil, fmt.Errorf("writing to case %s: %w", i.ID, errNoText)
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	w.add(kind, "", "", a.Text)
	if kind == models.EntryUpdate && i.Level == models.LevelReactive && i.State.Open() && i.State != models.IncidentOnHold {
		if c := clock(&w.i, models.ClockUpdate); c != nil {
			w.watch(c)
		}
		w.begin(models.ClockUpdate)
	}
	done, entries := w.done()
	return done, entries, nil
}

// Rate sets impact and urgency, and with them the priority and the clocks' targets.
func Rate(i models.Incident, impact, urgency models.Grade, a Act, r Rules) (models.Incident, []models.Entry, error) {
	if i.State.Done() {
		return i, nil, &NotNowError{State: i.State, Verb: "rate"}
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	w.rate(impact, urgency, a.Text)
	done, entries := w.done()
	return done, entries, nil
}

func (w *writer) rate(impact, urgency models.Grade, why string) {
	before := w.i.Priority
	w.i.Impact, w.i.Urgency = grade(impact), grade(urgency)
	w.i.Priority = PriorityOf(impact, urgency)
	if w.i.Priority == before {
		return
	}
	w.add(models.EntryPriority, fmt.Sprint(int(before)), fmt.Sprint(int(w.i.Priority)), why)
	w.rerate(before)
}

// Tick looks at a case's clocks and windows at a moment at which nothing else happened.
func Tick(i models.Incident, at time.Time, r Rules) (models.Incident, []models.Entry) {
	if !i.State.Open() {
		return i, nil
	}
	w, _ := change(i, Act{At: at, By: Foresight}, r) // nothing was seen: nothing can have changed
	for n := range w.i.Clocks {
		w.watch(&w.i.Clocks[n])
	}
	w.unsilence()
	w.late()
	w.quiet()
	return w.done()
}
