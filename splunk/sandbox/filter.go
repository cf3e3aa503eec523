package sandbox

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
)

// predicate is a search term, compiled.
type predicate func(*row) bool

// bounds is the time range of a search, half-open, in epoch seconds.
type bounds struct {
	earliest, latest           float64
	indexEarliest, indexLatest float64 // of _indextime; infinite where not given
}

// filter is the terms of a search command and the range that they name.
type filter struct {
	match   predicate
	times   map[string]float64 // earliest, latest, _index_earliest, _index_latest as found
	fields  []string           // the fields that it compares
	indexes []string           // the values that index is compared with
	bare    bool               // it looks for words in _raw
}

// apply narrows b by the ranges named in the terms: each replaces the request's own.
func (f filter) apply(b bounds) bounds {
	for name, at := range map[string]*float64{"earliest": &b.earliest, "latest": &b.latest,
		"_index_earliest": &b.indexEarliest, "_index_latest": &b.indexLatest} {
		if t, ok := f.times[name]; ok {
			*at = t
		}
	}
	return b
}

type filterParser struct {
	*cursor
	now   time.Time
	depth int // of parentheses
	out   *filter
}

// parseFilter compiles search terms. As in Splunk's search command, OR binds tighter
// than the AND that stands (or is understood) between terms.
func parseFilter(src string, now time.Time) (filter, error) {
	c, err := newCursor(src, modeSearch)
	if err != nil {
		return filter{}, err
	}
	p := filterParser{cursor: c, now: now, out: &filter{times: map[string]float64{}}}
	if p.out.match, err = p.and(); err != nil {
		return filter{}, err
	}
	if !p.atEnd() {
		return filter{}, fmt.Errorf("the term is not expected %s", p.here())
	}
	return *p.out, nil
}

