package tidy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Read reads tidy CSV: a header with series, time and value in any order (further
// columns are ignored), then rows in any order. It may be gzipped, known by its
// magic bytes, and may begin with a byte order mark. Times are ISO 8601; an empty
// value is missing.
//
// loc is the zone of times without an offset, and the zone in which all times come
// back; with nil, wall-clock times come back as if they were UTC, and others keep
// their offset. Series come in the order in which they first appear.
//
// What is wrong with one series (text in a value, an impossible date, a time twice,
// an hour that loc does not have) is that Series' Err; what is wrong with the file
// (empty, no header, a missing column, broken quotes, no rows) is the error. name
// names the file in it. Row numbers are line numbers.
func Read(r io.Reader, name string, loc *time.Location) ([]Series, error) {
	all, err := read(r, loc)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return all, nil
}

func read(r io.Reader, loc *time.Location) ([]Series, error) {
	t, cols, err := tableWith(r, "series", "time", "value")
	if err != nil {
		return nil, err
	}
	g := newGathering()
	for {
		rec, line, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := g.row(rec[cols[0]], rec[cols[1]], rec[cols[2]], line); err != nil {
			return nil, err
		}
	}
	if len(g.order) == 0 {
		return nil, errors.New("there is a header but no row below it; write one row an observation")
	}
	return g.finish(loc), nil
}

// gathering makes series of rows in any order.
type gathering struct {
	byName map[string]*builder
	order  []*builder
}

func newGathering() *gathering { return &gathering{byName: map[string]*builder{}} }

// row takes one row; a series' own mistake stays with it, the error is the table's.
func (g *gathering) row(name, at, value string, line int) error {
	b := g.byName[name]
	if b == nil {
		if strings.TrimSpace(name) == "" {
			return fmt.Errorf("row %d: the series has no name; fill in the column series", line)
		}
		b = &builder{}
		b.Name = strings.Clone(name) // a record's cells share one string
		g.byName[b.Name] = b
		g.order = append(g.order, b)
	}
	if b.Err == nil {
		b.row(strings.TrimSpace(at), strings.TrimSpace(value), line)
	}
	return nil
}

// finish is all series, in the order in which they first appeared.
func (g *gathering) finish(loc *time.Location) []Series {
	all := make([]Series, len(g.order))
	for i, b := range g.order {
		all[i] = b.finish(loc)
		g.order[i] = nil
	}
	return all
}

// row reads the cells of one row.
func (b *builder) row(at, value string, line int) {
	t, f, err := parseTime(at)
	if err != nil {
		b.fail("row %d, column time: %w", line, err)
		return
	}
	v, err := parseValue(value)
	if err != nil {
		b.fail("row %d, column value: %w", line, err)
		return
	}
	b.add(t, f, v, line)
}

// parseValue reads a finite decimal number; nothing is NaN.
func parseValue(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	// ParseFloat also takes inf, nan, hexadecimals and underscores.
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, fmt.Errorf("%q is not a number; write one with a decimal point, or leave it empty when it is missing", clip(s))
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number that can be held; mend it, or leave it empty when it is missing", clip(s))
	}
	return v, nil
}

// plain undoes gzip and cuts off a byte order mark.
func plain(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("unpacking: %w", err)
		}
		b = bufio.NewReaderSize(z, 1<<16)
	}
	head, err := b.Peek(3)
	switch {
	case len(head) == 0 && err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case bytes.Equal(head, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16; save it as UTF-8")
	}
	return b, nil
}

// table is a CSV file with a header.
type table struct {
	csv    *csv.Reader
	header []string
}

// tableWith opens a table, compressed or not, that must have the named columns, and
// says where they stand.
func tableWith(r io.Reader, names ...string) (*table, []int, error) {
	text, err := plain(r)
	if err != nil {
		return nil, nil, err
	}
	t, err := openTable(text)
	if err != nil {
		return nil, nil, err
	}
	cols, err := t.columns(names...)
	return t, cols, err
}

func openTable(r io.Reader) (*table, error) {
	t := &table{csv: csv.NewReader(r)}
	t.csv.ReuseRecord = true
	header, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; begin it with a header")
	}
	if err != nil {
		return nil, syntaxError(err)
	}
	for _, h := range header {
		t.header = append(t.header, strings.ToLower(strings.TrimSpace(h)))
	}
	return t, nil
}

// columns returns the places of the columns that must be there.
func (t *table) columns(names ...string) ([]int, error) {
	places := make([]int, len(names))
	for i, n := range names {
		at, err := t.column(n)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			return nil, fmt.Errorf("row 1: the header has no column %q; its columns are %s, and it must have %s, separated by commas",
				n, clip(strings.Join(t.header, ", ")), strings.Join(names, ", "))
		}
		places[i] = at
	}
	return places, nil
}

// column returns the place of a column, -1 when there is none.
func (t *table) column(name string) (int, error) {
	at := -1
	for i, h := range t.header {
		if h != name {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("row 1: the header has the column %q twice; rename one", name)
		}
		at = i
	}
	return at, nil
}

// next returns the next row, good until the row after, and its line.
func (t *table) next() ([]string, int, error) {
	rec, err := t.csv.Read()
	if err != nil {
		return nil, 0, syntaxError(err)
	}
	line, _ := t.csv.FieldPos(0)
	return rec, line, nil
}

// syntaxError says where the CSV is broken.
func syntaxError(err error) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	if errors.Is(err, csv.ErrFieldCount) {
		return fmt.Errorf("row %d: it has more or fewer cells than the header; mend the row", p.Line)
	}
	return fmt.Errorf("row %d, character %d: %w; mend the quotes", p.Line, p.Column, p.Err)
}
