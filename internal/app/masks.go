package app

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"foresight/analytics"
	"foresight/internal/tidy"
)

// maskList are the known outages of --mask, and which of them met a bucket.
type maskList struct {
	masks []tidy.Mask
	met   []atomic.Bool
}

// readMaskFile reads the file of --mask; "" is none.
func readMaskFile(path string) (*maskList, error) {
	if path == "" {
		return &maskList{}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the masks: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	masks, err := tidy.ReadMasks(f, path)
	if err != nil {
		return nil, err
	}
	return &maskList{masks: masks, met: make([]atomic.Bool, len(masks))}, nil
}

// known refuses a mask of a series that is not there.
func (l *maskList) known(all []tidy.Series) error {
	for _, m := range l.masks {
		if m.Series != "" && !slices.ContainsFunc(all, func(s tidy.Series) bool { return s.Name == m.Series }) {
			return fmt.Errorf("--mask: row %d: there is no series %q in the file; mend the name, or leave it empty for all series", m.Row, m.Series)
		}
	}
	return nil
}

// of returns a series' masks in its own zone.
func (l *maskList) of(t tidy.Series, zone *time.Location) ([]analytics.Mask, error) {
	if zone == nil && len(t.Times) > 0 {
		zone = t.Times[0].Location()
	}
	var masks []analytics.Mask
	for _, m := range l.masks {
		if m.Series != "" && m.Series != t.Name {
			continue
		}
		switch {
		case m.Local:
			m.From, m.To = wallClock(m.From, zone), wallClock(m.To, zone)
		case zone == time.UTC && !strings.Contains(t.Layout, "07"):
			return nil, fmt.Errorf("--mask: row %d has an offset and the series' times have none, so that nobody can tell how they compare; give --tz", m.Row)
		}
		masks = append(masks, analytics.Mask{From: m.From, To: m.To, Reason: m.Reason})
	}
	return masks, nil
}

// wallClock takes a time that is written in UTC to the same wall clock in a zone.
func wallClock(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// note remembers which masks met a bucket of a series.
func (l *maskList) note(name string, masks []analytics.Mask, treated []analytics.Treatment) {
	k := 0
	for i, m := range l.masks {
		if m.Series != "" && m.Series != name {
			continue
		}
		mask := masks[k]
		k++
		if slices.ContainsFunc(treated, func(t analytics.Treatment) bool {
			return t.Kind == analytics.TreatedMasked && t.From.Before(mask.To) && mask.From.Before(t.To)
		}) {
			l.met[i].Store(true)
		}
	}
}

// excuse leaves the masks of a series that failed untold: what they cover is not known, and the
// series says itself why it failed.
func (l *maskList) excuse(name string) {
	for i, m := range l.masks {
		if m.Series == "" || m.Series == name {
			l.met[i].Store(true)
		}
	}
}

// tell names the masks that met nothing, in one line: a year mistyped is seen nowhere else.
func (l *maskList) tell(w io.Writer) {
	var rows []string
	for i, m := range l.masks {
		if !l.met[i].Load() {
			rows = append(rows, fmt.Sprintf("row %d from %s", m.Row, m.From.Format("2006-01-02T15:04")))
		}
	}
	if len(rows) == 0 {
		return
	}
	if n := len(rows); n > 3 {
		rows = append(rows[:3], "and others")
	}
	fmt.Fprintf(w, "foresight: masks that cover no bucket of the history, or too little of one: %s\n", strings.Join(rows, ", "))
}
