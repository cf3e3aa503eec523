package sandbox

import (
	"maps"
	"slices"
	"strings"
)

// row is one line of a result: an event, with what commands have set over it, or a
// line that a command made.
type row struct {
	rec   *record          // nil for a made line
	set   map[string]value // a null hides the event's own field
	tsidx bool             // a row of tstats: it sees what is in the index itself

	dataset string // of a data model, whose fields it sees as DATASET.FIELD
}

func (r *row) get(name string) value {
	if v, ok := r.set[name]; ok {
		return v
	}
	switch {
	case r.rec == nil:
		return value{}
	case r.dataset != "":
		return r.modelled(name)
	case r.tsidx:
		v, _ := r.rec.indexTime(name)
		return v
	}
	return r.rec.get(name)
}

func (r *row) put(name string, v value) {
	if r.set == nil {
		r.set = map[string]value{}
	}
	r.set[name] = v
}

// names returns the names of all fields that have a value, sorted.
func (r *row) names() []string {
	seen := map[string]bool{}
	if r.rec != nil {
		for _, n := range []string{"_time", "_indextime", "_raw", "index", "host", "source", "sourcetype", "splunk_server"} {
			seen[n] = true
		}
		for n := range r.rec.Fields {
			seen[n] = true
		}
		for n := range r.rec.extracted() {
			seen[n] = true
		}
	}
	for n, v := range r.set {
		seen[n] = !v.isNull()
	}
	maps.DeleteFunc(seen, func(_ string, has bool) bool { return !has })
	return slices.Sorted(maps.Keys(seen))
}

// table is what flows from command to command.
type table struct {
	columns []string // in order; nil: whatever the rows hold
	rows    []*row
}

// header returns the columns, those of all rows in sorted order where none are set.
func (t table) header() []string {
	if t.columns != nil {
		return t.columns
	}
	seen := map[string]bool{}
	for _, r := range t.rows {
		for _, n := range r.names() {
			seen[n] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// withColumn adds a column at the end, if columns are fixed and it is not one.
func (t table) withColumn(name string) table {
	if t.columns != nil && !slices.Contains(t.columns, name) {
		t.columns = append(slices.Clone(t.columns), name)
	}
	return t
}

// expand replaces a name with wildcards by the columns that it covers.
func (t table) expand(names []string) []string {
	var out []string
	for _, n := range names {
		if !strings.Contains(n, "*") {
			out = append(out, n)
			continue
		}
		for _, h := range t.header() {
			if wild(n, h) && !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
	}
	return out
}

// wild matches s against a pattern in which * stands for any text, without regard
// to case. Greedy with one step back suffices: only the last * needs retrying.
func wild(pattern, s string) bool {
	p, q := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(s))
	i, j, star, mark := 0, 0, -1, 0
	for j < len(q) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && p[i] == q[j]:
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
