package theta_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/smoothing"
	"foresight/analytics/theta"
)

// airPassengers is the series of Box and Jenkins that R ships, 144 months.
func airPassengers(t testing.TB) []float64 {
	raw, err := os.ReadFile("../decompose/testdata/airpassengers_r.json")
	require.NoError(t, err)
	var r struct{ Observations []float64 }
	require.NoError(t, json.Unmarshal(raw, &r))
	return r.Observations
}

// The recursion itself: the figures are those of PyPI statsforecast 2.1.1,
// theta.thetamodel(y, 1, variant, 60, 0.4, theta) on AirPassengers: sum of the squared
// residuals from the fourth on, and forecast_theta(…, 6), to 9 decimals.
func TestRecursionGivesStatsforecastsNumbers(t *testing.T) {
	y := airPassengers(t)
	for _, c := range []struct {
		variant  theta.Variant
		theta    float64
		sse      float64
		forecast []float64
	}{
		{theta.STM, 2, 270845.0692930423, []float64{453.265036568, 454.593628522, 455.922220476, 457.25081243, 458.579404384, 459.907996338}},
		{theta.OTM, 3, 270201.755113869, []float64{454.37219653, 456.143652469, 457.915108407, 459.686564346, 461.458020285, 463.229476223}},
		{theta.DSTM, 2, 272419.35243270925, []float64{453.265036568, 454.586656602, 455.905305716, 457.220923717, 458.533454775, 459.842847177}},
		{theta.DOTM, 3, 272308.8972406798, []float64{454.37219653, 456.13487956, 457.893994721, 459.649524902, 461.401455161, 463.149772591}},
	} {
		t.Run(c.variant.String(), func(t *testing.T) {
			m, err := theta.Run(y, c.variant, theta.Params{Alpha: 0.4, Theta: c.theta, Level: 60})
			require.NoError(t, err)
			assert.InEpsilon(t, c.sse, m.SSE, 1e-12)
			assert.Equal(t, len(y)-3, m.N)
			assert.InDeltaSlice(t, c.forecast, m.Predict(6), 1e-8)
		})
	}
}

// The whole fit beside statsforecast 2.1.1, auto_theta(y, 12, variant) on
// AirPassengers: its "mse", which is the sum of squares over the mean size of the
// adjusted series, and its forecasts of 1, 12 and 24 months ahead. Its Nelder-Mead
// stops early on a flat ridge of θ (23 and 91, and α a few thousandths off): our sum
// of squares must be no larger, and the forecasts agree to what that leaves open.
func TestFitIsNoWorseThanStatsforecasts(t *testing.T) {
	y := airPassengers(t)
	for _, c := range []struct {
		variant   theta.Variant
		mse       float64
		forecast  [3]float64
		tolerance float64
	}{
		{theta.STM, 54.4628595401732, [3]float64{440.969195447, 448.524748049, 462.795235073}, 1e-4},
		{theta.OTM, 53.08940577869708, [3]float64{442.942532017, 462.402349018, 489.686281883}, 1e-2},
		{theta.DSTM, 55.28874952573386, [3]float64{440.774113793, 448.392286566, 462.671247909}, 1e-4},
		{theta.DOTM, 53.68038785251648, [3]float64{442.927194871, 463.477222402, 492.26768132}, 1e-2},
	} {
		t.Run(c.variant.String(), func(t *testing.T) {
			m, err := theta.Fit(y, theta.Options{Variant: c.variant, Season: theta.SeasonTested, Period: 12})
			require.NoError(t, err)
			require.True(t, m.Multiplicative)
			size := 0.0
			for i, v := range y {
				size += v / m.Figures[i%12] / 144
			}
			assert.LessOrEqual(t, m.SSE/size, c.mse)
			assert.Greater(t, m.SSE/size, c.mse*(1-2e-3))
			f := m.Predict(24)
			for i, h := range []int{1, 12, 24} {
				assert.InEpsilon(t, c.forecast[i], f[h-1], c.tolerance)
			}
		})
	}
}

// R's thetaf is the standard model with the α and level of simple exponential
// smoothing (without the line) of the adjusted series: R 4.2.2, forecast 8.20,
// thetaf(AirPassengers, h = 24), the first and last months of each year.
// R's level ℓ_R and ours differ by half the line at 0 and 1: (A+B)/2.
func TestStandardModelGivesRsThetaf(t *testing.T) {
	y := airPassengers(t)
	adjusted, err := theta.Fit(y, theta.Options{Variant: theta.STM, Season: theta.SeasonTested, Period: 12})
	require.NoError(t, err)
	z := make([]float64, len(y))
	for i, v := range y {
		z[i] = v / adjusted.Figures[i%12]
	}
	ses, err := smoothing.Fit(z, smoothing.Spec{})
	require.NoError(t, err)
	at0, slope := straight(z)
	m, err := theta.Run(z, theta.STM, theta.Params{Alpha: ses.Alpha, Theta: 2, Level: ses.Start.Level - (at0+slope)/2})
	require.NoError(t, err)
	f := m.Predict(24)
	for h, want := range map[int]float64{1: 440.078191081586, 6: 545.366272154216, 12: 447.644908742896, 13: 454.529768932994, 24: 461.91539576709} {
		assert.InEpsilon(t, want, f[h-1]*adjusted.Figures[(143+h)%12], 1e-4, "month %d", h)
	}
}

// straight is the least-squares line of z at t = 0, and its slope, t from 1.
func straight(z []float64) (at0, slope float64) {
	n := float64(len(z))
	var mean, stt, sty float64
	for _, v := range z {
		mean += v / n
	}
	for i, v := range z {
		d := float64(i+1) - (n+1)/2
		stt, sty = stt+d*d, sty+d*(v-mean)
	}
	slope = sty / stt
	return mean - slope*(n+1)/2, slope
}

func TestDeadEnds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		y    []float64
		want error
	}{
		{nil, theta.ErrTooShort},
		{[]float64{1, 2, 3, nan}, theta.ErrTooShort},
		{[]float64{1, 2, math.Inf(1), 4, 5}, theta.ErrNotFinite},
		{[]float64{1, 2, 1e151, 4, 5}, theta.ErrNotFinite},
	} {
		_, err := theta.Fit(c.y, theta.Options{})
		require.ErrorIs(t, err, c.want)
		_, err = theta.Run(c.y, theta.DOTM, theta.Params{Alpha: 0.5, Theta: 2})
		require.ErrorIs(t, err, c.want)
	}
	_, err := theta.Fit([]float64{1, 2, 3, 4}, theta.Options{Variant: 9})
	require.Error(t, err)
	_, err = theta.Run([]float64{1, 2, 3, 4}, theta.DOTM, theta.Params{Alpha: 0.5, Theta: 0.5})
	require.Error(t, err)
}
