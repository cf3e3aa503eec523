package regress

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

var calendars = map[string]*calendar.Calendar{}

func testCalendar(t testing.TB, country string) *calendar.Calendar {
	if country == "" {
		return nil
	}
	if calendars[country] == nil {
		c, err := calendar.New(country, calendar.Options{})
		require.NoError(t, err)
		calendars[country] = c
	}
	return calendars[country]
}
