package incident

import (
	"time"

	"foresight/models"
)

// covers reports whether the window is about a fact at a moment.
func covers(w models.Maintenance, service, component string, at time.Time) bool {
	return !at.Before(w.From) && at.Before(w.To) && among(w.Services, service) && among(w.Components, component)
}

// among takes an empty list for everything.
func among(list []string, x string) bool {
	if len(list) == 0 {
		return true
	}
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// windowFor is the first window about a fact; nil when there is none.
func windowFor(all []models.Maintenance, service, component string, at time.Time) *models.Maintenance {
	for n := range all {
		if covers(all[n], service, component, at) {
			return &all[n]
		}
	}
	return nil
}

// silence keeps the case quiet as long as every fact of it that fires is in a window.
func (w *writer) silence(component string) {
	window := windowFor(w.rules.Windows, w.i.Service, component, w.at)
	if window == nil {
		w.unsilence()
		return
	}
	if w.i.Silenced == "" && !w.loud() {
		w.i.Silenced = window.ID
		w.add(models.EntrySuppressed, "", window.ID, w.rules.say().T("nobody is told: %s lasts until %s", window.Name, w.rules.say().moment(window.To)))
	}
}

// loud reports whether something of the case fires outside every window.
func (w *writer) loud() bool {
	for _, f := range w.i.Facts {
		if f.Firing && windowFor(w.rules.Windows, w.i.Service, f.Component, w.at) == nil {
			return true
		}
	}
	return false
}

// unsilence ends the quiet once something fires outside every window.
func (w *writer) unsilence() {
	if w.i.Silenced == "" || !w.loud() {
		return
	}
	w.add(models.EntrySuppressed, w.i.Silenced, "", w.rules.say().T("no longer kept quiet: what is reported lies outside the window"))
	w.i.Silenced = ""
}
