package app

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"

	"foresight/internal/pipeline"
	"foresight/internal/tidy"
	"foresight/internal/web"
)

// Bounds of what a program may ask for in one request.
const (
	mostUnpacked  = 64 << 20 // bytes of a compressed table
	mostRows      = 1_000_000
	mostAhead     = 10_000  // buckets of a series: more than 400 days of hours
	mostForecast  = 250_000 // buckets ahead, over all series
	mostSeriesBad = 5       // that are named in a refusal
)

// forecastDesk makes forecasts for programs, as `foresight forecast` does, where those of the runs
// are made. It implements web.Forecaster.
type forecastDesk struct {
	app    *App
	places *pipeline.Desk
	jobs   int // series of one request at a time
	defect func(err error, trace []byte)
}

// forecasts is the desk that programs may ask.
func (w *works) forecasts() web.Forecaster {
	return forecastDesk{app: w.app, places: w.line.Desk, jobs: workers(w.cfg.Run.Workers), defect: func(err error, trace []byte) {
		w.line.Log.Error().Err(err).Bytes("trace", trace).Msg("a forecast for a program panicked")
	}}
}

// Forecast implements web.Forecaster.
func (d forecastDesk) Forecast(ctx context.Context, f web.ForecastRequest) (web.Forecasts, error) {
	o := ForecastOptions{
		Horizon: f.Horizon, Freq: f.Freq, Aggregate: f.Aggregate, Quantiles: f.Quantiles, Country: strings.ToUpper(f.Country), Zone: f.Zone, Capacity: f.Capacity,
		Model: f.Model, Format: string(tidy.CSV),
	}
	if f.AsJSON {
		o.Format = string(tidy.JSON)
	}
	if o.Quantiles == nil {
		o.Quantiles = []float64{0.05, 0.5, 0.95}
	}
	if o.Freq == "" {
		o.Freq = "auto"
	}
	if o.Model == "" {
		o.Model = "auto"
	}
	if f.Horizon > mostAhead {
		return web.Forecasts{}, web.RefusedError{Err: fmt.Errorf("horizon %d: %d buckets are looked ahead at most; take longer ones", f.Horizon, mostAhead)}
	}
	r, err := d.app.understand(ctx, o)
	if ctx.Err() != nil {
		return web.Forecasts{}, context.Cause(ctx)
	}
	if err != nil {
		return web.Forecasts{}, refusedParameters(err)
	}
	all, err := tableOf(f, r)
	if err != nil {
		return web.Forecasts{}, err
	}
	return d.forecast(ctx, r, all)
}

// tableOf reads a request's series.
func tableOf(f web.ForecastRequest, r request) ([]tidy.Series, error) {
	body, err := unpacked(f.Series)
	if err != nil {
		return nil, unreadable(err)
	}
	read := tidy.ReadJSON
	if !f.JSON {
		read, body = tidy.Read, &shortLines{r: body}
	}
	all, err := read(body, "the request", r.zone)
	if err != nil {
		return nil, unreadable(err)
	}
	rows := 0
	for _, s := range all {
		rows += len(s.Times)
	}
	horizon := r.Horizon
	if horizon == 0 {
		horizon = 90 * 24 // the largest that is taken unless one is said
	}
	switch ahead := horizon * len(all); {
	case rows > mostRows:
		return nil, web.RefusedError{Err: fmt.Errorf("the table has %d rows, and %d are taken: send fewer series, or longer buckets", rows, mostRows)}
	case ahead > mostForecast:
		return nil, web.RefusedError{Err: fmt.Errorf("%d series %d buckets ahead are %d forecasts, and %d are made: send fewer series, or look less far", len(all), horizon, ahead, mostForecast)}
	}
	return all, nil
}

// unreadable is an error of reading the table: the sender's, unless the table is too large.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, web.ErrLarge) {
		return err
	}
	return web.RefusedError{Err: err}
}

// optionName is how a message of the command names an option.
var optionName = regexp.MustCompile(`--([a-z])`)

// refusedParameters is a mistake in the options, which are flags of the command and parameters here,
// under the same names.
func refusedParameters(err error) error {
	return web.RefusedError{Err: errors.New(optionName.ReplaceAllString(err.Error(), "$1"))}
}

