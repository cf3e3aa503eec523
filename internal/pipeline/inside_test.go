package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// byFive answers by five minutes: 100 in each, and half as many again in one of each
// hour's, which one being drawn.
func byFive(_ models.Query, w models.Window) (models.Fetched, error) {
	f := models.Fetched{Window: w, Columns: []models.Column{{}}}
	rng := rand.New(rand.NewPCG(1, 1))
	high := 0
	for k, t := 0, w.From; t.Before(w.To); k, t = k+1, t.Add(5*time.Minute) {
		if k%12 == 0 {
			high = rng.IntN(12)
		}
		v := 100.0 + float64(rng.IntN(5))
		if t.Hour() == 20 {
			v += 20
		}
		if k%12 == high {
			v *= 1.5
		}
		f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: t.Unix(), Value: v, Weight: 1})
	}
	return f, nil
}

func TestTheLoadInsideAnHourIsLearnedFromFinerBuckets(t *testing.T) {
	steps := []models.CapacityStep{step("hour", 5000), step("five", 200)}
	steps[0].Per, steps[1].Per = models.PerHour, models.Per5Min
	steps[1].From = asOfDay.AddDays(30).In(time.UTC)
	c := shop(t, steps...)
	q := &c.Services[0].Queries[0]
	q.Span, q.History = models.Span5Min, 60*24*time.Hour
	q.Signal.PeakFactor = &models.PeakFactor{Mean: 3}
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": byFive}}
	busiest := run(t, lineOf(source, nil, nil), c, asOfDay).Signals[0].Forecasts[1]
	require.Equal(t, 5000.0, busiest.Points[0].Limit)
	// An hour's mean of 1.04 parts, its largest five minutes 1.5: 1.44 times as much.
	require.InDelta(t, 200*12/1.44, busiest.Points[40].Limit, 40, "what the data show goes before what is configured")
	require.Contains(t, fmt.Sprint(busiest.Assumed), "the busiest 5 minutes lies at 1.4")

	q.Signal.Capacity[1].Per, q.Signal.Capacity[1].Limit = models.PerSecond, 2
	busiest = run(t, lineOf(source, nil, nil), c, asOfDay).Signals[0].Forecasts[1]
	require.InDelta(t, 2*3600/1.44/3, busiest.Points[40].Limit, 40, "what is finer still comes on top")
	require.Contains(t, fmt.Sprint(busiest.Assumed), "3.00 times the mean, as configured")
	q.Signal.PeakFactor = nil
	busiest = run(t, lineOf(source, nil, nil), c, asOfDay).Signals[0].Forecasts[1]
	require.InDelta(t, 2*3600/1.44, busiest.Points[40].Limit, 100)
	require.Contains(t, fmt.Sprint(busiest.Assumed), "No peak_factor is configured: inside its busiest 5 minutes")
}
