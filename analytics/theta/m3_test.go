package theta_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io/fs"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/theta"
)

// shared holds development data and R's results outside the project.
const shared = "../../../shared/"

// rows reads a gzipped CSV file without its header; the test is skipped where
// the data is not at hand.
func rows(t testing.TB, name string) [][]string {
	f, err := os.Open(shared + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no shared data here: the 1000 monthly series of the M3 competition")
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	r := csv.NewReader(z)
	r.LazyQuotes = true
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	require.NoError(t, err)
	return all[1:]
}

func number(t testing.TB, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

// m3 reads 1000 monthly series of the M3 competition and R's Naive2 of them.
func m3(t testing.TB) (train, test, naive map[string][]float64) {
	train, test, naive = map[string][]float64{}, map[string][]float64{}, map[string][]float64{}
	for _, r := range rows(t, "data/m3_monthly.csv.gz") {
		part := test
		if r[3] == "train" {
			part = train
		}
		part[r[0]] = append(part[r[0]], number(t, r[2]))
	}
	for _, r := range rows(t, "reference/m3_monthly_r_forecasts.csv.gz") {
		if r[1] == "naive2" {
			for _, v := range r[3:21] {
				naive[r[0]] = append(naive[r[0]], number(t, v))
			}
		}
	}
	return train, test, naive
}

// OWA against Naive2 over 1000 monthly series, 18 months ahead. On them R's thetaf
// has 0.841 (R 4.2.2, forecast 8.20), and PyPI statsforecast 2.1.1 (auto_theta by
// model) DOTM 0.827, DSTM 0.839, OTM 0.862, STM 0.840.
func TestForecastsM3(t *testing.T) {
	train, test, naive := m3(t)
	for variant, bar := range map[theta.Variant]float64{theta.DOTM: 0.829, theta.DSTM: 0.841, theta.OTM: 0.867, theta.STM: 0.841} {
		var smape, mase, smape0, mase0 float64
		for name, f := range naive {
			y := train[name]
			m, err := theta.Fit(y, theta.Options{Variant: variant, Season: theta.SeasonTested, Period: 12})
			require.NoError(t, err, name)
			a, b := score(y, test[name], m.Predict(18))
			smape, mase = smape+a, mase+b
			a, b = score(y, test[name], f)
			smape0, mase0 = smape0+a, mase0+b
		}
		owa := (smape/smape0 + mase/mase0) / 2
		t.Logf("%v: OWA %.4f", variant, owa)
		assert.LessOrEqual(t, owa, bar, variant)
	}
}

// score gives sMAPE (%) and MASE.
func score(train, test, f []float64) (smape, mase float64) {
	scale := 0.0
	for i := 12; i < len(train); i++ {
		scale += math.Abs(train[i]-train[i-12]) / float64(len(train)-12)
	}
	for i, v := range test {
		e := math.Abs(v - f[i])
		smape += 200 * e / (math.Abs(v) + math.Abs(f[i])) / float64(len(test))
		mase += e / scale / float64(len(test))
	}
	return smape, mase
}
