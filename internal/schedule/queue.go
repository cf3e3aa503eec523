package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
	"github.com/rs/zerolog"
)

// queue is River on one of the two databases.
type queue struct {
	client  client
	exec    riverdriver.Executor
	migrate func(context.Context) error
}

// client is what we use of a river.Client, whose type depends on the database.
type client interface {
	ID() string
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	InsertMany(ctx context.Context, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)
	JobList(ctx context.Context, params *river.JobListParams) (*river.JobListResult, error)
	JobRetry(ctx context.Context, id int64) (*rivertype.JobRow, error)
}

// kept is how long jobs stay in the queue that have ended well: the runs' records tell
// more of them.
const kept = time.Hour

// open returns the queue in the store's database.
func (s *Schedule) open(workers *river.Workers) (*queue, error) {
	cfg := &river.Config{
		Queues:                      map[string]river.QueueConfig{passes: {MaxWorkers: max(1, s.o.Places)}},
		Workers:                     workers,
		PeriodicJobs:                s.periodic(),
		Logger:                      slog.New(quiet{zerolog.NewSlogHandler(s.o.Log)}),
		ErrorHandler:                s,
		FetchPollInterval:           s.timing.poll,
		CompletedJobRetentionPeriod: kept,
		// Of a killed process's jobs lives takes care, which knows whether it is dead;
		// River, which only knows how long they run, is there should that fail.
		RescueStuckJobsAfter: s.longest() + time.Hour,
	}
	if pool := s.o.Store.Postgres(); pool != nil {
		q, err := opened(riverpgxv5.New(pool), cfg)
		if err == nil {
			q.migrate = locked(pool, q.migrate)
		}
		return q, err
	}
	// Alone with its database it need not ask twenty times a second who calls.
	cfg.PollOnly = true
	return opened(riversqlite.New(s.o.Store.SQLite()), cfg)
}

func (s *Schedule) longest() time.Duration {
	var most time.Duration
	for _, j := range s.jobs {
		most = max(most, j.Limit)
	}
	return most
}

func opened[TTx any](driver riverdriver.Driver[TTx], cfg *river.Config) (*queue, error) {
	client, err := river.NewClient(driver, cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue: %w", err)
	}
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: cfg.Logger})
	if err != nil {
		return nil, fmt.Errorf("preparing the job queue's tables: %w", err)
	}
	return &queue{client: client, exec: driver.GetExecutor(), migrate: func(ctx context.Context) error {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	}}, nil
}

// migrating is the key of the lock under which one process at a time makes River's tables.
const migrating = 0x666f7265736a6f62 // "foresjob"

// locked lets one of several processes migrate while the others wait.
func locked(pool *pgxpool.Pool, migrate func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		conn, err := pool.Acquire(ctx)
		if err != nil {
			return err
		}
		defer conn.Release()
		if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, int64(migrating)); err != nil {
			return err
		}
		defer func() {
			_, unlocked := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(migrating))
			err = errors.Join(err, unlocked)
		}()
		return migrate(ctx)
	}
}

// running lists the jobs that some process has in hand, or had when it died.
func (q *queue) running(ctx context.Context) ([]*rivertype.JobRow, error) {
	var all []*rivertype.JobRow
	params := river.NewJobListParams().States(rivertype.JobStateRunning).Kinds(Key{}.Kind()).First(1000)
	for {
		page, err := q.client.JobList(ctx, params)
		if err != nil {
			return nil, fmt.Errorf("listing the jobs under way: %w", err)
		}
		all = append(all, page.Jobs...)
		if len(page.Jobs) < 1000 {
			return all, nil
		}
		params = params.After(page.LastCursor)
	}
}

// free gives back a dead worker's job, by the statement of River's own rescuer. It leaves
// alone what has meanwhile been taken up by another.
func (q *queue) free(ctx context.Context, j *rivertype.JobRow, now time.Time) error {
	_, err := q.exec.JobRescueMany(ctx, &riverdriver.JobRescueManyParams{
		ID: []int64{j.ID}, Error: [][]byte{fmt.Appendf(nil, `{"at": %q, "attempt": %d, "error": "its process died", "trace": ""}`, now.UTC().Format(time.RFC3339), j.Attempt)},
		FinalizedAt: []*time.Time{nil}, ScheduledAt: []time.Time{now.UTC()}, State: []string{string(rivertype.JobStateAvailable)},
		StuckHorizon: j.AttemptedAt.Add(time.Millisecond),
	})
	if err != nil {
		return fmt.Errorf("giving back job %d: %w", j.ID, err)
	}
	return nil
}

// quiet takes what River calls information for what it is to our users: detail.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return h.Handler.Enabled(ctx, lower(l))
}

// Handle implements slog.Handler.
func (h quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Level, r.Message = lower(r.Level), "job queue: "+r.Message
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }

func lower(l slog.Level) slog.Level {
	if l <= slog.LevelInfo {
		return l - 4 // the steps between slog's levels, and from debug to what zerolog calls trace
	}
	return l
}
