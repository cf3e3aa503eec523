package pipeline

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// flooded is growing, with a tenth left on the days from 4 to 17 November 2026.
func flooded(level float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := growing(level, 0)(q, w)
		for i, p := range f.Columns[0].Points {
			if d := calendar.DateOf(time.Unix(p.Time, 0).In(w.From.Location())); d.Month == time.November && d.Year == 2026 && d.Day >= 4 && d.Day < 18 {
				f.Columns[0].Points[i].Value = math.Round(p.Value / 10)
			}
		}
		return f, err
	}
}

func TestKnownOutagesAreMaskedAndTold(t *testing.T) {
	c := shop(t)
	on := func(d int) time.Time { return time.Date(2026, time.November, d, 0, 0, 0, 0, c.Zone) }
	c.Services[0].Queries[0].Signal.Outages = []models.Outage{{From: on(4), To: on(18), Reason: "flood"}}
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": flooded(1000)}}
	sink := &fakeSink{}
	r, err := lineOf(source, sink, newFakeMemory()).Run(t.Context(), jobOf(t, c, calendar.NewDate(2026, time.November, 20)))
	require.NoError(t, err)
	f := r.Signals[0].Forecasts[0]
	require.NotEmpty(t, f.Treated)
	assert.Equal(t, models.Treated{Kind: models.TreatedMasked, From: on(4), To: on(18), Last: on(17), Buckets: 14, Reason: "flood"}, f.Treated[0])
	assert.InDelta(t, 1000, f.Points[20].Quantiles[models.Q50], 150, "the flood is not learned")
	run := sink.of(models.SourcetypeRun)[0].Body.(models.RunEvent)
	assert.Equal(t, 14, run.Masked)
	assert.Equal(t, "pay/transactions: masked 2026-11-04 to 2026-11-17 (flood)", run.Treated)
}

// What is learned from bucket to bucket leaves out the buckets that an outage touches,
// and a day that is hardly touched stays a pair.
func TestOutagesAreNoPairs(t *testing.T) {
	zone := zoneOf(t, "Europe/Stockholm")
	at := func(d, h int) time.Time { return time.Date(2026, time.March, d, h, 0, 0, 0, zone) }
	s := models.Signal{Outages: []models.Outage{{From: at(3, 10), To: at(3, 12)}, {From: at(5, 10), To: at(5, 10).Add(20 * time.Minute)}}}
	g := &grid{}
	for h := range 24*5 + 1 {
		g.starts = append(g.starts, at(1, 0).Add(time.Duration(h)*time.Hour).Unix())
	}
	values := make([]float64, 24*5)
	var missing []int
	for i, v := range g.up(s, values) {
		if math.IsNaN(v) {
			missing = append(missing, i)
		}
	}
	assert.Equal(t, []int{2*24 + 10, 2*24 + 11, 4*24 + 10}, missing)
	assert.True(t, down(s, at(3, 0), at(4, 0), downShare))
	assert.False(t, down(s, at(4, 0), at(5, 0), downShare))
	assert.False(t, down(s, at(5, 0), at(6, 0), downShare), "twenty minutes of a day")
}
