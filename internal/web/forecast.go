package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"foresight/models"
)

// Forecaster makes forecasts of series that programs send.
type Forecaster interface {
	// Forecast reads a table of series and forecasts all of them. Where one cannot be forecast there
	// is no answer but the error. Errors: RefusedError, ErrLarge.
	Forecast(ctx context.Context, f ForecastRequest) (Forecasts, error)
}

// ForecastRequest is a table of series and what is asked of them. What is zero is left to the
// Forecaster.
type ForecastRequest struct {
	Series               io.Reader
	JSON                 bool // Series is JSON, not CSV
	AsJSON               bool // so are the forecasts to be
	Horizon              int  // buckets
	Freq, Aggregate      string
	Country, Zone, Model string
	Quantiles            []float64
	Capacity             float64 // NaN: none
}

// Forecasts are the forecasts of all series of a request.
type Forecasts struct {
	Table []byte
	Notes []string // what a reader should know of them
}

// ErrLarge says that a table is larger than is taken.
var ErrLarge = errors.New("the table is too large")

// Bounds of a request for forecasts.
const (
	forecastPath     = apiRoot + "forecast"
	mostSeries       = 32 << 20 // bytes
	forecastPatience = 2 * time.Minute
	sendingPatience  = 30 * time.Second
	forecastsAtOnce  = 2
	forecastsWaiting = 8 // beyond these a program is asked to come again
	noteHeader       = "X-Foresight-Note"
)

// forecasts is the page for programs that bring series.
func (v *server) forecasts(mux *http.ServeMux) {
	v.queue = newQueue()
	v.writes.HandleFunc("POST "+forecastPath, v.apiForecast)
	mux.HandleFunc(forecastPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", http.MethodPost)
		v.apiError(w, http.StatusMethodNotAllowed, "post a table with the columns series, time and value")
	})
}

func (v *server) apiForecast(w http.ResponseWriter, r *http.Request) {
	// Cases are not touched, but the machine works for whoever asks.
	if who := who(r); who.Name == "" && !who.Works(models.EveryCustomer) {
		v.apiError(w, http.StatusForbidden, "forecasts want a bearer token of web.tokens; without web.users they are made from a loopback address only")
		return
	}
	f, err := forecastOf(r)
	if err != nil {
		v.apiError(w, http.StatusBadRequest, err.Error())
		return
	}
	if kind := r.Header.Get("Content-Type"); kind != "" && !f.JSON && !isCSV(kind) {
		v.apiError(w, http.StatusUnsupportedMediaType, "send Content-Type: text/csv or application/json")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), forecastPatience)
	defer cancel()
	// The server's own deadlines are those of pages. What is still being read when the time is over breaks off.
	connection := http.NewResponseController(w)
	_, _ = connection.SetReadDeadline(time.Time{}), connection.SetWriteDeadline(time.Time{}) // a recorder has none
	read := context.AfterFunc(ctx, func() { _ = connection.SetReadDeadline(past) })
	defer read()
	f.Series = &untilEnd{f.Series, read}
	leave, err := v.queue.enter(ctx)
	if err != nil {
		v.unforecast(w, r, ctx, err)
		return
	}
	done, err := v.options.Forecasts.Forecast(ctx, f)
	leave()
	if err != nil {
		v.unforecast(w, r, ctx, err)
		return
	}
	for _, note := range done.Notes {
		w.Header().Add(noteHeader, strings.Join(strings.Fields(note), " "))
	}
	w.Header().Set("Content-Type", map[bool]string{false: "text/csv; charset=utf-8", true: "application/json"}[f.AsJSON])
	w.Header().Set("Content-Length", strconv.Itoa(len(done.Table)))
	defer time.AfterFunc(sendingPatience, func() { _ = connection.SetWriteDeadline(past) }).Stop()
	_, _ = w.Write(done.Table) // the program has gone: nobody to tell
}

// untilEnd tells when nothing is left to read: from then on a deadline for reading would say that
// the program has gone.
type untilEnd struct {
	io.Reader
	end func() bool
}

// Read implements io.Reader.
func (u *untilEnd) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if err != nil {
		u.end()
	}
	return n, err //nolint:wrapcheck // it is the reader's own
}

