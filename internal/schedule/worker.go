package schedule

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// passes is the queue's name in River.
const passes = "passes"

// tries is how often a job is tried: with half an hour between, for more than a week. The
// next time of its schedule asks anew after that.
const tries = 500

// Key names a query; it is a job's arguments, of which there is never more than one that
// has not ended.
type Key struct {
	Customer string `json:"customer"`
	Service  string `json:"service"`
	Query    string `json:"query"`
}

// String is the key for people.
func (k Key) String() string { return k.Customer + ":" + k.Service + "/" + k.Query }

// Kind implements river.JobArgs.
func (Key) Kind() string { return "pass" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (Key) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: passes, MaxAttempts: tries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

// worker does River's jobs by the schedule's.
type worker struct {
	river.WorkerDefaults[Key]
	schedule *Schedule
	lives    *lives
}

// Timeout implements river.Worker.
func (w *worker) Timeout(job *river.Job[Key]) time.Duration {
	return w.schedule.jobs[job.Args].Limit
}

// NextRetry implements river.Worker.
func (w *worker) NextRetry(job *river.Job[Key]) time.Time {
	return w.schedule.o.Clock().Add(w.schedule.timing.again(job.Attempt))
}

// backoff is five seconds after the first failure, three times as long after each further
// one and never more than half an hour: an hourly schedule should not be the faster one.
func backoff(attempt int) time.Duration {
	wait := 5 * time.Second
	for range attempt - 1 {
		if wait *= 3; wait > 30*time.Minute {
			return 30 * time.Minute
		}
	}
	return wait
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[Key]) error {
	s := w.schedule
	log := s.o.Log.With().Stringer("job", job.Args).Int("try", job.Attempt).Logger()
	j, known := s.jobs[job.Args]
	if !known {
		return w.unknown(job)
	}
	mine, end := w.lives.take(ctx, job.ID)
	defer end()
	log.Debug().Msg("job started")
	started := s.o.Clock()
	err := j.Do(mine)
	took := s.o.Clock().Sub(started).Round(time.Millisecond)
	switch {
	case err == nil:
		log.Debug().Stringer("took", took).Msg("job ended")
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		log.Info().Msg("job interrupted; it is taken up again at the next start")
		return ctx.Err() // which River does not count as a try
	case mine.Err() != nil && ctx.Err() == nil:
		err = context.Cause(mine)
	case ctx.Err() != nil:
		err = fmt.Errorf("not done within %s: %w", j.Limit, err)
	}
	log.Warn().Err(err).Stringer("took", took).Stringer("again_in", s.timing.again(job.Attempt)).Msg("job failed")
	return err
}

// unknown leaves a query that is not in this process's configuration to others for an
// hour: while a new configuration is being brought to all of them they differ. Then
// nobody knows it any more.
func (w *worker) unknown(job *river.Job[Key]) error {
	if w.schedule.o.Clock().Sub(job.CreatedAt) < time.Hour {
		return river.JobSnooze(w.schedule.timing.aside)
	}
	w.schedule.o.Log.Info().Stringer("job", job.Args).Msg("job dropped: its query is not configured any more")
	return river.JobCancel(errors.New("its query is not configured any more"))
}

// HandleError implements river.ErrorHandler; Work has told of it.
func (s *Schedule) HandleError(context.Context, *rivertype.JobRow, error) *river.ErrorHandlerResult {
	return nil
}

// HandlePanic implements river.ErrorHandler: a panic is that try's failure.
func (s *Schedule) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	s.o.Log.Error().RawJSON("job", job.EncodedArgs).Int("try", job.Attempt).Str("panic", fmt.Sprint(value)).Str("trace", trace).
		Stringer("again_in", s.timing.again(job.Attempt)).Msg("job failed: a defect of foresight; please report it")
	return nil
}
