package analytics

import (
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"

	"github.com/stretchr/testify/require"
)

// hours is one development file of finer buckets, forecast with long and with short histories.
type hours struct {
	file    string
	step    calendar.Step
	country string
	zone    string // where the file's wall clock is that of a zone; its rows then follow one another
	merge   int    // buckets that are made one by their mean, 0 none
	every   int
	history []int // days known before the origin, 0 all
	horizon []int // buckets
	origins int
	apart   int // days between origins
}

var stepHalf, stepFive = calendar.Step{Unit: calendar.Minute, N: 30}, calendar.Step{Unit: calendar.Minute, N: 5}

// The last origins of each file, whatever lies before. Days between origins are odd, so that every
// weekday comes to be an origin.
var subdaily = []hours{
	{"dc_bikeshare_hourly.csv.gz", stepHour, "US", "", 0, 1, []int{20, 30, 60, 120, 400, 0}, []int{48, 168}, 12, 123},
	{"metro_i94_traffic_hourly.csv.gz", stepHour, "US", "", 0, 1, []int{20, 30, 60, 120, 400, 0}, []int{48, 168}, 12, 61},
	{"vic_elec_halfhourly.csv.gz", stepHalf, "AU", "Australia/Melbourne", 2, 1, []int{20, 30, 60, 120, 400, 0}, []int{48, 168}, 12, 53},
	{"dc_bikeshare_hourly.csv.gz", stepHour, "US", "", 0, 1, []int{400, 0}, []int{2160}, 6, 123},
	{"metro_i94_traffic_hourly.csv.gz", stepHour, "US", "", 0, 1, []int{400, 0}, []int{2160}, 6, 61},
	{"vic_elec_halfhourly.csv.gz", stepHalf, "AU", "Australia/Melbourne", 2, 1, []int{400, 0}, []int{2160}, 6, 53},
	{metrics, stepFive, "", "", 12, 1, []int{0}, []int{48}, 2, 1},
	{"vic_elec_halfhourly.csv.gz", stepHalf, "AU", "Australia/Melbourne", 0, 1, []int{60, 400}, []int{96, 672}, 6, 53},
	{metrics, stepFive, "", "", 0, 3, []int{0}, []int{288}, 2, 1},
}

// read gives the file's series in the steps asked for.
func (k hours) read(t *testing.T) []named {
	var out []named
	for i, s := range readRows(t, k.file, k.step, k.zone) {
		if i%max(1, k.every) != 0 {
			continue
		}
		if k.merge > 0 {
			s.Series = coarser(s.Series, k.merge)
		}
		out = append(out, s)
	}
	return out
}

// coarser is the means of n buckets each, in their hours; NaN where one is missing.
func coarser(s Series, n int) Series {
	out := Series{Step: calendar.Step{Unit: calendar.Hour, N: 1}}
	for i := 0; i+n <= len(s.Values); i += n {
		sum := 0.0
		for _, v := range s.Values[i : i+n] {
			sum += v / float64(n)
		}
		out.Times, out.Values = append(out.Times, s.Times[i]), append(out.Values, sum)
	}
	return out
}

// covered is what one series with one length of history gave, at one horizon.
type covered struct{ mae, naive, in80, in90, in95 []float64 }

func (c *covered) add(s Series, origin, h int, f Forecast) {
	actual := s.Values[origin : origin+h]
	if observed(actual) == 0 {
		return
	}
	column := func(j int) []float64 {
		out := make([]float64, h)
		for i := range out {
			out[i] = f.Quantiles[i][j]
		}
		return out
	}
	naive := seasonalNaive(windowAt(s, origin, h, rhythmOf(s.Step), nil))
	c.mae = append(c.mae, backtest.MAE(actual, column(3)))
	c.naive = append(c.naive, backtest.MAE(actual, naive))
	c.in80 = append(c.in80, backtest.Coverage(actual, column(2), column(4)))
	c.in90 = append(c.in90, backtest.Coverage(actual, column(1), column(5)))
	c.in95 = append(c.in95, backtest.Coverage(actual, column(0), column(6)))
}

// pooled gathers series with equal weight.
type pooled struct{ ratio, in80, in90, in95 []float64 }

func (p *pooled) add(c covered) {
	if len(c.mae) == 0 {
		return
	}
	ratio := mean(c.mae) / mean(c.naive)
	if mean(c.naive) < 1e-9 {
		ratio = 1
	}
	p.ratio = append(p.ratio, math.Max(ratio, 0.05))
	p.in80, p.in90, p.in95 = append(p.in80, mean(c.in80)), append(p.in90, mean(c.in90)), append(p.in95, mean(c.in95))
}

func (p *pooled) join(o pooled) {
	p.ratio = append(p.ratio, o.ratio...)
	p.in80, p.in90, p.in95 = append(p.in80, o.in80...), append(p.in90, o.in90...), append(p.in95, o.in95...)
}

