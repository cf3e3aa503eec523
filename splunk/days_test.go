package splunk

import (
	"testing"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"

	"github.com/stretchr/testify/require"
)

// The days of this package are those of the calendar, or a window cut by the one
// would not fit the buckets of the other.
func TestDaysAgreeWithTheCalendar(t *testing.T) {
	for _, name := range []string{"Africa/Cairo", "America/Asuncion", "America/Havana", "America/Sao_Paulo", "America/Santiago",
		"America/St_Johns", "America/Scoresbysund", "Asia/Amman", "Asia/Beirut", "Asia/Gaza", "Asia/Kathmandu", "Asia/Tehran",
		"Atlantic/Azores", "Australia/Lord_Howe", "Europe/Stockholm", "Pacific/Apia", "Pacific/Chatham", "UTC"} {
		z := zone(t, name)
		first := calendar.NewDate(2005, 1, 1)
		at := first.In(z)
		require.True(t, dayStart(2005, 1, 1, z).Equal(at), name)
		for d := first; d.Year < 2027; d = d.AddDays(1) {
			start := d.In(z)
			if calendar.DateOf(start) != d {
				continue // Apia had no 30 December 2011
			}
			require.True(t, dayStart(d.Year, d.Month, d.Day, z).Equal(start), "%s %s: %s", name, d, start)
			require.True(t, bucketStart(start.Add(5*time.Hour), models.SpanDay, z).Equal(start), "%s %s", name, d)
			require.True(t, bucketStart(start, models.SpanDay, z).Equal(start), "%s %s", name, d)
		}
	}
}

// Apia went from 29 to 31 December 2011: four local days within 29 December to 2 January.
func TestADateThatTheZoneLeftOut(t *testing.T) {
	z := zone(t, "Pacific/Apia")
	q := query()
	q.Span = models.SpanDay
	w := window(t, "Pacific/Apia", "2011-12-28", "2012-01-02")
	f := &fake{t: t, events: every(w.From, w.To, 3600)}
	points := fetch(t, f, "Pacific/Apia", q, w).Columns[0].Points
	require.Len(t, points, 4)
	for i, day := range []int{28, 29, 31, 1} {
		require.Equal(t, day, time.Unix(points[i].Time, 0).In(z).Day())
		require.InDelta(t, 24, points[i].Value, 0)
	}
}
