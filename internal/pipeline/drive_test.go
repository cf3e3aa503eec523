package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// byHour answers by the hour with a day, a week, growth and noise; of puts the hour's
// volume into the query's own number.
func byHour(of func(volume float64, at time.Time, noise float64) float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(_ models.Query, w models.Window) (models.Fetched, error) {
		f := models.Fetched{Window: w, Columns: []models.Column{{}}}
		epoch := calendar.NewDate(2026, time.January, 1).In(w.From.Location())
		for t := w.From; t.Before(w.To); t = t.Add(time.Hour) {
			rng := rand.New(rand.NewPCG(uint64(t.Unix()), 1))
			days := t.Sub(epoch).Hours() / 24
			v := 1000 * math.Exp(0.001*days+0.05*rng.NormFloat64()) * (1 + 0.6*math.Sin(2*math.Pi*float64(t.Hour()-8)/24))
			if t.Weekday() == time.Sunday {
				v *= 0.6
			}
			own := rand.New(rand.NewPCG(uint64(t.Unix()), 2))
			f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: t.Unix(), Value: of(v, t, own.NormFloat64()), Weight: 1})
		}
		return f, nil
	}
}

// driverShop is a shop whose processor takes 10 % and 4 % a hundred payments an hour.
func driverShop(t *testing.T) (models.Customer, *fakeSource) {
	c := shop(t)
	payments := &c.Services[0].Queries[0]
	payments.Span = models.SpanHour
	top := 100.0
	cpu := models.Query{
		ID: "cpu", Span: models.SpanHour, History: payments.History, Empty: models.EmptyMissing,
		Signal: models.Signal{
			ID: "cpu", Name: "Database CPU", Unit: "%", Kind: models.KindGauge, Measure: "max(cpu)", Aggregate: models.AggregateMax,
			Min: payments.Signal.Min, Max: &top, Driver: "pay/transactions",
			Capacity: []models.CapacityStep{{ID: "db1", From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Limit: 90, Per: models.PerBucket}},
			LeadTime: models.LeadTime{WorkDays: 20}, Risk: 0.2, Horizon: 120 * 24 * time.Hour,
		},
	}
	// The resource comes first: the order of work is not that of the file.
	c.Services = append([]models.Service{{ID: "db", Name: "Database", Queries: []models.Query{cpu}}}, c.Services...)
	return c, &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){
		"payments": byHour(func(v float64, _ time.Time, _ float64) float64 { return math.Round(v) }),
		"cpu":      byHour(func(v float64, _ time.Time, noise float64) float64 { return math.Min(100, 10+0.04*v+2*noise) }),
	}}
}

func TestAVolumeDrivesItsResource(t *testing.T) {
	c, source := driverShop(t)
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	cpu := r.Signals[0].Forecasts[0]
	require.NotNil(t, cpu.Driver)
	require.Equal(t, "pay/transactions", cpu.Driver.Signal)
	require.Equal(t, "hour", cpu.Driver.Per)
	require.InDelta(t, 0.98, cpu.Driver.Explained, 0.02)
	// 90 % is reached where 10 + 0.04·v, and what the day's largest reading lies above, do.
	require.InDelta(t, 1950, cpu.Driver.LimitP50, 80)
	require.Less(t, cpu.Driver.LimitP10, cpu.Driver.LimitP50)
	require.Less(t, cpu.Driver.LimitP50, cpu.Driver.LimitP90)
	require.True(t, cpu.Driver.Beyond, "it grows beyond what was seen")
	require.Contains(t, cpu.Method, "pay/transactions")
	require.Contains(t, fmt.Sprint(cpu.Assumed), "In volume 90 % lies at 1\u202f9")

	busiest := r.Signals[1].Forecasts[1]
	for i, p := range cpu.Points {
		want := 10 + 0.04*busiest.Points[i].Quantiles[models.Q50]
		require.InDelta(t, math.Min(100, want), p.Quantiles[models.Q50], 4, "day %d", i)
		require.LessOrEqual(t, p.Quantiles[models.Q95], 100.0)
	}
	f := findingOf(t, r, models.KindOverload)
	require.Equal(t, "cpu", f.Subject.Signal)
	require.NotNil(t, f.Overload.Driver)
	require.Contains(t, f.Detail, "beyond any load ever seen")
	e := sink.of(models.SourcetypeOverload)[0].Body.(models.OverloadEvent)
	require.Equal(t, "pay/transactions", e.Driver)
	require.InDelta(t, cpu.Driver.LimitP50, float64(*e.VolumeP50), 1)
	require.True(t, *e.VolumeBeyond)
	again := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Equal(t, cpu.Points, again.Signals[0].Forecasts[0].Points, "the same again")
}

func TestADriverNobodyWantsIsReadAndNotTold(t *testing.T) {
	c, source := driverShop(t)
	j := jobOf(t, c, asOfDay)
	j.Want = func(_ models.Service, q models.Query) bool { return q.ID == "cpu" }
	sink := &fakeSink{}
	r, err := lineOf(source, sink, newFakeMemory()).Run(context.Background(), j)
	require.NoError(t, err)
	require.Len(t, r.Signals, 1)
	require.NotNil(t, r.Signals[0].Forecasts[0].Driver)
	for _, e := range sink.of(models.SourcetypeForecast) {
		require.Equal(t, "cpu", e.Body.(models.ForecastEvent).Signal)
	}
	require.Equal(t, 1, sink.of(models.SourcetypeRun)[0].Body.(models.RunEvent).Queries)
}

func TestWithoutARelationAResourceIsForecastAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*fakeSource, *models.Customer)
		why   string
	}{
		"noise": {func(s *fakeSource, _ *models.Customer) {
			s.answer["cpu"] = byHour(func(_ float64, _ time.Time, noise float64) float64 { return 40 + 5*noise })
		}, "the resource does not follow the volume"},
		"a day in common": {func(s *fakeSource, _ *models.Customer) {
			s.answer["cpu"] = byHour(func(_ float64, at time.Time, noise float64) float64 {
				return 40 + 10*math.Sin(2*math.Pi*float64(at.Hour()-8)/24) + noise
			})
		}, "the resource does not follow the volume"},
		"its driver failed": {func(s *fakeSource, _ *models.Customer) {
			s.answer["payments"] = func(models.Query, models.Window) (models.Fetched, error) {
				return models.Fetched{}, errors.New("partial")
			}
		}, "its driver could not be read or forecast"},
		"new": {func(s *fakeSource, _ *models.Customer) {
			inner := s.answer["cpu"]
			s.answer["cpu"] = func(q models.Query, w models.Window) (models.Fetched, error) {
				late := w
				late.From = w.To.Add(-40 * time.Hour)
				f, err := inner(q, late)
				f.Window = w
				return f, err
			}
		}, "too few pairs"},
		"other buckets": {func(_ *fakeSource, c *models.Customer) { c.Services[0].Queries[0].Span = models.SpanWeek }, "its buckets are weeks and its driver's days"},
	} {
		t.Run(name, func(t *testing.T) {
			customer, source := driverShop(t)
			c.spoil(source, &customer)
			r, _ := lineOf(source, nil, nil).Run(context.Background(), jobOf(t, customer, asOfDay))
			cpu := r.Signals[0].Forecasts[0]
			require.Nil(t, cpu.Driver)
			require.Len(t, cpu.Points, len(cpu.Points))
			require.Contains(t, fmt.Sprint(cpu.Assumed), "Its driver is pay/transactions, but it is forecast as it is: ")
			require.Contains(t, fmt.Sprint(cpu.Assumed), c.why)
		})
	}
}

func TestNewHardwareIsLearnedAnew(t *testing.T) {
	c, source := driverShop(t)
	change := asOfDay.AddDays(-45).In(c.Zone)
	source.answer["cpu"] = byHour(func(v float64, at time.Time, noise float64) float64 {
		if at.Before(change) {
			return math.Min(100, 10+0.04*v+2*noise)
		}
		return math.Min(100, 10+0.02*v+noise)
	})
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	d := r.Signals[0].Forecasts[0].Driver
	require.NotNil(t, d)
	require.InDelta(t, 45*24, d.Pairs, 30)
	require.InDelta(t, 3950, d.LimitP50, 150)
	for _, f := range r.Findings {
		require.NotEqual(t, models.KindOverload, f.Subject.Kind)
	}
}

func TestAMeanADayAndACounterFollowTheirVolume(t *testing.T) {
	c, source := driverShop(t)
	cpu := &c.Services[0].Queries[0]
	cpu.Signal.Aggregate, cpu.Signal.Measure = models.AggregateMean, "avg(cpu)"
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Len(t, r.Signals[0].Forecasts, 2)
	for k, f := range r.Signals[0].Forecasts {
		require.NotNil(t, f.Driver)
		volume := r.Signals[1].Forecasts[k]
		for i, p := range f.Points {
			v := volume.Points[i].Quantiles[models.Q50]
			if f.Measure == models.MeasureTotal {
				v /= 24
			}
			require.InDelta(t, math.Min(100, 10+0.04*v), p.Quantiles[models.Q50], 4, "%s, day %d", f.Measure, i)
		}
	}

	disk := cpu.Signal
	disk.ID, disk.Kind, disk.Aggregate, disk.Max, disk.Unit = "disk", models.KindCumulative, models.AggregateLast, nil, "MB"
	disk.Capacity[0].Limit = 1e6
	cpu.Signal = disk
	total := 0.0
	source.answer["cpu"] = byHour(func(v float64, _ time.Time, noise float64) float64 {
		total += 0.05*v + math.Abs(noise)
		return total
	})
	total = 0
	r = run(t, lineOf(source, nil, nil), c, asOfDay)
	f := r.Signals[0].Forecasts[0]
	require.NotNil(t, f.Driver, f.Assumed)
	level := r.Signals[0].History[len(r.Signals[0].History)-1].Total
	for i, p := range f.Points {
		level += 0.05*r.Signals[1].Forecasts[0].Points[i].Quantiles[models.Q50] + 24*0.8
		require.InEpsilon(t, level, p.Quantiles[models.Q50], 0.02, "day %d", i)
	}
	require.InDelta(t, models.NotReached, f.Driver.LimitP50, 0)
}
