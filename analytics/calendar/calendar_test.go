package calendar_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

func newCalendar(t *testing.T, country string, own ...calendar.OwnEvent) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(country, calendar.Options{Own: own})
	require.NoError(t, err)
	return c
}

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	require.NoError(t, err)
	return d
}

// ids returns "id kind" of the occasions, "!" behind those that close offices.
func ids(list []calendar.Occasion) []string {
	out := make([]string, 0, len(list))
	for _, o := range list {
		s := o.ID + " " + string(o.Kind)
		if o.Closed {
			s += "!"
		}
		out = append(out, s)
	}
	return out
}

func TestSwedishYear(t *testing.T) {
	c := newCalendar(t, "SE")
	for d, want := range map[string][]string{
		"2026-01-05": {"bridge_day bridge", "epiphany_eve half"}, // a Monday
		"2023-01-05": {"epiphany_eve half"},
		"2026-05-15": {"bridge_day bridge"}, // after Ascension
		"2026-06-19": {"midsummer_eve feast!"},
		"2026-12-24": {"christmas_eve feast!"},
		"2026-12-23": {"payday payday"}, // the 24th and 25th are no banking days
		"2026-11-27": {"black_friday retail"},
		"2026-11-30": {"cyber_monday retail"},
		"2026-06-06": {"national_day public!"},
		"2026-03-03": {},
	} {
		require.Equal(t, want, ids(c.On(day(t, d))), d)
	}
	require.Equal(t, time.Friday, day(t, "2026-06-19").Weekday())
}
