package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/deliver"
	"foresight/internal/store"
	"foresight/models"
)

// deaf takes nothing.
type deaf struct{}

func (deaf) Send(context.Context, []models.Event) ([]models.Rejected, error) {
	return nil, errors.New("the collector is away")
}

// A bound that is reached is told on the pages and to Prometheus, beside what is held.
func TestAFullOutboxIsTold(t *testing.T) {
	cfg := &configs.Config{State: configs.State{Dir: t.TempDir()}, Outbox: configs.Outbox{MaxBytes: 300}}
	kept, err := store.Open(t.Context(), place(cfg))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	now := time.Date(2026, 3, 2, 2, 15, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	w := &works{app: &App{Clock: clock}, store: kept, courier: deliver.New(kept, deaf{}, clock, zerolog.Nop())}
	commit := func(run string) models.Committed {
		b := models.Batch{Customer: "c", RunID: run, AsOf: now, Ran: models.Ran{RunID: run, Customer: "c", Started: now}}
		for _, sourcetype := range []string{models.SourcetypeForecast, models.SourcetypeFinding} {
			b.Parcels = append(b.Parcels, models.Parcel{Subject: sourcetype, Revision: run, Events: []models.Event{{Time: now, Sourcetype: sourcetype, Subject: sourcetype, EventID: run + sourcetype, Body: map[string]any{"run": run}}}})
		}
		done, err := ledger{kept, w.courier}.Commit(t.Context(), b)
		require.NoError(t, err)
		return done
	}
	told := func() []string {
		all, err := w.hindrances(t.Context())
		require.NoError(t, err)
		return all
	}
	require.Empty(t, commit("r1").Left)
	require.Empty(t, told())
	require.Equal(t, models.Committed{Events: 1, Left: []string{models.SourcetypeForecast}}, commit("r2"))
	require.Equal(t, []string{"the outbox is full (outbox.max_bytes): forecasts are left out until it has emptied"}, told())

	now = now.Add(time.Hour)
	require.Contains(t, told()[0], "3 events wait, the oldest since 2026-03-02T02:15:00Z")
	require.ErrorContains(t, w.deliver(t.Context(), 0), "3 events are held; the next run or serve sends them: the collector is away")
	require.Contains(t, told()[0], "3 events are held since 2026-03-02T03:15:00Z: the collector is away")
	o, err := w.waiting(t.Context())
	require.NoError(t, err)
	require.Equal(t, []any{3, "other", true, 0}, []any{o.Parcels, o.Held, o.Full, o.Refused})
}
