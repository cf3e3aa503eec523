package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// buckets is a customer with one series below a day.
const buckets = `customers:
  - id: shop
    zone: Europe/Stockholm
    services:
      - id: web
        queries:
          - id: orders
            search: index=main sourcetype="foresight:demo" series=orders
            span: 1h
            history: 1d
            empty: missing
            signal: {measure: sum(value), unit: orders}
`

// stretch writes a series as CSV with a row every width, UTC.
func stretch(series string, from, to time.Time, width time.Duration, value func(t time.Time) float64) string {
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for t := from; t.Before(to); t = t.Add(width) {
		fmt.Fprintf(&b, "%s,%s,%g\n", series, t.UTC().Format(time.RFC3339), value(t))
	}
	return b.String()
}

// telling gives every bucket a value of its own, so that a sum over the wrong ones
// is another number.
func telling(t time.Time) float64 { return 1000 + float64(t.Unix()/1800%977) }

// first returns the earliest forecast of a measure.
func first(t *testing.T, events []indexed, measure string) indexed {
	t.Helper()
	points := of(sourcetypeOf(events, "foresight:forecast"), "measure", measure)
	require.NotEmpty(t, points, "forecasts of %s", measure)
	return points[0]
}

// A history of a single day is forecast as that day again, so that the forecast
// shows the day's sum: that of the local day's buckets and of no other.
func TestLocalDaysSumExactlyTheirBuckets(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, zone, day, next string
		span                  string
		width                 time.Duration
		buckets               int
		before                bool // rows before the day too
	}{
		{"autumn night of 25 hours", "Europe/Stockholm", "2024-10-27", "2024-10-28", "1h", time.Hour, 25, true},
		// A day's history reaches back 24 hours, which is into the day before.
		{"spring night of 23 hours", "Europe/Stockholm", "2025-03-30", "2025-03-31", "1h", time.Hour, 23, false},
		{"usual day", "Europe/Stockholm", "2025-01-15", "2025-01-16", "1h", time.Hour, 24, true},
		{"India, half an hour off", "Asia/Kolkata", "2025-01-15", "2025-01-16", "30m", 30 * time.Minute, 48, true},
		{"Lord Howe, half an hour of summer time", "Australia/Lord_Howe", "2025-04-06", "2025-04-07", "30m", 30 * time.Minute, 49, true},
		{"quarters of an hour in Nepal", "Asia/Kathmandu", "2025-01-15", "2025-01-16", "15m", 15 * time.Minute, 96, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zone := location(t, tt.zone)
			midnight := func(day string) time.Time {
				d, err := time.ParseInLocation(time.DateOnly, day, zone)
				require.NoError(t, err)
				return d
			}
			from, to := midnight(tt.day), midnight(tt.next)
			loaded := from
			if tt.before {
				loaded = from.Add(-48 * time.Hour)
			}
			w := newWorld(t)
			w.load(stretch("orders", loaded, to.Add(48*time.Hour), tt.width, telling), "UTC")
			w.configure(buckets, "Europe/Stockholm", tt.zone, "span: 1h", "span: "+tt.span)
			w.run(tt.next)

			sum, largest := 0.0, 0.0
			for b := from; b.Before(to); b = b.Add(tt.width) {
				sum, largest = sum+telling(b), max(largest, telling(b))
			}
			run := w.events("foresight:run")[0]
			assert.InDelta(t, tt.buckets, run.number("buckets"), 0, "%v", run)
			assert.InDelta(t, 0, run.number("holes"), 0, "%v", run)
			total := first(t, w.events(), "total")
			assert.InDelta(t, sum, total.number("q50"), 1e-6*sum, "the day's sum, in %v", total)
			assert.InDelta(t, float64(to.Unix()), total.Time, 0, "the first day ahead begins at its local midnight")
			busiest := first(t, w.events(), "busiest")
			assert.InDelta(t, largest, busiest.number("q50"), 1e-6*largest, "the day's largest bucket, in %v", busiest)
		})
	}
}

