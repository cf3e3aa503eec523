package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseCommand compiles one command behind a pipe.
func parseCommand(name, args string, now time.Time, b bounds) (stage, error) {
	switch strings.ToLower(name) {
	case "stats":
		return parseStats(args, now)
	case "eventstats", "streamstats":
		return parseOver(args, now, strings.EqualFold(name, "streamstats"))
	case "timechart":
		return parseTimechart(args, now, b)
	case "chart":
		return parseChart(args, now)
	case "bin", "bucket":
		return parseBin(args)
	case "eval":
		return parseEval(args, now)
	case "where":
		e, err := parseExpr(args, now)
		if err != nil {
			return nil, err
		}
		return keep(func(r *row) bool { return e(r).isTrue() }), nil
	case "search":
		f, err := parseFilter(args, now)
		if err != nil {
			return nil, err
		}
		if len(f.times) > 0 {
			return nil, fmt.Errorf("a time range after the first pipe is not supported by this server")
		}
		return keep(f.match), nil
	case "fields":
		return parseFields(args)
	case "table":
		return parseTable(args)
	case "rename":
		return parseRename(args)
	case "sort":
		return parseSort(args)
	case "head", "tail":
		return parseHead(strings.ToLower(name), args)
	case "dedup":
		return parseDedup(args)
	case "reverse":
		return func(_ context.Context, in table) (table, error) {
			in.rows = slices.Clone(in.rows)
			slices.Reverse(in.rows)
			return in, nil
		}, nil
	case "fillnull":
		return parseFillnull(args)
	case "rex":
		return parseRex(args)
	case "mvexpand":
		return parseMvexpand(args)
	}
	return nil, errUnknown
}

// keep passes the rows that test takes.
func keep(test predicate) stage {
	return func(ctx context.Context, in table) (table, error) {
		out := table{columns: in.columns}
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			if test(r) {
				out.rows = append(out.rows, r)
			}
		}
		return out, nil
	}
}

// each changes every row; the rows belong to the pipeline, so they change in place.
func each(column string, change func(*row)) stage {
	return func(ctx context.Context, in table) (table, error) {
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			change(r)
		}
		return in.withColumn(column), nil
	}
}

// parseEval reads "field=expression, field=expression …".
func parseEval(args string, now time.Time) (stage, error) {
	c, err := newCursor(args, modeExpr)
	if err != nil {
		return nil, err
	}
	var stages []stage
	for {
		target, err := c.name()
		if err != nil {
			return nil, err
		}
		if err := c.expect("="); err != nil {
			return nil, err
		}
		p := exprParser{cursor: c, now: now}
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		stages = append(stages, assign(target, e))
		if c.atEnd() {
			return inOrder(stages), nil
		}
		if err := c.expect(","); err != nil {
			return nil, err
		}
	}
}

// assign sets a field to an expression's value, which may not be a boolean.
func assign(target string, e expr) stage {
	return func(ctx context.Context, in table) (table, error) {
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			v := e(r)
			if v.kind == boolean {
				return table{}, refusef("Error in 'eval' command: Fields cannot be assigned a boolean result. Instead, try if([bool expr], [expr], [expr]).")
			}
			r.put(target, v)
		}
		return in.withColumn(target), nil
	}
}

func inOrder(stages []stage) stage {
	return func(ctx context.Context, in table) (table, error) {
		var err error
		for _, s := range stages {
			if in, err = s(ctx, in); err != nil {
				return table{}, err
			}
		}
		return in, nil
	}
}

