package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
)

func TestParseStep(t *testing.T) {
	for s, want := range map[string]calendar.Step{
		"5min": {Unit: calendar.Minute, N: 5}, "min": {Unit: calendar.Minute, N: 1}, "30min": {Unit: calendar.Minute, N: 30},
		"1h": {Unit: calendar.Hour, N: 1}, "h": {Unit: calendar.Hour, N: 1}, "12h": {Unit: calendar.Hour, N: 12},
		"D": {Unit: calendar.Day, N: 1}, "W": {Unit: calendar.Week, N: 1}, "M": {Unit: calendar.Month, N: 1},
		"2W": {Unit: calendar.Week, N: 2}, "3M": {Unit: calendar.Month, N: 3},
	} {
		got, err := calendar.ParseStep(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
		again, err := calendar.ParseStep(got.String())
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	for _, bad := range []string{"", "5", "m", "5m", "0min", "-1h", "1.5h", "99999999999min", "10001D", "hourly", "1 h", "+1h", "D1", "é"} {
		_, err := calendar.ParseStep(bad)
		require.Error(t, err, bad)
	}
}

func FuzzParseStep(f *testing.F) {
	for _, s := range []string{"5min", "1h", "D", "W", "M", "m", "00012h", "ääD"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		step, err := calendar.ParseStep(s)
		if err != nil {
			return
		}
		again, err := calendar.ParseStep(step.String())
		if err != nil || again != step || step.N < 1 {
			t.Fatalf("%q is %+v, written %q, read again %+v: %v", s, step, step.String(), again, err)
		}
	})
}

func TestPerDay(t *testing.T) {
	for s, want := range map[string]float64{"5min": 288, "30min": 48, "1h": 24, "D": 1, "2D": 0.5, "W": 1.0 / 7, "M": 12 / 365.25, "3M": 4 / 365.25} {
		require.InDelta(t, want, step(t, s).PerDay(), 1e-15, s)
	}
}

func TestZeroStepIsAMinute(t *testing.T) {
	var s calendar.Step
	require.Equal(t, "1min", s.String())
	require.InDelta(t, 1440, s.PerDay(), 0)
	n, exact := calendar.Step{Unit: calendar.Day}.Between(day(t, "2026-01-01").In(time.UTC), day(t, "2026-01-03").In(time.UTC))
	require.Equal(t, 2, n)
	require.True(t, exact)
}

func step(t testing.TB, s string) calendar.Step {
	t.Helper()
	st, err := calendar.ParseStep(s)
	require.NoError(t, err)
	return st
}

func at(t testing.TB, loc *time.Location, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02T15:04", s, loc)
	require.NoError(t, err)
	return v
}

func TestStepAdd(t *testing.T) {
	for _, row := range []struct {
		step, zone, from string
		n                int
		want             string
	}{
		{"1h", "Europe/Stockholm", "2026-10-25T00:00", 25, "2026-10-26T00:00:00+01:00"}, // 25 hours
		{"1h", "Europe/Stockholm", "2026-03-29T00:00", 23, "2026-03-30T00:00:00+02:00"}, // 23
		{"30min", "Asia/Kolkata", "2026-03-29T00:00", 48, "2026-03-30T00:00:00+05:30"},
		{"D", "Europe/Stockholm", "2026-03-28T00:00", 2, "2026-03-30T00:00:00+02:00"},
		{"D", "Europe/Stockholm", "2026-03-28T06:30", 1, "2026-03-29T06:30:00+02:00"}, // wall clock
		{"D", "America/Santiago", "2024-09-07T00:00", 1, "2024-09-08T01:00:00-03:00"}, // no midnight
		{"D", "America/Santiago", "2024-09-07T00:00", 2, "2024-09-09T00:00:00-03:00"},
		{"W", "Europe/Stockholm", "2026-03-23T00:00", 1, "2026-03-30T00:00:00+02:00"},
		{"W", "UTC", "2026-03-23T00:00", -2, "2026-03-09T00:00:00Z"},
		{"M", "UTC", "2026-01-01T00:00", 13, "2027-02-01T00:00:00Z"},
		{"M", "UTC", "2026-01-31T00:00", 1, "2026-02-28T00:00:00Z"}, // month ends
		{"M", "UTC", "2026-02-28T00:00", 1, "2026-03-31T00:00:00Z"},
		{"M", "UTC", "2026-04-30T00:00", -2, "2026-02-28T00:00:00Z"},
		{"M", "UTC", "2024-01-30T00:00", 1, "2024-02-29T00:00:00Z"}, // clamped
		{"M", "UTC", "2024-01-30T00:00", 2, "2024-03-30T00:00:00Z"},
		{"3M", "UTC", "2026-01-15T12:00", -1, "2025-10-15T12:00:00Z"},
		{"12M", "UTC", "2024-02-29T00:00", 1, "2025-02-28T00:00:00Z"},
	} {
		got := step(t, row.step).Add(at(t, zone(t, row.zone), row.from), row.n)
		require.Equal(t, row.want, got.Format(time.RFC3339), "%s %s %+d", row.step, row.from, row.n)
	}
}

// Between undoes Add, and knows the grid from what lies beside it.
func TestBetweenUndoesAdd(t *testing.T) {
	zones := []string{"UTC", "Europe/Stockholm", "America/Santiago", "Asia/Kolkata"}
	widths := []string{"5min", "30min", "1h", "6h", "D", "2D", "W", "M", "3M"}
	rapid.Check(t, func(rt *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		s := step(t, rapid.SampledFrom(widths).Draw(rt, "step"))
		from := genDate(rt, "from").In(loc)
		if s.Unit == calendar.Month {
			d := calendar.DateOf(from)
			from = calendar.NewDate(d.Year, d.Month, min(d.Day, 27)).In(loc)
		}
		n := rapid.IntRange(-400, 400).Draw(rt, "n")
		to := s.Add(from, n)
		got, exact := s.Between(from, to)
		require.Equal(rt, n, got)
		require.True(rt, exact)
		got, exact = s.Between(from, to.Add(time.Minute))
		require.Equal(rt, n, got)
		require.False(rt, exact)
		got, exact = s.Between(from, to.Add(-time.Minute))
		require.Equal(rt, n-1, got)
		require.False(rt, exact)
	})
}

func series(s calendar.Step, from time.Time, places ...int) []time.Time {
	out := make([]time.Time, 0, len(places))
	for _, i := range places {
		out = append(out, s.Add(from, i))
	}
	return out
}

// A step is found again from its own buckets, with a third of them absent.
func TestDetectStepFindsItsOwn(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Stockholm", "America/Santiago"} {
		for _, w := range []string{"5min", "30min", "1h", "D", "W", "M", "3M", "12M"} {
			s := step(t, w)
			var places []int
			for i := 0; i < 900; i++ {
				if i%9 != 3 && i%9 != 4 && i%9 != 7 {
					places = append(places, i)
				}
			}
			for _, start := range []string{"1990-01-01T00:00", "1991-12-31T00:00", "2023-05-15T00:00"} {
				got, err := calendar.DetectStep(series(s, at(t, zone(t, name), start), places...))
				require.NoError(t, err)
				require.Equal(t, s, got, "%s %s %s", name, w, start)
			}
		}
	}
}