// Forecast points lie at local midnights, on both sides of a change of the clock,
// and no day is left out.
func TestForecastPointsLieAtLocalMidnights(t *testing.T) {
	t.Parallel()
	zone := location(t, "Europe/Stockholm")
	day := time.Date(2025, 3, 1, 0, 0, 0, 0, zone)
	points := sourcetypeOf(undisturbed(t), "foresight:forecast")
	require.Len(t, points, 400)
	for i, e := range points {
		require.InDelta(t, float64(day.AddDate(0, 0, i).Unix()), e.Time, 0, "point %d", i)
	}
}

func TestHalfHourZoneRefusesHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(buckets, "Europe/Stockholm", "Asia/Kolkata")
	fails(t, w.foresight("run", "-c", w.config()), app.ExitUsage,
		"queries[0].span: buckets of 1h do not end at midnight in Asia/Kolkata, which lies +05:30 off UTC; use 30m")
}

// ofTheLine leaves out what the incident process tells: only a run that stands on the clock's own
// day brings predictions into it.
func ofTheLine(events []indexed) []indexed {
	return slices.DeleteFunc(events, func(e indexed) bool { return e.text("incident_id") != "" })
}

// What came after the midnight of the run's day changes nothing, whether the run
// is told its day or reads it off the clock; and all runs of a day are one.
func TestTheUnfinishedDayIsNotUsed(t *testing.T) {
	t.Parallel()
	want := control(t) // its series ends where the run's day begins
	zone := location(t, "Europe/Stockholm")
	midnight := time.Date(2025, 3, 1, 0, 0, 0, 0, zone)
	after := stretch("orders", midnight, midnight.Add(72*time.Hour), time.Hour, func(time.Time) float64 { return 1e6 })
	for _, tt := range []struct {
		name  string
		asOf  string
		clock time.Time
	}{
		{"a date", "2025-03-01", time.Time{}},
		{"the same moment in UTC", "2025-03-01T13:37:00Z", time.Time{}},
		{"the clock at 14:37", "", midnight.Add(14*time.Hour + 37*time.Minute)},
		{"the last moment before its last events are due", "", midnight.Add(24*time.Hour + 9*time.Minute)}, // lag 10m
		{"the first moment after the day before is complete", "", midnight.Add(10 * time.Minute)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := stocked(t)
			w.load(after, "UTC")
			w.now = tt.clock
			w.run(tt.asOf)
			assert.Equal(t, want, byID(t, ofTheLine(w.events())))
			if !w.now.IsZero() {
				w.now = w.now.Add(30 * time.Second)
				w.run("")
				assert.Equal(t, want, byID(t, ofTheLine(w.events())), "a second run of the day")
				assert.Equal(t, []string{"2025-03-01T00:00:00+01:00"}, ids(ofTheLine(w.events()), "as_of"))
			}
		})
	}
}

// A query that knows events by their index time sees none that came in later than
// the run's day and its lag; by event time they count.
func TestLateEventsAreUnknownByIndexTime(t *testing.T) {
	t.Parallel()
	want := func(edits ...string) map[string]string {
		w := stocked(t)
		w.configure(shop, edits...)
		w.run("2025-02-20")
		return byID(t, w.events("foresight:forecast", "foresight:action"))
	}
	late := func(edits ...string) map[string]string {
		w := stocked(t)
		_, err := w.server.AddSeries(strings.NewReader(daily(t, "orders", "2025-02-08", "2025-02-20", func(int, time.Time) float64 { return 900 })), 72*24*time.Hour, location(t, "Europe/Stockholm"))
		require.NoError(t, err)
		w.configure(shop, edits...)
		w.run("2025-02-20")
		return byID(t, w.events("foresight:forecast", "foresight:action"))
	}
	byIndexTime := []string{"empty: missing", "known_by: indextime\n            empty: missing"}
	usual := want()
	assert.Equal(t, usual, want(byIndexTime...), "what came in time is known either way")
	assert.Equal(t, usual, late(byIndexTime...), "what came too late is not")
	assert.NotEqual(t, usual, late(), "by event time it is")
}
