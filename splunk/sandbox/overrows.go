package sandbox

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// over is the functions of eventstats and streamstats, which write beside each row what
// they found over its group.
type over struct {
	grouping
	current bool // streamstats: the row itself counts
	window  int  // streamstats: so many rows at most; 0: all before
}

// parseOver reads "[option=…] function … [by field …]"; running is streamstats.
func parseOver(args string, now time.Time, running bool) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	o := over{current: true}
	for {
		key, val, ok := c.option()
		if !ok {
			break
		}
		switch {
		case running && key == "current":
			o.current, err = truth(val)
		case running && key == "window":
			if o.window, err = strconv.Atoi(val); err == nil && o.window < 0 {
				err = fmt.Errorf("the window '%s' is invalid", val)
			}
		case key == "allnum":
		default:
			err = fmt.Errorf("the option '%s' is not supported by this server", key)
		}
		if err != nil {
			return nil, err
		}
	}
	if o.grouping, err = parseGrouping(c, now); err != nil {
		return nil, err
	}
	if c.takeFold("by") {
		if o.by, err = c.names(nil); err != nil {
			return nil, err
		}
	}
	switch {
	case !c.atEnd():
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	case o.window > 0 && len(o.by) > 0:
		return nil, fmt.Errorf("a window beside a by clause is not supported by this server")
	case running:
		return o.stream, nil
	}
	return o.whole, nil
}

// members parts rows by their by fields; a row that lacks one, or has several values of
// one, belongs to no group.
func (o over) members(ctx context.Context, in table) ([]string, error) {
	ids := make([]string, len(in.rows))
	for i, r := range in.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if keys := o.keys(r); len(keys) == 1 {
			ids[i] = "of " + keyID(keys[0])
		}
	}
	return ids, nil
}

// whole is eventstats: every row of a group learns what holds of all of it.
func (o over) whole(ctx context.Context, in table) (table, error) {
	ids, err := o.members(ctx, in)
	if err != nil {
		return table{}, err
	}
	groups := map[string]*group{}
	for i, id := range ids {
		if id == "" {
			continue
		}
		if groups[id] == nil {
			groups[id] = o.newGroup(nil)
		}
		groups[id].add(in.rows[i])
	}
	found := map[string][]value{}
	for id, g := range groups {
		found[id] = g.results()
	}
	for i, id := range ids {
		for j, v := range found[id] {
			in.rows[i].put(o.aggregates[j].as, v)
		}
	}
	return o.widen(in), nil
}

// stream is streamstats: every row learns what holds of the rows up to it. Results are written
// when all are known, so that no row reads what another was given.
func (o over) stream(ctx context.Context, in table) (table, error) {
	ids, err := o.members(ctx, in)
	if err != nil {
		return table{}, err
	}
	results := make([][]value, len(in.rows))
	if o.window > 0 {
		results, err = o.windows(ctx, in)
	} else {
		err = o.running(ctx, in, ids, results)
	}
	if err != nil {
		return table{}, err
	}
	for i, found := range results {
		for j, v := range found {
			in.rows[i].put(o.aggregates[j].as, v)
		}
	}
	return o.widen(in), nil
}

// running gathers each group from its first row on.
func (o over) running(ctx context.Context, in table, ids []string, results [][]value) error {
	groups := map[string]*group{}
	for i, r := range in.rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if ids[i] == "" {
			continue
		}
		g := groups[ids[i]]
		if g == nil {
			g = o.newGroup(nil)
			groups[ids[i]] = g
		}
		if o.current {
			g.add(r)
		}
		results[i] = g.results()
		if !o.current {
			g.add(r)
		}
	}
	return nil
}

// windows gathers the last rows anew for each row: a window is short.
func (o over) windows(ctx context.Context, in table) ([][]value, error) {
	results := make([][]value, len(in.rows))
	for i := range in.rows {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		end := i
		if o.current {
			end = i + 1
		}
		g := o.newGroup(nil)
		for _, r := range in.rows[max(0, end-o.window):end] {
			g.add(r)
		}
		results[i] = g.results()
	}
	return results, nil
}

func (g *group) add(r *row) {
	for j := range g.tallies {
		g.tallies[j].add(r)
	}
}

func (g *group) results() []value {
	out := make([]value, len(g.tallies))
	for j := range g.tallies {
		out[j] = g.tallies[j].result()
	}
	return out
}

// widen adds the columns that are new.
func (o over) widen(in table) table {
	for _, a := range o.aggregates {
		in = in.withColumn(a.as)
	}
	return in
}
