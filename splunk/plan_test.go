package splunk

import (
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func local(t testing.TB, name, day string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation("2006-01-02", day, zone(t, name))
	require.NoError(t, err)
	return d
}

func window(t testing.TB, name, from, to string) models.Window {
	return models.Window{From: local(t, name, from), To: local(t, name, to)}
}

func TestTheTextOfSearches(t *testing.T) {
	at := models.Window{From: time.Unix(1_700_006_400, 0), To: time.Unix(1_700_092_800, 0)}
	for _, tt := range []struct {
		name, want string
		change     func(*models.Query)
	}{
		{"count", "search (index=web) | eval fs_epoch=floor(_time/3600)*3600 | stats count as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value",
			func(*models.Query) {}},
		{"latest keeps the time of each event", "search (index=web) | eval fs_epoch=floor(_time/3600)*3600 | stats latest(x) as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value",
			func(q *models.Query) { q.Signal.Measure = "last(x)" }},
		{"ratio", "search (index=web) | eval fs_epoch=floor(_time/3600)*3600 | stats count(eval(status>=500)) as fs_value count as fs_weight by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value fs_weight",
			func(q *models.Query) { q.Signal.Measure, q.Signal.Denominator = "count(eval(status>=500))", "count" }},
		{"split", "search (index=web) | eval fs_epoch=floor(_time/3600)*3600, fs_part=coalesce('svc.name',\"fs_none\") | stats count as fs_value by fs_epoch, fs_part | sort 0 fs_epoch | table fs_epoch fs_value fs_part",
			func(q *models.Query) { q.Split = &models.Split{By: "svc.name", Max: 3} }},
		{"tstats mean", "| tstats sum(x) as fs_value count(x) as fs_weight where (index=web) by _time span=3600s | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value fs_weight",
			func(q *models.Query) { q.Source, q.Signal.Measure = models.SourceTstats, "avg(x)" }},
	} {
		q := query()
		tt.change(&q)
		chunks, err := Plan(time.UTC, q, at)
		require.NoError(t, err, tt.name)
		require.Len(t, chunks, 1, tt.name)
		assert.Equal(t, tt.want, chunks[0].Search.SPL, tt.name)
		assert.Equal(t, at.From.UTC(), chunks[0].Search.Earliest)
		assert.Equal(t, at.To.UTC(), chunks[0].Search.Latest)
	}
}

// tstats leaves out what lacks the split's field: the total is a search of its own.
func TestTstatsSplit(t *testing.T) {
	q := query()
	q.Source, q.Split = models.SourceTstats, &models.Split{By: "host", Max: 3}
	chunks, err := Plan(time.UTC, q, window(t, "UTC", "2025-01-01", "2025-01-02"))
	require.NoError(t, err)
	require.Len(t, chunks, 2)
	assert.Equal(t, "| tstats count as fs_value where (index=web) by _time, host span=3600s | rename host as fs_part | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value fs_part", chunks[0].Search.SPL)
	assert.Equal(t, RoleTotal, chunks[1].Role)
	assert.Equal(t, "| tstats count as fs_value where (index=web) by _time span=3600s | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value", chunks[1].Search.SPL)
}

func TestIndexTimeBoundsEventsOnly(t *testing.T) {
	q := query()
	w := window(t, "UTC", "2025-01-01", "2025-01-02")
	w.IndexedBy = time.Unix(1_735_700_000, 0)
	q.Witness = &models.Witness{Search: "index=hb OR index=hb2", Span: models.SpanHour}
	chunks, err := Plan(time.UTC, q, w)
	require.NoError(t, err)
	assert.Contains(t, chunks[0].Search.SPL, "search (index=web) _index_latest=1735700000 |")
	assert.Contains(t, chunks[1].Search.SPL, "search (index=hb OR index=hb2) _index_latest=1735700000 |")

	q.Source = models.SourceTstats
	_, err = Plan(time.UTC, q, w)
	assert.ErrorContains(t, err, "known_by indextime needs source events")
}

// Local days in Stockholm: one search for the summer, one for the night of 25 hours,
// one for the winter (transitions of 2025: 30 March, 26 October).
func TestDaysAreReadByOffset(t *testing.T) {
	q := query()
	q.Span = models.SpanDay
	chunks, err := Plan(zone(t, "Europe/Stockholm"), q, window(t, "Europe/Stockholm", "2025-10-20", "2025-11-03"))
	require.NoError(t, err)
	require.Len(t, chunks, 3)
	assert.Contains(t, chunks[0].Search.SPL, "fs_epoch=floor((_time+7200)/86400)*86400-7200 ")
	assert.Contains(t, chunks[1].Search.SPL, "fs_epoch=1761429600 ") // 2025-10-25T22:00Z
	assert.Equal(t, 25*time.Hour, chunks[1].Search.Latest.Sub(chunks[1].Search.Earliest))
	assert.Contains(t, chunks[2].Search.SPL, "fs_epoch=floor((_time+3600)/86400)*86400-3600 ")

	west, err := Plan(zone(t, "America/New_York"), q, window(t, "America/New_York", "2025-06-01", "2025-06-03"))
	require.NoError(t, err)
	assert.Contains(t, west[0].Search.SPL, "fs_epoch=floor((_time-14400)/86400)*86400+14400 ")
}

func TestHowManySearches(t *testing.T) {
	for _, tt := range []struct {
		name   string
		want   int
		change func(*models.Query)
	}{
		{"two years of hours", 2, func(*models.Query) {}},
		{"of half-hours", 4, func(q *models.Query) { q.Span = models.Span30Min }},
		{"of quarters", 8, func(q *models.Query) { q.Span = models.Span15Min }},
		{"of five minutes", 8, func(q *models.Query) { q.Span = models.Span5Min }},
		{"of hours in 20 parts", 15, func(q *models.Query) { q.Split = &models.Split{By: "a", Max: 20} }}, // 17 520 h × 41 rows / 50 000
		{"of hours in 100 000 parts", 17_520, func(q *models.Query) { q.Split = &models.Split{By: "a", Max: 100_000} }},
		{"of months that combine", 2, func(q *models.Query) { q.Span = models.SpanMonth }},
		{"of months that do not", 24, func(q *models.Query) { q.Span, q.Signal.Measure = models.SpanMonth, "dc(u)" }},
		{"of days that do not", 2, func(q *models.Query) { q.Span, q.Signal.Measure = models.SpanDay, "dc(u)" }},
		{"of days that do not, by tstats", 730, func(q *models.Query) {
			q.Span, q.Signal.Measure, q.Source = models.SpanDay, "dc(u)", models.SourceTstats
		}},
		{"parts that do not combine, and their total", 15 + 2, func(q *models.Query) {
			q.Signal.Measure, q.Split = "dc(u)", &models.Split{By: "a", Max: 20}
		}},
		{"and a witness", 2 + 2, func(q *models.Query) { q.Witness = &models.Witness{Search: "a", Span: models.SpanDay} }},
	} {
		q := query()
		tt.change(&q)
		w := window(t, "UTC", "2022-01-01", "2024-01-01")
		chunks, err := Plan(time.UTC, q, w)
		require.NoError(t, err, tt.name)
		assert.Len(t, chunks, tt.want, tt.name)
		for i, c := range chunks {
			if i > 0 && chunks[i-1].Role == c.Role {
				assert.Equal(t, chunks[i-1].Search.Latest, c.Search.Earliest, "%s: no gap and no overlap", tt.name)
			}
		}
		assert.True(t, chunks[len(chunks)-1].Search.Latest.Equal(w.To), tt.name)
	}
}

func TestWindowsMustLieOnBuckets(t *testing.T) {
	for _, tt := range []struct {
		span     models.Span
		from, to string
	}{
		{models.SpanHour, "2025-01-01T00:30:00Z", "2025-01-02T00:00:00Z"},
		{models.SpanHour, "2025-01-01T00:00:00Z", "2025-01-02T00:00:01Z"},
		{models.SpanDay, "2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"}, // 01:00 in Stockholm
		{models.SpanWeek, "2025-01-06T23:00:00Z", "2025-01-12T23:00:00Z"},
		{models.SpanMonth, "2024-12-31T23:00:00Z", "2025-01-14T23:00:00Z"},
		{models.SpanHour, "2025-01-02T00:00:00Z", "2025-01-02T00:00:00Z"},
	} {
		from, err := time.Parse(time.RFC3339, tt.from)
		require.NoError(t, err)
		to, err := time.Parse(time.RFC3339, tt.to)
		require.NoError(t, err)
		q := query()
		q.Span = tt.span
		_, err = Plan(zone(t, "Europe/Stockholm"), q, models.Window{From: from, To: to})
		assert.ErrorContains(t, err, "query web: window", tt)
	}
}

// Days begin where the zone says: Cairo's clocks jump from 00:00 to 01:00, Havana's
// fall from 01:00 to 00:00, Lord Howe's shift by half an hour.
func TestDayStarts(t *testing.T) {
	for _, tt := range []struct {
		zone, day, want string
		hours           float64
	}{
		{"Africa/Cairo", "2025-04-25", "2025-04-25T01:00:00+03:00", 23},
		{"America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00", 25},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00", 23},
		{"America/Sao_Paulo", "2018-02-17", "2018-02-17T00:00:00-02:00", 25},
		{"Australia/Lord_Howe", "2025-10-05", "2025-10-05T00:00:00+10:30", 23.5},
		{"Europe/Stockholm", "2025-03-30", "2025-03-30T00:00:00+01:00", 23},
		{"Asia/Kolkata", "2025-03-30", "2025-03-30T00:00:00+05:30", 24},
	} {
		d, err := time.Parse("2006-01-02", tt.day)
		require.NoError(t, err)
		z := zone(t, tt.zone)
		start := dayStart(d.Year(), d.Month(), d.Day(), z)
		assert.Equal(t, tt.want, start.Format(time.RFC3339), tt.zone)
		assert.InDelta(t, tt.hours, nextBucket(start, models.SpanDay, z).Sub(start).Hours(), 0, tt.zone)
	}
}
