package tidy

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Mask is one row of a list of outages: [From, To) of one series, or of all where
// Series is empty.
type Mask struct {
	From, To time.Time
	Local    bool   // the times were written without an offset: wall clock, as if it were UTC
	Reason   string // may be empty
	Series   string
	Row      int // line of the file
}

// ReadMasks reads a list of known outages and maintenance windows: CSV with the
// columns from, to and reason, and, where some concern one series only, series.
// Times are ISO 8601; a date is its first moment, so that the whole of 4 March is
// 2026-03-04 to 2026-03-05. Rows may overlap and stand in any order. What is wrong
// is an error that names the row; name names the file.
func ReadMasks(r io.Reader, name string) ([]Mask, error) {
	masks, err := readMasks(r)
	if err != nil {
		return nil, fmt.Errorf("reading masks of %s: %w", name, err)
	}
	return masks, nil
}

func readMasks(r io.Reader) ([]Mask, error) {
	t, cols, err := tableWith(r, "from", "to", "reason")
	if err != nil {
		return nil, err
	}
	series, err := t.column("series")
	if err != nil {
		return nil, err
	}
	var masks []Mask
	for {
		rec, line, err := t.next()
		if errors.Is(err, io.EOF) {
			return masks, nil
		}
		if err != nil {
			return nil, err
		}
		m, err := maskOf(rec[cols[0]], rec[cols[1]])
		if err != nil {
			return nil, fmt.Errorf("row %d%w", line, err)
		}
		m.Row, m.Reason = line, strings.Clone(strings.TrimSpace(rec[cols[2]]))
		if series >= 0 {
			m.Series = strings.Clone(strings.TrimSpace(rec[series]))
		}
		masks = append(masks, m)
	}
}

// maskOf reads the two ends; the error goes on after "row N".
func maskOf(from, to string) (Mask, error) {
	a, f, err := parseTime(strings.TrimSpace(from))
	if err != nil {
		return Mask{}, fmt.Errorf(", column from: %w", err)
	}
	b, g, err := parseTime(strings.TrimSpace(to))
	if err != nil {
		return Mask{}, fmt.Errorf(", column to: %w", err)
	}
	switch {
	case f.zoned != g.zoned:
		return Mask{}, fmt.Errorf(": one of %q and %q has an offset and the other has none; write both alike", clip(from), clip(to))
	case a.Equal(b) && !g.clock:
		return Mask{}, fmt.Errorf(": it ends where it begins, at %s; to is the first moment after it, so write %s for the whole day", clip(to), b.AddDate(0, 0, 1).Format(time.DateOnly))
	case !a.Before(b):
		return Mask{}, fmt.Errorf(": to, %s, is not after from, %s; swap or mend them", clip(to), clip(from))
	}
	return Mask{From: a, To: b, Local: !f.zoned}, nil
}
