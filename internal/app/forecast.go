package app

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"sync"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/internal/tidy"
	"foresight/models"
)

// ForecastOptions are the flags of `foresight forecast`.
type ForecastOptions struct {
	Path      string // "-" for standard input
	Horizon   int    // 0: about three months of buckets
	Freq      string // auto, Nmin, Nh, D, W, M
	Aggregate string // how rows make a coarser Freq: sum, mean, max, last
	Quantiles []float64
	Country   string
	Events    string   // file
	Mask      string   // file of known outages
	Ceiling   []string // AMOUNT[@FROM[..TO]] each, or none
	Zone      string
	Capacity  float64 // NaN: none
	Model     string
	Jobs      int
	Format    string
	State     string // file of what earlier runs left; "" none
	Siblings  bool   // learn from the other series in it

	// What-if, each repeatable: FACTOR[@FROM[..TO]], DATE[..DATE]=EFFECT,
	// DATE[..DATE] like DAYS or NAME, DATE=AMOUNT.
	Growth, Effect, Campaign, AddCapacity []string
}

// request is ForecastOptions understood.
type request struct {
	ForecastOptions
	zone     *time.Location // nil: wall clock without a zone
	step     *calendar.Step // nil: found in each series
	calendar *calendar.Calendar
	masks    *maskList
	ceilings []ceiling // nil: plateaus are looked for

	assumptions []assumption

	states *states
}

// Forecast reads tidy CSV and writes each series' forecast in the input's order. A
// series that cannot be forecast is named on Err and fails the command after all
// the others are written. How many stand on too little history is said on Err.
func (a *App) Forecast(ctx context.Context, o ForecastOptions) error {
	r, err := a.understand(ctx, o)
	if err != nil {
		return err
	}
	all, err := a.readSeries(o.Path, r.zone)
	if err != nil {
		return err
	}
	if err := r.masks.known(all); err != nil {
		return usage(err)
	}
	out, err := tidy.NewWriter(a.Out, tidy.Format(o.Format), o.Quantiles, !math.IsNaN(o.Capacity))
	if err != nil {
		return usage(err)
	}
	failed := 0
	var guessed guesses
	var treated treatments
	progress := newProgress(a.Err, len(all))
	err = inOrder(ctx, len(all), workers(o.Jobs), func(i int) (answer, error) {
		if all[i].Err != nil {
			return answer{}, all[i].Err // names its series and row
		}
		f, err := r.forecast(ctx, all[i])
		if err != nil {
			err = fmt.Errorf("series %q: %w", all[i].Name, err)
		}
		return f, err
	}, func(_ int, f answer, err error) error {
		progress.step()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			failed++
			progress.clear()
			fmt.Fprintln(a.Err, "foresight:", err)
			return nil
		}
		guessed.add(f)
		treated.add(f.Series, f.Layout, f.treated)
		return out.Write(f.Forecast)
	})
	progress.clear()
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if err := r.states.write(); err != nil {
		return err
	}
	guessed.tell(a.Err, len(all))
	treated.tell(a.Err, len(all))
	treated.unreached(a.Err, r.ceilings)
	r.masks.tell(a.Err)
	if failed > 0 {
		return fmt.Errorf("%d of %d series could not be forecast", failed, len(all))
	}
	return nil
}

// understand checks the flags; whatever is wrong with them is a usage error.
func (a *App) understand(ctx context.Context, o ForecastOptions) (request, error) {
	r := request{ForecastOptions: o}
	if o.Zone != "" {
		zone, err := time.LoadLocation(o.Zone)
		if err != nil {
			return r, usage(fmt.Errorf("--tz %s: no such time zone; use an IANA name such as Europe/Stockholm", o.Zone))
		}
		r.zone = zone
	}
	if o.Freq != "" && o.Freq != "auto" {
		step, err := calendar.ParseStep(o.Freq)
		if err != nil {
			return r, usage(fmt.Errorf("--freq: %w", err))
		}
		r.step = &step
	}
	if err := r.checkAggregate(); err != nil {
		return r, usage(err)
	}
	if o.Capacity <= 0 {
		return r, usage(fmt.Errorf("--capacity %v: a limit is above 0", o.Capacity))
	}
	now := a.Clock()
	var own []models.CalendarEvent
	var err error
	if o.Events != "" {
		// Wide enough for every series that people keep.
		if own, err = readEvents(o.Events, now.AddDate(-80, 0, 0), now.AddDate(eventYears, 0, 0)); err != nil {
			return r, usage(fmt.Errorf("--events: %w", err))
		}
	}
	if r.calendar, err = calendarOf(o.Country, own); err != nil {
		return r, usage(fmt.Errorf("--country: %w", err))
	}
	if r.masks, err = readMaskFile(o.Mask); err != nil {
		return r, usage(fmt.Errorf("--mask: %w", err))
	}
	if r.ceilings, err = readCeilings(o.Ceiling); err != nil {
		return r, usage(err)
	}
	if r.assumptions, err = assume(o, r.calendar, own, now); err != nil {
		return r, usage(err)
	}
	if r.states, err = readStates(o.State, o.Siblings); err != nil {
		return r, usage(err)
	}
	// Options that the engine refuses are refused before a single series is read.
	probe := analytics.Series{Times: []time.Time{now}, Values: []float64{1}, Step: calendar.Step{Unit: calendar.Day, N: 1}}
	if _, err := analytics.Run(ctx, probe, r.options(max(1, o.Horizon))); err != nil {
		return r, usage(err)
	}
	return r, nil
}

