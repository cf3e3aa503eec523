package incident

import (
	"fmt"
	"slices"

	"foresight/models"
)

// groupOf is the group that a component belongs to; nil when it stands alone.
func groupOf(all []models.RedundantGroup, service, component string) *models.RedundantGroup {
	for n := range all {
		if all[n].Service == service && slices.Contains(all[n].Members, component) {
			return &all[n]
		}
	}
	return nil
}

// fingerprintOf is the fact that a group's redundancy is lost.
func fingerprintOf(g models.RedundantGroup) string { return "redundancy:" + g.Service + "/" + g.ID }

// member notes that a component of the group fails, or is up again, and moves the case
// between the levels: "works, one failure from outage" is level 2, below what is needed
// is level 1.
func (w *writer) member(g models.RedundantGroup, r Report, down bool) {
	if w.i.Redundancy == nil {
		w.i.Redundancy = &models.Redundancy{Group: g.ID, Members: len(g.Members), Needed: max(1, g.Needed)}
		w.begin(models.ClockRestore)
	}
	red := w.i.Redundancy
	component, own := r.Component, models.GroupAlarm{Fingerprint: r.Fingerprint(), Component: r.Component}
	at, there := slices.BinarySearch(red.Down, component)
	alarm := slices.Index(red.Alarms, own)
	switch {
	case down && alarm < 0:
		red.Alarms = append(red.Alarms, own)
	case !down && alarm >= 0:
		red.Alarms = slices.Delete(red.Alarms, alarm, alarm+1)
	}
	if !down && slices.ContainsFunc(red.Alarms, func(a models.GroupAlarm) bool { return a.Component == component }) {
		w.add(models.EntryCleared, r.Source, "", w.rules.say().T("%s, and more of %s fires", named(r), component))
		return
	}
	switch {
	case down && !there:
		red.Down = slices.Insert(red.Down, at, component)
	case !down && there:
		red.Down = slices.Delete(red.Down, at, at+1)
	default:
		return
	}
	w.add(models.EntryRedundancy, "", fmt.Sprintf("%d of %d up", red.Up(), red.Members), w.rules.say().Redundancy(*red))
	if len(red.Down) == 0 {
		w.stop(models.ClockRestore)
		return
	}
	if !w.i.State.Open() {
		return // somebody has called it resolved: what is still down is no reason to doubt it
	}
	w.again(models.ClockRestore)
	if red.Spare() < 0 {
		w.level(models.LevelReactive, w.rules.say().T("%d of %s are needed and %d are up", red.Needed, red.Group, red.Up()))
	} else if w.i.Level == models.LevelReactive {
		w.level(models.LevelProactive, w.rules.say().T("the service is up again, without redundancy"))
	}
}

// level moves the case to another level; its history goes with it.
func (w *writer) level(to models.Level, why string) {
	if to == w.i.Level {
		return
	}
	w.add(models.EntryLevel, fmt.Sprint(int(w.i.Level)), fmt.Sprint(int(to)), why)
	was := w.i.Level
	w.i.Level = to
	switch {
	case to == models.LevelReactive: // what was foreseen has come: it is urgent now
		w.rate(w.i.Impact, models.GradeHigh, w.rules.say().T("it has come to level 1"))
		if w.i.State.Open() {
			w.fails()
			if w.i.State == models.IncidentOnHold {
				w.pause(models.ClockUpdate)
				w.pause(models.ClockResolve)
			}
		}
	case was == models.LevelReactive: // it works again
		w.stop(models.ClockUpdate)
		w.stop(models.ClockResolve)
	}
}

// Move sets a case's level by hand, with the reason.
func Move(i models.Incident, to models.Level, a Act, r Rules) (models.Incident, []models.Entry, error) {
	if i.State.Done() {
		return i, nil, &NotNowError{State: i.State, Verb: "move"}
	}
	if to < models.LevelReactive || to > models.LevelPredictive {
		return i, nil, fmt.Errorf("moving case %s to level %d: %w", i.ID, to, models.Refuse("there are levels 1 (reactive), 2 (proactive) and 3 (predictive)"))
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	w.level(to, a.Text)
	done, entries := w.done()
	return done, entries, nil
}
