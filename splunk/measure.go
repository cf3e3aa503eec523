package splunk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"foresight/models"
)

// combining says how the values of two parts, or of two days, make one.
type combining int

const (
	combineNot combining = iota
	combineAdd
	combineMax
	combineMin
	combineLast // over time only: the later one
)

// measure is one parsed SPL aggregate.
type measure struct {
	fn    string    // count, sum, avg, max, min, latest, dc, pNN
	field string    // "" for count
	cond  condition // of count(eval(…)), else nil
}

var (
	percentile = regexp.MustCompile(`^(?:p|perc)([0-9]{1,2}(?:\.[0-9]{1,3})?)$`)
	synonyms   = map[string]string{
		"mean": "avg", "distinct_count": "dc", "last": "latest", "median": "p50",
	}
)

// parseMeasure reads one measure:
//
//	measure = "count" | "count" "(" field ")" | "count" "(" "eval" "(" condition ")" ")"
//	        | function "(" field ")"
//	function = "sum" | "avg" | "mean" | "max" | "min" | "last" | "latest"
//	         | "dc" | "distinct_count" | "median" | "pNN" | "percNN"
//
// last means the last in time, which SPL calls latest.
func parseMeasure(s string) (measure, error) {
	p, err := newParser(s)
	if err != nil {
		return measure{}, err
	}
	m, err := p.measure()
	if err != nil {
		return measure{}, err
	}
	if p.peek().kind != kindEnd {
		return measure{}, fmt.Errorf("%q follows the measure, which must stand alone", p.peek().text)
	}
	return m, nil
}

func (p *parser) measure() (measure, error) {
	name := p.next()
	if name.kind != kindWord {
		return measure{}, fmt.Errorf("a measure begins with a function such as count or sum, not %q", name.text)
	}
	fn, err := function(name.text)
	if err != nil {
		return measure{}, err
	}
	if p.peek().text != "(" || p.peek().kind != kindSign {
		if fn == "count" {
			return measure{fn: fn}, nil
		}
		return measure{}, fmt.Errorf("%s needs a field: %s(field)", name.text, name.text)
	}
	p.next()
	arg := p.next()
	if fn == "count" && arg.kind == kindWord && strings.EqualFold(arg.text, "eval") && p.peek().is("(") {
		p.next()
		cond, err := p.or(0)
		if err != nil {
			return measure{}, err
		}
		if err := p.expect(")"); err != nil {
			return measure{}, err
		}
		return measure{fn: fn, cond: cond}, p.expect(")")
	}
	if arg.kind == kindSign || arg.kind == kindEnd {
		return measure{}, fmt.Errorf("%s( must be followed by a field", name.text)
	}
	if err := checkField(arg.text); err != nil {
		return measure{}, err
	}
	return measure{fn: fn, field: arg.text}, p.expect(")")
}

// function returns the SPL name of a function that a measure may use.
func function(name string) (string, error) {
	fn := strings.ToLower(name)
	if s, ok := synonyms[fn]; ok {
		fn = s
	}
	switch fn {
	case "count", "sum", "avg", "max", "min", "latest", "dc":
		return fn, nil
	}
	m := percentile.FindStringSubmatch(fn)
	if m == nil {
		return "", fmt.Errorf("%q is no known measure: use count, sum(f), avg(f), max(f), min(f), last(f), dc(f) or p95(f)", name)
	}
	if x, err := strconv.ParseFloat(m[1], 64); err != nil || x <= 0 || x >= 100 {
		return "", fmt.Errorf("percentile %q lies outside (0, 100)", name)
	}
	return "p" + m[1], nil
}

// spl prints the measure as an argument of stats or tstats.
func (m measure) spl() string {
	switch {
	case m.cond != nil:
		return "count(eval(" + m.cond.spl() + "))"
	case m.field == "":
		return m.fn
	default:
		return m.fn + "(" + statsField(m.field) + ")"
	}
}

func (m measure) combining() combining {
	switch m.fn {
	case "count", "sum":
		return combineAdd
	case "max":
		return combineMax
	case "min":
		return combineMin
	case "latest":
		return combineLast
	}
	return combineNot
}

// formula is what a signal measures: a value and, for means and ratios, a weight.
type formula struct {
	value  measure
	weight *measure
	ratio  bool
}

// fits tells whether a source has the measure. mstats has no dc, and counts measurements
// of a metric that it wants named.
func (m measure) fits(source models.Source) error {
	switch {
	case source != models.SourceTstats && source != models.SourceMstats:
		return nil
	case m.cond != nil:
		return fmt.Errorf("%s cannot count(eval(…)): use source events", source)
	case strings.Contains(m.fn, "."):
		return fmt.Errorf("%s has percentiles of whole numbers only: use source events", source)
	case source == models.SourceTstats:
		return nil
	case m.fn == "dc":
		return fmt.Errorf("mstats has no distinct count: use source events")
	case m.field == "":
		return fmt.Errorf("mstats wants a metric: count(cpu.usage), avg(cpu.usage)")
	}
	return checkMetric(m.field)
}

// parseFormula reads a signal's measures. avg(f) becomes sum(f) over the count of
// events in which f is a number, so that it can be combined. tstats and mstats cannot look
// at values; there it is the count of events in which f exists.
func parseFormula(s models.Signal, source models.Source) (formula, error) {
	value, err := parseMeasure(s.Measure)
	if err == nil {
		err = value.fits(source)
	}
	if err != nil {
		return formula{}, fmt.Errorf("measure %q: %w", s.Measure, err)
	}
	if s.Denominator != "" {
		weight, err := parseMeasure(s.Denominator)
		if err == nil {
			err = weight.fits(source)
		}
		if err != nil {
			return formula{}, fmt.Errorf("denominator %q: %w", s.Denominator, err)
		}
		if value.fn == "avg" || weight.fn == "avg" {
			return formula{}, fmt.Errorf("a ratio of avg cannot be combined: use sum(f) over count(f)")
		}
		return formula{value: value, weight: &weight, ratio: true}, nil
	}
	if s.Kind == models.KindRatio {
		return formula{}, fmt.Errorf("a ratio needs a denominator, such as count")
	}
	if value.fn == "avg" {
		weight := &measure{fn: "count", field: value.field}
		if source != models.SourceTstats && source != models.SourceMstats {
			weight = &measure{fn: "count", cond: call{"isnum", evalField(value.field)}}
		}
		return formula{value: measure{fn: "sum", field: value.field}, weight: weight}, nil
	}
	return formula{value: value}, nil
}

// combining is combineNot unless value and weight combine alike.
func (f formula) combining() combining {
	c := f.value.combining()
	if f.weight != nil && (c != combineAdd || f.weight.combining() != c) {
		return combineNot
	}
	return c
}
