// Package pipeline is the way of the data: query → series → forecast → findings →
// actions → events. Each stage is a file; a later one never calls an earlier one.
// What it needs of the outside it declares here as interfaces.
package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"foresight/analytics/calendar"
	"foresight/models"
)

// Source answers a query over a window, completely or with an error.
type Source interface {
	Fetch(ctx context.Context, zone *time.Location, q models.Query, w models.Window) (models.Fetched, error)
}

// Sink takes events. What it will never take as it is comes back as rejected; an
// error means that some may not have arrived, and all may be sent again.
type Sink interface {
	Send(ctx context.Context, events []models.Event) (rejected []models.Rejected, err error)
}

// Memory knows what was last sent.
type Memory interface {
	Said(ctx context.Context, customer string) (map[string]models.Said, error)
	Remember(ctx context.Context, customer string, news []models.Said) error
	Quarantine(ctx context.Context, rejected []models.Rejected) error
}

// Line runs customers through the stages.
type Line struct {
	Source     Source
	Sink       Sink // nil: nothing is published and nothing remembered
	Memory     Memory
	Experience Experience // nil: every run begins afresh, and nothing is kept
	Archive    Archive    // nil: every run reads each query's whole history
	Journal    Journal    // nil: no record is kept of the runs
	Clock      func() time.Time
	Log        zerolog.Logger
	Workers    int            // queries at a time; 0 is one
	Step       func(Progress) // told of each query's stages; may be nil, is called from several goroutines
	Horizon    int            // days ahead; 0 is DefaultHorizon
	Paths      int            // joint paths behind P(overload); 0 is the engine's default
}

// DefaultHorizon is how many days ahead every signal is forecast: the year's
// feasts all lie within it, whatever the day.
const DefaultHorizon = 400

// Progress is one step of a run, for people who watch.
type Progress struct {
	Customer, Service, Query string
	Stage                    string // fetching, forecasting, done, failed
	Err                      error
}

// Job is one pass over a customer's queries.
type Job struct {
	RunID    string
	Customer models.Customer
	Calendar *calendar.Calendar                                // the customer's, with its own events
	AsOf     time.Time                                         // a local midnight: data of the days before it are known
	Want     func(service models.Service, q models.Query) bool // nil: every query

	learnt *learnt // see Experience
}

// Run takes a customer through the line. What fails for one query is told in the
// result and in the joined error and stops no other query; what was not sent is
// not remembered as sent.
func (l *Line) Run(ctx context.Context, j Job) (models.Result, error) {
	started := l.Clock()
	result := models.Result{RunID: j.RunID, Customer: j.Customer, AsOf: j.AsOf, IssuedAt: started}
	var said map[string]models.Said
	if l.Memory != nil {
		var err error
		if said, err = l.Memory.Said(ctx, j.Customer.ID); err != nil {
			return result, err
		}
	}
	j.learnt = l.recall(ctx, j.Customer.ID)
	studies := l.study(ctx, j)
	if err := ctx.Err(); err != nil {
		return result, err
	}
	var failures []error
	for _, s := range studies {
		result.Signals = append(result.Signals, s.signals...)
		result.Findings = append(result.Findings, s.findings...)
		result.Actions = append(result.Actions, s.actions...)
		result.Errors = append(result.Errors, s.errors...)
		failures = append(failures, s.failures...)
	}
	result.Duration = l.Clock().Sub(started)
	drafts := compose(j, &result, studies, said)
	if l.Sink != nil {
		var err error
		if result.Sent, err = l.publish(ctx, j, drafts); err != nil {
			failures = append(failures, err)
			result.Errors = append(result.Errors, models.RunError{Stage: "publish", Reason: reason(err), Text: err.Error()})
		}
	}
	l.hand(ctx, j.Customer.ID, j.learnt)
	l.note(ctx, result, studies)
	return result, errors.Join(failures...)
}

// reason returns an error's short stable name, for logs and metric labels.
func reason(err error) string {
	var r interface{ Reason() string }
	switch {
	case errors.As(err, &r):
		return r.Reason()
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return "other"
}