// past is a moment at which every deadline is over.
var past = time.Unix(1, 0)

// unforecast answers why there are no forecasts.
func (v *server) unforecast(w http.ResponseWriter, r *http.Request, ctx context.Context, err error) { //nolint:revive // ctx is the request's with a bound, not the function's
	var large *http.MaxBytesError
	switch {
	case r.Context().Err() != nil: // nobody is there to be told
	case errors.Is(err, errBusy):
		w.Header().Set("Retry-After", "10")
		v.apiError(w, http.StatusServiceUnavailable, err.Error())
	case ctx.Err() != nil:
		v.apiError(w, http.StatusGatewayTimeout, fmt.Sprintf("the forecasts were not ready within %s: send fewer series, or longer buckets", forecastPatience))
	case errors.Is(err, ErrLarge), errors.As(err, &large):
		v.apiError(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("the table is too large: send %d MB at most, and less when it is compressed", mostSeries>>20))
	default:
		v.apiFailed(w, err)
	}
}

func isCSV(kind string) bool {
	media, _, err := mime.ParseMediaType(kind)
	return err == nil && (media == "text/csv" || media == "text/plain" || media == "application/gzip" || media == "application/octet-stream")
}

// forecastOf reads what a request asks for: the flags of foresight forecast as parameters.
func forecastOf(r *http.Request) (ForecastRequest, error) {
	f := ForecastRequest{Series: r.Body, Capacity: math.NaN()}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && media == "application/json" {
		f.JSON, f.AsJSON = true, true
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return f, fmt.Errorf("the parameters cannot be read: %w", err)
	}
	for name, all := range query {
		if len(all) != 1 {
			return f, fmt.Errorf("%s stands %d times; say it once", name, len(all))
		}
		if err := f.set(name, all[0]); err != nil {
			return f, err
		}
	}
	return f, nil
}

// set takes one parameter.
func (f *ForecastRequest) set(name, value string) (err error) {
	texts := map[string]*string{"freq": &f.Freq, "aggregate": &f.Aggregate, "country": &f.Country, "tz": &f.Zone, "model": &f.Model}
	if text, is := texts[name]; is {
		*text = value
		return nil
	}
	switch name {
	case "horizon":
		if f.Horizon, err = strconv.Atoi(value); err != nil || f.Horizon < 1 {
			return fmt.Errorf("horizon %q: say how many buckets ahead, 1 or more", value)
		}
	case "capacity":
		if f.Capacity, err = strconv.ParseFloat(value, 64); err != nil || math.IsNaN(f.Capacity) || math.IsInf(f.Capacity, 0) {
			return fmt.Errorf("capacity %q is not a number", value)
		}
	case "quantiles":
		for _, text := range strings.Split(value, ",") {
			p, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				return fmt.Errorf("quantiles %q: %q is not a number", value, text)
			}
			f.Quantiles = append(f.Quantiles, p)
		}
	case "format":
		if value != "csv" && value != "json" {
			return fmt.Errorf("format %q is not known; ask for csv or json", value)
		}
		f.AsJSON = value == "json"
	default:
		return fmt.Errorf("there is no parameter %q; there are aggregate, capacity, country, format, freq, horizon, model, quantiles and tz", name)
	}
	return nil
}

// errBusy says that too many ask at once.
var errBusy = errors.New("too many forecasts are being made; come again in a moment")

// queue bounds how many requests are worked on at once, and how many wait.
type queue struct {
	places  chan struct{}
	waiting atomic.Int32
}

func newQueue() *queue { return &queue{places: make(chan struct{}, forecastsAtOnce)} }

// enter waits for a place, and returns what gives it back. Errors: errBusy, ctx's.
func (q *queue) enter(ctx context.Context) (leave func(), err error) {
	if q.waiting.Add(1) > forecastsWaiting+forecastsAtOnce {
		q.waiting.Add(-1)
		return nil, errBusy
	}
	select {
	case q.places <- struct{}{}:
		return func() { <-q.places; q.waiting.Add(-1) }, nil
	case <-ctx.Done():
		q.waiting.Add(-1)
		return nil, context.Cause(ctx)
	}
}
