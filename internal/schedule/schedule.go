// Package schedule brings queries' cron specs onto durable jobs (River), which live in
// the state's database: never two of one query at once, whichever process has them;
// tried again when they fail; taken up by another process when theirs has died.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/robfig/cron/v3"
	"github.com/rs/zerolog"

	"foresight/internal/store"
)

// Job is a query's work, due at the times of a cron spec.
type Job struct {
	Key
	Spec  string // five fields or @hourly and its like
	Zone  *time.Location
	Limit time.Duration // one try may take no longer
	// Done reports at once whether nothing is left to do before tomorrow, as far as this
	// process knows: then no job is put into the queue. Nil: never.
	Done func() bool
	// Do is the work; an error has it tried again.
	Do func(ctx context.Context) error
}

// Options are what a schedule stands on.
type Options struct {
	Store  *store.Store
	Clock  func() time.Time
	Log    zerolog.Logger
	Places int  // jobs that this process has in hand at a time; 0 is one
	Skip   bool // what was missed while no process ran waits for its next time, instead of being caught up with
}

// timing is how the life of workers is watched. A worker that could not say for lost that
// it is alive ends its jobs, and only after grace, which is longer, do others take them up.
type timing struct {
	beat  time.Duration // between two signs of life, and two looks at the others'
	lost  time.Duration
	grace time.Duration
	poll  time.Duration // between two looks into the queue where nothing calls
	aside time.Duration // between two looks at a job that another process may know
	again func(attempt int) time.Duration
}

// usual makes a job of a killed process another's within two minutes.
var usual = timing{beat: 15 * time.Second, lost: time.Minute, grace: 90 * time.Second, poll: time.Second, aside: time.Minute, again: backoff}

// stopping is how long a shutdown waits for jobs that do not heed their context. What
// they leave is taken up as a killed process's.
const stopping = 1500 * time.Millisecond

// Schedule holds jobs until Run starts them.
type Schedule struct {
	o      Options
	timing timing
	jobs   map[Key]Job
	order  []Key
	due    map[Key]cron.Schedule
}

// New returns an empty schedule.
func New(o Options) *Schedule {
	return &Schedule{o: o, timing: usual, jobs: map[Key]Job{}, due: map[Key]cron.Schedule{}}
}

// Add puts a job on the schedule; a bad spec is an error that names the job.
func (s *Schedule) Add(j Job) error {
	due, err := cron.ParseStandard("CRON_TZ=" + j.Zone.String() + " " + j.Spec)
	if err != nil {
		return fmt.Errorf("scheduling %s: cron spec %q: %w", j.Key, j.Spec, err)
	}
	if _, twice := s.jobs[j.Key]; !twice {
		s.order = append(s.order, j.Key)
	}
	s.jobs[j.Key], s.due[j.Key] = j, due
	return nil
}

// Next returns when each job is due after t, in the order they were added.
func (s *Schedule) Next(t time.Time) []time.Time {
	next := make([]time.Time, len(s.order))
	for i, key := range s.order {
		next[i] = s.due[key].Next(t)
	}
	return next
}

// Run works until ctx ends, then ends the jobs under way, which see theirs end, and leaves
// them in the queue as if they had not been begun. An error means that the queue cannot be
// worked with at all.
func (s *Schedule) Run(ctx context.Context) error {
	if err := s.run(ctx); ctx.Err() == nil {
		return err
	}
	return nil // what was being prepared is not needed any more
}

func (s *Schedule) run(ctx context.Context) error {
	lives := newLives(s.o, s.timing)
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{schedule: s, lives: lives})
	q, err := s.open(workers)
	if err != nil {
		return err
	}
	if err := q.migrate(ctx); err != nil {
		return fmt.Errorf("preparing the job queue: %w", err)
	}
	lives.watch(q)
	defer lives.end(context.WithoutCancel(ctx))
	if err := lives.begin(ctx); err != nil {
		return err
	}
	if err := s.catchUp(ctx, q); err != nil {
		return err
	}
	// The client is stopped by hand: a context that ends would count every job under way
	// as failed.
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	lives.keep(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	if err := q.client.StopAndCancel(last); err != nil {
		s.o.Log.Warn().Msg("some jobs did not end in time; they are taken up again as those of a killed process")
	}
	return nil
}

// periodic puts jobs into the queue when they are due. River does so in one process at a
// time; the next one to have the task starts with what may have been missed between.
func (s *Schedule) periodic() []*river.PeriodicJob {
	var all []*river.PeriodicJob
	for _, key := range s.order {
		all = append(all, river.NewPeriodicJob(times{s.due[key]}, func() (river.JobArgs, *river.InsertOpts) {
			if s.done(key) {
				s.o.Log.Debug().Stringer("job", key).Msg("nothing new to know before tomorrow")
				return nil, nil
			}
			return key, nil
		}, &river.PeriodicJobOpts{RunOnStart: !s.o.Skip}))
	}
	return all
}

func (s *Schedule) done(key Key) bool {
	done := s.jobs[key].Done
	return done != nil && done()
}

// catchUp puts every job into the queue that is not known to be done. What waits there
// after a failure is tried at once: whoever starts a process may have mended the cause.
func (s *Schedule) catchUp(ctx context.Context, q *queue) error {
	if s.o.Skip {
		return nil
	}
	var missed []river.InsertManyParams
	for _, key := range s.order {
		if !s.done(key) {
			missed = append(missed, river.InsertManyParams{Args: key})
		}
	}
	if len(missed) == 0 {
		return nil
	}
	put, err := q.client.InsertMany(ctx, missed)
	if err != nil {
		return fmt.Errorf("queueing the jobs that were missed: %w", err)
	}
	for _, p := range put {
		if !p.UniqueSkippedAsDuplicate || p.Job.State != rivertype.JobStateRetryable {
			continue
		}
		if _, err := q.client.JobRetry(ctx, p.Job.ID); err != nil && !errors.Is(err, river.ErrNotFound) {
			return fmt.Errorf("queueing a job that had failed: %w", err)
		}
	}
	return nil
}

// times are a cron spec's, of which some never come (30 February): cron says so by the
// zero time, which River would take for now.
type times struct{ cron.Schedule }

// Next implements river.PeriodicSchedule.
func (s times) Next(t time.Time) time.Time {
	if next := s.Schedule.Next(t); !next.IsZero() {
		return next
	}
	return river.NeverSchedule().Next(t)
}
