package app

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"foresight/analytics"
	"foresight/analytics/backtest"
	"foresight/internal/tidy"
)

// tableColumn is one figure of the table for people.
type tableColumn struct {
	group  string // heading over this and the next ones; "" continues it
	name   string
	figure string
	width  int
	show   func(float64) string
}

// tableColumns are the figures for people, Foresight's and beside them the seasonal naive's.
func tableColumns(overload bool) []tableColumn {
	c := []tableColumn{
		{"WAPE", "ours", "wape", 9, percent}, {"", "naive", "naive_wape", 7, percent},
		{"MASE", "ours", "mase", 8, decimals(2)}, {"", "naive", "naive_mase", 6, decimals(2)},
		{"CRPS", "ours", "crps", 8, decimals(2)}, {"", "naive", "naive_crps", 6, decimals(2)},
		{"", "OWA", "owa", 7, decimals(2)},
		{"within", "80 %", "coverage80", 9, percent}, {"", "95 %", "coverage95", 8, percent},
		{"peak size", "ours", "peak_size", 9, percent}, {"", "naive", "naive_peak_size", 7, percent},
		{"peak date", "ours", "peak_date", 8, decimals(1)}, {"", "naive", "naive_peak_date", 6, decimals(1)},
	}
	if overload {
		c = append(c, tableColumn{"Brier", "ours", "brier", 8, decimals(3)}, tableColumn{"", "naive", "naive_brier", 7, decimals(3)})
	}
	return c
}

// percent is a share for people; decimals a figure. What cannot be told is a dash.
func percent(v float64) string {
	if !isNumber(v) {
		return "-"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
}

func decimals(n int) func(float64) string {
	return func(v float64) string {
		if !isNumber(v) {
			return "-"
		}
		return strconv.FormatFloat(v, 'f', n, 64)
	}
}

func isNumber(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// longestName is where a series' name is cut in the table.
const longestName = 32

// scoreTable writes backtests as a table, a row a series, then the means over the series.
type scoreTable struct {
	out     *bufio.Writer
	request request
	columns []tableColumn
	name    int // width of names
	begun   bool
	all     *pooled
	bands   map[string]*pooled
	edges   []analytics.BacktestBand // of bands
	said    []float64                // P(overload), by origin of every series
	came    []bool
}

func newScoreTable(w io.Writer, r request, all []tidy.Series) *scoreTable {
	t := &scoreTable{out: bufio.NewWriter(w), request: r, columns: tableColumns(!math.IsNaN(r.Capacity)),
		name: len("all 1000 series"), all: newPooled(), bands: map[string]*pooled{}}
	for _, s := range all {
		t.name = max(t.name, min(longestName, utf8.RuneCountInString(s.Name)))
	}
	return t
}

// put writes a series' row.
func (t *scoreTable) put(s scored) error {
	t.header()
	f := t.request.both(s.Scores, s.Naive, true)
	one := newPooled()
	one.add(f)
	t.row(s.name, strconv.Itoa(s.Horizon), strconv.Itoa(len(s.Origins)), one)
	t.all.add(f)
	for _, b := range s.Bands {
		name := bandName(b)
		if t.bands[name] == nil {
			t.bands[name] = newPooled()
			t.edges = append(t.edges, b)
		}
		t.bands[name].add(t.request.both(b.Scores, b.Naive, false))
	}
	for _, o := range s.Origins {
		if !math.IsNaN(o.Overload) {
			t.said, t.came = append(t.said, o.Overload), append(t.came, o.Overloaded)
		}
	}
	return t.flush()
}

// end writes what all series come to.
func (t *scoreTable) end() error {
	if t.all.n == 0 {
		return nil
	}
	fmt.Fprintln(t.out)
	t.row(seriesCount(t.all.n), "", "", t.all)
	slices.SortFunc(t.edges, func(a, b analytics.BacktestBand) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for _, b := range t.edges {
		t.row("  of these,", bandName(b), "", t.bands[bandName(b)])
	}
	t.reliability()
	return t.flush()
}

func seriesCount(n int) string {
	if n == 1 {
		return "this 1 series"
	}
	return fmt.Sprintf("all %d series", n)
}

// header writes the two lines of headings before the first row.
func (t *scoreTable) header() {
	if t.begun {
		return
	}
	t.begun = true
	groups, names := t.lead("", "buckets", ""), t.lead("series", "ahead", "origins")
	for i, c := range t.columns {
		groups += pad(c.group, c.width, i+1 < len(t.columns) && t.columns[i+1].group == "")
		names += pad(c.name, c.width, false)
	}
	fmt.Fprintln(t.out, strings.TrimRight(groups, " "))
	fmt.Fprintln(t.out, strings.TrimRight(names, " "))
}

// pad sets text to the right of its width, or to the left after the gap between columns.
func pad(text string, width int, left bool) string {
	gap := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
	if left && len(gap) > 3 {
		return "   " + text + gap[3:]
	}
	return gap + text
}

// lead is the beginning of a line.
func (t *scoreTable) lead(name, ahead, origins string) string {
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName-1]) + "…"
	}
	return name + strings.Repeat(" ", max(0, t.name-utf8.RuneCountInString(name))) + pad(ahead, 9, false) + pad(origins, 9, false)
}

func (t *scoreTable) row(name, ahead, origins string, p *pooled) {
	line := t.lead(name, ahead, origins)
	for _, c := range t.columns {
		line += pad(c.show(p.of(c.figure)), c.width, false)
	}
	fmt.Fprintln(t.out, line)
}

// reliability says how often an overload came of those said to be about as likely.
func (t *scoreTable) reliability() {
	if len(t.said) == 0 {
		return
	}
	fmt.Fprintln(t.out, "\noverload within the horizon, by how likely it was said to be")
	for _, b := range backtest.Reliability(t.said, t.came, 5) {
		if b.N > 0 {
			fmt.Fprintf(t.out, "  %3.0f to %3.0f %%   said %3.0f %% on average   came in %3.0f %% of %d\n", 100*b.Low, 100*b.High, 100*b.Forecast, 100*b.Observed, b.N)
		}
	}
}

func (t *scoreTable) flush() error {
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("writing the scores: %w", err)
	}
	return nil
}
