package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// aggregate is one function of stats, timechart or tstats: what it reads, and the
// column that it makes.
type aggregate struct {
	function string // canonical: count, sum, perc, …
	percent  float64
	field    string // "" for count of rows
	eval     expr   // instead of field
	as       string
}

// parseAggregate reads one function, with its "as name" if there is one.
func parseAggregate(c *cursor, now time.Time) (aggregate, error) {
	t := c.next()
	if t.kind != tokenWord {
		c.i = max(0, c.i-1)
		return aggregate{}, fmt.Errorf("a statistical function is missing %s", c.here())
	}
	a := aggregate{as: t.text}
	var ok bool
	if a.function, a.percent, ok = functionName(t.text); !ok {
		return aggregate{}, fmt.Errorf("the argument '%s' is invalid", t.text)
	}
	switch {
	case c.take("("):
		if err := a.argument(c, t.text, now); err != nil {
			return aggregate{}, err
		}
	case a.function != "count":
		return aggregate{}, fmt.Errorf("the function '%s' needs a field", t.text)
	}
	if c.takeFold("as") {
		var err error
		if a.as, err = c.name(); err != nil {
			return aggregate{}, err
		}
	}
	return a, nil
}

// argument reads (field) or (eval(…)); the opening parenthesis is passed.
func (a *aggregate) argument(c *cursor, called string, now time.Time) error {
	if c.take(")") {
		if a.function != "count" {
			return fmt.Errorf("the function '%s' needs a field", called)
		}
		return nil
	}
	if c.peek().isFold("eval") && c.ahead(1).is("(") {
		c.i += 2
		src, err := c.inner()
		if err != nil {
			return err
		}
		if a.eval, err = parseExpr(src, now); err != nil {
			return err
		}
		a.as = fmt.Sprintf("%s(eval(%s))", called, src)
		return c.expect(")")
	}
	var err error
	if a.field, err = c.name(); err != nil {
		return err
	}
	if strings.Contains(a.field, "*") {
		return fmt.Errorf("a wildcard in '%s(%s)' is not supported by this server", called, a.field)
	}
	a.as = fmt.Sprintf("%s(%s)", called, a.field)
	return c.expect(")")
}

// functionName resolves aliases and percentiles (p95, perc95, exactperc95).
func functionName(s string) (name string, percent float64, ok bool) {
	switch s = strings.ToLower(s); s {
	case "c":
		return "count", 0, true
	case "mean":
		return "avg", 0, true
	case "distinct_count":
		return "dc", 0, true
	case "count", "sum", "avg", "min", "max", "dc", "values", "list", "first", "last", "earliest", "latest",
		"median", "range", "stdev", "stdevp", "var", "varp", "mode", "sumsq":
		return s, 0, true
	}
	for _, prefix := range []string{"exactperc", "upperperc", "perc", "p"} {
		if digits, found := strings.CutPrefix(s, prefix); found {
			if x, err := strconv.ParseFloat(digits, 64); err == nil && x >= 0 && x <= 100 {
				return "perc", x, true
			}
		}
	}
	return "", 0, false
}

// read returns what the aggregate sees of a row.
func (a aggregate) read(r *row) value {
	switch {
	case a.eval != nil:
		v := a.eval(r)
		if v.kind == boolean && v.n == 0 && a.function == "count" {
			return value{} // count(eval(x>1)) counts where it holds
		}
		return v
	case a.field != "":
		return r.get(a.field)
	}
	return numberOf(1)
}

// tally gathers one aggregate over one group.
type tally struct {
	of      aggregate
	n       int // values
	numbers []float64
	sum     float64
	sumsq   float64
	low     float64
	high    float64
	words   []string // where text matters: values, list, dc, min and max of text
	seen    map[string]int
	first   value
	last    value
	at      [2]float64 // times of first and last, by _time
}

