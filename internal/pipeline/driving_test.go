package pipeline

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// TestAccuracyOfDriving prints how right a resource's daily maxima are, forecast by
// their volume and by their own history: real volumes (bicycles hired by the hour),
// a planted processor that flattens at its top and, in one half, has twice the cores
// from 60 days before the forecast on. `make accuracy`, where ../shared is.
func TestAccuracyOfDriving(t *testing.T) {
	if os.Getenv("FORESIGHT_ACCURACY") == "" {
		t.Skip("minutes: set FORESIGHT_ACCURACY=all")
	}
	rows := rowsOf(t, "../../../shared/data/dc_bikeshare_hourly.csv.gz")
	c, source := driverShop(t)
	c.Country, c.Zone, c.Services[0].Queries[0].Signal.Max = "US", time.UTC, nil
	c.Services[0].Queries[0].History = 3 * 365 * 24 * time.Hour
	c.Services[1].Queries[0].History = c.Services[0].Queries[0].History
	t.Log(tallyHeader("driving"))
	for _, renewed := range []bool{false, true} {
		var driven, own, volume errorTally
		for back := 90; back <= 330; back += 60 {
			end := rows.last.AddDate(0, 0, -back)
			fast := end.AddDate(0, 0, -60)
			cpu := func(at time.Time, v float64) float64 {
				if renewed && !at.Before(fast) {
					v /= 2
				}
				noise := rand.New(rand.NewPCG(uint64(at.Unix()), 3)).NormFloat64()
				return 8 + 0.12*math.Min(v, 600) + 0.03*math.Max(0, v-600) + 3*noise
			}
			source.answer["payments"] = rows.answer(func(_ time.Time, v float64) float64 { return v })
			source.answer["cpu"] = rows.answer(cpu)
			line := lineOf(source, nil, nil)
			line.Horizon, line.Paths = 90, 1000
			r := run(t, line, c, calendar.DateOf(end))
			driven.judge(r.Signals[0].Forecasts[0], rows, cpu)
			volume.judge(r.Signals[1].Forecasts[1], rows, func(_ time.Time, v float64) float64 { return v })
			alone := c
			alone.Services = []models.Service{c.Services[0]}
			alone.Services[0].Queries = []models.Query{c.Services[0].Queries[0]}
			alone.Services[0].Queries[0].Signal.Driver = ""
			own.judge(run(t, line, alone, calendar.DateOf(end)).Signals[0].Forecasts[0], rows, cpu)
		}
		hardware := map[bool]string{false: "the same hardware", true: "twice the cores since 60 days"}[renewed]
		t.Log("figures driving: | " + hardware + ", by its volume " + driven.String())
		t.Log("figures driving: | " + hardware + ", by its own history " + own.String())
		t.Log("figures driving: | " + hardware + ", the volume itself " + volume.String())
	}
}

// judge adds a forecast of daily maxima, beside what came.
func (e *errorTally) judge(f models.Forecast, rows hours, cpu func(time.Time, float64) float64) {
	m := &measured{points: f.Points}
	actual := make([]float64, len(f.Points))
	for t, p := range f.Points {
		m.forecast.Quantiles = append(m.forecast.Quantiles, p.Quantiles[:])
		actual[t] = math.NaN()
		for h := range 24 {
			at := p.Time.Add(time.Duration(h) * time.Hour)
			if v, known := rows.value[at]; known {
				if x := cpu(at, v); !(actual[t] > x) {
					actual[t] = x
				}
			}
		}
	}
	a := agreementTally{}
	a.add(true, m, actual)
	e.off, e.size, e.in, e.n = e.off+a.total.off, e.size+a.total.size, e.in+a.total.in, e.n+a.total.n
	e.pinball, e.width = e.pinball+a.total.pinball, e.width+a.total.width
}

// hours is an hourly series.
type hours struct {
	value map[time.Time]float64
	last  time.Time
}

func rowsOf(t *testing.T, path string) hours {
	t.Helper()
	h := hours{value: map[time.Time]float64{}}
	for _, r := range recordsOf(t, path) {
		at, err := time.Parse("2006-01-02 15:04:05", r.time)
		if err != nil {
			at, err = time.Parse("2006-01-02T15:04:05", r.time)
		}
		require.NoError(t, err)
		h.value[at] = r.value
		if at.After(h.last) {
			h.last = at
		}
	}
	h.last = h.last.Truncate(24 * time.Hour)
	return h
}

// answer is a source of the hours, put through of.
func (h hours) answer(of func(time.Time, float64) float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(_ models.Query, w models.Window) (models.Fetched, error) {
		f := models.Fetched{Window: w, Columns: []models.Column{{}}}
		for at := w.From.UTC(); at.Before(w.To); at = at.Add(time.Hour) {
			if v, known := h.value[at]; known {
				f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: at.Unix(), Value: of(at, v), Weight: 1})
			}
		}
		return f, nil
	}
}
