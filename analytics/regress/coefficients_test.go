package regress

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shop is a year and a bit of days that sell a share more on Saturdays, with noise.
func shop(seed uint64, days int, saturday, sd float64) (times []time.Time, y []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for i := range days {
		at := time.Date(2022, 1, 3+i, 0, 0, 0, 0, time.UTC)
		v := 1000 * math.Exp(sd*rng.NormFloat64())
		if at.Weekday() == time.Saturday {
			v *= saturday
		}
		times, y = append(times, at), append(y, v)
	}
	return times, y
}

func fitted(t *testing.T, times []time.Time, y []float64, centre Coefficients) *Model {
	m, err := Fit(times, y, Options{Step: calendar.Step{Unit: calendar.Day, N: 1}, Centre: centre})
	require.NoError(t, err)
	return m
}

// A short and noisy history learns its week from siblings that have shown theirs.
func TestSiblingsTeachTheWeek(t *testing.T) {
	var panel Panel
	for seed := range uint64(5) {
		times, y := shop(seed, 400, 1.8, 0.05)
		panel.Add(fitted(t, times, y, nil).Coefficients())
	}
	var alone, taught float64
	for seed := range uint64(20) {
		times, y := shop(100+seed, 28, 1.8, 0.4)
		ahead := times[len(times)-2 : len(times)-1] // a Saturday
		require.Equal(t, time.Saturday, ahead[0].Weekday())
		miss := func(centre Coefficients) float64 {
			m := fitted(t, times, y, centre)
			sunday := m.Predict(times[len(times)-1:])[0]
			return math.Abs(math.Log(m.Predict(ahead)[0]/sunday) - math.Log(1.8))
		}
		alone, taught = alone+miss(nil)/20, taught+miss(panel.Mean(nil))/20
	}
	assert.Less(t, taught, alone/2)
}

func TestPanelLeavesOut(t *testing.T) {
	var panel Panel
	own := Coefficients{"weekday::1": 10, "year::1": 1}
	panel.Add(own)
	assert.Nil(t, panel.Mean(nil), "too few")
	for _, v := range []float64{1, 2, 3} {
		panel.Add(Coefficients{"weekday::1": v})
	}
	assert.InDelta(t, 2, panel.Mean(own)["weekday::1"], 1e-12)
	assert.InDelta(t, 4, panel.Mean(nil)["weekday::1"], 1e-12)
	assert.NotContains(t, panel.Mean(nil), "year::1", "one of four has it")
}

// A series in its own unit has amounts, which other series do not share.
func TestCoefficientsAreOfLogarithms(t *testing.T) {
	times, y := shop(1, 100, 1.5, 0.1)
	for i := range y {
		y[i] -= 1200
	}
	assert.Empty(t, fitted(t, times, y, nil).Coefficients())
}

func TestPriorAsJSON(t *testing.T) {
	times, y := shop(1, 400, 1.5, 0.1)
	want := fitted(t, times, y, nil).Prior()
	text, err := json.Marshal(want)
	require.NoError(t, err)
	var got Prior
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Equal(t, *want, got)

	for text, part := range map[string]string{
		`{"sigma":0}`:                        "sigma 0 is not above 0",
		`{"sigma":1,"tau":{"weekday":-2}}`:   "weekday -2 is not above 0",
		`{"sigma":"wide"}`:                   "reading prior strengths",
		`{"sigma":1,"tau":{"weekday":null}}`: "weekday 0 is not above 0",
	} {
		assert.ErrorContains(t, json.Unmarshal([]byte(text), new(Prior)), part, text)
	}
	require.NoError(t, json.Unmarshal([]byte(`{"sigma":0.1,"tau":{"moon":3}}`), &got), "what another version knew is passed over")
	assert.Equal(t, defaultPrior().tau, got.tau)
}
