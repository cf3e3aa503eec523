package pipeline

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"foresight/analytics"
	"foresight/analytics/drive"
	"foresight/models"
)

// driven is the relation that carried a volume's paths to a resource.
type driven struct {
	volume    *measured // of the driver, whose paths they are
	model     *drive.Model
	since     time.Time // of the first pair
	pair      pairing
	signal    string // "service/signal" of the driver
	name      string
	unit      string
	span      models.Span   // of the points ahead
	busy      time.Duration // width of the driver's busiest bucket
	perVolume []float64     // what one of the volume's unit is as a rate, by point ahead
}

// pairing says how one measure of a resource and one of its driver are paired, and
// in what bucket their relation is a rate.
type pairing struct {
	partner models.Measure // of the driver
	width   time.Duration  // of the relation's bucket; 0: that of the histories' points
	volume  rate
	load    rate
	steps   bool // the resource only grows: its steps follow the volume
}

// rate turns a day's number into one per bucket of the relation.
type rate struct {
	adds bool          // else the number is a level, the same in every width
	busy time.Duration // width that it is of; 0: the whole day
}

// of is the factor for the day that starts at t.
func (r rate) of(t time.Time, width time.Duration) float64 {
	switch {
	case !r.adds || width == 0:
		return 1
	case r.busy > 0:
		return float64(width) / float64(r.busy)
	}
	return float64(width) / float64(t.AddDate(0, 0, 1).Sub(t)) // a day of 23 or 25 hours too
}

// pair chooses the driver's measure for a measure of the resource: the largest
// readings go with the busiest bucket, what is taken over the day with the day's
// total. They are paired in the finest buckets that both have.
func pair(resource, driver history, m models.Measure) pairing {
	p := pairing{partner: models.MeasureTotal, steps: resource.signal.Kind == models.KindCumulative}
	over := resource.signal.Aggregate == models.AggregateSum || resource.signal.Aggregate == models.AggregateMean || p.steps
	if (m == models.MeasureBusiest || !over) && len(measuresOf(driver)) > 1 {
		p.partner = models.MeasureBusiest
	}
	if resource.fine == nil || driver.fine == nil || p.steps {
		return p
	}
	p.width = max(resource.fetch, driver.fetch, driver.busy)
	p.volume = rate{adds: driver.signal.Aggregate == models.AggregateSum}
	p.load = rate{adds: resource.signal.Aggregate == models.AggregateSum}
	if p.partner == models.MeasureBusiest {
		p.volume.busy = driver.busy
	}
	if m == models.MeasureBusiest {
		p.load.busy = resource.busy
	}
	return p
}

// value is a history's number of a measure.
func value(p models.HistoryPoint, m models.Measure) float64 {
	if m == models.MeasureBusiest {
		return p.Busiest
	}
	return p.Total
}

// days pairs the histories' points as rates.
func (p pairing) days(resource, driver history, m models.Measure) (times []time.Time, volume, load []float64) {
	volumes := make(map[int64]float64, len(driver.points))
	for _, d := range driver.points {
		if !down(driver.signal, d.Time, steps[driver.span].Add(d.Time, 1), downShare) {
			volumes[d.Time.Unix()] = value(d, p.partner) * p.volume.of(d.Time, p.width)
		}
	}
	before := math.NaN()
	for _, r := range resource.points {
		v, known := volumes[r.Time.Unix()]
		y := value(r, m) * p.load.of(r.Time, p.width)
		if p.steps {
			if y, before = y-before, y; y < 0 {
				y = math.NaN() // the counter began anew
			}
		}
		if known && !down(resource.signal, r.Time, steps[resource.span].Add(r.Time, 1), downShare) {
			times, volume, load = append(times, r.Time), append(volume, v), append(load, y)
		}
	}
	return times, volume, load
}

// buckets pairs the fine buckets of the recent past.
func (p pairing) buckets(resource, driver history) (times []time.Time, volume, load []float64) {
	volumes := driver.fine.wider(driver.signal, p.width)
	loads := resource.fine.wider(resource.signal, p.width)
	starts := make([]int64, 0, len(loads))
	for s := range loads {
		starts = append(starts, s)
	}
	slices.Sort(starts)
	for i, s := range starts {
		// Time stands still for nobody: a bucket that is missing keeps its place.
		for i > 0 && len(times) > 0 && times[len(times)-1].Unix()+int64(p.width/time.Second) < s {
			times = append(times, times[len(times)-1].Add(p.width))
			volume, load = append(volume, math.NaN()), append(load, math.NaN())
		}
		v, known := volumes[s]
		if !known {
			v = math.NaN()
		}
		times, volume, load = append(times, time.Unix(s, 0)), append(volume, v), append(load, loads[s])
	}
	return times, volume, load
}

// How much of the past a relation of days, weeks and months is learned from, and
// how few pairs of them are enough.
var (
	recentPairs = map[models.Span]int{models.SpanDay: 365, models.SpanWeek: 104, models.SpanMonth: 36}
	leastPairs  = map[models.Span]int{models.SpanDay: 35, models.SpanWeek: 26, models.SpanMonth: 18}
	pairBlock   = map[models.Span]int{models.SpanDay: 7, models.SpanWeek: 4, models.SpanMonth: 3}
)

