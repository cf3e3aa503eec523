package app

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// agreed is a customer whose cases must be taken within an hour, and whose database is worked
// upon from the third hour to the fourth.
func agreed(now time.Time) *configs.Config {
	return &configs.Config{Customers: []models.Customer{{
		ID: "shop", Zone: time.UTC, Services: []models.Service{{ID: "web"}, {ID: "till"}},
		Process: models.Process{
			Targets: map[models.Priority]models.ServiceTargets{3: {Acknowledge: time.Hour}},
			Windows: []models.Maintenance{{ID: "move", Name: "new database", Services: []string{"till"}, From: now.Add(3 * time.Hour), To: now.Add(4 * time.Hour)}},
		},
	}}}
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	return kept
}

// told counts the entries of a case's timeline that hold the words.
func told(t *testing.T, kept *store.Store, id, words string) (n int) {
	t.Helper()
	_, timeline, err := kept.Incident(t.Context(), id)
	require.NoError(t, err)
	for _, e := range timeline {
		if strings.Contains(e.Text, words) {
			n++
		}
	}
	return n
}

// Two processes on duty tell of a clock once: when it is about to run out and when it has; and
// of a window's end. In between they write nothing.
func TestDutyWatchesClocksAndWindows(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		kept, err := store.Open(t.Context(), store.Place{Dir: dir})
		require.NoError(t, err)
		defer func() { require.NoError(t, kept.Close()) }()
		cfg, log := agreed(time.Now()), &bytes.Buffer{}
		var woken atomic.Int64 // two are on duty
		c := counter{kept, cfg, time.Now}
		_, _, err = c.report(t.Context(), incident.Report{Customer: "shop", Service: "web", Key: "a", Title: "slow", At: time.Now()})
		require.NoError(t, err)
		for range 2 {
			d := newDuty(kept, cfg, time.Now, func() { woken.Add(1) }, zerolog.New(zerolog.SyncWriter(log)))
			go d.run(t.Context())
		}
		later := func(d time.Duration) { <-time.After(d); synctest.Wait() }
		later(44*time.Minute + time.Second)
		require.Equal(t, 0, told(t, kept, "shop-1", "runs out"))
		later(time.Minute)
		require.Equal(t, 1, told(t, kept, "shop-1", "the time to acknowledge runs out"))
		require.EqualValues(t, 1, woken.Load())
		later(16 * time.Minute)
		require.Equal(t, 1, told(t, kept, "shop-1", "the time to acknowledge ran out"))

		later(2 * time.Hour) // into the window
		_, _, err = c.report(t.Context(), incident.Report{Customer: "shop", Service: "till", Key: "b", Title: "down", At: time.Now()})
		require.NoError(t, err)
		require.Equal(t, 1, told(t, kept, "shop-2", "nobody is told: new database"))
		later(time.Hour)
		require.Equal(t, 1, told(t, kept, "shop-2", "no longer kept quiet"))
		quiet := woken.Load()
		later(24 * time.Hour)
		require.LessOrEqual(t, woken.Load(), quiet+2, "the second case's clock and nothing else")
		i, timeline, err := kept.Incident(t.Context(), "shop-1")
		require.NoError(t, err)
		require.Equal(t, 3, i.Version, "opened, warned, breached")
		require.Len(t, timeline, 3)
		require.Empty(t, log.String())
	})
}

// A database that is away is told of once, and so is its return.
func TestDutySaysOnceThatItCannotWatch(t *testing.T) {
	kept, log := openStore(t), &bytes.Buffer{}
	d := newDuty(kept, agreed(time.Now()), time.Now, func() {}, zerolog.New(log))
	d.round(t.Context())
	require.Empty(t, log.String())
	require.NoError(t, kept.Close())
	d.round(t.Context())
	d.round(t.Context())
	require.Equal(t, 1, strings.Count(log.String(), "watching the cases"), log)
	d.kept = openStore(t)
	defer d.kept.Close() //nolint:errcheck // the test is over
	d.round(t.Context())
	require.Equal(t, 1, strings.Count(log.String(), "watched again"), log)
}
