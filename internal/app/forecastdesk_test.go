package app

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/pipeline"
	"foresight/internal/web"
)

// someDays is a series of so many days, as CSV rows.
func someDays(name string, days int) string {
	var b strings.Builder
	for n := range days {
		at := time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(&b, "%s,%s,%d\n", name, at.Format(time.DateOnly), 1000+n+50*int(at.Weekday())+n*7919%23)
	}
	return b.String()
}

func newForecastDesk() forecastDesk {
	return forecastDesk{app: &App{Clock: time.Now}, places: pipeline.NewDesk(1, 2), jobs: 2, defect: func(error, []byte) {}}
}

func table(rows ...string) io.Reader {
	return strings.NewReader("series,time,value\n" + strings.Join(rows, ""))
}

// What programs are told is what the command writes.
func TestProgramsAreToldWhatTheCommandWrites(t *testing.T) {
	for name, c := range map[string]struct {
		options ForecastOptions
		request web.ForecastRequest
	}{
		"as it is":  {ForecastOptions{Format: "csv", Capacity: math.NaN()}, web.ForecastRequest{Capacity: math.NaN()}},
		"much said": {ForecastOptions{Format: "csv", Horizon: 30, Country: "SE", Zone: "Europe/Stockholm", Capacity: 1600, Quantiles: []float64{0.1, 0.5, 0.9}}, web.ForecastRequest{Horizon: 30, Country: "se", Zone: "Europe/Stockholm", Capacity: 1600, Quantiles: []float64{0.1, 0.5, 0.9}}},
		"JSON":      {ForecastOptions{Format: "json", Horizon: 5, Capacity: math.NaN()}, web.ForecastRequest{AsJSON: true, Horizon: 5, Capacity: math.NaN()}},
	} {
		t.Run(name, func(t *testing.T) {
			rows := []string{someDays("orders", 400), someDays("åäö, \"och\"", 5)}
			rows[1] = strings.ReplaceAll(rows[1], `åäö, "och"`, `"åäö, ""och"""`)
			text, err := io.ReadAll(table(rows...))
			require.NoError(t, err)
			var out, told bytes.Buffer
			a := &App{In: bytes.NewReader(text), Out: &out, Err: &told, Clock: time.Now}
			c.options.Path, c.options.Model = "-", "auto"
			if c.options.Quantiles == nil {
				c.options.Quantiles = []float64{0.05, 0.5, 0.95}
			}
			require.NoError(t, a.Forecast(t.Context(), c.options))
			c.request.Series = bytes.NewReader(text)
			done, err := newForecastDesk().Forecast(t.Context(), c.request)
			require.NoError(t, err)
			assert.Equal(t, out.String(), string(done.Table))
			require.Len(t, done.Notes, 1)
			assert.Equal(t, told.String(), "foresight: "+done.Notes[0]+"\n")
			assert.Contains(t, done.Notes[0], "1 of 2 series has too little history")
		})
	}
}

func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func TestProgramsMaySendJSONAndGzip(t *testing.T) {
	text, err := io.ReadAll(table(someDays("a", 200)))
	require.NoError(t, err)
	d := newForecastDesk()
	plain, err := d.Forecast(t.Context(), web.ForecastRequest{Series: bytes.NewReader(text), Capacity: math.NaN(), Horizon: 7})
	require.NoError(t, err)
	small, err := d.Forecast(t.Context(), web.ForecastRequest{Series: bytes.NewReader(packed(t, text)), Capacity: math.NaN(), Horizon: 7})
	require.NoError(t, err)
	assert.Equal(t, plain, small)
	var objects []string
	for line := range strings.Lines(someDays("a", 200)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		objects = append(objects, fmt.Sprintf(`{"series":%q,"time":%q,"value":%s}`, cells[0], cells[1], cells[2]))
	}
	js, err := d.Forecast(t.Context(), web.ForecastRequest{Series: strings.NewReader("[" + strings.Join(objects, ",") + "]"), JSON: true, Capacity: math.NaN(), Horizon: 7})
	require.NoError(t, err)
	assert.Equal(t, plain, js)
}

