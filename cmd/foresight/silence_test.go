package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watched is a shop whose silence a heartbeat tells from a lack of data.
const watched = `customers:
  - id: shop
    zone: Europe/Stockholm
    services:
      - id: web
        queries:
          - id: orders
            search: index=main sourcetype="foresight:demo" series=orders
            span: 1h
            history: 12w
            empty: witness
            witness: {search: 'index=main sourcetype="foresight:demo" series=heartbeat', span: 1h}
            signal: {measure: sum(value), unit: orders}
`

// hours loads two series of twelve weeks to before 2025-03-01, hour by hour where
// they are said to speak: the shop is open from 8 to 20.
func hours(t *testing.T, orders, heartbeat func(day string, hour int) bool) *world {
	t.Helper()
	w := newWorld(t)
	zone := location(t, "Europe/Stockholm")
	start, end := time.Date(2024, 12, 7, 0, 0, 0, 0, zone), time.Date(2025, 3, 1, 0, 0, 0, 0, zone)
	for series, speaks := range map[string]func(string, int) bool{"orders": orders, "heartbeat": heartbeat} {
		rows := "series,time,value\n"
		for h := start; h.Before(end); h = h.Add(time.Hour) {
			if local := h.In(zone); speaks(local.Format(time.DateOnly), local.Hour()) {
				rows += series + "," + h.UTC().Format(time.RFC3339) + ",100\n"
			}
		}
		w.load(rows, "UTC")
	}
	return w
}

func always(string, int) bool { return true }

func open(_ string, hour int) bool { return hour >= 8 && hour < 20 }

// except is silent on some days.
func except(speaks func(string, int) bool, from, to string) func(string, int) bool {
	return func(day string, hour int) bool { return speaks(day, hour) && (day < from || day > to) }
}

// runOf takes a pass and returns its run event.
func runOf(t *testing.T, w *world) indexed {
	t.Helper()
	w.run("2025-03-01")
	runs := w.events("foresight:run")
	require.Len(t, runs, 1)
	return runs[0]
}

func TestWitnessTellsZeroFromHole(t *testing.T) {
	t.Parallel()
	const day = "2025-02-12"
	for _, tt := range []struct {
		name              string
		orders, heartbeat func(string, int) bool
		holes             int
	}{
		{"a living witness: the nights are zero", open, always, 0},
		{"closed for a day beside a living witness: zero", except(open, day, day), always, 0},
		{"both silent for a day: a hole", except(open, day, day), except(always, day, day), 24},
		{"a silent witness beside orders: only the night is a hole", open, except(always, day, day), 12},
		{"no witness at all: every night is a hole", open, func(d string, h int) bool { return d == "2024-12-07" && h == 0 }, 84*12 - 8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := hours(t, tt.orders, tt.heartbeat)
			w.configure(watched)
			run := runOf(t, w)
			assert.InDelta(t, tt.holes, run.number("holes"), 0, "%v", run)
			assert.InDelta(t, 84*24-8, run.number("buckets"), 0, "from the first row at 8 o'clock: %v", run)
		})
	}
}

// The same fortnight without a row is a fall to nothing beside a living witness,
// and unknown beside a silent one.
func TestSilenceIsAFallOnlyBesideALivingWitness(t *testing.T) {
	t.Parallel()
	const from, to = "2025-02-15", "2025-02-28"
	fallen := hours(t, except(open, from, to), always)
	fallen.configure(watched)
	run := runOf(t, fallen)
	assert.InDelta(t, 0, run.number("holes"), 0, "%v", run)
	assert.Empty(t, fallen.events("foresight:finding"), "the data flow: nothing is missing")
	assert.Less(t, first(t, fallen.events(), "total").number("q50"), 600.0, "the volume has fallen")

	unknown := hours(t, except(open, from, to), except(always, from, to))
	unknown.configure(watched)
	run = runOf(t, unknown)
	assert.InDelta(t, 14*24, run.number("holes"), 0, "the evening before it is zero: %v", run)
	missing(t, unknown, "2025-02-15 00:00")
	assert.InDelta(t, 1200, first(t, unknown.events(), "total").number("q50"), 60, "twelve hours of 100, as ever")
}

// missing wants the finding that the data stopped, and its action.
func missing(t *testing.T, w *world, since string) {
	t.Helper()
	found := of(w.events("foresight:finding"), "kind", "data_missing")
	require.Len(t, found, 1, "the finding that the data stopped")
	assert.Contains(t, found[0].text("title"), "No data for orders since "+since)
	work := of(w.events("foresight:action"), "finding_id", found[0].text("finding_id"))
	require.Len(t, work, 1)
	assert.Equal(t, "restore_data", work[0].text("kind"))
}

// Ingest that stopped is said, and is no falling volume, whatever an empty bucket
// means otherwise.
func TestIngestThatStoppedIsNoFall(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"zero", "missing"} {
		t.Run(empty, func(t *testing.T) {
			w := newWorld(t)
			w.load(daily(t, "orders", "2024-02-01", "2025-02-19", growing), "Europe/Stockholm")
			w.configure(shop, "empty: missing", "empty: "+empty)
			w.run("2025-03-01")
			missing(t, w, "2025-02-19 00:00")
			want, got := sourcetypeOf(undisturbed(t), "foresight:forecast"), w.events("foresight:forecast")
			require.Len(t, got, len(want))
			for i := range 60 {
				assert.InEpsilon(t, want[i].number("q50"), got[i].number("q50"), 0.08, "day %d", i)
			}
			// The data are back: it is withdrawn.
			back := daily(t, "orders", "2025-02-19", "2025-03-02", func(n int, d time.Time) float64 { return growing(n+384, d) })
			w.load(back, "Europe/Stockholm")
			w.run("2025-03-02")
			closed := of(w.events("foresight:finding"), "as_of", "2025-03-02T00:00:00+01:00")
			require.Len(t, closed, 1)
			assert.Equal(t, "withdrawn", closed[0].text("state"))
		})
	}
}
