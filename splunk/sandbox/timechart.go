package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// timechart is the command's options; the defaults are Splunk's.
type timechart struct {
	grouping
	split     string // by field, or ""
	width     *span
	bins      int
	limit     int
	useOther  bool
	useNull   bool
	cont      bool
	within    bounds
	otherName string
}

func parseTimechart(args string, now time.Time, b bounds) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	t := timechart{bins: 100, limit: 10, useOther: true, useNull: true, cont: true, within: b, otherName: "OTHER"}
	if err := t.options(c); err != nil {
		return nil, err
	}
	if t.grouping, err = parseGrouping(c, now); err != nil {
		return nil, err
	}
	if c.takeFold("by") {
		if t.split, err = c.name(); err != nil {
			return nil, err
		}
		if err := t.options(c); err != nil {
			return nil, err
		}
	}
	if !c.atEnd() {
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	}
	return t.run, nil
}

func (t *timechart) options(c *cursor) error {
	for {
		key, val, ok := c.option()
		if !ok {
			return nil
		}
		var err error
		switch key {
		case "span":
			var sp span
			sp, err = parseSpan(val)
			t.width = &sp
		case "bins":
			if t.bins, err = strconv.Atoi(val); err == nil && t.bins < 1 {
				err = fmt.Errorf("bins must be at least 1")
			}
		case "limit":
			t.limit, err = strconv.Atoi(strings.TrimPrefix(val, "top"))
		case "useother":
			t.useOther, err = truth(val)
		case "usenull":
			t.useNull, err = truth(val)
		case "cont":
			t.cont, err = truth(val)
		case "otherstr":
			t.otherName = val
		case "partial": // true is the default; without it the edges would be dropped
			var on bool
			if on, err = truth(val); err == nil && !on {
				err = fmt.Errorf("partial=false is not supported by this server: snap earliest and latest instead")
			}
		default:
			err = fmt.Errorf("the argument '%s' is invalid", key)
		}
		if err != nil {
			return fmt.Errorf("option %s: %w", key, err)
		}
	}
}

// run bins the rows, groups them and lays the groups out: a row a bucket, a column
// an aggregate, or one for each value of the split.
func (t timechart) run(ctx context.Context, in table) (table, error) {
	width := t.span(in.rows)
	kept := table{}
	split := map[string]bool{}
	for i, r := range in.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return table{}, ctx.Err()
		}
		at, ok := r.get("_time").number()
		if !ok {
			continue
		}
		r.put("_time", numberOf(width.floor(at)))
		if t.split != "" {
			v := r.get(t.split)
			if v.isNull() && !t.useNull {
				continue
			}
			if v.isNull() {
				r.put(t.split, textOf("NULL"))
			}
			for _, s := range r.get(t.split).values() {
				split[s] = true
			}
		}
		kept.rows = append(kept.rows, r)
	}
	names, err := t.series(ctx, kept, split)
	if err != nil {
		return table{}, err
	}
	return t.layOut(ctx, kept, names, width)
}

// span returns the given width, or the narrowest usual one that needs no more
// buckets than bins.
func (t timechart) span(rows []*row) span {
	if t.width != nil {
		return *t.width
	}
	from, to := t.within.earliest, t.within.latest
	if math.IsInf(from, 0) || from == 0 || math.IsInf(to, 0) {
		from, to = math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			if at, ok := r.get("_time").number(); ok {
				from, to = min(from, at), max(to, at)
			}
		}
	}
	for _, seconds := range []float64{1, 5, 10, 30, 60, 300, 600, 1800, 3600, 86400} {
		if (to-from)/seconds <= float64(t.bins) {
			return span{seconds: seconds}
		}
	}
	return span{months: 1}
}

// series returns the columns' names in order: the largest values of the split in
// order of name, then OTHER and NULL.
func (t timechart) series(ctx context.Context, in table, split map[string]bool) ([]string, error) {
	if t.split == "" {
		return []string{""}, nil
	}
	names := slices.Sorted(maps.Keys(split))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "NULL" })
	if t.limit > 0 && len(names) > t.limit {
		weight, err := t.weights(ctx, in)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(weight[b], weight[a]) })
		names = names[:t.limit]
		slices.Sort(names)
		keep := map[string]bool{"NULL": true}
		for _, n := range names {
			keep[n] = true
		}
		for _, r := range in.rows {
			if v := r.get(t.split); v.kind != multi && !keep[v.text()] {
				r.put(t.split, textOf(t.otherName))
			}
		}
		if t.useOther {
			names = append(names, t.otherName)
		}
	}
	if split["NULL"] {
		names = append(names, "NULL")
	}
	return names, nil
}

// weights sums the first aggregate over each value of the split.
func (t timechart) weights(ctx context.Context, in table) (map[string]float64, error) {
	g := grouping{aggregates: t.aggregates[:1], by: []string{"_time", t.split}}
	counted, err := g.run(ctx, in)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, r := range counted.rows {
		x, _ := r.get(t.aggregates[0].as).number()
		out[r.get(t.split).text()] += x
	}
	return out, nil
}

func (t timechart) layOut(ctx context.Context, in table, names []string, width span) (table, error) {
	g := t.grouping
	g.by = []string{"_time"}
	if t.split != "" {
		g.by = append(g.by, t.split)
	}
	counted, err := g.run(ctx, in)
	if err != nil {
		return table{}, err
	}
	cells := map[string]*row{}
	var times []float64
	for _, r := range counted.rows {
		at, _ := r.get("_time").number()
		if n := len(times); n == 0 || times[n-1] != at {
			times = append(times, at)
		}
		cells[formatNumber(at)+"\x00"+r.get(t.split).text()] = r
	}
	if times, err = t.fill(times, width); err != nil {
		return table{}, err
	}
	out := table{columns: []string{"_time"}}
	for _, n := range names {
		for _, a := range t.aggregates {
			out.columns = append(out.columns, t.column(n, a))
		}
	}
	for _, at := range times {
		r := &row{set: map[string]value{"_time": numberOf(at)}}
		for _, n := range names {
			cell := cells[formatNumber(at)+"\x00"+n]
			for _, a := range t.aggregates {
				v := value{}
				if cell != nil {
					v = cell.get(a.as)
				} else if a.function == "count" || a.function == "dc" {
					v = numberOf(0)
				}
				r.set[t.column(n, a)] = v
			}
		}
		out.rows = append(out.rows, r)
	}
	return out, nil
}

// column names a cell's column.
func (t timechart) column(series string, a aggregate) string {
	switch {
	case t.split == "":
		return a.as
	case len(t.aggregates) == 1:
		return series
	}
	return a.as + ": " + series
}

// maxBins is limits.conf [discretize] maxbins.
const maxBins = 50000

// fill adds the empty buckets between the first and the last.
func (t timechart) fill(times []float64, width span) ([]float64, error) {
	if !t.cont || len(times) == 0 {
		return times, nil
	}
	last := times[len(times)-1]
	var out []float64
	for at := times[0]; at <= last; at = width.after(at) {
		if out = append(out, at); len(out) > maxBins {
			return nil, refusef("Error in 'timechart' command: the span makes more than %d buckets: use a wider span or a shorter range", maxBins)
		}
	}
	return out, nil
}
