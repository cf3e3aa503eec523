package app

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/store"
	"foresight/models"
)

func told1(service, key string) models.Intake {
	return models.Intake{Customer: "shop", Integration: "prom", Reports: []models.Report{
		{Customer: "shop", Service: service, Key: key, Keyed: true, Source: "prom", Title: key, At: time.Now()},
	}}
}

// Many senders at once: one case a service, every occurrence counted, each sender told in which
// case it is, and far fewer transactions than reports.
func TestAStormIsOneCaseAndFewTransactions(t *testing.T) {
	kept := openStore(t)
	defer kept.Close() //nolint:errcheck // the test is over
	var woken atomic.Int32
	r, err := newReception(kept, agreed(time.Now()), time.Now, func() { woken.Add(1) })
	require.NoError(t, err)
	const n = 500
	var wait sync.WaitGroup
	for k := range n {
		wait.Go(func() {
			service := []string{"web", "till"}[k%2]
			taken, err := r.Take(t.Context(), told1(service, service+fmt.Sprint(k%10)))
			require.NoError(t, err)
			require.Len(t, taken, 1)
			require.NotEmpty(t, taken[0].Incident)
		})
	}
	wait.Wait()
	all, err := kept.Incidents(t.Context(), models.IncidentFilter{})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, n, all[0].Occurrences+all[1].Occurrences)
	require.Len(t, all[0].Facts, 5)
	held, err := kept.Outgoing(t.Context(), 1000)
	require.NoError(t, err)
	require.Len(t, held, 10, "each fact is told once, and no repetition")
	require.LessOrEqual(t, woken.Load(), int32(10))
}

// What was taken before is known by its name, also within one transaction; it counts nothing.
func TestReplaysCountNothing(t *testing.T) {
	kept := openStore(t)
	defer kept.Close() //nolint:errcheck // the test is over
	r, err := newReception(kept, agreed(time.Now()), time.Now, func() {})
	require.NoError(t, err)
	in := told1("web", "a")
	in.Once = "prom\x1f1"
	q := r.lines["shop"]
	batch := []*waiting{{in: in, done: make(chan struct{})}, {in: in, done: make(chan struct{})}}
	_, err = r.keep(t.Context(), q, batch)
	require.NoError(t, err)
	require.NoError(t, batch[0].err)
	require.ErrorIs(t, batch[1].err, models.ErrReplayed)
	_, err = r.Take(t.Context(), in)
	require.ErrorIs(t, err, models.ErrReplayed)
	i, _, err := kept.Incident(t.Context(), "shop-1")
	require.NoError(t, err)
	require.Equal(t, 1, i.Occurrences)
	in.Once = "" // without a name nobody can tell
	for range 2 {
		_, err = r.Take(t.Context(), in)
		require.NoError(t, err)
	}
}

// Nobody waits for ever, nothing is taken half, and a full queue says so.
func TestReceptionInTrouble(t *testing.T) {
	kept := openStore(t)
	r, err := newReception(kept, agreed(time.Now()), time.Now, func() {})
	require.NoError(t, err)
	_, err = r.Take(t.Context(), models.Intake{Customer: "nobody"})
	require.ErrorContains(t, err, `no customer "nobody"`)

	q := r.lines["shop"]
	q.busy = true // a transaction that takes its time
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = r.Take(gone, told1("web", "a"))
	require.ErrorIs(t, err, context.Canceled)
	in := told1("web", "b")
	in.Reports = make([]models.Report, mostWaiting)
	_, err = r.Take(t.Context(), in)
	require.ErrorIs(t, err, models.ErrTooMany)

	r.work(t.Context(), q) // the one that has gone is kept all the same: it was handed over
	_, _, err = kept.Incident(t.Context(), "shop-1")
	require.NoError(t, err)
	require.False(t, q.busy)
	require.NoError(t, kept.Close())
	_, err = r.Take(t.Context(), told1("web", "c"))
	require.Error(t, err)
	_, err = r.Take(t.Context(), told1("web", "c"))
	require.Error(t, err, "the next is tried anew")
}

// A heartbeat that is missing is one case, told once however often it is looked at, and resolved
// when it is heard again. A start makes no silence.
func TestAHeartbeatIsMissing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		kept, err := store.Open(t.Context(), store.Place{Dir: dir})
		require.NoError(t, err)
		defer func() { require.NoError(t, kept.Close()) }()
		cfg := agreed(time.Now())
		cfg.Customers[0].Process.Integrations = []models.Integration{
			{ID: "nightly", Kind: models.IntegrationHeartbeat, Service: "till", Component: "batch1", Every: 10 * time.Minute},
			{ID: "prom", Kind: models.IntegrationAlertmanager},
		}
		require.NoError(t, kept.KeepBeat(t.Context(), "shop", "nightly", time.Now().Add(-24*time.Hour))) // before a long standstill
		r, err := newReception(kept, cfg, time.Now, func() {})
		require.NoError(t, err)
		serving, end := context.WithCancel(t.Context())
		for range 2 {
			go newDuty(kept, cfg, time.Now, func() {}, zerolog.Nop()).run(serving)
		}
		cases := func() []models.Incident {
			all, err := kept.Incidents(t.Context(), models.IncidentFilter{})
			require.NoError(t, err)
			return all
		}
		later := func(d time.Duration) { <-time.After(d); synctest.Wait() }
		later(9*time.Minute + time.Second)
		for range 3 {
			require.NoError(t, r.Beat(t.Context(), "shop", "nightly", time.Now()))
			later(9 * time.Minute)
		}
		require.Empty(t, cases())
		later(40 * time.Minute)
		all := cases()
		require.Len(t, all, 1)
		require.Equal(t, []any{"till", "batch1: heartbeat nightly is missing", models.IncidentNew, 1}, []any{all[0].Service, all[0].Title, all[0].State, all[0].Occurrences})
		require.NoError(t, r.Beat(t.Context(), "shop", "nightly", time.Now()))
		later(time.Minute)
		require.Equal(t, models.IncidentResolved, cases()[0].State)

		// A restart does not begin the time anew; a standstill does.
		again := func(away, on time.Duration) {
			later(5 * time.Minute)
			end()
			later(away)
			serving, end = context.WithCancel(t.Context())
			go newDuty(kept, cfg, time.Now, func() {}, zerolog.Nop()).run(serving)
			later(on)
		}
		require.NoError(t, r.Beat(t.Context(), "shop", "nightly", time.Now()))
		again(4*time.Minute, 2*time.Minute)
		require.Equal(t, models.IncidentNew, cases()[0].State)
		require.NoError(t, r.Beat(t.Context(), "shop", "nightly", time.Now()))
		later(time.Minute)
		again(30*time.Minute, 10*time.Minute)
		require.Equal(t, models.IncidentResolved, cases()[0].State)
		later(time.Minute)
		require.Equal(t, models.IncidentNew, cases()[0].State)
		end()
	})
}
