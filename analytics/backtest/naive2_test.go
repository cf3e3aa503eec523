package backtest

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNaive2(t *testing.T) {
	var y []float64
	for i := range 40 {
		y = append(y, (100+float64(i/4))*[4]float64{0.8, 1.2, 1.1, 0.9}[i%4])
	}
	require.True(t, Seasonal(y, 4))
	f := Naive2(y, 4, 5)
	for i, v := range f {
		assert.InEpsilon(t, 109*[4]float64{0.8, 1.2, 1.1, 0.9}[i%4], v, 0.01)
	}
	assert.Equal(t, []float64{y[39], y[39]}, Naive2(y, 1, 2), "no season: the last value")
	assert.Equal(t, []float64{3, 3}, Naive2([]float64{1, 3, nan}, 12, 2), "too short; the last that is there")
	assert.True(t, math.IsNaN(Naive2([]float64{nan}, 12, 1)[0]))
	assert.False(t, Seasonal(y[:11], 4), "below three seasons")

	y[5] = 0 // no multiplicative season for it
	for _, v := range Naive2(y, 4, 8) {
		assert.False(t, math.IsNaN(v))
	}
}

// TestNaive2AgainstR compares the scores of Naive2 on 1000 M3 series with R's: Makridakis's
// SeasonalityTest, stats::decompose and naive, R 4.2.2 (shared/reference). R rounds its scores to
// eight digits, hence the tolerance.
func TestNaive2AgainstR(t *testing.T) {
	want := map[string][2]float64{}
	for _, row := range shared(t, "reference/m3_monthly_r_scores.csv") {
		if row["method"] == "naive2" {
			want[row["series"]] = [2]float64{number(t, row["smape"]), number(t, row["mase"])}
		}
	}
	train, test := map[string][]float64{}, map[string][]float64{}
	for _, row := range shared(t, "data/m3_monthly.csv.gz") {
		into := train
		if row["split"] == "test" {
			into = test
		}
		into[row["series"]] = append(into[row["series"]], number(t, row["value"]))
	}
	require.Len(t, want, 1000)
	for name, w := range want {
		f := Naive2(train[name], 12, len(test[name]))
		assert.InEpsilon(t, w[0], SMAPE(test[name], f), 1e-6, "sMAPE of %s", name)
		assert.InEpsilon(t, w[1], MASE(train[name], 12, test[name], f), 1e-6, "MASE of %s", name)
	}
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

// shared reads an optional file of development data as one map a row.
func shared(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open("../../../shared/" + name)
	if err != nil {
		t.Skipf("optional: no %s beside the checkout", name)
	}
	defer func() { require.NoError(t, f.Close()) }()
	r := csv.NewReader(f)
	if name[len(name)-3:] == ".gz" {
		z, err := gzip.NewReader(f)
		require.NoError(t, err)
		r = csv.NewReader(z)
	}
	rows, err := r.ReadAll()
	require.NoError(t, err)
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[rows[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}
