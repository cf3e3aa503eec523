package pipeline

import (
	"context"
	"errors"
	"math"
	"slices"

	"foresight/analytics"
	"foresight/analytics/backtest"
	"foresight/models"
)

// drivenPaths is how many joint paths a driver has when no limit asks for any.
const drivenPaths = 2000

// total is the history of the query's signal itself, empty when there is none.
func (s *study) total() history {
	if len(s.histories) == 0 {
		return history{}
	}
	return s.histories[0]
}

// volumeOf returns a driver's forecast of a measure, or why there is none.
func (s *study) volumeOf(m models.Measure) (*measured, history, error) {
	if len(s.outlooks) == 0 {
		return nil, history{}, because("its driver could not be read or forecast")
	}
	all := s.outlooks[0].measured
	for i := range all {
		if all[i].measure == m && len(all[i].forecast.Paths) > 0 {
			return &all[i], s.histories[0], nil
		}
	}
	say, why := s.histories[0].say, s.outlooks[0].signal.Err
	if why == "" {
		why = say.T("it has no joint paths")
	}
	return nil, history{}, errors.New(say.T("its driver has no forecast: %s", why))
}

// carried forecasts a resource by its driver, measure by measure, where it can.
func (s *study) carried(ctx context.Context, j Job, h history, o *outlook) error {
	if s.driver == nil || h.part {
		return nil
	}
	for i := range o.measured {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := &o.measured[i]
		if err := m.carry(j, h, s.driver); err != nil {
			m.notes = append(m.notes, h.say.T("Its driver is %s, but it is forecast as it is: %s.", h.signal.Driver, h.say.why(err)))
		} else {
			m.fill(j, h)
			m.notes = append(m.notes, m.driver.words(j, h, m)...)
		}
		o.signal.Forecasts[i] = m.record(j, s, h)
	}
	return nil
}

// replace takes paths for the forecast, with the means and quantiles that are theirs.
func (m *measured) replace(paths [][]float64) {
	f := &m.forecast
	f.Paths = paths
	column := make([]float64, len(paths))
	middle := make([]float64, len(m.points))
	for t := range m.points {
		sum := 0.0
		for i, p := range paths {
			column[i] = p[t]
			sum += p[t] / float64(len(paths))
		}
		slices.Sort(column)
		f.Mean[t] = sum
		f.Quantiles[t] = slices.Clone(f.Quantiles[t])
		for q, p := range models.Probabilities {
			f.Quantiles[t][q] = backtest.Quantile(column, p)
		}
		middle[t] = f.Quantiles[t][models.Q50]
	}
	// The whole forecast: what an engine's components are is not known of it.
	f.Components = []analytics.Component{{Name: "level", Values: middle}}
}

// record is the driver as the other packages exchange it, with the limit of a step
// and the volumes of the first points ahead.
func (d *driven) record(limit float64, points int) *models.Driver {
	tops := make([]float64, 0, len(d.volume.forecast.Paths))
	for _, path := range d.volume.forecast.Paths {
		top := 0.0
		for t := range min(points, len(path)) {
			top = math.Max(top, path[t]*d.perVolume[t])
		}
		tops = append(tops, top)
	}
	slices.Sort(tops)
	r := &models.Driver{
		Signal: d.signal, Name: d.name, Unit: d.unit, Per: d.per(),
		Pairs: d.model.Pairs, Since: d.since, Changed: d.model.Since > 0, Explained: d.model.Explained,
		Learned: d.model.Top, Seen: d.model.Seen, Ahead: backtest.Quantile(tops, 0.95),
	}
	r.Beyond = d.model.Beyond(r.Ahead)
	r.LimitP10, r.LimitP50, r.LimitP90 = models.NotReached, models.NotReached, models.NotReached
	if !math.IsNaN(limit) && !d.pair.steps {
		l := d.model.Limit(limit)
		r.LimitP10, r.LimitP50, r.LimitP90 = reachable(l.P10), reachable(l.P50), reachable(l.P90)
	}
	return r
}

// reachable makes a volume that is not reached one that JSON can hold.
func reachable(v float64) float64 {
	if math.IsInf(v, 0) {
		return models.NotReached
	}
	return v
}

// per names the bucket that the relation's volumes are of.
func (d *driven) per() string {
	switch {
	case d.pair.width > 0:
		return widthName(d.pair.width)
	case d.pair.partner == models.MeasureBusiest:
		return widthName(d.busy)
	}
	return spanName(d.span)
}

// limitAt is a point's usable limit in the relation's terms; NaN without one.
func (d *driven) limitAt(m *measured, t int) float64 {
	if !m.limits.any || t < 0 {
		return math.NaN()
	}
	return m.limits.values[t] * d.pair.load.of(m.points[t].Time, d.pair.width)
}

