package sandbox

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// metricPrefix begins the names of the fields that hold a metric point's measurements.
const metricPrefix = "metric_name:"

// metricNames returns the names of the measurements that the event holds, sorted.
func (e Event) metricNames() []string {
	var out []string
	for field := range e.Fields {
		if name, ok := strings.CutPrefix(field, metricPrefix); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// spanAtEnd is mstats' span where it has no by clause.
var spanAtEnd = regexp.MustCompile(`(?i)(?:^|\s)span\s*=\s*([0-9A-Za-z@]+)\s*$`)

// parseMstats reads "| mstats function(metric) [as name] … [where terms] [by field …] [span=…]".
// It sees the points of metric indexes only. Either its functions name metrics, or they all
// read _value, which is then each measurement's by itself, and metric_name its name.
func parseMstats(args string, now time.Time) (filter, stage, error) {
	var width *span
	if m := spanAtEnd.FindStringSubmatchIndex(args); m != nil {
		sp, err := parseSpan(args[m[2]:m[3]])
		if err != nil {
			return filter{}, nil, err
		}
		width, args = &sp, args[:m[0]]
	}
	head, where, by := cutClauses(args)
	c, err := newCursor(head, modeArgs)
	if err != nil {
		return filter{}, nil, err
	}
	if key, val, ok := c.option(); ok {
		return filter{}, nil, fmt.Errorf("the option %s=%s is not supported by this server", key, val)
	}
	g, err := parseGrouping(c, now)
	if err != nil {
		return filter{}, nil, err
	}
	if by != "" {
		fields, err := newCursor(by, modeArgs)
		if err != nil {
			return filter{}, nil, err
		}
		if g.by, err = fields.names(nil); err != nil {
			return filter{}, nil, err
		}
	}
	if slices.Contains(g.by, "_time") {
		return filter{}, nil, fmt.Errorf("_time may not stand in the by clause: span parts by time")
	}
	each, err := eachMeasurement(g)
	if err != nil {
		return filter{}, nil, err
	}
	terms, err := parseFilter(where, now)
	switch {
	case err != nil:
		return filter{}, nil, err
	case terms.bare:
		return filter{}, nil, fmt.Errorf("words without a field are not supported in the where clause by this server")
	case slices.Contains(terms.fields, "metric_name") && !each:
		return filter{}, nil, fmt.Errorf("metric_name in the where clause needs functions of _value")
	case width != nil:
		g.by = append([]string{"_time"}, g.by...)
	}
	return terms, mstatsStage(g, width, each, terms.match), nil
}

// eachMeasurement reports whether the functions read _value.
func eachMeasurement(g grouping) (bool, error) {
	values := 0
	for _, a := range g.aggregates {
		switch {
		case a.eval != nil:
			return false, fmt.Errorf("eval inside a function is not supported by mstats")
		case a.field == "":
			return false, fmt.Errorf("the function '%s' needs a metric", a.function)
		case a.function == "dc" || a.function == "values" || a.percent != float64(int(a.percent)):
			return false, fmt.Errorf("the function '%s' is not supported by mstats", a.as)
		case a.field == "_value":
			values++
		}
	}
	if values > 0 && values < len(g.aggregates) {
		return false, fmt.Errorf("functions of _value and of named metrics may not be mixed")
	}
	return values > 0, nil
}

// mstatsStage parts points into measurements where those are asked for, and aggregates.
func mstatsStage(g grouping, width *span, each bool, match predicate) stage {
	return func(ctx context.Context, in table) (table, error) {
		var out table
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			var rows []*row
			if each {
				rows = measurements(r, match)
			} else if g.measures(r) {
				rows = []*row{r}
			}
			for _, one := range rows {
				if width != nil {
					one.put("_time", numberOf(width.floor(one.rec.epoch)))
				}
			}
			out.rows = append(out.rows, rows...)
		}
		return g.run(ctx, out)
	}
}

// measures reports whether the point has one of the metrics that are asked for.
func (g grouping) measures(r *row) bool {
	return slices.ContainsFunc(g.aggregates, func(a aggregate) bool { return len(r.rec.Fields[metricPrefix+a.field]) > 0 })
}

// measurements are the rows of a point that satisfy the terms, one for each measurement.
func measurements(r *row, match predicate) []*row {
	var out []*row
	for _, name := range r.rec.metricNames() {
		one := &row{rec: r.rec, tsidx: true, set: map[string]value{"metric_name": textOf(name), "_value": multiOf(r.rec.Fields[metricPrefix+name])}}
		if match(one) {
			out = append(out, one)
		}
	}
	return out
}
