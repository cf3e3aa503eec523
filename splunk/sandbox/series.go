package sandbox

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// SeriesSourcetype is the sourcetype of the events that AddSeries makes.
const SeriesSourcetype = "foresight:demo"

// sample is one row of a tidy CSV.
type sample struct {
	series string
	start  time.Time
	value  string // the number as it was written
	line   int
}

// AddSeries reads tidy CSV (header with series, time, value; further columns are
// ignored; gzip by its magic bytes) and adds one event a bucket: the JSON
// {"series", "value"}, sourcetype foresight:demo, index main, at the bucket's start,
// indexed lag after its end. The width of a series' buckets is the commonest gap
// between them; from a day on it is counted in days, or months, of loc. Times without
// an offset are wall-clock times of loc (nil: UTC). A row without a value is no
// event. A bad row is an error that names its line; then nothing is added.
func (s *Server) AddSeries(r io.Reader, lag time.Duration, loc *time.Location) (int, error) {
	if loc == nil {
		loc = time.UTC
	}
	samples, err := readSamples(r, loc)
	if err != nil {
		return 0, fmt.Errorf("reading series: %w", err)
	}
	bySeries := map[string][]int{}
	var order []string
	for i, p := range samples {
		if bySeries[p.series] == nil {
			order = append(order, p.series)
		}
		bySeries[p.series] = append(bySeries[p.series], i)
	}
	var events []Event
	for _, name := range order {
		at := bySeries[name]
		slices.SortStableFunc(at, func(a, b int) int { return samples[a].start.Compare(samples[b].start) })
		for k := 1; k < len(at); k++ {
			if a, b := samples[at[k-1]], samples[at[k]]; a.start.Equal(b.start) {
				return 0, fmt.Errorf("reading series: line %d: series %q has the time %s twice (also line %d): keep one",
					max(a.line, b.line), name, b.start.Format(time.RFC3339), min(a.line, b.line))
			}
		}
		end := bucketEnd(samples, at, loc)
		for _, i := range at {
			if p := samples[i]; p.value != "" {
				events = append(events, p.event(end(p.start).Add(lag)))
			}
		}
	}
	s.store.add(events...)
	return len(events), nil
}

func (p sample) event(indexed time.Time) Event {
	name, _ := json.Marshal(p.series) // a string cannot fail
	return Event{Time: p.start, IndexTime: indexed, Index: "main", Host: "foresight-demo", Source: "series",
		Sourcetype: SeriesSourcetype, Raw: `{"series":` + string(name) + `,"value":` + p.value + `}`}
}

// bucketEnd returns how a bucket's end follows from its start.
func bucketEnd(samples []sample, at []int, loc *time.Location) func(time.Time) time.Time {
	gaps := map[time.Duration]int{}
	for k := 1; k < len(at); k++ {
		gaps[samples[at[k]].start.Sub(samples[at[k-1]].start)]++
	}
	width, times := time.Hour, 0 // of a single bucket nothing is known
	for gap, n := range gaps {
		if n > times || n == times && gap < width {
			width, times = gap, n
		}
	}
	const day = 24 * time.Hour
	days := int(math.Round(width.Hours() / 24))
	switch {
	case width < 23*time.Hour:
		return func(t time.Time) time.Time { return t.Add(width) }
	case days >= 28 && days <= 31:
		return func(t time.Time) time.Time { return t.In(loc).AddDate(0, 1, 0) }
	case days >= 90 && days <= 92:
		return func(t time.Time) time.Time { return t.In(loc).AddDate(0, 3, 0) }
	case days >= 365 && days <= 366:
		return func(t time.Time) time.Time { return t.In(loc).AddDate(1, 0, 0) }
	case (width - time.Duration(days)*day).Abs() <= time.Hour: // whole local days, across a change of the clock or not
		return func(t time.Time) time.Time { return t.In(loc).AddDate(0, 0, days) }
	}
	return func(t time.Time) time.Time { return t.Add(width) }
}

func readSamples(r io.Reader, loc *time.Location) ([]sample, error) {
	in := bufio.NewReader(r)
	var src io.Reader = in
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		src = z
	}
	rows := csv.NewReader(src)
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: a header series,time,value is needed")
	}
	if err != nil {
		return nil, fmt.Errorf("reading the header: %w", err)
	}
	var column [3]int
	for i, name := range []string{"series", "time", "value"} {
		column[i] = slices.IndexFunc(header, func(h string) bool { return strings.Trim(h, " \ufeff") == name })
		if column[i] < 0 {
			return nil, fmt.Errorf("line 1: the column %q is missing: a header series,time,value is needed", name)
		}
	}
	var out []sample
	seen := map[string]bool{} // wall-clock hours that come twice
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err // names the line
		}
		line, _ := rows.FieldPos(0)
		if len(record) <= max(column[0], column[1], column[2]) {
			return nil, fmt.Errorf("line %d: %d columns are too few", line, len(record))
		}
		p := sample{series: strings.Clone(record[column[0]]), value: strings.Clone(strings.TrimSpace(record[column[2]])), line: line}
		if p.start, err = readTime(record[column[1]], p.series, loc, seen); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if p.value, err = asNumber(p.value); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		out = append(out, p)
	}
}

// asNumber keeps a number's own digits where JSON takes them (not +5, .5 or 007), and
// refuses anything that is no number. Empty stays empty.
func asNumber(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	x, ok := parseNumber(s)
	switch {
	case !ok:
		return "", fmt.Errorf("the value %q is not a number: leave it empty where there is none", s)
	case json.Valid([]byte(s)):
		return s, nil
	}
	return formatNumber(x), nil
}

// readTime reads an ISO 8601 time; without an offset it is wall-clock time of loc. Of
// an hour that comes twice in autumn a series' first row is the earlier one.
func readTime(text, series string, loc *time.Location, seen map[string]bool) (time.Time, error) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01"} {
		wall, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		return wallClock(wall, layout == time.DateOnly, series, loc, seen)
	}
	return time.Time{}, fmt.Errorf("the time %q is not ISO 8601, as in 2026-05-01T13:00:00", text)
}

// wallClock finds the moment at which loc's clocks show wall. A day without midnight,
// since the clocks go forward over it, starts when they have.
func wallClock(wall time.Time, day bool, series string, loc *time.Location, seen map[string]bool) (time.Time, error) {
	const far = 26 * time.Hour // more than any offset and change
	shows := func(t time.Time) bool {
		_, offset := t.In(loc).Zone()
		return t.Add(time.Duration(offset) * time.Second).Equal(wall)
	}
	var found []time.Time
	for _, near := range []time.Time{wall.Add(-far), wall.Add(far)} {
		_, offset := near.In(loc).Zone()
		if t := wall.Add(-time.Duration(offset) * time.Second); shows(t) && !slices.ContainsFunc(found, t.Equal) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, time.Time.Compare)
	switch len(found) {
	case 0:
		if day {
			_, change := wall.Add(-far).In(loc).ZoneBounds()
			return change, nil
		}
		return time.Time{}, fmt.Errorf("the time %s does not exist in %s: the clocks go forward over it", wall.Format("2006-01-02T15:04"), loc)
	case 2:
		key := series + "\x00" + wall.Format(time.DateTime)
		if seen[key] {
			return found[1], nil
		}
		seen[key] = true
	}
	return found[0], nil
}
