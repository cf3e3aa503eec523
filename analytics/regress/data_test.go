package regress

import (
	"bufio"
	"compress/gzip"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// series is one column of a development file, on a gapless daily grid.
type series struct {
	name  string
	times []time.Time
	y     []float64
}

// readDaily reads a tidy daily file of ../shared/data; it skips the test when
// the file is not there.
func readDaily(t testing.TB, file string) []series {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", file))
	if err != nil {
		t.Skip("development data is not here")
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	values := map[string]map[time.Time]float64{}
	var order []string
	for s := bufio.NewScanner(z); s.Scan(); {
		c := strings.Split(s.Text(), ",")
		if c[0] == "series" || c[2] == "" {
			continue
		}
		day, err := time.Parse(time.DateOnly, c[1][:10])
		require.NoError(t, err)
		v, err := strconv.ParseFloat(c[2], 64)
		require.NoError(t, err)
		if values[c[0]] == nil {
			values[c[0]] = map[time.Time]float64{}
			order = append(order, c[0])
		}
		values[c[0]][day] = v
	}
	var out []series
	for _, name := range order {
		var first, last time.Time
		for d := range values[name] {
			if first.IsZero() || d.Before(first) {
				first = d
			}
			if d.After(last) {
				last = d
			}
		}
		s := series{name: name}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			v, ok := values[name][d]
			if !ok {
				v = math.NaN()
			}
			s.times, s.y = append(s.times, d), append(s.y, v)
		}
		out = append(out, s)
	}
	return out
}
