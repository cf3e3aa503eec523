package analytics

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"foresight/analytics/calendar"

	"github.com/stretchr/testify/require"
)

// shared is where the development series lie, when they do.
const shared = "../../shared/data/"

// metrics is the file of server metrics every five minutes.
const metrics = "nab_aws_artificial.csv.gz"

// named is one series of a file.
type named struct {
	name string
	Series
	test []float64 // the part kept aside by the file's split column
}

// readShared reads a development file's series.
func readShared(t testing.TB, file string, step calendar.Step) []named {
	t.Helper()
	rows := readTable(t, file)
	type raw struct {
		times  []time.Time
		values []float64
		test   []float64
	}
	var order []string
	all := map[string]*raw{}
	for _, row := range rows[1:] {
		r := all[row[0]]
		if r == nil {
			r = &raw{}
			all[row[0]] = r
			order = append(order, row[0])
		}
		v := math.NaN()
		if row[2] != "" {
			var err error
			v, err = strconv.ParseFloat(row[2], 64)
			require.NoError(t, err)
		}
		if len(row) > 3 && row[3] == "test" {
			r.test = append(r.test, v)
			continue
		}
		r.times, r.values = append(r.times, parseTime(t, row[1])), append(r.values, v)
	}
	var out []named
	for _, name := range order {
		s, err := Regularize(all[name].times, all[name].values, step)
		if file == metrics && err != nil {
			continue // two of them stamp a dozen points with one time
		}
		require.NoError(t, err, name)
		out = append(out, named{name, s, all[name].test})
	}
	return out
}

// readTable reads a development file's rows, the head among them; the test is skipped where the
// optional folder is absent.
func readTable(t testing.TB, file string) [][]string {
	t.Helper()
	f, err := os.Open(shared + file)
	if err != nil {
		t.Skip("optional: no development series beside the checkout")
	}
	defer func() { require.NoError(t, f.Close()) }()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	rows, err := csv.NewReader(z).ReadAll()
	require.NoError(t, err)
	return rows
}

func parseTime(t testing.TB, text string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	require.Fail(t, "unreadable time", text)
	return time.Time{}
}
