package schedule

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/store"
)

// These are tests of whole processes' schedules on a real database and the real clock:
// they wait for conditions with a deadline.

func TestMissedJobsAreCaughtUpOrSkipped(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		var runs counter
		job := func(name string, done bool) Job {
			return Job{Key: key(name), Done: func() bool { return done }, Do: func(context.Context) error { runs.add(name, 1); return nil }}
		}
		skipping := working(t, s, func(p *process) { p.o.Skip = true }, job("missed", false), Job{
			Key: key("soon"), Spec: "* * * * *", Do: func(context.Context) error { return nil }})
		eventually(t, "the queue's start", func() bool { beats, _ := s.Beats(t.Context()); return len(beats) == 1 })
		skipping.stop(t)
		require.Zero(t, runs.of("missed"))
		beats, err := s.Beats(t.Context())
		require.NoError(t, err)
		require.Empty(t, beats, "who ends says so")

		catching := working(t, s, nil, job("missed", false), job("done", true))
		eventually(t, "the missed run", func() bool { return runs.of("missed") == 1 })
		catching.stop(t)
		require.Zero(t, runs.of("done"))
	})
}

func TestDueJobsRun(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		var runs counter
		working(t, open(t, p), func(p *process) { p.o.Skip = true }, Job{
			Key: key("q"), Spec: "@every 1s", Do: func(context.Context) error { runs.add("q", 1); return nil }})
		eventually(t, "three runs", func() bool { return runs.of("q") >= 3 })
	})
}

func TestNeverTwoOfOneJob(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		var now, runs counter
		var most atomic.Int64
		slow := Job{Key: key("slow"), Spec: "@every 1s", Do: func(ctx context.Context) error {
			if n := int64(now.add("slow", 1)); n > most.Load() {
				most.Store(n)
			}
			defer now.add("slow", -1)
			wait(ctx, 2500*time.Millisecond) // longer than it takes to be believed dead, and than its schedule
			runs.add("slow", 1)
			return nil
		}}
		processes := []*process{working(t, s, nil, slow)}
		if p.URL != "" {
			processes = append(processes, working(t, s, nil, slow))
		}
		eventually(t, "two runs", func() bool { return runs.of("slow") >= 2 })
		for _, one := range processes {
			one.stop(t)
			require.NotContains(t, one.log.String(), "its process died")
		}
		require.Equal(t, int64(1), most.Load())
	})
}

func TestTwoProcessesShareTheWork(t *testing.T) {
	p := emptySchema(t)
	var runs counter
	var jobs []Job
	for i := range 40 {
		name := strconv.Itoa(i)
		jobs = append(jobs, Job{Key: key(name), Do: func(ctx context.Context) error {
			runs.add(name, 1)
			wait(ctx, 50*time.Millisecond)
			return nil
		}})
	}
	few := func(p *process) { p.o.Places = 2 }
	a, b := working(t, open(t, p), few, jobs...), working(t, open(t, p), few, jobs...)
	eventually(t, "every job", func() bool {
		for i := range 40 {
			if runs.of(strconv.Itoa(i)) == 0 {
				return false
			}
		}
		return true
	})
	a.stop(t)
	b.stop(t)
	ended := func(p *process) int { return countOf(p.log.String(), "job ended") }
	require.Positive(t, ended(a))
	require.Positive(t, ended(b))
}

func TestAFailedJobIsTriedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		var runs counter
		process := working(t, open(t, p), nil, Job{Key: key("q"), Do: func(context.Context) error {
			switch runs.add("q", 1) {
			case 1:
				return errors.New("Splunk is away")
			case 2:
				panic("boom")
			}
			return nil
		}})
		eventually(t, "the third try", func() bool { return countOf(process.log.String(), "job ended") == 1 })
		require.Equal(t, 3, runs.of("q"))
		require.Contains(t, process.log.String(), "Splunk is away")
		require.Contains(t, process.log.String(), `"panic":"boom"`)
	})
}

func TestAFailedJobIsTriedAtTheNextStart(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		var runs counter
		job := Job{Key: key("q"), Do: func(context.Context) error {
			if runs.add("q", 1) == 1 {
				return errors.New("Splunk is away")
			}
			return nil
		}}
		patient := func(p *process) { p.timing.again = func(int) time.Duration { return time.Hour } }
		first := working(t, s, patient, job)
		eventually(t, "the failure", func() bool { return countOf(first.log.String(), "job failed") == 1 })
		first.stop(t)
		second := working(t, s, patient, job)
		eventually(t, "the second try", func() bool { return countOf(second.log.String(), "job ended") == 1 })
	})
}

