package splunk

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// form is a checked query, ready to be written as SPL for any stretch of time.
type form struct {
	label     string
	base      string // in parentheses, with the index-time bound
	source    models.Source
	formula   formula
	by        string // the split's field, "" for none
	witness   *form  // nil when the query has none
	combining combining
}

// grid numbers the buckets of one search: floor((t+offset)/width)*width-offset, or
// a single bucket when width is 0.
type grid struct {
	width, offset int64 // seconds
	single        int64 // the bucket when width is 0
}

// bucket returns the start of the bucket that holds an epoch.
func (g grid) bucket(epoch int64) int64 {
	if g.width == 0 {
		return g.single
	}
	shifted := epoch + g.offset
	n := shifted / g.width
	if shifted%g.width < 0 {
		n--
	}
	return n*g.width - g.offset
}

// expression prints the bucket of _time.
func (g grid) expression() string {
	switch {
	case g.width == 0:
		return strconv.FormatInt(g.single, 10)
	case g.offset == 0:
		return fmt.Sprintf("floor(_time/%d)*%d", g.width, g.width)
	default:
		return fmt.Sprintf("floor((_time%+d)/%d)*%d%+d", g.offset, g.width, g.width, -g.offset)
	}
}

// compile checks a query and makes it ready to be written.
func compile(q models.Query, indexedBy time.Time) (*form, error) {
	fail := func(err error) (*form, error) { return nil, fmt.Errorf("query %s: %w", q.ID, err) }
	if !knownSpan(q.Span) {
		return fail(fmt.Errorf("span %q is none of 5m, 15m, 30m, 1h, 1d, 1w, 1mon", q.Span))
	}
	f := &form{label: "query " + q.ID, source: q.Source}
	var err error
	if f.base, err = base(q.Search, q.Source, indexedBy); err != nil {
		return fail(fmt.Errorf("search: %w", err))
	}
	if f.formula, err = parseFormula(q.Signal, q.Source); err != nil {
		return fail(err)
	}
	f.combining = f.formula.combining()
	if q.Source == models.SourceTstats && (f.formula.value.cond != nil || f.formula.weight != nil && f.formula.weight.cond != nil) {
		return fail(fmt.Errorf("tstats cannot count(eval(…)): use source events"))
	}
	if q.Split != nil {
		if f.by, err = splitField(*q.Split); err != nil {
			return fail(fmt.Errorf("split: %w", err))
		}
	}
	if q.Witness == nil {
		return f, nil
	}
	if !knownSpan(q.Witness.Span) || q.Witness.Span == models.SpanWeek || q.Witness.Span == models.SpanMonth {
		return fail(fmt.Errorf("witness: span %q is none of 5m, 15m, 30m, 1h, 1d", q.Witness.Span))
	}
	f.witness = &form{
		label: "witness of query " + q.ID, source: q.Source,
		formula: formula{value: measure{fn: "count"}}, combining: combineAdd,
	}
	if f.witness.base, err = base(q.Witness.Search, q.Source, indexedBy); err != nil {
		return fail(fmt.Errorf("witness: search: %w", err))
	}
	return f, nil
}

func knownSpan(s models.Span) bool {
	return s.Duration() > 0 || s == models.SpanDay || s == models.SpanWeek || s == models.SpanMonth
}

func splitField(s models.Split) (string, error) {
	if err := checkField(s.By); err != nil {
		return "", err
	}
	if s.By == "_time" {
		return "", fmt.Errorf("_time is what the buckets are made of: split by another field")
	}
	if s.Max < 1 {
		return "", fmt.Errorf("max is %d: keep at least 1 value", s.Max)
	}
	return s.By, nil
}

// base checks a base search and closes it off in parentheses.
func base(search string, source models.Source, indexedBy time.Time) (string, error) {
	switch source {
	case models.SourceEvents, models.SourceTstats:
	default:
		return "", fmt.Errorf("source %q is neither events nor tstats", source)
	}
	if err := checkBase(search, source); err != nil {
		return "", err
	}
	b := "(" + strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(search)) + ")"
	if indexedBy.IsZero() {
		return b, nil
	}
	if source != models.SourceEvents {
		return "", fmt.Errorf("known_by indextime needs source events: tstats has no usable index time")
	}
	return b + " _index_latest=" + strconv.FormatInt(indexedBy.Unix(), 10), nil
}

// spl writes the search over buckets of g.
func (f *form) spl(g grid, from, to int64) string {
	if f.source == models.SourceEvents {
		return f.events(g)
	}
	if g.width != 0 && g.offset == 0 && g.width < daySeconds {
		return f.tstats(f.aggregates(), g.width) + " | eval " + epochColumn + "=_time" + f.ending()
	}
	if f.combining == combineNot {
		return f.tstats(f.aggregates()+" count as "+eventsColumn, 0) +
			" | where " + eventsColumn + ">0 | eval " + epochColumn + "=" + g.expression() + f.ending()
	}
	return f.tstats(f.aggregates(), finest(g, from, to)) +
		" | eval " + epochColumn + "=" + g.expression() + " | stats " + f.again() +
		" by " + epochColumn + f.byPart() + f.ending()
}

func (f *form) events(g grid) string {
	spl := "search " + f.base + " | eval " + epochColumn + "=" + g.expression()
	if f.by != "" {
		spl += ", " + partColumn + "=coalesce(" + evalField(f.by) + "," + quote(noPart) + ")"
	}
	return spl + " | stats " + f.aggregates() + " by " + epochColumn + f.byPart() + f.ending()
}

// tstats writes the generating command; span 0 makes one bucket of it all. The
// split's field leaves it under our own name.
func (f *form) tstats(aggregates string, span int64) string {
	spl := "| tstats " + aggregates + " where " + f.base
	var by []string
	if span != 0 {
		by = append(by, "_time")
	}
	if f.by != "" {
		by = append(by, statsField(f.by))
	}
	if len(by) > 0 {
		spl += " by " + strings.Join(by, ", ")
	}
	if span != 0 {
		spl += fmt.Sprintf(" span=%ds", span)
	}
	if f.by != "" {
		spl += " | rename " + statsField(f.by) + " as " + partColumn
	}
	return spl
}

func (f *form) aggregates() string {
	s := f.formula.value.spl() + " as " + valueColumn
	if f.formula.weight != nil {
		s += " " + f.formula.weight.spl() + " as " + weightColumn
	}
	return s
}

// again combines finer rows into the buckets of the grid.
func (f *form) again() string {
	fn := map[combining]string{combineAdd: "sum", combineMax: "max", combineMin: "min", combineLast: "latest"}[f.combining]
	s := fn + "(" + valueColumn + ") as " + valueColumn
	if f.formula.weight != nil {
		s += " " + fn + "(" + weightColumn + ") as " + weightColumn
	}
	return s
}

func (f *form) byPart() string {
	if f.by == "" {
		return ""
	}
	return ", " + partColumn
}

func (f *form) ending() string {
	s := " | sort 0 " + epochColumn + " | table " + epochColumn + " " + valueColumn
	if f.formula.weight != nil {
		s += " " + weightColumn
	}
	if f.by != "" {
		s += " " + partColumn
	}
	return s
}

// finest returns the widest span, an hour or a part of it, of which every bucket
// of g within [from, to) can be built.
func finest(g grid, from, to int64) int64 {
	for _, w := range []int64{3600, 1800, 900, 300, 60} {
		if from%w == 0 && to%w == 0 && g.offset%w == 0 {
			return w
		}
	}
	return 1
}