func TestDetectStep(t *testing.T) {
	utc := at(t, time.UTC, "2024-01-01T00:00")
	d := step(t, "D")
	for _, row := range []struct {
		name  string
		times []time.Time
		want  string
	}{
		{"one", []time.Time{utc}, "D"},
		{"two days", series(d, utc, 0, 1), "D"},
		{"working days", series(d, utc, 0, 1, 2, 3, 4, 7, 8, 9, 10, 11), "D"},
		{"every fourth week", series(step(t, "4W"), utc, 0, 1, 2, 3), "4W"},
		{"two months", series(step(t, "M"), utc, 0, 1), "M"},
		{"month ends from February", series(step(t, "M"), at(t, time.UTC, "2024-02-29T00:00"), 0, 1, 2, 3), "M"},
		{"the 30th", series(step(t, "M"), at(t, time.UTC, "2024-01-30T00:00"), 0, 1, 2, 3), "M"},
		{"two hours equally common as four", series(step(t, "2h"), utc, 0, 1, 3, 5, 6), "2h"},
	} {
		got, err := calendar.DetectStep(row.times)
		require.NoError(t, err, row.name)
		require.Equal(t, row.want, got.String(), row.name)
	}
	// Days of a fixed UTC time, seen from a zone that moves its clocks, are 24 hours apart.
	var shifted []time.Time
	for i := 0; i < 365; i++ {
		shifted = append(shifted, d.Add(utc, i).In(zone(t, "Europe/Stockholm")))
	}
	got, err := calendar.DetectStep(shifted)
	require.NoError(t, err)
	require.Equal(t, "24h", got.String())
}

func TestDetectStepRefuses(t *testing.T) {
	utc := at(t, time.UTC, "2024-01-01T00:00")
	_, err := calendar.DetectStep(nil)
	require.ErrorIs(t, err, calendar.ErrNoTimes)
	for want, offsets := range map[string][]time.Duration{
		"does not come after":  {0, time.Hour, time.Hour},
		"no whole minute":      {0, 90 * time.Second, 180 * time.Second},
		"less than a second":   {0, time.Millisecond, 2 * time.Millisecond},
		"are a multiple of it": {0, 2 * time.Hour, 4 * time.Hour, 7 * time.Hour, 12 * time.Hour, 19 * time.Hour, 30 * time.Hour},
	} {
		var times []time.Time
		for _, o := range offsets {
			times = append(times, utc.Add(o))
		}
		_, err := calendar.DetectStep(times)
		require.ErrorContains(t, err, want)
		require.True(t, strings.HasPrefix(err.Error(), "finding the bucket width: "))
	}
}
