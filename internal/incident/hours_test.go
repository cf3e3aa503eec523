package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
	"foresight/models"
)

// office is Monday to Friday, 8 to 17, in Stockholm.
func office(t require.TestingT) Hours {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	cal, err := calendar.New("SE", calendar.Options{})
	require.NoError(t, err)
	h := Hours{Calendar: cal, Zone: zone}
	for d := time.Monday; d <= time.Friday; d++ {
		h.Week[d] = []models.Opening{{From: 8 * 60, To: 17 * 60}}
	}
	return h
}

func moment(t require.TestingT, h Hours, text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", text, h.zone())
	require.NoError(t, err)
	return at
}

func TestHoursCountWhatTheAgreementCounts(t *testing.T) {
	h := office(t)
	for _, c := range []struct {
		name, from string
		d          time.Duration
		want       string
	}{
		{"within a day", "2026-11-25 09:00", 4 * time.Hour, "2026-11-25 13:00"},
		{"to the day's last minute", "2026-11-25 09:00", 8 * time.Hour, "2026-11-25 17:00"},
		{"over a weekend", "2026-11-27 16:00", 2 * time.Hour, "2026-11-30 09:00"},
		{"opened on a Sunday", "2026-11-29 12:00", time.Hour, "2026-11-30 09:00"},
		{"over Christmas: 24 to 27 December 2026 are no working days", "2026-12-23 16:30", time.Hour, "2026-12-28 08:30"},
		{"over Midsummer Eve, a day off in practice", "2026-06-18 16:00", 2 * time.Hour, "2026-06-22 09:00"},
		{"nothing is due at once", "2026-11-29 12:00", 0, "2026-11-29 12:00"},
	} {
		require.Equal(t, moment(t, h, c.want), h.Add(moment(t, h, c.from), c.d), c.name)
	}
}

// The night of 29 March 2026 has 23 hours in Stockholm, that of 25 October 25.
func TestHoursOfTheNightsTheClockIsChanged(t *testing.T) {
	h := office(t)
	h.Calendar = nil
	for d := range h.Week {
		h.Week[d] = []models.Opening{{From: 0, To: 24 * 60}}
	}
	require.Equal(t, 23*time.Hour, h.Between(moment(t, h, "2026-03-29 00:00"), moment(t, h, "2026-03-30 00:00")))
	require.Equal(t, 25*time.Hour, h.Between(moment(t, h, "2026-10-25 00:00"), moment(t, h, "2026-10-26 00:00")))
	require.Equal(t, 24*time.Hour, Hours{}.Between(moment(t, h, "2026-03-28 12:00"), moment(t, h, "2026-03-29 13:00")))
}

func TestAnAgreementWithoutHoursHasNoDeadline(t *testing.T) {
	h := office(t)
	h.Week = [7][]models.Opening{}
	h.Week[time.Sunday] = []models.Opening{{From: 600, To: 600}}
	require.True(t, h.Add(moment(t, h, "2026-11-25 09:00"), time.Hour).IsZero())
}

// What Add promises Between confirms, and counting in two parts is counting at once.
func TestHoursAddUp(t *testing.T) {
	h := office(t)
	rapid.Check(t, func(t *rapid.T) {
		from := moment(t, h, "2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 500_000).Draw(t, "minutes")) * time.Minute)
		d := time.Duration(rapid.IntRange(1, 30_000).Draw(t, "d")) * time.Minute
		end := h.Add(from, d)
		require.Equal(t, d, h.Between(from, end))
		require.Less(t, h.Between(from, end.Add(-time.Minute)), d)
		middle := from.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(from))).Draw(t, "middle")))
		require.Equal(t, d, h.Between(from, middle)+h.Between(middle, end))
	})
}
