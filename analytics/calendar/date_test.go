package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

// Offsets and moves of the clocks are those of the IANA time zone database.
func TestLocalDays(t *testing.T) {
	for _, row := range []struct {
		zone, day, start string
		hours            float64
	}{
		{"Europe/Stockholm", "2026-03-29", "2026-03-29T00:00:00+01:00", 23},
		{"Europe/Stockholm", "2026-10-25", "2026-10-25T00:00:00+02:00", 25},
		{"Europe/Stockholm", "2026-06-19", "2026-06-19T00:00:00+02:00", 24},
		{"UTC", "2026-03-29", "2026-03-29T00:00:00Z", 24},
		{"America/Santiago", "2024-09-08", "2024-09-08T01:00:00-03:00", 23}, // no midnight
		{"America/Santiago", "2024-04-06", "2024-04-06T00:00:00-03:00", 25}, // 24:00 → 23:00
		{"America/Santiago", "2024-04-07", "2024-04-07T00:00:00-04:00", 24},
		{"America/Havana", "2024-03-10", "2024-03-10T01:00:00-04:00", 23}, // no midnight
		{"America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00", 25}, // midnight twice
		{"Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00", 23},   // no midnight
		{"Africa/Cairo", "2024-10-31", "2024-10-31T00:00:00+03:00", 25},
		{"Asia/Kolkata", "2024-11-03", "2024-11-03T00:00:00+05:30", 24},
		{"Australia/Lord_Howe", "2024-10-06", "2024-10-06T00:00:00+10:30", 23.5}, // half an hour
		{"Australia/Lord_Howe", "2024-04-07", "2024-04-07T00:00:00+11:00", 24.5},
		{"America/St_Johns", "2006-10-29", "2006-10-29T00:00:00-02:30", 25}, // 00:01 → 23:01 the day before
		{"Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00", 24},
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0}, // skipped whole
		{"Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00", 24},
	} {
		d, loc := day(t, row.day), zone(t, row.zone)
		require.Equal(t, row.start, d.In(loc).Format(time.RFC3339), row.zone)
		require.InDelta(t, row.hours, d.Hours(loc), 1e-12, "%s %s", row.zone, row.day)
	}
}

// Every local day begins at the first instant of its date, and the next one where it ends.
func TestLocalDayBeginsItsDate(t *testing.T) {
	for _, name := range []string{"Europe/Stockholm", "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Kolkata", "Asia/Tehran", "America/Asuncion", "America/Guayaquil"} {
		loc := zone(t, name)
		for d := calendar.NewDate(2005, 1, 1); d.Year < 2027; d = d.AddDays(1) {
			at := d.In(loc)
			require.Equal(t, d, calendar.DateOf(at), name)
			require.True(t, calendar.DateOf(at.Add(-1)).Before(d), "%s %s", name, d)
		}
	}
}

func genDate(t *rapid.T, label string) calendar.Date {
	return calendar.NewDate(1970, 1, 1).AddDays(rapid.IntRange(0, 50000).Draw(t, label))
}

func TestDateArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, e := genDate(t, "d"), genDate(t, "e")
		n := rapid.IntRange(-40000, 40000).Draw(t, "n")
		require.Equal(t, n, d.AddDays(n).Sub(d))
		require.Equal(t, d, d.AddDays(n).AddDays(-n))
		require.Equal(t, e, d.AddDays(e.Sub(d)))
		require.Equal(t, d.Before(e), e.Sub(d) > 0)
		require.Equal(t, d.After(e), e.Sub(d) < 0)
		require.Equal(t, -d.Compare(e), e.Compare(d))
		require.Equal(t, (int(d.Weekday())+n%7+7)%7, int(d.AddDays(n).Weekday()))
		back, err := calendar.ParseDate(d.String())
		require.NoError(t, err)
		require.Equal(t, d, back)
	})
}

func TestDateEdges(t *testing.T) {
	require.Equal(t, "2024-03-02", calendar.NewDate(2024, 2, 31).String())
	require.True(t, calendar.Date{}.IsZero())
	require.False(t, day(t, "2024-01-01").IsZero())
	b, err := json.Marshal([]calendar.Date{day(t, "2024-02-29"), {}})
	require.NoError(t, err)
	require.JSONEq(t, `["2024-02-29",""]`, string(b))
	for _, bad := range []string{"", "2023-02-29", "24-01-01", "2024-1-1", "2024-01-01T00:00:00Z", "2024-13-01"} {
		_, err := calendar.ParseDate(bad)
		require.ErrorContains(t, err, "2006-01-02", bad)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2024-02-29", "0000-01-01", "9999-12-31", "2024-02-30", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err == nil && d.String() != s {
			t.Fatalf("%q was read as %s", s, d)
		}
	})
}
