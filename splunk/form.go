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
	base      string // in parentheses, with the index-time bound; "" for everything
	source    models.Source
	from      *models.DataModel   // of tstats; nil for index-time fields
	saved     *models.SavedSearch // of saved
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
	f := &form{label: "query " + q.ID, source: q.Source, from: q.DataModel, saved: q.Saved}
	if err := checkNames(q); err != nil {
		return fail(err)
	}
	var err error
	if f.base, err = base(q.Search, q.Source, indexedBy, q.DataModel != nil || q.Saved != nil); err != nil {
		return fail(fmt.Errorf("search: %w", err))
	}
	if f.formula, err = parseFormula(q.Signal, q.Source); err != nil {
		return fail(err)
	}
	f.combining = f.formula.combining()
	if q.Split != nil {
		if f.by, err = splitField(*q.Split); err != nil {
			return fail(fmt.Errorf("split: %w", err))
		}
	}
	if q.Witness == nil {
		return f, nil
	}
	if f.witness, err = witnessForm(q, indexedBy); err != nil {
		return fail(fmt.Errorf("witness: %w", err))
	}
	return f, nil
}

// witnessForm makes the search that counts whether the witness spoke.
func witnessForm(q models.Query, indexedBy time.Time) (*form, error) {
	w := *q.Witness
	if !knownSpan(w.Span) || w.Span == models.SpanWeek || w.Span == models.SpanMonth {
		return nil, fmt.Errorf("span %q is none of 5m, 15m, 30m, 1h, 1d", w.Span)
	}
	if w.Source == "" {
		w.Source = models.SourceEvents
		if q.Source == models.SourceTstats && q.DataModel == nil {
			w.Source = models.SourceTstats
		}
	}
	f := &form{label: "witness of query " + q.ID, source: w.Source, formula: formula{value: measure{fn: "count"}}, combining: combineAdd}
	switch {
	case w.Source == models.SourceSaved:
		return nil, fmt.Errorf("source saved: use events, tstats or mstats")
	case w.Source == models.SourceMstats && w.Metric == "":
		return nil, fmt.Errorf("source mstats needs a metric to count")
	case w.Source != models.SourceMstats && w.Metric != "":
		return nil, fmt.Errorf("a metric is counted with source mstats only")
	case w.Source == models.SourceMstats:
		if err := checkMetric(w.Metric); err != nil {
			return nil, err
		}
		f.formula.value.field = w.Metric
	}
	var err error
	if f.base, err = base(w.Search, w.Source, indexedBy, false); err != nil {
		return nil, fmt.Errorf("search: %w", err)
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

// base checks a base search and closes it off in parentheses. It may be missing where
// something else says what is read.
func base(search string, source models.Source, indexedBy time.Time, optional bool) (string, error) {
	switch source {
	case models.SourceEvents, models.SourceTstats, models.SourceMstats, models.SourceSaved:
	default:
		return "", fmt.Errorf("source %q is none of events, tstats, mstats and saved", source)
	}
	if !indexedBy.IsZero() && source != models.SourceEvents {
		return "", fmt.Errorf("known_by indextime needs source events: %s has no usable index time", source)
	}
	if optional && strings.TrimSpace(search) == "" {
		return "", nil
	}
	if err := checkBase(search, source); err != nil {
		return "", err
	}
	b := "(" + strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(search)) + ")"
	if indexedBy.IsZero() {
		return b, nil
	}
	return b + " _index_latest=" + strconv.FormatInt(indexedBy.Unix(), 10), nil
}
