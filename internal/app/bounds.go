package app

import (
	"fmt"
	"runtime"
	"time"

	"foresight/configs"
	"foresight/internal/pipeline"
	"foresight/models"
)

// workers returns how many places there are when the configuration leaves it open.
func workers(configured int) int {
	if configured > 0 {
		return configured
	}
	return runtime.GOMAXPROCS(0)
}

// searches returns how many searches may go on in Splunk at a time: some more than there
// are workers, since one that takes minutes needs no core here.
func searches(r configs.Run) int {
	if r.Searches > 0 {
		return r.Searches
	}
	return workers(r.Workers) + 2
}

// bound lets the flag --workers take the place of run.workers.
func bound(cfg *configs.Config, workers int) error {
	if workers < 0 {
		return usage(fmt.Errorf("--workers %d: ask for 1 or more", workers))
	}
	if workers > 0 {
		cfg.Run.Workers = workers
	}
	return nil
}

// desk is where all runs of this process find their places.
func desk(r configs.Run) *pipeline.Desk { return pipeline.NewDesk(searches(r), workers(r.Workers)) }

// places is how many jobs this process takes in hand: for each search one, and for each
// forecast, so that neither waits for want of the other.
func places(r configs.Run) int { return searches(r) + workers(r.Workers) }

// The share of forecasting in a job's limit. A signal takes far less than a second; that
// all wait for one core and for each other's is provided for.
const (
	forecasting       = time.Hour
	forecastingSignal = 10 * time.Second
)

// limit bounds one try of a query's job, so that one that hangs is tried again: every
// search that it can ask for may take its whole time.
func (w *works) limit(q models.Query) time.Duration {
	pieces, signals := 2+q.History/(365*24*time.Hour), 1
	if q.Empty == models.EmptyWitness {
		pieces *= 2
	}
	if q.Split != nil {
		pieces, signals = 2*pieces, signals+q.Split.Max
	}
	if q.Signal.Driver != "" {
		pieces *= 2 // its driver is read beside it
	}
	return pieces*w.cfg.Splunk.TimeLimit() + forecasting + time.Duration(signals)*forecastingSignal
}
