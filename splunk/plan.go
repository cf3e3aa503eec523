package splunk

import (
	"fmt"
	"time"

	"foresight/models"
)

// Role says what the rows of a chunk are.
type Role string

// The roles of a chunk.
const (
	RoleValues  Role = "values"  // buckets, by part when the query has a split
	RoleTotal   Role = "total"   // buckets of the whole, where parts cannot be combined
	RoleWitness Role = "witness" // spans in which the witness spoke
)

// Chunk is one search over whole buckets.
type Chunk struct {
	Search Search
	Role   Role

	form *form
	grid grid
}

const (
	daySeconds = 86400
	// maxRows is the most rows that a chunk is planned for: [restapi] maxresultrows
	// and [discretize] maxbins of limits.conf.
	maxRows = 50_000
)

// Plan writes the searches that read a query over a window: at most a year of
// hours (half-hours and quarters of an hour half and a quarter of it, five minutes
// a quarter of a year), fewer when a split is expected to give more than 50 000
// rows; days in stretches of one UTC offset. From and To must be bucket boundaries
// of the query's span in zone.
func Plan(zone *time.Location, q models.Query, w models.Window) ([]Chunk, error) {
	f, err := compile(q, w.IndexedBy)
	if err != nil {
		return nil, err
	}
	if err := checkWindow(zone, q, w); err != nil {
		return nil, fmt.Errorf("query %s: %w", q.ID, err)
	}
	if err := checkSpan(q, zone, w.From, w.To); err != nil {
		return nil, err
	}
	rows := 1
	if q.Split != nil {
		rows = 2*q.Split.Max + 1 // values beyond Max are read too; how many is not known
	}
	read := readSpan(q.Span, f)
	chunks := f.chunks(RoleValues, zone, read, w.From, w.To, rows)
	if q.Split != nil && !f.totalOfParts() {
		whole := *f
		whole.by, whole.label = "", f.label+", total"
		chunks = append(chunks, whole.chunks(RoleTotal, zone, read, w.From, w.To, 1)...)
	}
	if f.witness != nil {
		from := grid{width: max(1, int64(q.Witness.Span.Duration()/time.Second))}.bucket(w.From.Unix())
		start := time.Unix(from, 0)
		if q.Witness.Span == models.SpanDay {
			start = bucketStart(w.From, models.SpanDay, zone)
		}
		chunks = append(chunks, f.witness.chunks(RoleWitness, zone, q.Witness.Span, start, w.To, 1)...)
	}
	return chunks, nil
}

// totalOfParts tells whether the total follows from the parts of a split. With
// tstats and mstats it does not, since these leave out what lacks the split's field.
func (f *form) totalOfParts() bool {
	c := f.combining
	return f.ofEvents() && (c == combineAdd || c == combineMax || c == combineMin)
}

// readSpan is the span of the buckets that Splunk is asked for: weeks and months
// are built of days where the measure allows it.
func readSpan(s models.Span, f *form) models.Span {
	if (s == models.SpanWeek || s == models.SpanMonth) && f.combining != combineNot {
		return models.SpanDay
	}
	return s
}

// checkWindow refuses a window that cuts a bucket.
func checkWindow(zone *time.Location, q models.Query, w models.Window) error {
	if !w.From.Before(w.To) {
		return fmt.Errorf("window from %s to %s is empty", w.From.Format(time.RFC3339), w.To.Format(time.RFC3339))
	}
	for _, t := range []time.Time{w.From, w.To} {
		ok := t.Nanosecond() == 0
		if width := int64(q.Span.Duration() / time.Second); width > 0 {
			ok = ok && t.Unix()%width == 0
		} else {
			ok = ok && bucketStart(t, q.Span, zone).Equal(t)
		}
		if !ok {
			return fmt.Errorf("window boundary %s is no boundary of span %s in zone %s", t.In(zone).Format(time.RFC3339), q.Span, zone)
		}
	}
	return nil
}

// chunks cuts [from, to) into searches of at most maxRows expected rows.
func (f *form) chunks(role Role, zone *time.Location, span models.Span, from, to time.Time, rows int) []Chunk {
	if width := int64(span.Duration() / time.Second); width > 0 {
		n := int64(min(bucketsAtOnce(span), max(1, maxRows/rows)))
		var all []Chunk
		for s := from.Unix(); s < to.Unix(); s += n * width {
			all = append(all, f.chunk(role, grid{width: width}, s, min(s+n*width, to.Unix())))
		}
		return all
	}
	each := span != models.SpanDay || !f.ofEvents() && f.combining == combineNot
	most := int64(min(366, max(1, maxRows/rows)))
	var all []Chunk
	for start := bucketStart(from, span, zone); start.Before(to); {
		end := nextBucket(start, span, zone)
		if !end.After(start) { // no zone known has such a day; a loop without end would be worse than a wrong day
			end = start.Add(daySeconds * time.Second)
		}
		all = f.appendDay(all, role, start, end, to, each, most)
		start = end
	}
	return all
}

// appendDay adds the bucket [start, end) to the last chunk if both are plain days of
// one UTC offset, and else as a chunk of its own.
func (f *form) appendDay(all []Chunk, role Role, start, end, to time.Time, each bool, most int64) []Chunk {
	last := min(end.Unix(), to.Unix())
	_, offset := start.Zone()
	plain := !each && end.Unix()-start.Unix() == daySeconds && (start.Unix()+int64(offset))%daySeconds == 0
	if !plain {
		return append(all, f.chunk(role, grid{single: start.Unix()}, start.Unix(), last))
	}
	g := grid{width: daySeconds, offset: int64(offset)}
	if n := len(all); n > 0 && all[n-1].grid == g {
		first := all[n-1].Search.Earliest.Unix()
		if start.Unix()-first < most*daySeconds {
			all[n-1] = f.chunk(role, g, first, last)
			return all
		}
	}
	return append(all, f.chunk(role, g, start.Unix(), last))
}

// bucketsAtOnce is the most buckets of a span that one search reads.
func bucketsAtOnce(s models.Span) int {
	const hours = 366 * 24
	switch s {
	case models.Span5Min:
		return 92 * 24 * 12
	default:
		return hours
	}
}

func (f *form) chunk(role Role, g grid, from, to int64) Chunk {
	c := Chunk{Role: role, form: f, grid: g}
	c.Search = Search{SPL: f.spl(g, from, to), Earliest: time.Unix(from, 0).UTC(), Latest: time.Unix(to, 0).UTC()}
	c.Search.Label = fmt.Sprintf("%s, %s to %s", f.label,
		c.Search.Earliest.Format("2006-01-02T15:04Z"), c.Search.Latest.Format("2006-01-02T15:04Z"))
	if f.saved != nil {
		c.Search.App, c.Search.Owner = f.saved.App, f.saved.Owner
	}
	return c
}

// halves cuts a chunk that proved too large at a bucket boundary; false when it is
// one bucket already.
func (c Chunk) halves() ([]Chunk, bool) {
	from, to := c.Search.Earliest.Unix(), c.Search.Latest.Unix()
	if c.grid.width == 0 {
		return nil, false
	}
	middle := c.grid.bucket(from + (to-from)/2)
	if middle <= from {
		return nil, false
	}
	return []Chunk{c.form.chunk(c.Role, c.grid, from, middle), c.form.chunk(c.Role, c.grid, middle, to)}, true
}
