package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// errLost ends the jobs of a process that others may believe dead.
var errLost = errors.New("the state's database could not be reached for too long: another process may have taken the job up")

// lives knows which workers live, and gives back the jobs of the dead. River itself only
// knows how long a job has run: too short a bound would run a slow one twice, too long a
// one leave a killed one lying. Here each process raises a count while it lives, and each
// watches the others' by its own clock.
type lives struct {
	o      Options
	timing timing
	queue  *queue
	me     string
	alone  bool // with the database: whoever else is named in it is dead

	mu    sync.Mutex
	mine  map[int64]context.CancelCauseFunc // jobs in hand
	said  time.Time                         // when the last sign of life was given
	moved map[string]life                   // the others'
	stray map[attempt]time.Time             // jobs of ours that we do not have in hand, since when
}

// life is a worker's count, and when it was first seen.
type life struct {
	beats int64
	since time.Time
}

// attempt is one try of a job.
type attempt struct {
	id int64
	no int
}

func newLives(o Options, t timing) *lives {
	return &lives{o: o, timing: t, mine: map[int64]context.CancelCauseFunc{}, moved: map[string]life{}, stray: map[attempt]time.Time{}}
}

func (l *lives) watch(q *queue) { l.queue, l.me, l.alone = q, q.client.ID(), l.o.Store.SQLite() != nil }

// take has a job in hand until end; its context ends when the process may be believed dead.
func (l *lives) take(ctx context.Context, id int64) (mine context.Context, end func()) {
	mine, cancel := context.WithCancelCause(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mine[id] = cancel
	return mine, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.mine, id)
		cancel(nil)
	}
}

// begin gives the first sign of life, and takes up what a killed process left where only
// that can be the reason.
func (l *lives) begin(ctx context.Context) error {
	if err := l.beat(ctx); err != nil {
		return err
	}
	return l.sweep(ctx)
}

// keep gives signs of life and watches the others' until ctx ends.
func (l *lives) keep(ctx context.Context) {
	tick := time.NewTicker(l.timing.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// Before the beat: a process that was frozen may have been believed dead.
		l.judge()
		err := l.beat(ctx)
		if err == nil {
			err = l.sweep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			l.o.Log.Warn().Err(err).Msg("watching the jobs")
		}
	}
}

// end says that this process ends.
func (l *lives) end(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, stopping)
	defer cancel()
	if err := l.o.Store.Forget(ctx, l.me, 1<<62); err != nil {
		l.o.Log.Warn().Err(err).Msg("taking leave of the job queue")
	}
}

// judge ends our jobs when others may believe us dead.
func (l *lives) judge() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.alone || l.o.Clock().Sub(l.said) <= l.timing.lost {
		return
	}
	if len(l.mine) > 0 {
		l.o.Log.Error().Int("jobs", len(l.mine)).Msg("jobs ended: the state's database could not be reached, so others may take them up")
	}
	for _, cancel := range l.mine {
		cancel(errLost)
	}
}

func (l *lives) beat(ctx context.Context) error {
	now := l.o.Clock() // before, so that we never think to have lived longer than others can see
	if err := l.o.Store.Beat(ctx, l.me); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = now
	return nil
}

// sweep gives back the jobs of the dead.
func (l *lives) sweep(ctx context.Context) error {
	beats, err := l.o.Store.Beats(ctx)
	if err != nil {
		return err
	}
	running, err := l.queue.running(ctx)
	if err != nil {
		return err
	}
	now := l.o.Clock()
	dead := l.look(now, beats, running)
	for _, j := range dead {
		if err := l.queue.free(ctx, j, now); err != nil {
			return err
		}
		l.o.Log.Warn().RawJSON("job", j.EncodedArgs).Str("worker", holder(j)).Msg("job taken up again: its process died")
	}
	return l.bury(ctx, now)
}

// look returns the jobs of which nobody alive takes care.
func (l *lives) look(now time.Time, beats map[string]int64, running []*rivertype.JobRow) []*rivertype.JobRow {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range running {
		if _, known := beats[holder(j)]; !known {
			beats[holder(j)] = 0
		}
	}
	moved := map[string]life{}
	for id, n := range beats {
		moved[id] = life{n, now}
		if before, known := l.moved[id]; known && before.beats == n {
			moved[id] = before
		}
	}
	l.moved = moved
	var dead []*rivertype.JobRow
	stray := map[attempt]time.Time{}
	for _, j := range running {
		since := moved[holder(j)].since
		if holder(j) == l.me {
			if _, inHand := l.mine[j.ID]; inHand {
				continue
			}
			// Just fetched, or just ended; or its end could not be written down.
			this := attempt{j.ID, j.Attempt}
			since = now
			if before, known := l.stray[this]; known {
				since = before
			}
			stray[this] = since
		} else if l.alone {
			dead = append(dead, j)
			continue
		}
		if now.Sub(since) >= l.timing.grace {
			dead = append(dead, j)
		}
	}
	l.stray = stray
	return dead
}

// bury forgets dead workers, whose jobs have been given back.
func (l *lives) bury(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	gone := map[string]int64{}
	for id, life := range l.moved {
		if id != l.me && (l.alone || now.Sub(life.since) >= l.timing.grace) {
			gone[id] = life.beats
		}
	}
	l.mu.Unlock()
	for id, beats := range gone {
		if err := l.o.Store.Forget(ctx, id, beats); err != nil {
			return fmt.Errorf("forgetting a dead process: %w", err)
		}
	}
	return nil
}

// holder is the worker that took a job last.
func holder(j *rivertype.JobRow) string {
	if len(j.AttemptedBy) == 0 {
		return ""
	}
	return j.AttemptedBy[len(j.AttemptedBy)-1]
}
