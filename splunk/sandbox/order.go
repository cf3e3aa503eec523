package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// sortKey is one field of sort.
type sortKey struct {
	field string
	down  bool
	how   string // "", num or str
}

// parseSort reads "sort [N] [+|-]field …"; without N it keeps 10000 rows, 0 keeps all.
func parseSort(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	limit := 10000
	if key, val, ok := c.option(); ok && key == "limit" {
		if limit, err = strconv.Atoi(val); err != nil {
			return nil, fmt.Errorf("the limit '%s' is not a count", val)
		}
	} else if n, err := strconv.Atoi(c.peek().text); err == nil && c.peek().kind == tokenWord && n >= 0 && !strings.HasPrefix(c.peek().text, "+") {
		limit = n
		c.i++
	}
	var keys []sortKey
	for !c.atEnd() {
		if c.take(",") {
			continue
		}
		k, err := parseSortKey(c)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("a field name is missing")
	}
	return func(_ context.Context, in table) (table, error) {
		in.rows = slices.Clone(in.rows)
		slices.SortStableFunc(in.rows, func(a, b *row) int { return compareRows(keys, a, b) })
		if limit > 0 && len(in.rows) > limit {
			in.rows = in.rows[:limit]
		}
		return in, nil
	}, nil
}

func parseSortKey(c *cursor) (sortKey, error) {
	var k sortKey
	t := c.peek()
	if t.kind == tokenWord && t.text != "" && (t.text[0] == '-' || t.text[0] == '+') {
		k.down = t.text[0] == '-'
		if rest := t.text[1:]; rest != "" {
			c.i++
			if (rest == "num" || rest == "str" || rest == "auto") && c.take("(") {
				return k.wrapped(c, rest)
			}
			k.field = rest
			return k, nil
		}
		c.i++ // the sign stands alone before the field
	}
	var err error
	if k.field, err = c.name(); err != nil {
		return k, err
	}
	if (k.field == "num" || k.field == "str" || k.field == "auto") && c.take("(") {
		return k.wrapped(c, k.field)
	}
	if c.takeFold("d") || c.takeFold("desc") {
		k.down = !k.down
	}
	return k, nil
}

func (k sortKey) wrapped(c *cursor, how string) (sortKey, error) {
	var err error
	k.how = how
	if k.field, err = c.name(); err != nil {
		return k, err
	}
	return k, c.expect(")")
}

// compareRows puts rows without the field last in either direction.
func compareRows(keys []sortKey, a, b *row) int {
	for _, k := range keys {
		x, y := a.get(k.field), b.get(k.field)
		if x.isNull() || y.isNull() {
			switch {
			case x.isNull() && y.isNull():
				continue
			case x.isNull():
				return 1
			}
			return -1
		}
		c := compareAll([]value{x}, []value{y})
		if k.how == "str" {
			c = strings.Compare(x.text(), y.text())
		}
		if k.down {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// parseDedup reads "dedup [N] field … [keepempty=t] [sortby …]": the first N rows of
// each combination stay, in the order in which the rows come.
func parseDedup(args string) (stage, error) {
	if i := strings.Index(strings.ToLower(args), " sortby "); i >= 0 {
		first, err := parseSort("0 " + args[i+len(" sortby "):])
		if err != nil {
			return nil, err
		}
		then, err := parseDedup(args[:i])
		return inOrder([]stage{first, then}), err
	}
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	n, keepEmpty := 1, false
	if m, err := strconv.Atoi(c.peek().text); err == nil && c.peek().kind == tokenWord {
		if n = m; n < 1 {
			return nil, fmt.Errorf("the count %d must be at least 1", m)
		}
		c.i++
	}
	var names []string
	for !c.atEnd() {
		if key, val, ok := c.option(); ok {
			on, err := truth(val)
			switch {
			case err != nil:
				return nil, err
			case key == "keepempty":
				keepEmpty = on
			case key != "consecutive" && key != "keepevents" || on:
				return nil, fmt.Errorf("the option '%s' is not supported by this server", key)
			}
			continue
		}
		if c.take(",") {
			continue
		}
		name, err := c.name()
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("a field name is missing")
	}
	return func(ctx context.Context, in table) (table, error) {
		seen := map[string]int{}
		return keep(func(r *row) bool {
			keys := make([]value, len(names))
			for i, name := range names {
				if keys[i] = r.get(name); keys[i].isNull() {
					return keepEmpty
				}
			}
			id := keyID(keys)
			seen[id]++
			return seen[id] <= n
		})(ctx, in)
	}, nil
}

// parseFillnull reads "fillnull [value=…] [field …]".
func parseFillnull(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	with := "0"
	if key, val, ok := c.option(); ok {
		if key != "value" {
			return nil, fmt.Errorf("the option '%s' is not supported by this server", key)
		}
		with = val
	}
	var names []string
	if !c.atEnd() {
		if names, err = c.names(nil); err != nil {
			return nil, err
		}
	}
	return func(_ context.Context, in table) (table, error) {
		fill := names
		if fill == nil {
			fill = in.header()
		}
		for _, n := range fill {
			in = in.withColumn(n)
			for _, r := range in.rows {
				if r.get(n).isNull() {
					r.put(n, textOf(with))
				}
			}
		}
		return in, nil
	}, nil
}
