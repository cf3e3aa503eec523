package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// Prediction is the engine's part of a report.
type Prediction = models.Prediction

// plan brings the case's plan to a prediction: tasks keep their ids and what people did with them,
// and the timeline says what moved, and why.
func (w *writer) plan(p Prediction) {
	now := w.rules.tasks(p)
	if len(now) == 0 {
		return
	}
	say := w.rules.say()
	cause := say.T("the forecast")
	if len(p.Action.Moved) > 0 {
		var all []string
		for _, c := range p.Action.Moved[0].Causes() {
			all = append(all, say.T(c))
		}
		cause = strings.Join(all, ", ")
	}
	for n := range now {
		t := &now[n]
		was := task(w.i.Plan, t.ID)
		if was == nil {
			continue
		}
		t.State, t.By, t.At, t.Late = was.State, was.By, was.At, was.Late
		if was.Owner != "" {
			t.Owner = was.Owner
		}
		if !t.State.Over() && (!was.LatestStart.Equal(t.LatestStart) || !was.NeedBy.Equal(t.NeedBy)) {
			w.add(models.EntryPlan, days(*was), days(*t), say.T("%s moved: %s", t.ID, cause))
			t.Late = false // it is told anew where it still is
		}
	}
	for _, was := range w.i.Plan { // of a template that is gone what was begun stays
		if task(now, was.ID) == nil && was.State != models.TaskOpen {
			now = append(now, was)
		}
	}
	w.i.Plan, w.i.Need = now, p.Action.NeedBy
	w.late()
}

func days(t models.Task) string {
	return t.LatestStart.Format(time.DateOnly) + ".." + t.NeedBy.Format(time.DateOnly)
}

func task(plan []models.Task, id string) *models.Task {
	for n := range plan {
		if plan[n].ID == id {
			return &plan[n]
		}
	}
	return nil
}

// late says once of each task that its last day to start has passed, with what still helps.
func (w *writer) late() {
	for n := range w.i.Plan {
		t := &w.i.Plan[n]
		if t.State != models.TaskOpen || t.Late || t.LatestStart.IsZero() {
			continue
		}
		today := calendar.DateOf(w.at.In(t.LatestStart.Location()))
		if calendar.DateOf(t.LatestStart).Before(today) {
			t.Late = true
			text := w.rules.say().T("“%s” is late: it should have been started by %s", t.Title, t.LatestStart.Format(time.DateOnly))
			if t.StillHelps != "" {
				text += w.rules.say().T(". What still helps: %s", t.StillHelps)
			}
			w.add(models.EntryPlan, "", "late", text)
		}
	}
}

// NoTaskError says that a case's plan has no such task.
type NoTaskError struct {
	Incident, Task string
	There          []string
}

// Error implements error.
func (e *NoTaskError) Error() string {
	if len(e.There) == 0 {
		return fmt.Sprintf("case %s has no plan", e.Incident)
	}
	return fmt.Sprintf("the plan of case %s has no task %q; there are %s", e.Incident, e.Task, strings.Join(e.There, ", "))
}

// TaskOf is a task of a case's plan; a NoTaskError where it has none of the id.
func TaskOf(i models.Incident, id string) (*models.Task, error) {
	if t := task(i.Plan, id); t != nil {
		return t, nil
	}
	e := &NoTaskError{Incident: i.ID, Task: id}
	for _, there := range i.Plan {
		e.There = append(e.There, there.ID)
	}
	return nil, e
}

// TaskNotNowError says that a task cannot be moved to a state.
type TaskNotNowError struct {
	Task string
	Why  *models.Refusal
}

// Error implements error.
func (e *TaskNotNowError) Error() string { return fmt.Sprintf("task %s: %s", e.Task, e.Why) }

// Unwrap returns why, for people.
func (e *TaskNotNowError) Unwrap() error { return e.Why }

// MoveTask takes a task on: open, started, done; dropped wants a reason. A task whose
// predecessors are not over does not start.
func MoveTask(i models.Incident, id string, to models.TaskState, a Act, r Rules) (models.Incident, []models.Entry, error) {
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	t, err := TaskOf(w.i, id)
	if err != nil {
		return i, nil, err
	}
	switch {
	case i.State.Done():
		return i, nil, &NotNowError{State: i.State, Verb: "change the plan of"}
	case t.State == to:
		return i, nil, nil // said twice
	case t.State.Over():
		return i, nil, &TaskNotNowError{id, models.Refuse("it is %s already", t.State)}
	case to == models.TaskDropped && strings.TrimSpace(a.Text) == "":
		return i, nil, fmt.Errorf("to drop task %s of case %s: %w", id, i.ID, ErrNoReason)
	}
	if open := slices.DeleteFunc(slices.Clone(t.After), func(before string) bool {
		b := task(w.i.Plan, before)
		return b == nil || b.State.Over()
	}); len(open) > 0 && to != models.TaskDropped {
		return i, nil, &TaskNotNowError{id, models.Refuse("it comes after %s, which must be done or dropped first", strings.Join(open, ", "))}
	}
	w.add(models.EntryTask, string(t.State), string(to), strings.TrimSpace(id+" "+a.Text))
	t.State, t.By, t.At, t.Late = to, a.By, w.at, false
	if t.Owner == "" && a.By != Foresight {
		t.Owner = a.By
	}
	done, entries := w.done()
	return done, entries, nil
}

// Judge writes into a prediction's case how it came, once. What came true is of level 1 from then on: the
// same case, with all that was known of it.
func Judge(i models.Incident, v models.Verdict, at time.Time, r Rules) (models.Incident, []models.Entry) {
	if i.Verdict != "" || i.State.Done() {
		return i, nil
	}
	w, _ := change(i, Act{At: at, By: Foresight}, r) // nothing was seen: nothing can have changed
	w.i.Verdict = v.Verdict
	w.add(models.EntryJudged, "", v.Verdict, v.Text)
	if v.Verdict == models.VerdictCameTrue && w.i.State.Open() {
		w.level(models.LevelReactive, r.say().T("the forecast has come true"))
	}
	return w.done()
}
