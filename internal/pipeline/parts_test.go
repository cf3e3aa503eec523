package pipeline

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// splitShop is a shop whose payments are split by card, each with its own week and
// noise; with a rest it keeps two of three.
func splitShop(t *testing.T, keep int, twice bool) (models.Customer, *fakeSource) {
	c := shop(t, step("base", 2600))
	c.Services[0].Queries[0].Split = &models.Split{By: "card", Max: keep}
	shares := []float64{0.6, 0.3, 0.1}
	return c, &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){
		"payments": func(_ models.Query, w models.Window) (models.Fetched, error) {
			f := models.Fetched{Window: w, Columns: make([]models.Column, keep+1), Dropped: 3 - keep}
			epoch := calendar.NewDate(2024, time.January, 1)
			for d := calendar.DateOf(w.From); d.Before(calendar.DateOf(w.To)); d = d.AddDays(1) {
				n, total := float64(d.Sub(epoch)), 0.0
				rng := rand.New(rand.NewPCG(uint64(d.Sub(epoch)), 9))
				common := math.Exp(0.001*n + 0.03*rng.NormFloat64())
				for k, share := range shares {
					v := math.Round(1000 * share * common * (1 + 0.1*math.Sin(2*math.Pi*(n+float64(2*k))/7)) * math.Exp(0.05*rng.NormFloat64()))
					total += v
					if k < keep {
						f.Columns[k+1].Split = fmt.Sprintf("card %d", k)
						f.Columns[k+1].Points = append(f.Columns[k+1].Points, models.Point{Time: d.In(w.From.Location()).Unix(), Value: v, Weight: 1})
					}
				}
				if twice {
					total *= 0.8
				}
				f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: d.In(w.From.Location()).Unix(), Value: total, Weight: 1})
			}
			return f, nil
		},
	}}
}

func TestPartsAndTotalAddUp(t *testing.T) {
	c, source := splitShop(t, 3, false)
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	require.Len(t, r.Signals, 4)
	for i := range r.Signals[0].Forecasts[0].Points {
		sum := 0.0
		for _, part := range r.Signals[1:] {
			sum += part.Forecasts[0].Points[i].Mean
		}
		require.InEpsilon(t, r.Signals[0].Forecasts[0].Points[i].Mean, sum, 1e-9, "day %d", i)
	}
	for _, s := range r.Signals {
		require.Contains(t, fmt.Sprint(s.Forecasts[0].Assumed), "brought to add up")
		for _, p := range s.Forecasts[0].Points {
			require.IsIncreasing(t, p.Quantiles[:])
			require.GreaterOrEqual(t, p.Quantiles[0], 0.0)
		}
	}

	// The total's range stays what its own errors made it, and its limit is judged.
	alone := c
	alone.Services = []models.Service{c.Services[0]}
	alone.Services[0].Queries = []models.Query{c.Services[0].Queries[0]}
	alone.Services[0].Queries[0].Split = nil
	inner := source.answer["payments"]
	source.answer["payments"] = func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := inner(q, w)
		f.Columns = f.Columns[:1]
		return f, err
	}
	own := run(t, lineOf(source, nil, nil), alone, asOfDay)
	width := func(r models.Result) (w float64) {
		for _, p := range r.Signals[0].Forecasts[0].Points {
			w += p.Quantiles[models.Q95] - p.Quantiles[models.Q05]
		}
		return w
	}
	require.InEpsilon(t, width(own), width(r), 0.2)
	findingOf(t, r, models.KindOverload)
}

func TestTheRestOfASplitIsForecastToo(t *testing.T) {
	c, source := splitShop(t, 2, false)
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	require.Len(t, r.Signals, 3, "the rest is told nowhere")
	for i, p := range r.Signals[0].Forecasts[0].Points {
		parts := r.Signals[1].Forecasts[0].Points[i].Mean + r.Signals[2].Forecasts[0].Points[i].Mean
		require.InDelta(t, 0.9, parts/p.Mean, 0.03, "day %d", i)
	}
	for _, e := range sink.sent {
		require.NotContains(t, e.Subject, "rest")
	}
}

func TestPartsThatExceedTheirTotalAreLeftAlone(t *testing.T) {
	c, source := splitShop(t, 3, true)
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Len(t, r.Signals, 4)
	require.Contains(t, fmt.Sprint(r.Signals[1].Forecasts[0].Assumed), "need not add up: an event counts in several parts")
}

func TestManyPartsAgreeInTheirMeans(t *testing.T) {
	c, source := splitShop(t, 3, false)
	line := lineOf(source, nil, nil)
	require.Equal(t, 300, line.partPaths(4, 130))
	line.Paths = 0
	require.Equal(t, 2000, line.partPaths(4, 400))
	require.Equal(t, 500, line.partPaths(40, 400))
	require.Zero(t, line.partPaths(41, 400), "too many to hold all paths of")

	// The same by the means alone: the total's 300 paths have no fellows.
	line = lineOf(source, nil, nil)
	j := jobOf(t, c, asOfDay)
	s := newStudy(c.Services[0], c.Services[0].Queries[0])
	fetched, err := source.Fetch(t.Context(), c.Zone, s.query, window(j, s.query))
	require.NoError(t, err)
	histories := settle(s.query, fetched, c.Zone)
	require.NoError(t, line.studySignals(t.Context(), j, s, histories, NewDesk(1, 1)))
	for i, p := range s.signals[0].Forecasts[0].Points {
		sum := 0.0
		for _, part := range s.signals[1:] {
			sum += part.Forecasts[0].Points[i].Mean
			require.IsNonDecreasing(t, part.Forecasts[0].Points[i].Quantiles[:])
		}
		require.InEpsilon(t, p.Mean, sum, 1e-9)
	}
}

// What lies beyond the cap is said; a value whose rows have ended has no forecast and holds
// nothing else up.
func TestSplitValuesThatAreBeyondOrGone(t *testing.T) {
	c, source := splitShop(t, 2, false)
	c.Services[0].Queries[0].Empty = models.EmptyMissing
	whole := source.answer["payments"]
	source.answer["payments"] = func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := whole(q, w)
		f.Columns[2].Points = f.Columns[2].Points[:len(f.Columns[2].Points)-70]
		return f, err
	}
	memory := newFakeMemory()
	memory.said["shop:pay:transactions:overload:old"] = models.Said{Subject: "shop:pay:transactions:overload:old", Query: "pay/payments", State: models.StateOpen,
		Finding: &models.Finding{Subject: models.Subject{Customer: "shop", Service: "pay", Signal: "transactions", Kind: models.KindOverload, Episode: "old"}, State: models.StateOpen, Overload: &models.Overload{NeedBy: asOfDay.AddDays(9).In(c.Zone)}}}
	r := run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	require.Len(t, r.Signals, 3)
	require.Contains(t, r.Signals[0].Forecasts[0].Assumed, "One more value of the split lies beyond its max: the total holds it, and it has no forecast of its own.")
	require.NotEmpty(t, r.Signals[1].Forecasts)
	require.Equal(t, "no row since 2025-12-21: too long ago to say anything of the days ahead", r.Signals[2].Err)
	require.Equal(t, models.StateWithdrawn, memory.said["shop:pay:transactions:overload:old"].State, "the total's forecast stands")
}
