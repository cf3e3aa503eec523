package pipeline

import (
	"context"

	"foresight/models"
)

// Journal keeps a record of every run that came to its end, well or not. One that was
// interrupted leaves none.
type Journal interface {
	Ran(ctx context.Context, r models.Ran) error
}

// note writes the run's record. A failure is said and changes nothing of the run.
func (l *Line) note(ctx context.Context, r models.Result, studies []*study) {
	if l.Journal == nil {
		return
	}
	record := models.Ran{
		RunID: r.RunID, Customer: r.Customer.ID, AsOf: r.AsOf, Started: r.IssuedAt, Duration: l.Clock().Sub(r.IssuedAt),
		Queries: len(studies), Signals: len(r.Signals), Findings: len(r.Findings), Actions: len(r.Actions),
		Sent: r.Sent, Errors: r.Errors,
	}
	for _, s := range studies {
		record.Buckets, record.Holes = record.Buckets+s.buckets, record.Holes+s.holes
		record.Revised += s.revised
	}
	for _, s := range r.Signals {
		record.Forecasts += len(s.Forecasts)
	}
	if err := l.Journal.Ran(context.WithoutCancel(ctx), record); err != nil {
		l.Log.Warn().Err(err).Str("customer", r.Customer.ID).Msg("this run's record is not kept")
	}
}