// learn fits the relation of a measure of the resource to its driver, and says since
// when it holds.
func (p pairing) learn(resource, driver history, m models.Measure, asOf time.Time) (model *drive.Model, since time.Time, err error) {
	if resource.span != driver.span {
		return nil, since, errors.New(resource.say.T("its buckets are %s and its driver's %s: query both by the same", resource.say.spans(resource.span), resource.say.spans(driver.span)))
	}
	times, volume, load := p.days(resource, driver, m)
	o := drive.Options{Lower: resource.signal.Min, Upper: resource.signal.Max}
	for _, v := range volume {
		if v > o.Seen {
			o.Seen = v
		}
	}
	if p.width > 0 {
		ft, fv, fl := p.buckets(resource, driver)
		o.Block, o.MaxLag = max(1, int(24*time.Hour/p.width)), 3
		if model, err = fitSinceStep(ft, fv, fl, o, resource, asOf); err != nil {
			return nil, since, err
		}
		since = ft[model.Since]
		late := max(0, len(times)-fineDays)
		for late < len(times) && times[late].Before(since) {
			late++
		}
		model, err = model.On(volume[late:], load[late:])
		return model, since, err
	}
	late := max(0, len(times)-recentPairs[resource.span])
	o.Block, o.MinPairs = pairBlock[resource.span], leastPairs[resource.span]
	if model, err = fitSinceStep(times[late:], volume[late:], load[late:], o, resource, asOf); err != nil {
		return nil, since, err
	}
	return model, times[late+model.Since], nil
}

// fitSinceStep fits the pairs since the last dated step of the resource's capacity,
// which is other hardware; when they are too few as yet, the ones before help out.
func fitSinceStep(times []time.Time, volume, load []float64, o drive.Options, resource history, asOf time.Time) (*drive.Model, error) {
	for i, t := range times {
		for _, c := range resource.signal.Capacity {
			if !c.From.After(t) && c.From.After(times[0]) && !c.From.After(asOf) && (i == 0 || c.From.After(times[i-1])) {
				o.Since = i
			}
		}
	}
	model, err := drive.Fit(volume, load, o)
	if o.Since > 0 && errors.Is(err, drive.ErrTooFew) {
		o.Since = 0
		return drive.Fit(volume, load, o)
	}
	return model, err
}

// carry replaces the resource's own forecast by its driver's paths through their
// relation. Where it cannot, the forecast stays and an error says why.
func (m *measured) carry(j Job, resource history, by *study) error {
	volume, driver, err := by.volumeOf(pair(resource, by.total(), m.measure).partner)
	if err != nil {
		return err
	}
	p := pair(resource, driver, m.measure)
	model, since, err := p.learn(resource, driver, m.measure, j.AsOf)
	if err != nil {
		return err
	}
	if len(volume.points) != len(m.points) || !volume.points[0].Time.Equal(m.points[0].Time) {
		return because("its driver's forecast is of other days")
	}
	d := &driven{volume: volume, model: model, since: since, pair: p, signal: by.service.ID + "/" + driver.signal.ID, name: driver.signal.Name, unit: driver.signal.Unit, span: driver.span, busy: driver.busy}
	for _, point := range volume.points {
		d.perVolume = append(d.perVolume, p.volume.of(point.Time, p.width))
	}
	paths, err := d.paths(m, resource)
	if err != nil {
		return err
	}
	m.driver = d
	m.replace(paths)
	m.forecast.Method, m.forecast.Choice, m.forecast.Fallback = resource.say.T("the volume of %s through its relation to the resource", d.signal), "", ""
	m.forecast.Backtest = analytics.Score{}
	return nil
}

// paths carries each of the volume's paths to the resource.
func (d *driven) paths(m *measured, resource history) ([][]float64, error) {
	start := 0.0
	if d.pair.steps {
		if start = m.series.Values[len(m.series.Values)-1]; math.IsNaN(start) {
			return nil, because("its last value, which its growth starts from, is missing")
		}
	}
	rng := rand.New(rand.NewPCG(3, uint64(len(m.points))))
	volumes := make([]float64, len(m.points))
	paths := make([][]float64, len(d.volume.forecast.Paths))
	for i, path := range d.volume.forecast.Paths {
		for t, v := range path {
			volumes[t] = v * d.perVolume[t]
		}
		paths[i] = d.model.Path(nil, volumes, rng)
		level := start
		for t := range paths[i] {
			switch {
			case d.pair.steps:
				level += math.Max(0, paths[i][t])
				paths[i][t] = level
			default:
				paths[i][t] /= d.pair.load.of(m.points[t].Time, d.pair.width)
			}
		}
		clampPath(paths[i], resource.signal)
	}
	return paths, nil
}

// clampPath keeps a path within the signal's possible values.
func clampPath(path []float64, signal models.Signal) {
	for t := range path {
		if signal.Min != nil {
			path[t] = math.Max(*signal.Min, path[t])
		}
		if signal.Max != nil {
			path[t] = math.Min(*signal.Max, path[t])
		}
	}
}
