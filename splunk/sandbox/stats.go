package sandbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// stage is one command, compiled: a table in, a table out. It gives up when the
// context ends.
type stage func(context.Context, table) (table, error)

// grouping is the aggregates of a command and the fields that part its rows.
type grouping struct {
	aggregates []aggregate
	by         []string
}

// parseGrouping reads "function function … by field field …".
func parseGrouping(c *cursor, now time.Time) (grouping, error) {
	var g grouping
	for !c.atEnd() && !c.peek().isFold("by") && !c.peek().isFold("where") {
		if c.take(",") {
			continue
		}
		a, err := parseAggregate(c, now)
		if err != nil {
			return g, err
		}
		if slices.ContainsFunc(g.aggregates, func(b aggregate) bool { return a.as == b.as }) {
			return g, fmt.Errorf("the output field '%s' cannot have the same name as another", a.as)
		}
		g.aggregates = append(g.aggregates, a)
	}
	if len(g.aggregates) == 0 {
		return g, fmt.Errorf("a statistical function is missing %s", c.here())
	}
	return g, nil
}

func parseStats(args string, now time.Time) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	for { // options about how to compute, which change nothing here
		if key, _, ok := c.option(); !ok {
			break
		} else if key != "partitions" && key != "allnum" && key != "delim" {
			return nil, fmt.Errorf("the argument '%s' is invalid", key)
		}
	}
	g, err := parseGrouping(c, now)
	if err != nil {
		return nil, err
	}
	if c.takeFold("by") {
		if g.by, err = c.names(nil); err != nil {
			return nil, err
		}
	}
	if !c.atEnd() {
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	}
	return g.run, nil
}

// group is one combination of the values of the by fields.
type group struct {
	keys    []value
	tallies []tally
}

// run aggregates; rows that lack a by field are left out, and a multivalue by field
// puts its row in several groups. Rows come out in order of the by fields.
func (g grouping) run(ctx context.Context, in table) (table, error) {
	groups := map[string]*group{}
	if len(g.by) == 0 {
		groups[""] = g.newGroup(nil)
	}
	for i, r := range in.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return table{}, ctx.Err()
		}
		for _, keys := range g.keys(r) {
			id := keyID(keys)
			at := groups[id]
			if at == nil {
				at = g.newGroup(keys)
				groups[id] = at
			}
			at.add(r)
		}
	}
	return g.output(groups), nil
}

func (g grouping) newGroup(keys []value) *group {
	at := &group{keys: keys, tallies: make([]tally, len(g.aggregates))}
	for i, a := range g.aggregates {
		at.tallies[i].of = a
	}
	return at
}

func (g grouping) output(groups map[string]*group) table {
	out := table{columns: slices.Clone(g.by)}
	for _, a := range g.aggregates {
		out.columns = append(out.columns, a.as)
	}
	ordered := make([]*group, 0, len(groups))
	for _, at := range groups {
		ordered = append(ordered, at)
	}
	slices.SortFunc(ordered, func(a, b *group) int { return compareAll(a.keys, b.keys) })
	for _, at := range ordered {
		r, any := &row{set: map[string]value{}}, len(at.keys) > 0
		for i, name := range g.by {
			r.set[name] = at.keys[i]
		}
		for i := range at.tallies {
			v := at.tallies[i].result()
			r.set[g.aggregates[i].as] = v
			any = any || !v.isNull()
		}
		if any {
			out.rows = append(out.rows, r)
		}
	}
	return out
}

// keys returns the combinations of the row's values of the by fields.
func (g grouping) keys(r *row) [][]value {
	out := [][]value{nil}
	for _, name := range g.by {
		v := r.get(name)
		if v.isNull() {
			return nil
		}
		if v.kind != multi {
			for i := range out {
				out[i] = append(out[i], v)
			}
			continue
		}
		var wider [][]value
		for _, s := range v.mv {
			for _, keys := range out {
				wider = append(wider, append(slices.Clone(keys), textOf(s)))
			}
		}
		out = wider
	}
	return out
}

func keyID(keys []value) string {
	if len(keys) == 1 {
		return keys[0].text()
	}
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(k.text())
		b.WriteByte(0)
	}
	return b.String()
}

// compareAll orders by the first key that differs; numbers come before text.
func compareAll(a, b []value) int {
	for i := range a {
		x, okX := a[i].number()
		y, okY := b[i].number()
		switch {
		case okX && okY && x != y:
			return cmp.Compare(x, y)
		case okX != okY && okX:
			return -1
		case okX != okY:
			return 1
		case a[i].kind == number && b[i].kind == number:
			continue
		}
		if c := strings.Compare(a[i].text(), b[i].text()); c != 0 { // 1 and 1.0 too are two
			return c
		}
	}
	return 0
}
