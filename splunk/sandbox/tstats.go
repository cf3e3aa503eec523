package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// parseTstats reads "| tstats [option=…] function … [where terms] [by field … span=…]".
// It sees index-time fields only, and refuses any other by name, where Splunk would
// silently find nothing.
//
// "from datamodel=MODEL.DATASET" before the where clause has it read a data model instead,
// whose name it returns.
func parseTstats(args string, now time.Time, k knowledge) (filter, stage, string, error) {
	fail := func(err error) (filter, stage, string, error) { return filter{}, nil, "", err }
	head, where, by := cutClauses(args)
	head, from := cutFrom(head)
	c, err := newCursor(head, modeArgs)
	if err != nil {
		return fail(err)
	}
	summariesOnly := false
	for {
		key, val, ok := c.option()
		if !ok {
			break
		}
		on, err := truth(val)
		switch {
		case key == "summariesonly" && err == nil:
			summariesOnly = on
		case (key == "allow_old_summaries" || key == "prestats") && err == nil && !on:
		default:
			return fail(fmt.Errorf("the option %s=%s is not supported by this server", key, val))
		}
	}
	g, err := parseGrouping(c, now)
	if err != nil {
		return fail(err)
	}
	terms, err := parseFilter(where, now)
	if err != nil {
		return fail(err)
	}
	if terms.bare {
		return fail(fmt.Errorf("words without a field are not supported in the where clause by this server"))
	}
	var width *span
	if g.by, width, err = parseBy(by); err != nil {
		return fail(err)
	}
	known, dataset := k.isIndexed, ""
	if from != "" {
		m, err := k.dataModel(from)
		if err != nil {
			return fail(err)
		}
		if terms, err = m.within(terms, summariesOnly, now); err != nil {
			return fail(err)
		}
		known, dataset = m.has, m.Dataset
	}
	if err := onlyKnown(g, terms, known, dataset); err != nil {
		return fail(err)
	}
	return terms, tstatsStage(g, width), dataset, nil
}

// cutClauses parts the functions from the where and by clauses, outside of quotes.
func cutClauses(args string) (head, where, by string) {
	if i := clause(args, "by"); i >= 0 {
		args, by = args[:i], args[i+len("by"):]
	}
	if i := clause(args, "where"); i >= 0 {
		args, where = args[:i], args[i+len("where"):]
	}
	return args, where, by
}

// clause returns the place of a bare word, in any case, or -1.
func clause(args, word string) int {
	inQuotes := false
	for i := 0; i+len(word) <= len(args); i++ {
		end := i + len(word)
		switch {
		case args[i] == '\\' && inQuotes:
			i++
		case args[i] == '"':
			inQuotes = !inQuotes
		case !inQuotes && strings.EqualFold(args[i:end], word) && (i == 0 || isBlank(args[i-1]) || args[i-1] == ')') &&
			(end == len(args) || isBlank(args[end]) || args[end] == '('):
			return i
		}
	}
	return -1
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// parseBy reads the fields of the by clause, and the span of _time.
func parseBy(src string) ([]string, *span, error) {
	c, err := newCursor(src, modeArgs)
	if err != nil {
		return nil, nil, err
	}
	var fields []string
	var width *span
	for !c.atEnd() {
		if c.take(",") {
			continue
		}
		if key, val, ok := c.option(); ok {
			if key != "span" {
				return nil, nil, fmt.Errorf("the option '%s' is not supported by this server", key)
			}
			sp, err := parseSpan(val)
			if err != nil {
				return nil, nil, err
			}
			width = &sp
			continue
		}
		n, err := c.name()
		if err != nil {
			return nil, nil, err
		}
		fields = append(fields, n)
	}
	switch timed := slices.Contains(fields, "_time"); {
	case width != nil && !timed:
		return nil, nil, fmt.Errorf("span needs _time in the by clause")
	case width == nil && timed:
		return nil, nil, fmt.Errorf("_time needs a span in the by clause on this server")
	}
	return fields, width, nil
}

// onlyKnown refuses the fields that tstats would see nothing of.
func onlyKnown(g grouping, terms filter, known func(string) bool, dataset string) error {
	names := slices.Concat(g.by, terms.fields)
	for _, a := range g.aggregates {
		if a.eval != nil {
			return fmt.Errorf("eval inside a function is not supported by tstats")
		}
		if a.field != "" {
			names = append(names, a.field)
		}
	}
	for _, n := range names {
		switch n {
		case "_time", "_indextime", "index", "host", "source", "sourcetype", "splunk_server":
			continue
		}
		if !known(n) && dataset != "" {
			return fmt.Errorf("the field '%s' is not one of the dataset %s: write %s.FIELD", n, dataset, dataset)
		}
		if !known(n) {
			return fmt.Errorf("the field '%s' is not an index-time field: use a search of events", n)
		}
	}
	return nil
}

func tstatsStage(g grouping, width *span) stage {
	return func(ctx context.Context, in table) (table, error) {
		for i, r := range in.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return table{}, ctx.Err()
			}
			if width != nil {
				r.put("_time", numberOf(width.floor(r.rec.epoch)))
			}
		}
		return g.run(ctx, in)
	}
}