// There is a forecast of every series, or none and the reasons.
func TestProgramsAreToldWhatIsWrong(t *testing.T) {
	good := someDays("good", 60)
	many := func(n int) (rows string) {
		for i := range n {
			rows += fmt.Sprintf("s%d,2024-01-01,x\n", i)
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows    string
		request web.ForecastRequest
		want    string
	}{
		"a bad series":      {good + "bad,2024-01-01,x\n", web.ForecastRequest{}, `1 of 2 series could not be forecast, so that there is no forecast: series "bad": row 62, column value`},
		"many bad series":   {many(9), web.ForecastRequest{}, "; and 4 more"},
		"no rows":           {"", web.ForecastRequest{}, "reading the request: there is a header but no row"},
		"no such zone":      {good, web.ForecastRequest{Zone: "Europe/Stockholmen"}, "tz Europe/Stockholmen: no such time zone"},
		"no such country":   {good, web.ForecastRequest{Country: "XX"}, "country"},
		"no such model":     {good, web.ForecastRequest{Model: "magic"}, "magic"},
		"no such step":      {good, web.ForecastRequest{Freq: "X"}, "freq"},
		"no such sum":       {good, web.ForecastRequest{Freq: "W", Aggregate: "x"}, "aggregate"},
		"no such quantile":  {good, web.ForecastRequest{Quantiles: []float64{0.5, 1.5}}, "1.5"},
		"no such capacity":  {good, web.ForecastRequest{Capacity: -1}, "capacity -1: a limit is above 0"},
		"far ahead":         {good, web.ForecastRequest{Horizon: math.MaxInt}, "10000 buckets are looked ahead at most"},
		"far ahead of many": {many(26), web.ForecastRequest{Horizon: 10_000}, "26 series 10000 buckets ahead are 260000 forecasts"},
		"no frequency":      {"a,2024-01-01,1\na,2024-01-02T00:30,1\na,2024-01-02T07:11,1\n", web.ForecastRequest{}, "could not be forecast"},
		"a long line":       {good + strings.Repeat(",", mostLine+9) + "\n", web.ForecastRequest{}, "longer than 64 KB"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.request.Capacity == 0 {
				c.request.Capacity = math.NaN()
			}
			c.request.Series = table(c.rows)
			done, err := newForecastDesk().Forecast(t.Context(), c.request)
			var refused web.RefusedError
			require.ErrorAs(t, err, &refused)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "--", "a program has no flags")
			assert.Empty(t, done)
		})
	}
}

func TestTablesThatGrowAreRefused(t *testing.T) {
	d := newForecastDesk()
	bomb := packed(t, append([]byte("series,time,value\n"), bytes.Repeat([]byte("a,2024-01-01,1\n"), mostUnpacked/15+1)...))
	_, err := d.Forecast(t.Context(), web.ForecastRequest{Series: bytes.NewReader(bomb), Capacity: math.NaN()})
	require.ErrorIs(t, err, web.ErrLarge)
	_, err = d.Forecast(t.Context(), web.ForecastRequest{Series: bytes.NewReader(packed(t, bomb)), Capacity: math.NaN()})
	require.ErrorContains(t, err, "compressed twice")
	broken := errors.New("cut off")
	_, err = d.Forecast(t.Context(), web.ForecastRequest{Series: io.MultiReader(table(someDays("a", 9)), errReader{broken}), Capacity: math.NaN()})
	require.ErrorIs(t, err, broken)
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestProgramsThatHaveGoneAreNotWorkedFor(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	d := newForecastDesk()
	held := make(chan struct{})
	for range 2 { // both places are taken, and the program leaves while it waits
		go func() {
			_ = d.places.Forecast(t.Context(), func() error { held <- struct{}{}; <-ctx.Done(); return nil })
		}()
		<-held
	}
	done := make(chan error, 1)
	go func() {
		_, err := d.Forecast(ctx, web.ForecastRequest{Series: table(someDays("a", 60)), Capacity: math.NaN()})
		done <- err
	}()
	leave()
	require.ErrorIs(t, <-done, context.Canceled)
}