// overNaive is the geometric mean of the series' errors over the naive's.
func (p *pooled) overNaive() float64 {
	logs := 0.0
	for _, r := range p.ratio {
		logs += math.Log(r) / float64(len(p.ratio))
	}
	return math.Exp(logs)
}

func (p *pooled) String() string {
	return fmt.Sprintf("%3d over naive %.3f | cover 80 %.3f 90 %.3f 95 %.3f", len(p.ratio), p.overNaive(), mean(p.in80), mean(p.in90), mean(p.in95))
}

// TestSubdailyAccuracy prints, for the development series finer than a day, the mean absolute error
// over that of the week before (geometric mean over series) and the coverage, by length of history
// and horizon, and pooled by step with equal weight a series, a length of history counting as a series
// of its own. It runs only when FORESIGHT_ACCURACY is set (to a file's beginning, hourly or all).
func TestSubdailyAccuracy(t *testing.T) {
	which := os.Getenv("FORESIGHT_ACCURACY")
	if which == "" {
		t.Skip("takes minutes and the optional development series: make accuracy runs it (FORESIGHT_ACCURACY=all)")
	}
	var chosen []hours
	for _, k := range subdaily {
		if which == "all" || which == "hourly" || strings.HasPrefix(k.file, which) {
			chosen = append(chosen, k)
		}
	}
	subdailyTable(t, chosen)
}

// subdailyTable prints a line for each file, history and horizon, and the pools; the server metrics, in
// which anomalies were planted where they are forecast and just before, are a pool of their own.
func subdailyTable(t *testing.T, list []hours) {
	total := map[string]*pooled{}
	for _, k := range list {
		series, cal := k.read(t), calendarOf(t, k.country)
		for _, days := range k.history {
			for _, h := range k.horizon {
				var row pooled
				methods := map[string]float64{}
				for _, s := range series {
					row.add(k.measure(t, s.Series, cal, days, h, methods))
				}
				step := series[0].Step.String()
				pool := step
				if k.file == metrics {
					pool += ", metrics with anomalies"
				}
				if total[pool] == nil {
					total[pool] = &pooled{}
				}
				total[pool].join(row)
				t.Logf("%-24s %-5s days %4d h %4d %v | %v", strings.TrimSuffix(k.file, ".csv.gz"), step, days, h, &row, shares(methods))
			}
		}
	}
	t.Log("figures hourly: | step | series × histories × horizons | error over the naive's | in 80 % | in 90 % | in 95 % |\nfigures hourly: |---|---|---|---|---|---|")
	for _, step := range slices.Sorted(maps.Keys(total)) {
		p := total[step]
		t.Logf("figures hourly: | %s | %d | %.3f | %.1f | %.1f | %.1f |", step, len(p.ratio), p.overNaive(), 100*mean(p.in80), 100*mean(p.in90), 100*mean(p.in95))
	}
}

// measure forecasts one series from the origins with so many days known.
func (k hours) measure(t *testing.T, s Series, cal *calendar.Calendar, days, h int, methods map[string]float64) covered {
	var c covered
	perDay := int(s.Step.PerDay())
	for j := range k.origins {
		origin := len(s.Values) - h - j*k.apart*perDay
		from := 0
		if days > 0 {
			from = origin - days*perDay
		}
		if from < 0 || origin < len(s.Values)/3 || observed(s.Values[from:origin]) < 5*perDay {
			continue
		}
		known := Series{Times: s.Times[from:origin], Values: s.Values[from:origin], Step: s.Step}
		f, err := Run(context.Background(), known, Options{Horizon: h, Quantiles: accuracyQuantiles, Calendar: cal, Model: os.Getenv("FORESIGHT_MODEL")})
		require.NoError(t, err)
		if slices.Min(known.Values) >= 0 {
			checkSane(t, f)
		}
		for _, m := range f.Members {
			methods[m.Name] += m.Weight
		}
		c.add(Series{Times: s.Times[from:], Values: s.Values[from:], Step: s.Step}, origin-from, h, f)
	}
	return c
}

// readRows reads a file; with a zone, whose repeated hours in autumn no wall clock tells apart, the rows
// are taken to follow one another from the first on.
func readRows(t *testing.T, file string, step calendar.Step, zone string) []named {
	if zone == "" {
		return readShared(t, file, step)
	}
	place, err := time.LoadLocation(zone)
	require.NoError(t, err)
	rows := readTable(t, file)
	at := parseTime(t, rows[1][1])
	s := named{name: rows[1][0], Series: Series{Step: step}}
	first := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, place)
	for i, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		s.Times, s.Values = append(s.Times, step.Add(first, i)), append(s.Values, v)
	}
	return []named{s}
}
