package pipeline

import (
	"context"
	"fmt"
	"runtime/debug"
)

// Desk bounds what goes on at once: searches in Splunk and, apart from them,
// forecasts, so that a slow search leaves no core idle. All runs of a process share one.
type Desk struct{ fetching, forecasting chan struct{} }

// NewDesk returns a desk with so many places for each; it has one at least.
func NewDesk(searches, forecasts int) *Desk {
	return &Desk{fetching: make(chan struct{}, max(1, searches)), forecasting: make(chan struct{}, max(1, forecasts))}
}

// Forecast does a piece of work where those of the runs are done: when a place for forecasts is free.
func (d *Desk) Forecast(ctx context.Context, work func() error) error {
	return at(ctx, d.forecasting, work)
}

// at does the work when a place is free, or returns ctx's error.
func at(ctx context.Context, places chan struct{}, work func() error) error {
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return work()
}

// guarded does a study's work in a goroutine of its own, where a panic would end the
// process: a defect that one query's data bring out leaves the others their runs.
func (l *Line) guarded(s *study, work func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a defect of foresight, please report it: %v", p)
			l.Log.Error().Err(err).Str("query", s.key()).Bytes("trace", debug.Stack()).Msg("a query's run panicked")
		}
	}()
	return work()
}
