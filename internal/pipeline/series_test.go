package pipeline

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// hourly is a query of counts by the hour.
func hourly(empty models.Empty) models.Query {
	return models.Query{ID: "q", Span: models.SpanHour, Empty: empty,
		Signal: models.Signal{ID: "s", Name: "S", Kind: models.KindCount, Measure: "count", Aggregate: models.AggregateSum}}
}

// days is the window of n local days from a date.
func days(zone *time.Location, from calendar.Date, n int) models.Window {
	return models.Window{From: from.In(zone), To: from.AddDays(n).In(zone)}
}

// full has a point of the given value in every bucket of width step.
func full(w models.Window, step time.Duration, value float64) []models.Point {
	var points []models.Point
	for t := w.From; t.Before(w.To); t = t.Add(step) {
		points = append(points, models.Point{Time: t.Unix(), Value: value, Weight: 1})
	}
	return points
}

func one(w models.Window, points []models.Point) models.Fetched {
	return models.Fetched{Window: w, Columns: []models.Column{{Points: points}}}
}

func TestLocalDaysHave23And25Hours(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	for from, hours := range map[calendar.Date]float64{
		calendar.NewDate(2026, time.March, 28):   23, // summer time begins on the 29th
		calendar.NewDate(2026, time.October, 24): 25, // and ends on the 25th
	} {
		w := days(zone, from, 3)
		h := settle(hourly(models.EmptyZero), one(w, full(w, time.Hour, 10)), zone)[0]
		require.Len(t, h.points, 3)
		require.Equal(t, []float64{240, 10 * hours, 240}, []float64{h.points[0].Total, h.points[1].Total, h.points[2].Total}, from)
		require.Equal(t, 10.0, h.points[1].Busiest)
	}
}

func TestHalfHourZone(t *testing.T) {
	zone := zoneOf(t, "Asia/Kolkata")
	q := hourly(models.EmptyZero)
	q.Span = models.Span30Min
	w := days(zone, calendar.NewDate(2026, time.March, 1), 2)
	h := settle(q, one(w, full(w, 30*time.Minute, 1)), zone)[0]
	require.Equal(t, []float64{48, 48}, []float64{h.points[0].Total, h.points[1].Total})
}

func TestZeroStartsAtTheFirstRow(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 4)
	points := full(w, time.Hour, 5)[30:] // begins at 06:00 of the second day
	points = append(points[:5], points[8:]...)
	h := settle(hourly(models.EmptyZero), one(w, points), time.UTC)[0]
	require.Equal(t, "2026-03-03", h.points[0].Time.Format(time.DateOnly), "the day in which the first row lies is not whole")
	require.Equal(t, 120.0, h.points[0].Total)
	require.Equal(t, 0, h.holes)
	require.Equal(t, 4*24-30, h.buckets)
}

func TestMissingIsAHoleAndSpoilsItsDay(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 3)
	points := full(w, time.Hour, 5)
	points = append(points[:30:30], points[32:]...)
	h := settle(hourly(models.EmptyMissing), one(w, points), time.UTC)[0]
	require.Equal(t, 120.0, h.points[0].Total)
	require.True(t, math.IsNaN(h.points[1].Total), "a day with a hole is a hole, not a smaller day")
	require.True(t, math.IsNaN(h.points[1].Busiest))
	require.Equal(t, 2, h.holes)
}

func TestHabitualSilenceIsNoHole(t *testing.T) {
	// A shop that is closed from 22 to 6, whose query calls silence missing.
	w := days(time.UTC, calendar.NewDate(2026, time.March, 2), 7*6)
	var points []models.Point
	for _, p := range full(w, time.Hour, 2) {
		if h := time.Unix(p.Time, 0).UTC().Hour(); h >= 6 && h < 22 {
			points = append(points, p)
		}
	}
	h := settle(hourly(models.EmptyMissing), one(w, points), time.UTC)[0]
	for _, p := range h.points {
		require.Equal(t, 32.0, p.Total, p.Time)
	}
}

func TestWitnessTellsZeroFromHole(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 3)
	points := full(w, time.Hour, 5)
	silent := append(append([]models.Point{}, points[:24]...), points[26:48]...) // 2 hours of day two
	silent = append(silent, points[50:]...)                                      // and 2 of day three
	q := hourly(models.EmptyWitness)
	q.Witness = &models.Witness{Search: "index=x heartbeat", Span: models.Span30Min}
	f := one(w, silent)
	for t := w.From; t.Before(w.To); t = t.Add(30 * time.Minute) {
		if hour := t.Sub(w.From).Hours(); hour < 48 || hour >= 50 { // the witness too is silent on day three
			f.Witness = append(f.Witness, t.Unix())
		}
	}
	h := settle(q, f, time.UTC)[0]
	require.Equal(t, 110.0, h.points[1].Total, "a living witness makes it zero")
	require.True(t, math.IsNaN(h.points[2].Total), "a silent witness makes it a hole")
	require.Equal(t, 2, h.holes)
}