// A job under way when its process is told to end is a job that has not been begun.
func TestShutdownLeavesTheJobToTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		var runs counter
		job := Job{Key: key("q"), Do: func(ctx context.Context) error {
			if runs.add("q", 1) == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		first := working(t, s, nil, job)
		eventually(t, "its start", func() bool { return runs.of("q") == 1 })
		first.stop(t)
		assert.NotContains(t, first.log.String(), "job failed")
		second := working(t, s, func(p *process) { p.o.Skip = true }, job)
		eventually(t, "its second start", func() bool { return countOf(second.log.String(), "job ended") == 1 })
		require.Contains(t, second.log.String(), `"try":1`, "the interrupted one does not count")
	})
}

// What a process had in hand that was killed is taken up by another, or by its successor.
func TestAKilledProcessesJobIsTakenUp(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		killed, release := make(chan struct{}), make(chan struct{})
		// Its schedule does not end its jobs and it says nothing more: as kill -9 leaves it.
		dead := working(t, s, func(p *process) { p.timing.beat = time.Hour }, Job{Key: key("q"), Do: func(context.Context) error {
			close(killed)
			<-release
			return nil
		}})
		t.Cleanup(func() { close(release); dead.end(); assert.NoError(t, <-dead.done) })
		<-killed
		other := working(t, s, nil, Job{Key: key("q"), Do: func(context.Context) error { return nil }})
		eventually(t, "its end by the other", func() bool { return countOf(other.log.String(), "job ended") == 1 })
		require.Contains(t, other.log.String(), "its process died")
	})
}

// Who cannot say that it is alive ends its jobs before others take them up.
func TestAProcessWithoutItsDatabaseEndsItsJobs(t *testing.T) {
	p := emptySchema(t)
	s := open(t, p)
	started, ended := make(chan struct{}), make(chan error, 1)
	process := working(t, s, nil, Job{Key: key("q"), Do: func(ctx context.Context) error {
		close(started)
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}})
	<-started
	require.NoError(t, s.Close())
	select {
	case err := <-ended:
		require.ErrorIs(t, err, errLost)
	case <-time.After(10 * time.Second):
		require.FailNow(t, "the job went on", "%s", process.log.String())
	}
}

func TestAQueryThatIsGoneIsLeftToOthersAtFirst(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		old := working(t, s, nil, Job{Key: key("gone"), Do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }})
		eventually(t, "its start", func() bool { return countOf(old.log.String(), "job started") == 1 })
		old.stop(t)
		current := working(t, s, func(p *process) { p.o.Clock = func() time.Time { return time.Now().Add(30 * time.Minute) } })
		eventually(t, "its refusal", func() bool { return countOf(current.log.String(), "Job snoozed") == 1 })
		current.stop(t)
		later := working(t, s, func(p *process) { p.o.Clock = func() time.Time { return time.Now().Add(2 * time.Hour) } })
		eventually(t, "its drop", func() bool { return countOf(later.log.String(), "job dropped") == 1 })
	})
}

// A search that takes minutes leaves the other queries their places.
func TestASlowJobDoesNotStarveTheOthers(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		var runs counter
		jobs := []Job{{Key: key("slow"), Do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}}
		for i := range 10 {
			jobs = append(jobs, Job{Key: key(strconv.Itoa(i)), Do: func(context.Context) error { runs.add("fast", 1); return nil }})
		}
		working(t, open(t, p), func(p *process) { p.o.Places = 2 }, jobs...)
		eventually(t, "the fast ones", func() bool { return runs.of("fast") == 10 })
	})
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

func TestTheQueueIsCounted(t *testing.T) {
	onEach(t, func(t *testing.T, p store.Place) {
		s := open(t, p)
		jobs, err := s.Jobs(t.Context())
		require.NoError(t, err)
		require.Empty(t, jobs, "before the queue is made")
		working(t, s, nil, Job{Key: key("q"), Do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }})
		eventually(t, "one job under way", func() bool {
			jobs, err := s.Jobs(t.Context())
			return err == nil && jobs["running"] == 1
		})
	})
}
