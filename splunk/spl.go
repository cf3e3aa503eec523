package splunk

import (
	"fmt"
	"strings"

	"foresight/models"
)

// spl writes the search over buckets of g.
func (f *form) spl(g grid, from, to int64) string {
	if f.ofEvents() {
		return f.events(g)
	}
	if g.width != 0 && g.offset == 0 && g.width < daySeconds {
		return f.generating(f.aggregates(), g.width) + " | eval " + epochColumn + "=_time" + f.ending()
	}
	if f.combining == combineNot {
		counted := measure{fn: "count"}
		if f.source == models.SourceMstats {
			counted.field = f.formula.value.field // mstats counts measurements, not points
		}
		return f.generating(f.aggregates()+" "+counted.spl()+" as "+eventsColumn, 0) +
			" | where " + eventsColumn + ">0 | eval " + epochColumn + "=" + g.expression() + f.ending()
	}
	return f.generating(f.aggregates(), finest(g, from, to)) +
		" | eval " + epochColumn + "=" + g.expression() + " | stats " + f.again() +
		" by " + epochColumn + f.byPart() + f.ending()
}

// ofEvents tells whether rows go through stats, which can look at every field and keeps
// what lacks the split's.
func (f *form) ofEvents() bool {
	return f.source == models.SourceEvents || f.source == models.SourceSaved
}

func (f *form) events(g grid) string {
	spl := "search " + f.base
	if f.saved != nil {
		spl = "| savedsearch " + quote(f.saved.Name) + " nosubstitution=true"
		if f.base != "" {
			spl += " | search " + f.base
		}
	}
	spl += " | eval " + epochColumn + "=" + g.expression()
	if f.by != "" {
		spl += ", " + partColumn + "=coalesce(" + evalField(f.by) + "," + quote(noPart) + ")"
	}
	return spl + " | stats " + f.aggregates() + " by " + epochColumn + f.byPart() + f.ending()
}

// generating writes tstats or mstats; span 0 makes one bucket of it all. The split's field
// leaves it under our own name. mstats parts by time where it has a span, and takes no
// _time in its by clause.
func (f *form) generating(aggregates string, span int64) string {
	spl := "| " + string(f.source) + " "
	if f.from != nil && f.from.SummariesOnly {
		spl += "summariesonly=true "
	}
	spl += aggregates
	if f.from != nil {
		spl += " from datamodel=" + f.from.Name + "." + f.from.Dataset
	}
	if f.base != "" {
		spl += " where " + f.base
	}
	var by []string
	if span != 0 && f.source == models.SourceTstats {
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