// forecast forecasts all series, or none.
func (d forecastDesk) forecast(ctx context.Context, r request, all []tidy.Series) (web.Forecasts, error) {
	var table, notes bytes.Buffer
	out, err := tidy.NewWriter(&table, tidy.Format(r.Format), r.Quantiles, !math.IsNaN(r.Capacity))
	if err != nil {
		return web.Forecasts{}, refusedParameters(err)
	}
	var bad []string
	var guessed guesses
	var treated treatments
	err = inOrder(ctx, len(all), d.jobs, func(i int) (a answer, err error) {
		if all[i].Err != nil {
			return a, all[i].Err
		}
		err = d.places.Forecast(ctx, func() (err error) {
			a, err = d.one(ctx, r, all[i])
			return err
		})
		return a, err
	}, func(_ int, a answer, err error) error {
		var broken defectError
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &broken):
			return err
		case err != nil:
			bad = append(bad, optionName.ReplaceAllString(err.Error(), "$1"))
			return nil
		}
		guessed.add(a)
		treated.add(a.Series, a.Layout, a.treated)
		return out.Write(a.Forecast)
	})
	if err != nil {
		return web.Forecasts{}, err
	}
	if len(bad) > 0 {
		return web.Forecasts{}, unforecast(bad, len(all))
	}
	if err := out.Close(); err != nil {
		return web.Forecasts{}, err
	}
	guessed.tell(&notes, len(all))
	treated.tell(&notes, len(all))
	return web.Forecasts{Table: table.Bytes(), Notes: notesOf(notes.String())}, nil
}

// defectError is a panic of the engine: ours to mend, not the sender's.
type defectError struct{ value any }

// Error implements error.
func (e defectError) Error() string {
	return fmt.Sprintf("a defect of foresight, please report it: %v", e.value)
}

// one forecasts a series. A panic in a goroutine of its own would end the process.
func (d forecastDesk) one(ctx context.Context, r request, s tidy.Series) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = defectError{p}
			d.defect(err, debug.Stack())
		}
	}()
	if a, err = r.forecast(ctx, s); err != nil {
		return a, fmt.Errorf("series %q: %w", s.Name, err)
	}
	return a, nil
}

// unforecast names the series for which there is no forecast, the first of them in full.
func unforecast(bad []string, all int) error {
	named := bad[:min(len(bad), mostSeriesBad)]
	more := ""
	if len(bad) > len(named) {
		more = fmt.Sprintf("; and %d more", len(bad)-len(named))
	}
	return web.RefusedError{Err: fmt.Errorf("%d of %d series could not be forecast, so that there is no forecast: %s%s", len(bad), all, strings.Join(named, "; "), more)}
}

// notesOf are what is told on standard error, without the program's name.
func notesOf(text string) (all []string) {
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimSpace(strings.TrimPrefix(line, "foresight: ")))
	}
	return all
}

// unpacked undoes gzip, up to a bound: little that is compressed may be very much.
func unpacked(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	b = bufio.NewReaderSize(&bounded{z, mostUnpacked}, 1<<16)
	if again, _ := b.Peek(2); bytes.Equal(again, []byte{0x1f, 0x8b}) {
		return nil, errors.New("the table is compressed twice; compress it once")
	}
	return b, nil
}

// shortLines refuses lines longer than any row is: one of nothing but commas would become millions of cells.
type shortLines struct {
	r   io.Reader
	run int // bytes since the last end of a line
}

// mostLine is the longest line, in bytes.
const mostLine = 64 << 10

// Read implements io.Reader.
func (s *shortLines) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	for rest := p[:n]; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			s.run += len(rest)
			break
		}
		if s.run+end > mostLine {
			s.run += end
			break
		}
		s.run, rest = 0, rest[end+1:]
	}
	if s.run > mostLine {
		return 0, fmt.Errorf("a line is longer than %d KB: write one row a line", mostLine>>10)
	}
	return n, err
}

// bounded is a reader that ends with an error where it goes on too long.
type bounded struct {
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, web.ErrLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