func TestIngestThatStoppedIsNotAFallingVolume(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	w := days(zone, calendar.NewDate(2026, time.March, 1), 10)
	points := full(w, time.Hour, 5)
	points = append(points[:50:50], points[56:]...) // a silence of six hours
	for _, empty := range []models.Empty{models.EmptyZero, models.EmptyMissing} {
		h := settle(hourly(empty), one(w, points[:len(points)-30]), zone)[0]
		require.Equal(t, "2026-03-09 18:00", h.silent.Format("2006-01-02 15:04"), empty)
		require.Equal(t, 6*time.Hour, h.longest)
		require.True(t, math.IsNaN(h.points[len(h.points)-1].Total))
		require.Len(t, h.points, 10, "what is forecast begins after the window, not after the last value")
	}
	// Ten hours are more than ever before, but not a day.
	require.True(t, settle(hourly(models.EmptyZero), one(w, points[:len(points)-20]), zone)[0].silent.IsZero())
	// With a living witness it is what it looks like: nobody buys.
	q := hourly(models.EmptyWitness)
	q.Witness = &models.Witness{Search: "index=x", Span: models.SpanHour}
	f := one(w, points[:len(points)-30])
	for _, p := range full(w, time.Hour, 1) {
		f.Witness = append(f.Witness, p.Time)
	}
	h := settle(q, f, zone)[0]
	require.True(t, h.silent.IsZero())
	require.Equal(t, 0.0, h.points[9].Total)
}

func TestRatiosAndMeansTravelAsTheirParts(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 1)
	points := full(w, time.Hour, 0)
	points[0].Value, points[0].Weight = 10, 20  // 50 %
	points[1].Value, points[1].Weight = 10, 980 // 1 %
	for i := range points[2:] {
		points[2+i].Weight = 0
	}
	q := hourly(models.EmptyMissing)
	q.Signal.Kind, q.Signal.Aggregate = models.KindRatio, models.AggregateMean
	h := settle(q, one(w, points), time.UTC)[0]
	require.InDelta(t, 0.02, h.points[0].Total, 1e-12, "20 of 1000, not the mean of 50 % and 1 %")
	require.InDelta(t, 0.5, h.points[0].Busiest, 1e-12)
}

func TestPartsOfASplitHaveNoLimit(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 2)
	q := hourly(models.EmptyZero)
	q.Signal.Capacity = []models.CapacityStep{{ID: "a", Limit: 1}}
	f := models.Fetched{Window: w, Columns: []models.Column{{Points: full(w, time.Hour, 3)}, {Split: "a/b", Points: full(w, time.Hour, 2)}}}
	all := settle(q, f, time.UTC)
	require.Equal(t, "s", all[0].signal.ID)
	require.Equal(t, "s/a%2Fb", all[1].signal.ID)
	require.Len(t, all[0].signal.Capacity, 1)
	require.Empty(t, all[1].signal.Capacity)
}

func TestMonthsOfAYear(t *testing.T) {
	zone := zoneOf(t, "America/New_York")
	q := hourly(models.EmptyMissing)
	q.Span = models.SpanMonth
	w := models.Window{From: calendar.NewDate(2025, time.January, 1).In(zone), To: calendar.NewDate(2026, time.January, 1).In(zone)}
	var points []models.Point
	for m := time.January; m <= time.December; m++ {
		points = append(points, models.Point{Time: calendar.NewDate(2025, m, 1).In(zone).Unix(), Value: float64(m), Weight: 1})
	}
	h := settle(q, one(w, points), zone)[0]
	require.Len(t, h.points, 12)
	require.Equal(t, models.SpanMonth, h.span)
	require.Equal(t, 12.0, h.points[11].Total)
	require.True(t, math.IsNaN(h.points[11].Busiest))
}

func TestBusiestIsMeasuredAtTheLimitsWidth(t *testing.T) {
	w := days(time.UTC, calendar.NewDate(2026, time.March, 1), 1)
	q := hourly(models.EmptyZero)
	q.Span = models.Span5Min
	q.Signal.Capacity = []models.CapacityStep{{ID: "h", Limit: 100, Per: models.PerHour}}
	points := full(w, 5*time.Minute, 1)
	points[12].Value = 9 // an hour of 20
	h := settle(q, one(w, points), time.UTC)[0]
	require.Equal(t, time.Hour, h.busy)
	require.Equal(t, 20.0, h.points[0].Busiest)
}
