package sandbox

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
)

// parseRex reads `rex [field=FIELD] "pattern with (?<names>…)"`.
func parseRex(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	field := "_raw"
	for {
		key, val, ok := c.option()
		if !ok {
			break
		}
		if key != "field" {
			return nil, fmt.Errorf("the option '%s' is not supported by this server", key)
		}
		field = val
	}
	t := c.next()
	if t.kind != tokenString || !c.atEnd() {
		return nil, fmt.Errorf("one pattern in quotes is expected %s", c.here())
	}
	re, err := regexp.Compile(t.text)
	if err != nil {
		return nil, fmt.Errorf("the pattern '%s' cannot be read by this server: %w", t.text, err)
	}
	var stages []stage
	for i, name := range re.SubexpNames() {
		if name == "" {
			continue
		}
		stages = append(stages, each(name, func(r *row) {
			if found := re.FindStringSubmatchIndex(r.get(field).text()); found != nil && found[2*i] >= 0 {
				r.put(name, textOf(r.get(field).text()[found[2*i]:found[2*i+1]]))
			}
		}))
	}
	if len(stages) == 0 {
		return nil, fmt.Errorf("the pattern '%s' names no group, as in (?<name>…)", t.text)
	}
	return inOrder(stages), nil
}

// parseMvexpand reads "mvexpand FIELD [limit=N]": a row for each value.
func parseMvexpand(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	field, err := c.name()
	if err != nil {
		return nil, err
	}
	limit := 0
	if key, val, ok := c.option(); ok {
		if limit, err = strconv.Atoi(val); err != nil || key != "limit" || limit < 0 {
			return nil, fmt.Errorf("the option '%s=%s' is invalid", key, val)
		}
	}
	if !c.atEnd() {
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	}
	return expandRows(field, limit), nil
}

func expandRows(field string, limit int) stage {
	return func(ctx context.Context, in table) (table, error) {
		out := table{columns: in.columns}
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			values := r.get(field).values()
			if len(values) < 2 {
				out.rows = append(out.rows, r)
				continue
			}
			if limit > 0 && len(values) > limit {
				values = values[:limit]
			}
			for _, v := range values {
				one := &row{rec: r.rec, tsidx: r.tsidx, set: maps.Clone(r.set)}
				one.put(field, textOf(v))
				out.rows = append(out.rows, one)
			}
		}
		return out, nil
	}
}
