// Package pipeline is the way of the data: query → series → forecast → findings →
// actions → events. Each stage is a file; a later one never calls an earlier one.
// What it needs of the outside it declares here as interfaces.
package pipeline

import (
	"context"
	"encoding/json"
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

// Ledger is the durable account of what was said, what was learnt, and what is on its
// way to Splunk.
type Ledger interface {
	// Said returns what counts as said of a customer's subjects, by subject id, but for those over
	// which the runs of certain queries ("service/query") decide.
	Said(ctx context.Context, customer string, but ...string) (map[string]models.Said, error)
	// Learnt returns what the engine left of a forecast, by its subject id; nil for nothing.
	Learnt(ctx context.Context, customer, forecast string) (json.RawMessage, error)
	// Commit keeps all that a run leaves, or nothing of it.
	Commit(ctx context.Context, b models.Batch) (models.Committed, error)
}

// Worked knows what people have done about actions.
type Worked interface {
	// Work returns the state of the actions that somebody has begun, by subject id.
	Work(ctx context.Context, customer string) (map[string]models.TaskState, error)
}

// Line runs customers through the stages.
type Line struct {
	Source  Source
	Ledger  Ledger  // nil: every run begins afresh, and nothing is told or kept
	Archive Archive // nil: every run reads each query's whole history
	Track   Track   // nil: nothing is compared with what came
	Worked  Worked  // nil: nobody works on the actions
	Meter   Meter   // nil: nobody measures
	Clock   func() time.Time
	Log     zerolog.Logger
	Desk    *Desk          // bounds what goes on at once, also over several runs; nil: one of each a run
	Step    func(Progress) // told of each query's stages; may be nil, is called from several goroutines
	Horizon int            // days ahead; 0 is DefaultHorizon
	Paths   int            // joint paths behind P(overload); 0 is the engine's default
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
	Once     bool                                              // leave nothing when another run was first with its queries' passes for the day
	Metrics  bool                                              // forecasts are told to a metric index too

	learnt *learnt
	work   map[string]models.TaskState // see Worked
}

// others lists the configured queries that this run does not take: what was said of their signals
// is for theirs.
func (j Job) others() []string {
	var all []string
	for _, service := range j.Customer.Services {
		for _, q := range service.Queries {
			if j.Want != nil && !j.Want(service, q) {
				all = append(all, service.ID+"/"+q.ID)
			}
		}
	}
	return all
}

// Run takes a customer through the line. What fails for one query is told in the
// result and in the joined error and stops no other query. The run ends in one commit;
// when that fails nothing counts as said, and the next run says it all.
func (l *Line) Run(ctx context.Context, j Job) (models.Result, error) {
	started := l.Clock()
	result, err := l.run(ctx, j, started)
	if ctx.Err() == nil {
		l.ended(result, started, err)
	}
	return result, err
}

// run is Run without the measuring.
func (l *Line) run(ctx context.Context, j Job, started time.Time) (models.Result, error) {
	result := models.Result{RunID: j.RunID, Customer: j.Customer, AsOf: j.AsOf, IssuedAt: started}
	var said map[string]models.Said
	if l.Ledger != nil {
		var err error
		if said, err = l.Ledger.Said(ctx, j.Customer.ID, j.others()...); err != nil {
			return result, err
		}
	}
	if l.Worked != nil {
		var err error
		if j.work, err = l.Worked.Work(ctx, j.Customer.ID); err != nil {
			return result, err
		}
	}
	j.learnt = l.recall(j.Customer.ID)
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
	drafts := compose(j, &result, studies, said, arrived{l.peaksCame(ctx, j, &result, said), l.overloadsCame(ctx, j, studies, said)})
	if err := l.commit(ctx, j, &result, studies, drafts); err != nil {
		failures = append(failures, err)
		result.Errors = append(result.Errors, models.RunError{Stage: StageCommit, Reason: reason(err), Text: err.Error()})
	}
	return result, errors.Join(failures...)
}

// StageCommit is the stage of a run whose end could not be kept: nothing of it counts as said.
const StageCommit = "commit"

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
