package web_test

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// oracle answers every request by what do says; it keeps what was asked.
type oracle struct {
	mu    sync.Mutex
	asked []web.ForecastRequest
	read  []string
	do    func(ctx context.Context) (web.Forecasts, error)
}

func (o *oracle) Forecast(ctx context.Context, f web.ForecastRequest) (web.Forecasts, error) {
	body, err := io.ReadAll(f.Series)
	if err != nil {
		return web.Forecasts{}, err
	}
	o.mu.Lock()
	f.Series = nil
	o.asked, o.read = append(o.asked, f), append(o.read, string(body))
	o.mu.Unlock()
	if o.do != nil {
		return o.do(ctx)
	}
	return web.Forecasts{Table: []byte("series,time,mean\n"), Notes: []string{"two\nlines å"}}, nil
}

// seeing are pages with an oracle, for the robot of a token and for this machine without users.
func seeing(t *testing.T, o *oracle, locked bool) http.Handler {
	t.Helper()
	opts := access.Options{Loopback: true}
	if locked {
		opts.Tokens = []access.Token{{Name: "robot", Secret: "a-token-of-a-robot", Grants: []models.Grant{{Customer: "nord", Role: models.RoleViewer}}}}
	}
	gate, err := access.New(opts)
	require.NoError(t, err)
	return web.New(board(), web.Options{Gate: gate, Forecasts: o})
}

const someSeries = "series,time,value\norders,2026-01-01,1\n"

// asks posts a table; headers are name and value in turn.
func asks(h http.Handler, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:4711"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var robot = []string{"Authorization", "Bearer a-token-of-a-robot", "Content-Type", "text/csv"}

func TestForecastsAreAsked(t *testing.T) {
	o := &oracle{}
	h := seeing(t, o, true)
	w := asks(h, "/api/v1/forecast", someSeries, robot...)
	require.Equal(t, 200, w.Code, w.Body)
	assert.Equal(t, "series,time,mean\n", w.Body.String())
	assert.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "17", w.Header().Get("Content-Length"))
	assert.Equal(t, "two lines å", w.Header().Get("X-Foresight-Note"))
	w = asks(h, "/api/v1/forecast?horizon=90&quantiles=0.025,0.5,0.975&country=SE&tz=Europe/Stockholm&capacity=1200.5&freq=D&aggregate=sum&model=theta&format=csv", "[]",
		"Authorization", "Bearer a-token-of-a-robot", "Content-Type", "application/json; charset=utf-8")
	require.Equal(t, 200, w.Code, w.Body)
	require.Len(t, o.asked, 2)
	assert.Equal(t, []string{someSeries, "[]"}, o.read)
	assert.True(t, math.IsNaN(o.asked[0].Capacity))
	o.asked[0].Capacity = 0
	assert.Equal(t, web.ForecastRequest{}, o.asked[0])
	assert.Equal(t, web.ForecastRequest{JSON: true, Horizon: 90, Quantiles: []float64{0.025, 0.5, 0.975}, Country: "SE", Zone: "Europe/Stockholm", Capacity: 1200.5, Freq: "D", Aggregate: "sum", Model: "theta"}, o.asked[1])
	w = asks(h, "/api/v1/forecast", "[]", "Authorization", "Bearer a-token-of-a-robot", "Content-Type", "application/json")
	assert.Equal(t, "application/json", w.Header().Get("Content-Type"), "in the form of what was sent")
	assert.True(t, o.asked[2].AsJSON)
}

