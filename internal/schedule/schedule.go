// Package schedule starts jobs at the times of their cron specs, never two of
// one job at once, and takes a panic in a job as that job's failure.
package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/rs/zerolog"
)

// Job is work that is due at the times of a cron spec.
type Job struct {
	Name string // for the log
	Spec string // five fields or @hourly and its like
	Zone *time.Location
	Do   func(ctx context.Context)
}

// Schedule holds jobs until Run starts them.
type Schedule struct {
	log  zerolog.Logger
	jobs []Job
	due  []cron.Schedule
}

// New returns an empty schedule.
func New(log zerolog.Logger) *Schedule { return &Schedule{log: log} }

// Add puts a job on the schedule; a bad spec is an error that names the job.
func (s *Schedule) Add(j Job) error {
	due, err := cron.ParseStandard("CRON_TZ=" + j.Zone.String() + " " + j.Spec)
	if err != nil {
		return fmt.Errorf("scheduling %s: cron spec %q: %w", j.Name, j.Spec, err)
	}
	s.jobs = append(s.jobs, j)
	s.due = append(s.due, due)
	return nil
}

// Next returns when each job is due after t, in the order they were added.
func (s *Schedule) Next(t time.Time) []time.Time {
	next := make([]time.Time, len(s.due))
	for i, d := range s.due {
		next[i] = d.Next(t)
	}
	return next
}

// Run starts jobs until ctx ends, then waits for those under way, which see the
// same ctx. Cron itself recovers nothing unless told to.
func (s *Schedule) Run(ctx context.Context) {
	log := cronLog{s.log}
	c := cron.New(cron.WithLogger(log))
	for i, j := range s.jobs {
		log := cronLog{s.log.With().Str("job", j.Name).Logger()}
		// Recover stands inside SkipIfStillRunning: outside, a panic would leave
		// the job marked as running for ever.
		chain := cron.NewChain(cron.SkipIfStillRunning(log), cron.Recover(log))
		c.Schedule(s.due[i], chain.Then(cron.FuncJob(func() { j.Do(ctx) })))
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
}

// cronLog hands cron's words to zerolog; its routine ones are debug.
type cronLog struct{ log zerolog.Logger }

// Info implements cron.Logger.
func (l cronLog) Info(msg string, kv ...any) {
	if msg == "skip" {
		l.log.Warn().Fields(kv).Msg("job skipped: the run before it is still going")
		return
	}
	l.log.Debug().Fields(kv).Msg("cron: " + msg)
}

// Error implements cron.Logger.
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error().Err(err).Fields(kv).Msg("job failed: " + msg)
}
