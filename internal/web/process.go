package web

import (
	"context"
	"errors"
	"net/http"

	"foresight/models"
)

// Process is the incident process as the pages show and change it.
type Process interface {
	// Customers are those of the configuration, in its order.
	Customers() []models.Customer
	// Incidents returns the cases of a filter, the last changed first.
	Incidents(ctx context.Context, f models.IncidentFilter) ([]models.Incident, error)
	// Incident returns a case with its timeline, the oldest entry first. Error: ErrUnknown.
	Incident(ctx context.Context, id string) (models.Incident, []models.Entry, error)
	// Guide is what helps whoever has a case.
	Guide(ctx context.Context, i models.Incident) (models.Guide, error)
	// Verbs are what can be done to a case in a state.
	Verbs(s models.IncidentState) []string
	// Report brings a fault in and says what became of it. Error: RefusedError.
	Report(ctx context.Context, r models.Report) (models.Incident, models.Outcome, error)
	// Act does something to a case. Errors: ErrUnknown, ErrChanged, RefusedError.
	Act(ctx context.Context, a Act) (models.Incident, error)
	// ActOnProblem writes down what somebody found out of a problem record. Errors: ErrChanged, RefusedError.
	ActOnProblem(ctx context.Context, a ProblemAct) error
}

// ProblemAct is what somebody found out of a problem record, or did about it; what is empty stays.
type ProblemAct struct {
	Problem, By         string
	Seen                int // the version that the person saw
	Cause, Around, Text string
	To                  models.ProblemState // resolved, or open again; "": it stays
}

// Act is what somebody does to a case, or to a task of its plan.
type Act struct {
	Incident, Task  string // Task "": the case itself
	Verb            string // ack, assign, note, … as foresight incident has them; of a task start, done, drop
	By              string
	Seen            int // the version that the person saw; 0: whichever it is
	Text, To        string
	Level           models.Level
	Impact, Urgency models.Grade
}

// ErrUnknown says that a case is not there.
var ErrUnknown = errors.New("there is no such case")

// ErrChanged says that a case is no longer as the person saw it.
var ErrChanged = errors.New("the case was changed after it was looked at")

// RefusedError says why something cannot be done; the person may do it otherwise.
type RefusedError struct{ Err error }

// Error implements error.
func (e RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e RefusedError) Unwrap() error { return e.Err }

// processPages are those that are read, and where people's forms go.
func (v *server) processPages(mux *http.ServeMux) {
	mux.HandleFunc("/incidents", v.to((*server).incidents))
	mux.HandleFunc("/incidents/new", v.to((*server).faultForm))
	mux.HandleFunc("/incidents/{id}", v.to((*server).incident))
	mux.HandleFunc("/actions", v.to((*server).actions))
	mux.HandleFunc("/services", v.to((*server).services))
	v.writes.HandleFunc("POST /incidents", v.to((*server).fault))
	v.writes.HandleFunc("POST /incidents/{id}/{verb}", v.to((*server).act))
	v.writes.HandleFunc("POST /incidents/{id}/problem/{verb}", v.to((*server).actOnProblem))
	v.writes.HandleFunc("POST /incidents/{id}/tasks/{task}/{verb}", v.to((*server).act))
	v.apiPages(mux)
	if v.options.Roster != nil {
		mux.HandleFunc("/oncall", v.to((*server).onCall))
		mux.HandleFunc(apiRoot+"oncall", v.to((*server).apiOnCall))
		v.writes.HandleFunc("POST /oncall/{customer}/{rota}/cover", v.to((*server).cover))
		v.writes.HandleFunc("POST /oncall/{customer}/{rota}/{id}/uncover", v.to((*server).uncover))
	}
}

// may reports whether the reader may change a customer's cases.
func (v *server) may(r *http.Request, customer string) bool { return who(r).Works(customer) }