func (p *filterParser) and() (predicate, error) {
	var all []predicate
	for !p.atEnd() && !p.peek().is(")") {
		if len(all) > 0 {
			p.take("AND")
		}
		one, err := p.or()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return func(r *row) bool {
		for _, f := range all {
			if !f(r) {
				return false
			}
		}
		return true
	}, nil
}

func (p *filterParser) or() (predicate, error) {
	first, err := p.not()
	if err != nil || !p.peek().is("OR") {
		return first, err
	}
	anyOf := []predicate{first}
	p.depth++ // so that a time range is refused here too
	defer func() { p.depth-- }()
	for p.take("OR") {
		one, err := p.not()
		if err != nil {
			return nil, err
		}
		anyOf = append(anyOf, one)
	}
	return func(r *row) bool {
		for _, f := range anyOf {
			if f(r) {
				return true
			}
		}
		return false
	}, nil
}

func (p *filterParser) not() (predicate, error) {
	if p.depth > 100 {
		return nil, fmt.Errorf("the search is nested too deeply")
	}
	p.depth++
	defer func() { p.depth-- }()
	if p.take("NOT") {
		inner, err := p.not()
		if err != nil {
			return nil, err
		}
		return func(r *row) bool { return !inner(r) }, nil
	}
	if p.take("(") {
		inner, err := p.and()
		if err != nil {
			return nil, err
		}
		return inner, p.expect(")")
	}
	return p.term()
}

// term reads a comparison, an IN list, a time range or words.
func (p *filterParser) term() (predicate, error) {
	t := p.next()
	if t.kind != tokenWord && t.kind != tokenString || t.is("AND") || t.is("OR") {
		p.i = max(0, p.i-1)
		return nil, fmt.Errorf("a search term is missing %s", p.here())
	}
	if p.peek().isFold("in") && p.ahead(1).is("(") {
		p.i += 2
		return p.in(t.text)
	}
	op := p.peek()
	if op.kind != tokenOp || op.is("(") || op.is(")") || op.is(",") {
		if op.is("(") {
			return nil, fmt.Errorf("the directive %s() is not supported by this server", t.text)
		}
		p.out.bare = true
		return words(t.text), nil
	}
	p.i++
	v := p.next()
	if v.kind != tokenWord && v.kind != tokenString {
		return nil, fmt.Errorf("comparator '%s' has an invalid term on the right hand side", op.text)
	}
	switch name := strings.ToLower(t.text); name {
	case "earliest", "latest", "_index_earliest", "_index_latest":
		return p.timeRange(name, op, v.text)
	}
	p.compares(t.text, v.text)
	return comparison(t.text, op.text, v.text), nil
}

// timeRange notes a range: it holds for the whole search, so that it may not stand
// where it would hold for a part.
func (p *filterParser) timeRange(name string, op token, spec string) (predicate, error) {
	if !op.is("=") {
		return nil, fmt.Errorf("'%s' takes '=' only", name)
	}
	if p.depth > 1 || p.peek().is("OR") {
		return nil, fmt.Errorf("'%s' inside NOT, OR or parentheses is not supported by this server", name)
	}
	t, err := parseTime(spec, p.now)
	if err != nil {
		return nil, err
	}
	p.out.times[name] = epochOf(t)
	return func(*row) bool { return true }, nil
}

func (p *filterParser) compares(field, want string) {
	p.out.fields = append(p.out.fields, field)
	if field == "index" {
		p.out.indexes = append(p.out.indexes, want)
	}
}

func (p *filterParser) in(field string) (predicate, error) {
	var anyOf []predicate
	for !p.take(")") {
		if p.take(",") {
			continue
		}
		t := p.next()
		if t.kind != tokenWord && t.kind != tokenString {
			return nil, fmt.Errorf("the list of IN is not closed")
		}
		p.compares(field, t.text)
		anyOf = append(anyOf, comparison(field, "=", t.text))
	}
	return func(r *row) bool {
		for _, f := range anyOf {
			if f(r) {
				return true
			}
		}
		return false
	}, nil
}

// comparison compiles field op value. = and != know wildcards and no case; an event
// without the field satisfies neither.
func comparison(field, op, want string) predicate {
	x, numeric := parseNumber(want)
	equal := func(v string) bool { return strings.EqualFold(v, want) }
	switch {
	case strings.Contains(want, "*"):
		equal = func(v string) bool { return wild(want, v) }
	case numeric:
		equal = func(v string) bool {
			y, ok := parseNumber(v)
			return ok && x == y || v == want
		}
	}
	test := equal
	switch op {
	case "!=":
		test = func(v string) bool { return !equal(v) }
	case "<", "<=", ">", ">=":
		test = func(v string) bool { return ordered(op, compare(textOf(v), textOf(want))) }
	}
	return func(r *row) bool {
		v := r.get(field)
		if v.kind == text { // nearly always
			return test(v.s)
		}
		for _, s := range v.values() {
			if test(s) {
				return true
			}
		}
		return false
	}
}

// ordered says whether a comparison's outcome satisfies an operator.
func ordered(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "!=":
		return c != 0
	}
	return c == 0
}

// words looks for whole words or a phrase in _raw, without regard to case.
func words(phrase string) predicate {
	if strings.Trim(phrase, "*") == "" {
		return func(*row) bool { return true }
	}
	parts := strings.Split(phrase, "*")
	for i, s := range parts {
		parts[i] = regexp.QuoteMeta(s)
	}
	re, err := regexp.Compile(`(?is)(?:^|[^\pL\pN])` + strings.Join(parts, `[^\s]*`) + `(?:$|[^\pL\pN])`)
	if err != nil { // not valid UTF-8: no event holds it
		return func(*row) bool { return false }
	}
	return func(r *row) bool { return re.MatchString(r.get("_raw").text()) }
}

// unbounded is every moment up to latest.
func unbounded(latest time.Time) bounds {
	return bounds{earliest: math.Inf(-1), latest: epochOf(latest), indexEarliest: math.Inf(-1), indexLatest: math.Inf(1)}
}