// words says what the forecast by volume rests on, where its limit lies in volume,
// and whether it goes beyond any load seen.
func (d *driven) words(j Job, h history, m *measured) []string {
	first := slices.IndexFunc(m.limits.values, func(v float64) bool { return !math.IsNaN(v) })
	r := d.record(d.limitAt(m, first), len(m.points))
	m.volume = r
	text := h.say.T("It is forecast by the volume that loads it, %s: %s pairs since %s show how it follows, and the volume explains %s of its variation.",
		r.Name, h.say.count(r.Pairs), h.say.date(r.Since.In(j.Customer.Zone)), h.say.percent(r.Explained))
	if r.Changed {
		text += h.say.T(" Before then the same volume loaded it otherwise: other hardware, another release.")
	}
	if at, before, after, bent := d.model.Bend(); bent {
		if after < before {
			text += h.say.T(" It flattens above %s.", h.say.rate(at, r))
		} else {
			text += h.say.T(" It rises more steeply above %s.", h.say.rate(at, r))
		}
	}
	said := []string{text}
	if first >= 0 && !d.pair.steps {
		said = append(said, h.say.limitInVolume(h.signal, m.limits.steps[first], r))
	}
	return append(said, h.say.seenVolume(r))
}

// limitInVolume says where a limit lies in transactions, with its range.
func (v voice) limitInVolume(s models.Signal, step models.CapacityStep, r *models.Driver) string {
	usable := v.number(step.Usable(), s.Unit)
	if r.LimitP50 < 0 {
		text := v.T("Half of the time %s is not reached even at ten times the largest volume of these pairs", usable)
		if r.LimitP10 >= 0 {
			text += v.T("; one time in ten it is at %s", v.rate(r.LimitP10, r))
		}
		return text + "."
	}
	high := v.T("not one that is reached nine times in ten")
	if r.LimitP90 >= 0 {
		high = v.T("nine times in ten from %s", v.rate(r.LimitP90, r))
	}
	return v.T("In volume %s lies at %s: one time in ten it is exceeded from %s, %s.", usable, v.rate(r.LimitP50, r), v.rate(r.LimitP10, r), high)
}

// seenVolume says whether the volume ahead was ever seen.
func (v voice) seenVolume(r *models.Driver) string {
	if r.Beyond {
		return v.T("The volume ahead reaches %s (95 %%), beyond any load ever seen, %s: there the relation is only continued.", v.rate(r.Ahead, r), v.rate(r.Seen, r))
	}
	text := v.T("The volume ahead stays at or below %s (95 %%), within the largest load ever seen, %s", v.rate(r.Ahead, r), v.rate(r.Seen, r))
	if r.Ahead > r.Learned {
		text += v.T("; the relation is learned up to %s and continued above", v.rate(r.Learned, r))
	}
	return text + "."
}

// rate writes a volume of the driver in the bucket of the relation.
func (v voice) rate(volume float64, r *models.Driver) string {
	return v.T("%s per %s", v.number(volume, r.Unit), v.T(r.Per))
}

// driverOf completes an overload of a resource with its limit in volume.
func driverOf(m *measured, h history, at, last int) (*models.Driver, string) {
	if m.driver == nil {
		return nil, ""
	}
	r := m.driver.record(m.driver.limitAt(m, at), last)
	text := h.say.seenVolume(r)
	if !m.driver.pair.steps {
		text = h.say.limitInVolume(h.signal, m.limits.steps[at], r) + " " + text
	}
	return r, text
}

// wait returns when the driver's study is over.
func (s *study) wait(ctx context.Context) error {
	if s.driver == nil {
		return nil
	}
	select {
	case <-s.driver.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drivers finds each study's driver, and makes studies of drivers that the job does
// not want, whose forecasts are needed all the same and told nowhere.
func drivers(j Job, studies []*study) []*study {
	at := map[string]*study{}
	for _, s := range studies {
		at[s.signal()] = s
	}
	for i := 0; i < len(studies); i++ {
		s := studies[i]
		path := s.query.Signal.Driver
		if path == "" {
			continue
		}
		if at[path] == nil {
			if at[path] = asideStudy(j, path); at[path] == nil {
				continue // the configuration's checks refuse it
			}
			studies = append(studies, at[path])
		}
		s.driver, at[path].drives = at[path], true
	}
	return studies
}

// signal names the study's signal among the customer's.
func (s *study) signal() string { return s.service.ID + "/" + s.query.Signal.ID }

func asideStudy(j Job, path string) *study {
	for _, service := range j.Customer.Services {
		for _, q := range service.Queries {
			if s := newStudy(service, q); s.signal() == path {
				s.aside = true
				return s
			}
		}
	}
	return nil
}