func TestForecastsRefused(t *testing.T) {
	o := &oracle{}
	h := seeing(t, o, true)
	for target, want := range map[string]string{
		"?horizon=0": "how many buckets", "?horizon=x": "how many buckets", "?capacity=x": "not a number", "?capacity=NaN": "not a number", "?capacity=inf": "not a number",
		"?quantiles=0.5,x": `"x" is not a number`, "?format=xml": "csv or json", "?horizons=3": `no parameter "horizons"`, "?horizon=3&horizon=4": "stands 2 times", "?tz=%zz": "cannot be read",
	} {
		w := asks(h, "/api/v1/forecast"+target, someSeries, robot...)
		assert.Equal(t, 400, w.Code, target)
		assert.Contains(t, w.Body.String(), strings.ReplaceAll(want, `"`, `\"`), target)
	}
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"no token":      {[]string{"Content-Type", "text/csv"}, 401},
		"another token": {[]string{"Authorization", "Bearer a-token-of-another", "Content-Type", "text/csv"}, 401},
		"another site":  {append([]string{"Sec-Fetch-Site", "cross-site"}, robot...), 403},
		"a picture":     {[]string{"Authorization", "Bearer a-token-of-a-robot", "Content-Type", "image/png"}, 415},
	} {
		w := asks(h, "/api/v1/forecast", someSeries, c.headers...)
		assert.Equal(t, c.want, w.Code, "%s: %s", name, w.Body)
	}
	r := httptest.NewRequest(http.MethodGet, "/api/v1/forecast", nil)
	r.Header.Set("Authorization", "Bearer a-token-of-a-robot")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	assert.Equal(t, 405, w.Code)
	assert.Empty(t, o.asked)

	// Without users this machine may, and no other.
	h = seeing(t, o, false)
	assert.Equal(t, 200, asks(h, "/api/v1/forecast", someSeries).Code)
	assert.Equal(t, 403, asks(h, "/api/v1/forecast", someSeries, "X-Forwarded-For", "10.0.0.1").Code)
	assert.Len(t, o.asked, 1)
}

func TestForecastsThatCannotBeMade(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
		text string
	}{
		{web.RefusedError{Err: errors.New("series a: row 2")}, 422, "series a: row 2"},
		{web.ErrLarge, 413, "32 MB"},
		{errors.New("the disk is on fire"), 500, "the log says what"},
	} {
		h := seeing(t, &oracle{do: func(context.Context) (web.Forecasts, error) { return web.Forecasts{}, c.err }}, true)
		w := asks(h, "/api/v1/forecast", someSeries, robot...)
		assert.Equal(t, c.want, w.Code, c.text)
		assert.Contains(t, w.Body.String(), c.text)
	}
	h := seeing(t, &oracle{}, true)
	w := asks(h, "/api/v1/forecast", strings.Repeat("x", 32<<20+1), robot...)
	assert.Equal(t, 413, w.Code, w.Body)
}

func TestForecastsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		underWay := make(chan struct{}, 20)
		h := seeing(t, &oracle{do: func(context.Context) (web.Forecasts, error) {
			underWay <- struct{}{}
			<-goOn
			return web.Forecasts{}, nil
		}}, true)
		var wait sync.WaitGroup
		var mu sync.Mutex
		codes := map[int]int{}
		for range 12 {
			wait.Go(func() {
				w := asks(h, "/api/v1/forecast", someSeries, robot...)
				mu.Lock()
				defer mu.Unlock()
				codes[w.Code]++
				if w.Code == 503 {
					assert.Equal(t, "10", w.Header().Get("Retry-After"))
				}
			})
		}
		synctest.Wait()
		assert.Len(t, underWay, 2, "two at a time")
		mu.Lock()
		assert.Equal(t, map[int]int{503: 2}, codes, "eight wait, and two are asked to come again")
		mu.Unlock()
		close(goOn)
		wait.Wait()
		assert.Equal(t, map[int]int{503: 2, 200: 10}, codes)
	})
}

func TestForecastsHaveTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := seeing(t, &oracle{do: func(ctx context.Context) (web.Forecasts, error) {
			<-ctx.Done()
			return web.Forecasts{}, context.Cause(ctx)
		}}, true)
		w := asks(h, "/api/v1/forecast", someSeries, robot...)
		assert.Equal(t, 504, w.Code)
		assert.Contains(t, w.Body.String(), "2m0s: send fewer series")
	})
}

// Nobody works for a program that has gone.
func TestForecastsEndWithTheirReader(t *testing.T) {
	begun, ended := make(chan struct{}), make(chan error, 1)
	s := httptest.NewServer(seeing(t, &oracle{do: func(ctx context.Context) (web.Forecasts, error) {
		close(begun)
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return web.Forecasts{}, context.Cause(ctx)
	}}, false))
	defer s.Close()
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/forecast", strings.NewReader(someSeries))
	require.NoError(t, err)
	go func() { <-begun; leave() }()
	_, err = http.DefaultClient.Do(r)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, <-ended, context.Canceled)
}
