package smoothing

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shared holds development data and R's results outside the project.
const shared = "../../../shared/"

// rows reads a gzipped CSV file without its header; the test is skipped where
// the data is not at hand.
func rows(t testing.TB, name string) [][]string {
	f, err := os.Open(shared + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no shared data here")
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	r := csv.NewReader(io.Reader(z))
	r.LazyQuotes = true
	r.FieldsPerRecord = -1
	all, err := r.ReadAll()
	require.NoError(t, err)
	return all[1:]
}

// m3 reads the training and test part of the monthly M3 series.
func m3(t testing.TB) (train, test map[string][]float64) {
	train, test = map[string][]float64{}, map[string][]float64{}
	for _, r := range rows(t, "data/m3_monthly.csv.gz") {
		v, err := strconv.ParseFloat(r[2], 64)
		require.NoError(t, err)
		if r[3] == "train" {
			train[r[0]] = append(train[r[0]], v)
		} else {
			test[r[0]] = append(test[r[0]], v)
		}
	}
	return train, test
}

var etsForm = regexp.MustCompile(`ETS\((.),(..?),(.)\).*;loglik=([-0-9.]+);aicc=([-0-9.]+)`)

func formOf(t testing.TB, info string) (Spec, float64, float64) {
	p := etsForm.FindStringSubmatch(info)
	require.NotNil(t, p, info)
	s := Spec{Relative: p[1] == "M", Trend: p[2] != "N", Damped: p[2] == "Ad"}
	switch p[3] {
	case "A":
		s.Season, s.Period = SeasonAdditive, 12
	case "M":
		s.Season, s.Period = SeasonMultiplicative, 12
	}
	l, err := strconv.ParseFloat(p[4], 64)
	require.NoError(t, err)
	a, err := strconv.ParseFloat(p[5], 64)
	require.NoError(t, err)
	return s, l, a
}

func TestLikelihoodIsNotWorseThanRs(t *testing.T) {
	train, _ := m3(t)
	worse, all, gain := 0, 0, 0.0
	begin := time.Now()
	for _, r := range rows(t, "reference/m3_monthly_r_forecasts.csv.gz") {
		if r[1] != "ets" {
			continue
		}
		s, l, _ := formOf(t, r[2])
		m, err := Fit(train[r[0]], s)
		require.NoError(t, err, r[0])
		all++
		gain += m.LogLik - l
		if m.LogLik < l-0.01 {
			worse++
			t.Log(r[0], s, l, m.LogLik, m.Params, r[2])
		}
	}
	t.Log(worse, all, gain/float64(all), time.Since(begin)/time.Duration(all))
}

func TestAutoOnM3(t *testing.T) {
	train, test := m3(t)
	var smape, mase, n, s0, m0 float64
	begin := time.Now()
	var spent time.Duration
	forms := map[string]int{}
	worseA := 0
	for _, r := range rows(t, "reference/m3_monthly_r_forecasts.csv.gz") {
		if r[1] == "naive2" {
			var f []float64
			for _, v := range r[3:] {
				x, _ := strconv.ParseFloat(v, 64)
				f = append(f, x)
			}
			a, b := score(train[r[0]], test[r[0]], f)
			s0 += a
			m0 += b
		}
		if r[1] != "ets" {
			continue
		}
		begin := time.Now()
		m, err := Auto(train[r[0]], 12)
		spent += time.Since(begin)
		require.NoError(t, err, r[0])
		forms[m.Spec.String()]++
		_, _, aicc := formOf(t, r[2])
		if m.AICc > aicc+.02 {
			worseA++
		}
		a, b := score(train[r[0]], test[r[0]], m.Mean(18))
		smape += a
		mase += b
		n++
	}
	t.Log("sMAPE", smape/n, "MASE", mase/n, "OWA", (smape/s0+mase/m0)/2, spent/time.Duration(n), time.Since(begin), forms, "worse AICc", worseA)
}

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
