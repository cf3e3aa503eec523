package splunk

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"foresight/models"
)

// table gathers the rows of many chunks.
type table struct {
	whole cells             // rows of no split, or of events without its field
	blank cells             // rows of events whose split field is there but empty
	parts map[string]*cells // by split value
}

func newTable() *table { return &table{parts: map[string]*cells{}} }

// add takes the rows of one chunk. It refuses what the search cannot have yielded:
// a bucket outside the chunk or off its grid, one that comes twice, text for a number.
func (t *table) add(c Chunk, rows Rows) error {
	for i, row := range rows.Rows {
		if err := t.addRow(c, row); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}

func (t *table) addRow(c Chunk, row Row) error {
	epoch, err := epochOf(row)
	if err != nil {
		return err
	}
	from, to := c.Search.Earliest.Unix(), c.Search.Latest.Unix()
	if epoch < from || epoch >= to {
		return fmt.Errorf("bucket %s lies outside the window that was asked for", utc(epoch))
	}
	if c.grid.bucket(epoch) != epoch {
		return fmt.Errorf("bucket %s does not start on a multiple of %d s: let the search user's time zone be UTC", utc(epoch), c.grid.width)
	}
	into := &t.whole
	if c.form.by != "" {
		part, err := row.One(partColumn)
		if err != nil {
			return err
		}
		into = t.part(part)
	}
	point, ok, err := pointOf(c.form.formula, row)
	if err != nil {
		return fmt.Errorf("bucket %s: %w", utc(epoch), err)
	}
	if !ok {
		return nil
	}
	point.Time = epoch
	if !into.add(point) {
		return fmt.Errorf("bucket %s comes twice", utc(epoch))
	}
	return nil
}

// part returns the cells of a split value.
func (t *table) part(value string) *cells {
	switch value {
	case noPart:
		return &t.whole
	case "":
		return &t.blank
	}
	if t.parts[value] == nil {
		t.parts[value] = &cells{}
	}
	return t.parts[value]
}

func epochOf(row Row) (int64, error) {
	x, ok, err := number(row, epochColumn)
	if err != nil {
		return 0, err
	}
	if !ok || x != math.Trunc(x) || math.Abs(x) > 1e11 {
		return 0, fmt.Errorf("column %s is no whole epoch: %q", epochColumn, row[epochColumn])
	}
	return int64(x), nil
}

// pointOf reads value and weight; false when the bucket held events but nothing to
// measure (no event had the field), which is like no row.
func pointOf(f formula, row Row) (models.Point, bool, error) {
	value, hasValue, err := number(row, valueColumn)
	if err != nil {
		return models.Point{}, false, err
	}
	if f.weight == nil {
		if !hasValue && (f.value.fn == "count" || f.value.fn == "dc") {
			return models.Point{}, false, fmt.Errorf("column %s is missing", valueColumn)
		}
		return models.Point{Value: value, Weight: 1}, hasValue, nil
	}
	weight, hasWeight, err := number(row, weightColumn)
	if err != nil {
		return models.Point{}, false, err
	}
	if !hasWeight && f.weight.fn == "count" {
		return models.Point{}, false, fmt.Errorf("column %s is missing", weightColumn)
	}
	if !hasValue && f.ratio && f.value.fn == "sum" {
		hasValue = hasWeight // no event had the numerator's field: nothing to sum
	}
	if !f.ratio && weight == 0 {
		hasValue = false
	}
	return models.Point{Value: value, Weight: weight}, hasValue && hasWeight, nil
}

// number reads a column; false when it is empty.
func number(row Row, column string) (float64, bool, error) {
	text, err := row.One(column)
	if err != nil || text == "" {
		return 0, false, err
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, false, fmt.Errorf("column %s holds %.40q, which is no number", column, text)
	}
	return x, true, nil
}

// combined is the total of all parts and of what has no part. Parts come in a fixed
// order, so that sums come out alike on every run.
func (t *table) combined(c combining) cells {
	total := cells{slices.Clone(t.whole.sorted)}
	for _, p := range t.blank.sorted {
		total.merge(p, c)
	}
	for _, name := range t.names() {
		for _, p := range t.parts[name].sorted {
			total.merge(p, c)
		}
	}
	return total
}

func (t *table) names() []string {
	names := make([]string, 0, len(t.parts))
	for name := range t.parts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func utc(epoch int64) string { return time.Unix(epoch, 0).UTC().Format(time.RFC3339) }