func (t *tally) add(r *row) {
	v := t.of.read(r)
	if v.isNull() {
		return
	}
	switch t.of.function {
	case "first", "last":
		if t.n == 0 {
			t.first = v
		}
		t.last = v
		t.n++
		return
	case "earliest", "latest":
		t.addTimed(v, r)
		return
	}
	if v.kind != multi { // one value, without a slice made for it
		t.addOne(v)
		return
	}
	for _, s := range v.mv {
		t.addOne(textOf(s))
	}
}

func (t *tally) addTimed(v value, r *row) {
	at, _ := r.get("_time").number()
	if t.n == 0 || at < t.at[0] {
		t.first, t.at[0] = v, at
	}
	if t.n == 0 || at > t.at[1] { // rows come newest first: of equals the first stands
		t.last, t.at[1] = v, at
	}
	t.n++
}

func (t *tally) addOne(v value) {
	t.n++
	switch t.of.function {
	case "count":
		return
	case "values", "dc", "mode", "list":
		if t.seen == nil {
			t.seen = map[string]int{}
		}
		s := v.text()
		t.seen[s]++
		if t.of.function == "list" && len(t.words) < 100 {
			t.words = append(t.words, s)
		}
		return
	}
	x, ok := v.number()
	if !ok {
		if t.of.function == "min" || t.of.function == "max" {
			t.words = append(t.words, v.text())
		}
		return
	}
	if len(t.numbers) == 0 {
		t.low, t.high = x, x
	}
	t.low, t.high = min(t.low, x), max(t.high, x)
	t.sum += x
	t.sumsq += x * x
	t.numbers = append(t.numbers, x)
}

// result returns the aggregate's value, null where no value was fit for it.
func (t *tally) result() value {
	switch t.of.function {
	case "count":
		return numberOf(float64(t.n))
	case "dc":
		return numberOf(float64(len(t.seen)))
	case "values":
		return multiOf(sortedKeys(t.seen))
	case "list":
		return multiOf(t.words)
	case "first", "earliest":
		return t.first
	case "last", "latest":
		return t.last
	case "mode":
		return t.mode()
	case "min", "max":
		if len(t.words) > 0 {
			return t.extremeText()
		}
	}
	if len(t.numbers) == 0 {
		return value{}
	}
	return t.numeric(float64(len(t.numbers)))
}

func (t *tally) numeric(n float64) value {
	switch t.of.function {
	case "sum":
		return numberOf(t.sum)
	case "avg":
		return numberOf(t.sum / n)
	case "min":
		return numberOf(t.low)
	case "max":
		return numberOf(t.high)
	case "range":
		return numberOf(t.high - t.low)
	case "sumsq":
		return numberOf(t.sumsq)
	case "median":
		slices.Sort(t.numbers)
		return numberOf(t.numbers[len(t.numbers)/2]) // of an even count the upper of the two, as documented
	case "perc": // the nearest rank, which Splunk documents for up to 1000 distinct values
		slices.Sort(t.numbers)
		rank := int(math.Ceil(t.of.percent / 100 * n))
		return numberOf(t.numbers[min(max(rank, 1), len(t.numbers))-1])
	}
	mean, squares := t.sum/n, 0.0
	for _, x := range t.numbers {
		squares += (x - mean) * (x - mean)
	}
	if t.of.function == "var" || t.of.function == "stdev" {
		n = max(n-1, 1)
	}
	if strings.HasPrefix(t.of.function, "stdev") {
		return numberOf(math.Sqrt(squares / n))
	}
	return numberOf(squares / n)
}

// mode returns the commonest value, of several the first in order.
func (t *tally) mode() value {
	keys := sortedKeys(t.seen)
	if len(keys) == 0 {
		return value{}
	}
	return textOf(slices.MaxFunc(keys, func(a, b string) int { return cmp.Compare(t.seen[a], t.seen[b]) }))
}

// extremeText orders as text as soon as one value is not a number.
func (t *tally) extremeText() value {
	words := slices.Clone(t.words)
	for _, x := range t.numbers {
		words = append(words, formatNumber(x))
	}
	if t.of.function == "min" {
		return textOf(slices.Min(words))
	}
	return textOf(slices.Max(words))
}

func sortedKeys(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
