package tidy_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/tidy"
	"foresight/models"
)

func forecastOf(series string) tidy.Forecast {
	at := time.Date(2024, 1, 6, 0, 0, 0, 0, time.UTC)
	return tidy.Forecast{
		Series: series, Layout: time.DateOnly, Times: []time.Time{at, at.AddDate(0, 0, 1)}, Mean: []float64{100, 1.0 / 3},
		Quantiles: [][]float64{{90.123456789012, 110}, {0, 2.5e-9}}, Overload: []float64{0, 0.25},
	}
}

func written(t *testing.T, format tidy.Format, overload bool, all ...tidy.Forecast) string {
	t.Helper()
	var out bytes.Buffer
	w, err := tidy.NewWriter(&out, format, []float64{0.05, 0.5}, overload)
	require.NoError(t, err)
	for _, f := range all {
		require.NoError(t, w.Write(f))
	}
	require.NoError(t, w.Close())
	return out.String()
}

func TestWriteCSV(t *testing.T) {
	assert.Equal(t, `series,time,mean,q0.05,q0.5
a,2024-01-06,100,90.12345679,110
a,2024-01-07,0.3333333333,0,2.5e-09
"b, ""c""",2024-01-06,100,90.12345679,110
"b, ""c""",2024-01-07,0.3333333333,0,2.5e-09
`, written(t, tidy.CSV, false, forecastOf("a"), forecastOf(`b, "c"`)))
	assert.Equal(t, `series,time,mean,q0.05,q0.5,overload_probability
a,2024-01-06,100,90.12345679,110,0
a,2024-01-07,0.3333333333,0,2.5e-09,0.25
`, written(t, tidy.CSV, true, forecastOf("a")))
	assert.Equal(t, "series,time,mean,q0.05,q0.5\n", written(t, tidy.CSV, false), "a table of nothing has a header")
}

func TestWriteJSON(t *testing.T) {
	unknown := forecastOf(`b "c" <d>`)
	unknown.Mean[0] = math.NaN()
	text := written(t, tidy.JSON, true, forecastOf("a"), unknown)
	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &rows))
	require.Len(t, rows, 4)
	assert.Equal(t, map[string]any{"series": "a", "time": "2024-01-07", "mean": 0.3333333333, "q0.05": 0.0, "q0.5": 2.5e-9, "overload_probability": 0.25}, rows[1])
	assert.Equal(t, `b "c" <d>`, rows[2]["series"])
	assert.Nil(t, rows[2]["mean"], "what is not a number is null")
	assert.Len(t, strings.Split(strings.TrimSpace(text), "\n"), 6, "a line each")
	require.NoError(t, json.Unmarshal([]byte(written(t, tidy.JSON, false)), &rows))
	assert.Empty(t, rows)
}

func TestWriteRefuses(t *testing.T) {
	_, err := tidy.NewWriter(io.Discard, "xml", nil, false)
	assert.ErrorContains(t, err, "use csv or json")
	w, err := tidy.NewWriter(io.Discard, tidy.CSV, []float64{0.5}, false)
	require.NoError(t, err)
	assert.ErrorContains(t, w.Write(forecastOf("a")), "2 quantiles instead of 1")
	short := forecastOf("a")
	short.Mean = short.Mean[:1]
	assert.ErrorContains(t, w.Write(short), "differ in length")
}

// closedPipe is what writing to `foresight … | head` meets.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestClosedPipeIsAnError(t *testing.T) {
	for _, format := range []tidy.Format{tidy.CSV, tidy.JSON} {
		w, err := tidy.NewWriter(closedPipe{}, format, []float64{0.05, 0.5}, false)
		require.NoError(t, err)
		assert.ErrorIs(t, w.Write(forecastOf("a")), syscall.EPIPE)
		assert.ErrorIs(t, w.Close(), syscall.EPIPE)
	}
}

// Quantiles that do not cross do not cross in print, whatever their size.
func TestPrintKeepsOrderAndDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Float64Range(-1e18, 1e18).Draw(t, "a")
		b := rapid.OneOf(rapid.Float64Range(-1e18, 1e18), rapid.Just(math.Nextafter(a, math.Inf(1)))).Draw(t, "b")
		f := tidy.Forecast{Series: "s", Layout: time.DateOnly, Times: []time.Time{{}}, Mean: []float64{a}, Quantiles: [][]float64{{min(a, b), max(a, b)}}}
		var out bytes.Buffer
		w, err := tidy.NewWriter(&out, tidy.CSV, []float64{0.05, 0.5}, false)
		if err != nil || w.Write(f) != nil || w.Close() != nil {
			t.Fatal("writing failed")
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var lo, hi, mean float64
		for i, x := range []*float64{&mean, &lo, &hi} {
			if err := json.Unmarshal([]byte(rows[1][2+i]), x); err != nil {
				t.Fatalf("%s is not a JSON number", rows[1][2+i])
			}
		}
		if lo > hi || math.Abs(mean-a) > 1e-9*math.Abs(a) {
			t.Fatalf("%v, %v came out as %v", a, b, rows[1])
		}
	})
}

func TestReadWriteAlike(t *testing.T) {
	s := read(t, header+"a,2023-10-29 02:00,1\na,2023-10-29 02:00,2\n", zone(t, "Europe/Stockholm"))[0]
	out := written(t, tidy.CSV, false, tidy.Forecast{Series: s.Name, Layout: s.Layout, Times: s.Times, Mean: s.Values, Quantiles: [][]float64{{0, 1}, {0, 1}}})
	assert.Equal(t, "series,time,mean,q0.05,q0.5\na,2023-10-29 02:00+02:00,1,0,1\na,2023-10-29 02:00+01:00,2,0,1\n", out)
}

// A summary is a field of its series' first row in JSON, and nothing in CSV.
func TestWriteSummaries(t *testing.T) {
	day := "2024-01-07"
	a, b := forecastOf("a"), forecastOf("b")
	b.Summary = &tidy.Summary{
		Method: "ridge", Members: []tidy.Member{{Name: "ridge", Weight: 1, Score: models.Number(math.NaN())}},
		Outlook: tidy.Outlook{Crossing: &tidy.Crossing{Probability: 0.25, Cautious: &day}, Needed: tidy.Needed{Risk: 0.05, Limit: 120}},
	}
	assert.Equal(t, written(t, tidy.CSV, false, a, forecastOf("b")), written(t, tidy.CSV, false, a, b))
	var rows []map[string]any
	require.NoError(t, json.Unmarshal([]byte(written(t, tidy.JSON, false, a, b)), &rows))
	require.Len(t, rows, 4)
	for i, row := range rows {
		_, has := row["summary"]
		assert.Equal(t, i == 2, has, "row %d", i)
	}
	s, ok := rows[2]["summary"].(map[string]any)
	require.True(t, ok)
	assert.Equal(t, map[string]any{"probability": 0.25, "date_p10": nil, "date_p50": nil, "date_p90": nil, "expected": nil, "cautious": day}, s["crossing"])
	assert.Equal(t, []any{map[string]any{"name": "ridge", "weight": 1.0, "score": nil}}, s["members"])
	assert.Equal(t, map[string]any{"risk": 0.05, "limit": 120.0}, s["needed_capacity"])
}
