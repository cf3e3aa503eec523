package sandbox

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func series(t *testing.T, csv string, lag time.Duration, zone string) (*Server, int, error) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	require.NoError(t, err)
	s := &Server{store: newStore(), clock: func() time.Time { return noon }}
	n, err := s.AddSeries(strings.NewReader(csv), lag, loc)
	return s, n, err
}

func TestAddSeries(t *testing.T) {
	csv := "note,time,series,value\n" +
		"x,2026-03-01T01:00,b,2.50\nx,2026-03-01T00:00,b,1\nx,2026-03-01T03:00,b,\nx,2026-03-01T02:00,b,+4\n" + // in any order, one missing
		"x,2026-01-01,\"a \"\"q\"\"\",-3e2\nx,2026-02-01,\"a \"\"q\"\"\",7\n"
	s, n, err := series(t, csv, 5*time.Minute, "UTC")
	require.NoError(t, err)
	assert.Equal(t, 5, n)
	type want struct{ raw, at, indexed string }
	var got []want
	for _, r := range s.store.snapshot() {
		assert.Equal(t, SeriesSourcetype, r.Sourcetype)
		assert.Equal(t, "main", r.Index)
		got = append(got, want{r.Raw, r.Time.UTC().Format(time.RFC3339), r.IndexTime.UTC().Format(time.RFC3339)})
	}
	assert.Equal(t, []want{
		{`{"series":"a \"q\"","value":-3e2}`, "2026-01-01T00:00:00Z", "2026-02-01T00:05:00Z"}, // a month's bucket
		{`{"series":"a \"q\"","value":7}`, "2026-02-01T00:00:00Z", "2026-03-01T00:05:00Z"},
		{`{"series":"b","value":1}`, "2026-03-01T00:00:00Z", "2026-03-01T01:05:00Z"},
		{`{"series":"b","value":2.50}`, "2026-03-01T01:00:00Z", "2026-03-01T02:05:00Z"},
		{`{"series":"b","value":4}`, "2026-03-01T02:00:00Z", "2026-03-01T03:05:00Z"},
	}, got)
	rows, err := find(t, s.store, "search series=b | bin _time span=1d | stats sum(value) as v by _time", "", "")
	require.NoError(t, err)
	assert.Equal(t, []string{"_time=1772323200 v=7.5"}, rows)
}

func TestAddSeriesInAZone(t *testing.T) {
	// Stockholm: the hour 02 comes twice on 2025-10-26, and not at all on 2026-03-29.
	s, _, err := series(t, "series,time,value\nx,2025-10-26T01:00,1\nx,2025-10-26T02:00,2\nx,2025-10-26T02:00,3\nx,2025-10-26T03:00,4\n", 0, "Europe/Stockholm")
	require.NoError(t, err)
	var got []string
	for _, r := range s.store.snapshot() {
		got = append(got, r.Time.UTC().Format("15:04"))
	}
	assert.Equal(t, []string{"23:00", "00:00", "01:00", "02:00"}, got)

	s, _, err = series(t, "series,time,value\nx,2026-03-28,1\nx,2026-03-29,2\nx,2026-03-30,3\n", 0, "Europe/Stockholm")
	require.NoError(t, err)
	all := s.store.snapshot()
	assert.Equal(t, "2026-03-28T23:00:00Z", all[1].Time.UTC().Format(time.RFC3339))
	assert.Equal(t, "2026-03-29T22:00:00Z", all[1].IndexTime.UTC().Format(time.RFC3339), "a day of 23 hours")
}

func TestADayMayLackItsMidnight(t *testing.T) {
	// São Paulo went from 2018-11-03 24:00 (-03) to 2018-11-04 01:00 (-02).
	s, _, err := series(t, "series,time,value\nx,2018-11-03,1\nx,2018-11-04,2\nx,2018-11-05,3\n", 0, "America/Sao_Paulo")
	require.NoError(t, err)
	var got []string
	for _, r := range s.store.snapshot() {
		got = append(got, r.Time.UTC().Format(time.RFC3339))
	}
	assert.Equal(t, []string{"2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}, got)
	_, _, err = series(t, "series,time,value\nx,2018-11-04T00:00,1\n", 0, "America/Sao_Paulo")
	assert.ErrorContains(t, err, "does not exist")
}

func FuzzReadSamples(f *testing.F) {
	for _, seed := range []string{"series,time,value\na,2026-01-01,1\n", "value,series,time\n1,a,2025-10-26T02:00\n2,a,2025-10-26T02:00", "series,time,value\n\"", "\x1f\x8b"} {
		f.Add(seed)
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, csv string) {
		s := &Server{store: newStore(), clock: func() time.Time { return noon }}
		n, err := s.AddSeries(strings.NewReader(csv), time.Minute, loc)
		all := s.store.snapshot()
		require.Len(t, all, n)
		if err != nil {
			require.Zero(t, n)
		}
		for _, r := range all {
			require.True(t, json.Valid([]byte(r.Raw)), r.Raw)
			require.True(t, r.IndexTime.After(r.Time))
		}
	})
}

func TestAddSeriesRefuses(t *testing.T) {
	for csv, want := range map[string]string{
		"":                              "empty",
		"series,time\na,2026-01-01\n":   `column "value" is missing`,
		"series,time,value\na,soon,1\n": `line 2: the time "soon"`,
		"series,time,value\na,2026-01-01,1\na,2026-01-02,many\n":              `line 3: the value "many"`,
		"series,time,value\na,2026-01-01,NaN\n":                               `line 2: the value "NaN"`,
		"series,time,value\na,2026-01-01\n":                                   "line 2: 2 columns are too few",
		"series,time,value\na,2026-01-01,1\nb,2026-01-01,1\na,2026-01-01,2\n": `line 4: series "a" has the time`,
		"series,time,value\na,2026-01-01,\"1\n":                               "line",
		"series,time,value\na,2026-03-29T02:30,1\n":                           "line 2: the time 2026-03-29T02:30 does not exist in Europe/Stockholm",
		"\x1f\x8bnot gzip": "unpacking",
	} {
		s, n, err := series(t, csv, 0, "Europe/Stockholm")
		if assert.Error(t, err, csv) {
			assert.Contains(t, err.Error(), want)
		}
		assert.Zero(t, n)
		assert.Empty(t, s.store.snapshot(), "nothing is added")
	}
}
