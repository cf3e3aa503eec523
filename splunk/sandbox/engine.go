package sandbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errUnknown = errors.New("unknown search command")

// refusal is an error in Splunk's own words, capital letter, full stop and all.
type refusal string

func (r refusal) Error() string { return string(r) }

func refusef(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// program is a search, compiled.
type program struct {
	terms     filter
	within    bounds
	source    stage     // tstats' or mstats' own work, or nil
	metrics   bool      // points of metric indexes are searched, not events
	dataset   string    // of the data model that tstats reads, or ""
	generate  generator // inputlookup's and rest's rows, or nil
	made      int       // makeresults: how many rows; -1: events are searched
	stages    []stage
	reporting bool // it has a command that transforms
	now       time.Time
}

// outcome is what a search found.
type outcome struct {
	table   table
	scanned int
	events  int
}

// compile parses a search that starts with "search" or a pipe. The bounds are those
// of the request; ranges named in the search replace them.
func compile(spl string, b bounds, now time.Time, k knowledge) (*program, error) {
	parts, err := splitPipes(spl)
	if err != nil {
		return nil, refusef("Error in 'SearchParser': %v.", err)
	}
	generating := strings.TrimSpace(parts[0]) == ""
	if generating {
		parts = parts[1:]
	}
	if len(parts) == 0 {
		return nil, refusef("Search string cannot be empty")
	}
	p := &program{within: b, made: -1, now: now}
	name, args := splitName(parts[0])
	switch strings.ToLower(name) {
	case "search":
		p.terms, err = parseFilter(args, now)
	case "tstats":
		p.terms, p.source, p.dataset, err = parseTstats(args, now, k)
		p.reporting = true
	case "mstats":
		p.terms, p.source, err = parseMstats(args, now)
		p.reporting, p.metrics = true, true
	case "makeresults":
		p.made, err = parseMakeresults(args)
		p.reporting = true
	case "inputlookup", "rest":
		if k.kv == nil {
			return nil, unknown(name, generating)
		}
		parse := k.parseInputlookup
		if strings.EqualFold(name, "rest") {
			parse = k.parseRest
		}
		p.generate, err = parse(args)
		p.reporting = true
	case "savedsearch":
		if p, err = k.expand(args, b, now); err != nil {
			return nil, inCommand(name, err)
		}
		if !generating {
			return nil, mustBeFirst(name)
		}
		return p, p.addStages(parts[1:], k)
	default:
		return nil, unknown(name, generating)
	}
	if err != nil {
		return nil, inCommand(name, err)
	}
	if (p.source != nil || p.made >= 0 || p.generate != nil) && !generating {
		return nil, mustBeFirst(name)
	}
	p.terms.match = inIndexes(p.terms)
	p.within = p.terms.apply(b)
	if p.within.earliest >= p.within.latest {
		return nil, refusef("Invalid time range: earliest (%s) is not before latest (%s).", formatNumber(p.within.earliest), formatNumber(p.within.latest))
	}
	return p, p.addStages(parts[1:], k)
}

func mustBeFirst(name string) error {
	return refusef("Error in '%s' command: This command must be the first command of a search.", name)
}

// inIndexes keeps a search that names no index to the user's default one, main, and
// its wildcards from the internal ones, as Splunk does.
func inIndexes(f filter) predicate {
	if f.match == nil {
		return nil // makeresults
	}
	named := slices.Contains(f.fields, "index")
	return func(r *row) bool {
		if !named && r.rec.Index != "main" || strings.HasPrefix(r.rec.Index, "_") && !slices.Contains(f.indexes, r.rec.Index) {
			return false
		}
		return f.match(r)
	}
}

func (p *program) addStages(parts []string, k knowledge) error {
	for _, part := range parts {
		name, args := splitName(part)
		if name == "" {
			return refusef("Error in 'SearchParser': Missing a search command before '|'.")
		}
		var s stage
		var err error
		if strings.EqualFold(name, "outputlookup") && k.kv != nil {
			s, err = k.parseOutputlookup(args)
		} else {
			s, err = parseCommand(name, args, p.now, p.within)
		}
		if errors.Is(err, errUnknown) {
			return unknown(name, true)
		}
		if err != nil {
			return inCommand(name, err)
		}
		switch strings.ToLower(name) {
		case "stats", "timechart", "chart", "table":
			p.reporting = true
		}
		p.stages = append(p.stages, s)
	}
	return nil
}

// unknown refuses a command; a real Splunk command that only this server lacks is
// refused in the same words.
func unknown(name string, piped bool) error {
	if !piped {
		return refusef("Unknown search command '%s'. A search starts with 'search' or a pipe.", name)
	}
	return refusef("Unknown search command '%s'.", name)
}

func inCommand(name string, err error) error {
	return refusef("Error in '%s' command: %v.", strings.ToLower(name), err)
}

// run searches a snapshot. Events come newest first.
func (p *program) run(ctx context.Context, all []*record) (outcome, error) {
	var out outcome
	switch {
	case p.generate != nil:
		var err error
		if out.table, err = p.generate(); err != nil {
			return outcome{}, err
		}
	case p.made >= 0:
		for range p.made {
			out.table.rows = append(out.table.rows, &row{set: map[string]value{"_time": numberOf(math.Floor(epochOf(p.now)))}})
		}
		out.table.columns = []string{"_time"}
	default:
		var err error
		if out, err = p.search(ctx, all); err != nil {
			return outcome{}, err
		}
	}
	stages := p.stages
	if p.source != nil {
		stages = append([]stage{p.source}, stages...)
	}
	var err error
	out.table, err = inOrder(stages)(ctx, out.table)
	return out, err
}

func (p *program) search(ctx context.Context, all []*record) (outcome, error) {
	var out outcome
	in := between(all, p.within.earliest, p.within.latest)
	for i := len(in) - 1; i >= 0; i-- {
		if i%1024 == 0 && ctx.Err() != nil {
			return out, ctx.Err()
		}
		rec := in[i]
		if rec.Metric != p.metrics || rec.indexed < p.within.indexEarliest || rec.indexed >= p.within.indexLatest {
			continue
		}
		out.scanned++
		r := &row{rec: rec, tsidx: p.source != nil, dataset: p.dataset}
		if p.terms.match(r) {
			out.table.rows = append(out.table.rows, r)
		}
	}
	out.events = len(out.table.rows)
	return out, nil
}

// parseMakeresults reads "makeresults [count=N]".
func parseMakeresults(args string) (int, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return 0, err
	}
	n := 1
	for !c.atEnd() {
		key, val, ok := c.option()
		if !ok || key != "count" {
			return 0, fmt.Errorf("the argument is not expected %s", c.here())
		}
		if n, err = strconv.Atoi(val); err != nil || n < 0 || n > 1e6 {
			return 0, fmt.Errorf("the count '%s' is invalid", val)
		}
	}
	return n, nil
}
