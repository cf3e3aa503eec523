package schedule

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

func TestJobsRunWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(zerolog.Nop())
		var at []string
		require.NoError(t, s.Add(Job{Name: "q", Spec: "15 * * * *", Zone: time.UTC, Do: func(context.Context) {
			at = append(at, time.Now().UTC().Format("15:04"))
		}}))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		s.Run(ctx)
		require.Equal(t, []string{"00:15", "01:15", "02:15"}, at)
	})
}

func TestNeverTwoOfOneJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		s := New(zerolog.New(&log))
		running, most, runs := 0, 0, 0
		require.NoError(t, s.Add(Job{Name: "slow", Spec: "* * * * *", Zone: time.UTC, Do: func(ctx context.Context) {
			running, runs = running+1, runs+1
			most = max(most, running)
			wait(ctx, 150*time.Second)
			running--
		}}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute+time.Second)
		defer cancel()
		s.Run(ctx)
		require.Equal(t, 1, most)
		require.Equal(t, 4, runs)
		require.Contains(t, log.String(), "the run before it is still going")
		require.Zero(t, running, "Run waits for the job under way")
	})
}

func TestAPanicFailsItsRunOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log journal
		s := New(zerolog.New(&log))
		runs := 0
		require.NoError(t, s.Add(Job{Name: "bad", Spec: "@hourly", Zone: time.UTC, Do: func(context.Context) {
			runs++
			panic("boom")
		}}))
		ctx, cancel := context.WithTimeout(t.Context(), 150*time.Minute)
		defer cancel()
		s.Run(ctx)
		require.Equal(t, 2, runs)
		require.Contains(t, log.String(), "boom")
	})
}

func TestSpecsAreOfTheZone(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	s := New(zerolog.Nop())
	require.NoError(t, s.Add(Job{Name: "q", Spec: "30 2 * * *", Zone: stockholm}))
	// At 02:00 on 29 March 2026 the clock goes to 03:00: there is no 02:30.
	next := s.Next(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC))[0]
	require.Equal(t, "2026-03-30 02:30", next.In(stockholm).Format("2006-01-02 15:04"))
	require.ErrorContains(t, s.Add(Job{Name: "nightly", Spec: "61 * * * *", Zone: time.UTC}), "scheduling nightly")
}

// journal is a log that jobs write side by side.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// wait passes fake time.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
