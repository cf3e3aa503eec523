// Package tidy reads and writes tidy CSV: one row an observation, with the columns
// series, time and value; and the lists of events that come beside it.
package tidy

import (
	"fmt"
	"sort"
	"time"
)

// Series is one named series of a file.
type Series struct {
	Name   string
	Times  []time.Time // ascending, unique; starts of buckets
	Values []float64   // NaN: missing
	Layout string      // Go time layout of the input, to print times alike
	Rows   []int       // line of the file that each value stands in, from 1
	Err    error       // why this series cannot be used; the others can
}

// byTime sorts a series' rows; it must be sorted stably, since rows of one
// wall-clock time are told apart by their order in the file.
type byTime struct{ *Series }

func (s byTime) Len() int           { return len(s.Times) }
func (s byTime) Less(i, j int) bool { return s.Times[i].Before(s.Times[j]) }
func (s byTime) Swap(i, j int) {
	s.Times[i], s.Times[j] = s.Times[j], s.Times[i]
	s.Values[i], s.Values[j] = s.Values[j], s.Values[i]
	s.Rows[i], s.Rows[j] = s.Rows[j], s.Rows[i]
}

// builder collects one series.
type builder struct {
	Series
	form form
}

// fail keeps the first error of the series and gives its rows up.
func (b *builder) fail(format string, args ...any) {
	b.Err = fmt.Errorf("series %q: %w", clip(b.Name), fmt.Errorf(format, args...))
	b.Times, b.Values, b.Rows = nil, nil, nil
}

// add takes one row.
func (b *builder) add(t time.Time, f form, value float64, row int) {
	if !b.form.known {
		b.form = f
	}
	switch {
	case b.form.zoned != f.zoned:
		b.fail("row %d: some times have a zone (Z or ±hh:mm) and some have none; write all of them in one form", row)
		return
	case b.form.clock != f.clock:
		b.fail("row %d: some times are dates and some have a time of day; write all of them in one form", row)
		return
	}
	b.form.minutes = b.form.minutes && f.minutes
	b.form.decimal = max(b.form.decimal, f.decimal)
	b.Times, b.Values, b.Rows = append(b.Times, t), append(b.Values, value), append(b.Rows, row)
}

// finish sorts, places wall-clock times in loc, and finds what is there twice.
func (b *builder) finish(loc *time.Location) Series {
	b.Layout = b.form.layout(loc != nil)
	if b.Err != nil {
		return b.Series
	}
	b.sort()
	if loc != nil {
		if err := b.place(loc); err != nil {
			b.fail("%w", err)
			return b.Series
		}
		b.sort()
	}
	for i := 1; i < len(b.Times); i++ {
		if b.Times[i].Equal(b.Times[i-1]) {
			hint := ""
			if loc == nil && b.form.clock && !b.form.zoned {
				hint = ", or name the time zone if this is the autumn hour that comes twice"
			}
			b.fail("time %s stands in row %d and again in row %d; keep one of them%s", b.Times[i].Format(b.Layout), b.Rows[i-1], b.Rows[i], hint)
			return b.Series
		}
	}
	return b.Series
}

func (b *builder) sort() {
	if s := (byTime{&b.Series}); !sort.IsSorted(s) {
		sort.Stable(s)
	}
}

// place gives every time its zone. Wall-clock times become instants; of one that
// comes twice, the first row of the file is the hour before the clocks go back.
func (b *builder) place(loc *time.Location) error {
	if !b.form.clock {
		for i, t := range b.Times {
			b.Times[i] = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
		}
		return nil
	}
	if b.form.zoned {
		for i, t := range b.Times {
			b.Times[i] = t.In(loc)
		}
		return nil
	}
	var last time.Time
	nth := 0
	for i, wall := range b.Times {
		if i > 0 && wall.Equal(last) {
			nth++
		} else {
			nth = 0
		}
		last = wall
		first, second, n := instants(wall, loc)
		switch {
		case n == 0:
			return fmt.Errorf("row %d: %s does not exist in %s, where the clocks go forward over it; mend the row, or write times with their offset",
				b.Rows[i], wall.Format("2006-01-02T15:04:05"), loc)
		case nth == 0 || n == 1:
			b.Times[i] = first
		default:
			b.Times[i] = second
		}
	}
	return nil
}

// instants returns the moments at which the clocks of loc show wall (given as if it
// were UTC), in order, and how many there are: 0 in spring's gap, 2 in autumn's
// hour, else 1. time.Date does not say which of two it takes.
func instants(wall time.Time, loc *time.Location) (first, second time.Time, n int) {
	// No zone moves its clocks twice within two days.
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	for _, offset := range [...]int{max(before, after), min(before, after)} {
		t := wall.Add(-time.Duration(offset) * time.Second).In(loc)
		if _, is := t.Zone(); is != offset || n > 0 && t.Equal(first) {
			continue
		}
		if n == 0 {
			first = t
		}
		second = t
		n++
	}
	return first, second, n
}
