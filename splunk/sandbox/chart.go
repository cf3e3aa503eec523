package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// chart lays groups out as a table: a row for each value of one field, a column for each
// of another. The defaults are Splunk's.
type chart struct {
	grouping
	over, split string
	limit       int
	useOther    bool
	useNull     bool
}

// parseChart reads "chart [option=…] function … over FIELD [by FIELD]" or "… by FIELD [FIELD]".
func parseChart(args string, now time.Time) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	h := chart{limit: 10, useOther: true, useNull: true}
	if err := h.options(c); err != nil {
		return nil, err
	}
	for !c.atEnd() && !c.peek().isFold("over") && !c.peek().isFold("by") {
		if c.take(",") {
			continue
		}
		a, err := parseAggregate(c, now)
		if err != nil {
			return nil, err
		}
		h.aggregates = append(h.aggregates, a)
	}
	if len(h.aggregates) == 0 {
		return nil, fmt.Errorf("a statistical function is missing %s", c.here())
	}
	if err := h.fields(c); err != nil {
		return nil, err
	}
	if err := h.options(c); err != nil {
		return nil, err
	}
	if !c.atEnd() {
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	}
	return h.run, nil
}

// fields reads which values make the rows, and which the columns.
func (h *chart) fields(c *cursor) (err error) {
	if c.takeFold("over") {
		if h.over, err = c.name(); err != nil {
			return err
		}
		if c.takeFold("by") {
			h.split, err = c.name()
		}
		return err
	}
	if !c.takeFold("by") {
		return fmt.Errorf("'over' or 'by' is missing %s", c.here())
	}
	if h.over, err = c.name(); err != nil {
		return err
	}
	c.take(",")
	if !c.atEnd() && !c.ahead(1).is("=") {
		h.split, err = c.name()
	}
	return err
}

func (h *chart) options(c *cursor) error {
	for {
		key, val, ok := c.option()
		if !ok {
			return nil
		}
		var err error
		switch key {
		case "limit":
			h.limit, err = strconv.Atoi(strings.TrimPrefix(val, "top"))
		case "useother":
			h.useOther, err = truth(val)
		case "usenull":
			h.useNull, err = truth(val)
		default:
			err = fmt.Errorf("the option is not supported by this server")
		}
		if err != nil {
			return fmt.Errorf("option %s: %w", key, err)
		}
	}
}

func (h chart) run(ctx context.Context, in table) (table, error) {
	g := h.grouping
	g.by = []string{h.over}
	if h.split == "" {
		return g.run(ctx, in)
	}
	kept := table{}
	for _, r := range in.rows {
		if r.get(h.split).isNull() {
			if !h.useNull {
				continue
			}
			r.put(h.split, textOf("NULL"))
		}
		kept.rows = append(kept.rows, r)
	}
	names, err := h.columns(ctx, kept)
	if err != nil {
		return table{}, err
	}
	g.by = append(g.by, h.split)
	counted, err := g.run(ctx, kept)
	if err != nil {
		return table{}, err
	}
	return h.layOut(counted, names), nil
}

// columns returns the split's values in order of name, the largest where there are more than the
// limit, and names the others OTHER.
func (h chart) columns(ctx context.Context, in table) ([]string, error) {
	weigh := grouping{aggregates: h.aggregates[:1], by: []string{h.over, h.split}}
	counted, err := weigh.run(ctx, in)
	if err != nil {
		return nil, err
	}
	weights := map[string]float64{}
	for _, r := range counted.rows {
		x, _ := r.get(h.aggregates[0].as).number()
		weights[r.get(h.split).text()] += x
	}
	_, hasNull := weights["NULL"]
	delete(weights, "NULL")
	names := slices.Sorted(maps.Keys(weights))
	if h.limit > 0 && len(names) > h.limit {
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(weights[b], weights[a]) })
		names = names[:h.limit]
		slices.Sort(names)
		for _, r := range in.rows {
			if s := r.get(h.split).text(); s != "NULL" && !slices.Contains(names, s) {
				r.put(h.split, textOf("OTHER"))
			}
		}
		if h.useOther {
			names = append(names, "OTHER")
		}
	}
	if hasNull {
		names = append(names, "NULL")
	}
	return names, nil
}

func (h chart) layOut(counted table, names []string) table {
	out := table{columns: []string{h.over}}
	for _, n := range names {
		for _, a := range h.aggregates {
			out.columns = append(out.columns, h.column(n, a))
		}
	}
	for _, r := range counted.rows { // in order of the rows' field
		key := r.get(h.over)
		if n := len(out.rows); n == 0 || out.rows[n-1].get(h.over).text() != key.text() {
			made := &row{set: map[string]value{h.over: key}}
			for _, n := range names {
				for _, a := range h.aggregates {
					if a.function == "count" || a.function == "dc" {
						made.set[h.column(n, a)] = numberOf(0)
					}
				}
			}
			out.rows = append(out.rows, made)
		}
		name := r.get(h.split).text()
		if !slices.Contains(names, name) {
			continue // OTHER that is not asked for
		}
		for _, a := range h.aggregates {
			out.rows[len(out.rows)-1].put(h.column(name, a), r.get(a.as))
		}
	}
	return out
}

// column names a cell's column.
func (h chart) column(name string, a aggregate) string {
	if len(h.aggregates) == 1 {
		return name
	}
	return a.as + ": " + name
}