func (r request) options(horizon int) analytics.Options {
	o := analytics.Options{Horizon: horizon, Quantiles: r.Quantiles, Calendar: r.calendar, Model: r.Model}
	if !math.IsNaN(r.Capacity) {
		o.Limits = make([]float64, horizon)
		for i := range o.Limits {
			o.Limits[i] = r.Capacity
		}
	} else if r.Format == string(tidy.JSON) {
		o.Paths = max(200, min(1000, 4_000_000/horizon)) // for the summary's maximum
	}
	return o
}

func (a *App) readSeries(path string, zone *time.Location) ([]tidy.Series, error) {
	if path == "-" {
		return tidy.Read(a.In, "standard input", zone)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the series: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	return tidy.Read(bufio.NewReaderSize(f, 1<<20), path, zone)
}

// forecast forecasts one series that could be read.
func (r request) forecast(ctx context.Context, t tidy.Series) (answer, error) {
	l, err := r.lay(t)
	if err != nil {
		return answer{}, err
	}
	s, o := l.Series, l.options
	r.states.give(t.Name, &o)
	f, err := analytics.Run(ctx, s, o)
	if err != nil {
		r.masks.excuse(t.Name)
		return answer{}, err
	}
	f.Treated = append(f.Treated, l.treated...)
	r.states.keep(t.Name, f.State)
	r.masks.note(t.Name, o.Masks, f.Treated)
	w, err := r.assumed(s, f, o)
	if err != nil {
		return answer{}, err
	}
	out := tidy.Forecast{Series: t.Name, Layout: r.layout(t.Layout, f.Times), Times: w.Times, Mean: w.Mean, Quantiles: w.Quantiles}
	if w.Crossing != nil {
		out.Overload = w.Crossing.Probability
	}
	if r.Format == string(tidy.JSON) {
		out.Summary = r.summary(f, o, w, out.Layout)
	}
	return answer{out, f.Fallback, f.Treated}, nil
}

// inOrder does n pieces of work, at most workers at a time, and hands each result
// on in order. No more than a few finished results wait for a slow one before them.
func inOrder[T any](ctx context.Context, n, workers int, work func(i int) (T, error), done func(i int, result T, err error) error) error {
	type answer struct {
		result T
		err    error
	}
	ctx, cancel := context.WithCancel(ctx)
	answers := make(chan chan answer, 2*workers)
	slots := make(chan struct{}, workers)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel() // runs before the wait
	wait.Go(func() {
		defer close(answers)
		for i := range n {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			place := make(chan answer, 1)
			wait.Go(func() {
				defer func() { <-slots }()
				result, err := work(i)
				place <- answer{result, err}
			})
			select {
			case answers <- place:
			case <-ctx.Done():
				return
			}
		}
	})
	i := 0
	for place := range answers {
		a := <-place
		if err := done(i, a.result, a.err); err != nil {
			return err
		}
		i++
	}
	if i < n {
		return errors.Join(ctx.Err(), context.Cause(ctx))
	}
	return nil
}

// progress counts finished series on a terminal; elsewhere it is silent.
type progress struct {
	w       io.Writer
	n, done int
	noun    string // "" is series
}

func newProgress(w io.Writer, n int) *progress {
	if !isTerminal(w) {
		w = nil
	}
	return &progress{w: w, n: n}
}

func (p *progress) step() {
	p.done++
	if p.w != nil {
		fmt.Fprintf(p.w, "\r%d of %d %s", p.done, p.n, cmp.Or(p.noun, "series"))
	}
}

func (p *progress) clear() {
	if p.w != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// Countries lists the codes that --country takes.
func Countries() []string { return calendar.Countries() }

// Models lists the names that --model takes besides auto.
func Models() []string { return analytics.Models() }

// Aggregations lists the names that --aggregate takes.
func Aggregations() []string { return analytics.Aggregations() }