// parseBin reads "bin field span=… [as name]" in either order.
func parseBin(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	var field, as, width string
	for !c.atEnd() {
		key, val, ok := c.option()
		switch {
		case ok && key == "span":
			width = val
		case ok:
			return nil, fmt.Errorf("the option '%s' is not supported by this server", key)
		case field != "" && c.takeFold("as"):
			if as, err = c.name(); err != nil {
				return nil, err
			}
		case field == "":
			if field, err = c.name(); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("the argument is not expected %s", c.here())
		}
	}
	if field == "" || width == "" {
		return nil, fmt.Errorf("bin needs a field and a span on this server")
	}
	if as == "" {
		as = field
	}
	sp, err := parseSpan(width)
	if err != nil {
		return nil, err
	}
	if field != "_time" && sp.months > 0 {
		return nil, fmt.Errorf("a span of months is for _time only")
	}
	return each(as, func(r *row) {
		if x, ok := r.get(field).number(); ok {
			r.put(as, numberOf(sp.floor(x)))
		}
	}), nil
}

// parseFields reads "fields [+|-] name …"; + keeps _time and _raw besides.
func parseFields(args string) (stage, error) {
	args = strings.TrimSpace(args)
	minus := strings.HasPrefix(args, "-")
	names, err := nameList(strings.TrimLeft(args, "+-"))
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, in table) (table, error) {
		names := in.expand(names)
		if minus {
			for _, r := range in.rows {
				for _, n := range names {
					r.put(n, value{})
				}
			}
			in.columns = slices.DeleteFunc(slices.Clone(in.header()), func(n string) bool { return slices.Contains(names, n) })
			return in, nil
		}
		for _, internal := range []string{"_time", "_indextime", "_raw"} {
			if in.columns == nil || slices.Contains(in.columns, internal) {
				if !slices.Contains(names, internal) {
					names = append(names, internal)
				}
			}
		}
		return in.project(names), nil
	}, nil
}

func parseTable(args string) (stage, error) {
	names, err := nameList(args)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, in table) (table, error) { return in.project(in.expand(names)), nil }, nil
}

func nameList(args string) ([]string, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	return c.names(nil)
}

// project keeps the named columns only, in that order.
func (t table) project(names []string) table {
	out := table{columns: names, rows: make([]*row, len(t.rows))}
	for i, r := range t.rows {
		kept := &row{set: make(map[string]value, len(names))}
		for _, n := range names {
			kept.set[n] = r.get(n)
		}
		out.rows[i] = kept
	}
	return out
}

// parseRename reads "old as new, old as new …".
func parseRename(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	var stages []stage
	for !c.atEnd() {
		if c.take(",") {
			continue
		}
		from, err := c.name()
		if err != nil {
			return nil, err
		}
		if !c.takeFold("as") {
			return nil, fmt.Errorf("'as' is missing %s", c.here())
		}
		to, err := c.name()
		if err != nil {
			return nil, err
		}
		if strings.Contains(from+to, "*") {
			return nil, fmt.Errorf("wildcards are not supported by this server")
		}
		stages = append(stages, renameOne(from, to))
	}
	if len(stages) == 0 {
		return nil, fmt.Errorf("a field name is missing")
	}
	return inOrder(stages), nil
}

func renameOne(from, to string) stage {
	return func(_ context.Context, in table) (table, error) {
		for _, r := range in.rows {
			r.put(to, r.get(from))
			r.put(from, value{})
		}
		if i := slices.Index(in.columns, from); i >= 0 {
			columns := slices.Clone(in.columns)
			columns[i] = to
			for j := len(columns) - 1; j >= 0; j-- { // the renamed column takes the place of its namesake
				if j != i && columns[j] == to {
					columns = slices.Delete(columns, j, j+1)
				}
			}
			in.columns = columns
		}
		return in, nil
	}
}

func parseHead(name, args string) (stage, error) {
	n := 10
	if args = strings.TrimPrefix(args, "limit="); args != "" {
		var err error
		if n, err = strconv.Atoi(args); err != nil || n < 0 {
			return nil, fmt.Errorf("'%s' is not a count: expressions are not supported by this server", args)
		}
	}
	return func(_ context.Context, in table) (table, error) {
		k := min(n, len(in.rows))
		if name == "head" {
			in.rows = in.rows[:k]
			return in, nil
		}
		in.rows = slices.Clone(in.rows[len(in.rows)-k:])
		slices.Reverse(in.rows) // tail turns the order round
		return in, nil
	}, nil
}
