package demo

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// AsOf is the day that the demo stands on, a local date: late enough that each
// series has years behind it, early enough that each has months that came after.
const AsOf = "2016-02-05"

// Series is one series of the demo, at the local starts of its buckets.
type Series struct {
	Name   string
	Times  []time.Time
	Values []float64
}

//go:embed data/chicago_l_entries_daily.csv.gz data/us_drink_wholesale_monthly.csv
var shipped embed.FS

// All returns every series of the demo: five stations of the Chicago L, US drink
// wholesale sales, and the generated web shop.
func All() ([]Series, error) {
	stations, err := station("America/Chicago")
	if err != nil {
		return nil, err
	}
	sales, err := wholesale("America/New_York")
	if err != nil {
		return nil, err
	}
	shop, err := Webshop()
	if err != nil {
		return nil, err
	}
	return append(append(shop, stations...), sales...), nil
}

func station(zone string) ([]Series, error) {
	packed, err := shipped.ReadFile("data/chicago_l_entries_daily.csv.gz")
	if err != nil {
		return nil, fmt.Errorf("reading a shipped series: %w", err)
	}
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("reading a shipped series: %w", err)
	}
	all, err := read(plain, zone, time.Date(2008, 1, 1, 0, 0, 0, 0, time.UTC))
	return together(all), err
}

// together ends all series where the first of them ends: four stations' rows end two
// weeks before the fifth's, and their total would seem to fall.
func together(all []Series) []Series {
	var end time.Time
	for _, s := range all {
		if last := s.Times[len(s.Times)-1]; end.IsZero() || last.Before(end) {
			end = last
		}
	}
	for i := range all {
		s := &all[i]
		n := len(s.Times)
		for s.Times[n-1].After(end) {
			n--
		}
		s.Times, s.Values = s.Times[:n], s.Values[:n]
	}
	return all
}

func wholesale(zone string) ([]Series, error) {
	data, err := shipped.ReadFile("data/us_drink_wholesale_monthly.csv")
	if err != nil {
		return nil, fmt.Errorf("reading a shipped series: %w", err)
	}
	return read(bytes.NewReader(data), zone, time.Time{})
}

// read reads a shipped file of `series,time,value` rows, grouped by series, from
// a day on. Its dates are local midnights of the zone.
func read(r io.Reader, zone string, from time.Time) ([]Series, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("reading a shipped series: %w", err)
	}
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading a shipped series: %w", err)
	}
	var all []Series
	for _, row := range rows[1:] {
		t, err := time.ParseInLocation(time.DateOnly, row[1], loc)
		if err != nil {
			return nil, fmt.Errorf("reading a shipped series: %w", err)
		}
		v, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			return nil, fmt.Errorf("reading a shipped series: %w", err)
		}
		if t.Before(from) {
			continue
		}
		if len(all) == 0 || all[len(all)-1].Name != row[0] {
			all = append(all, Series{Name: row[0]})
		}
		s := &all[len(all)-1]
		s.Times, s.Values = append(s.Times, t), append(s.Values, v)
	}
	return all, nil
}

// WriteCSV writes the series as tidy CSV. Times carry their offset, since the
// series lie in several zones.
func WriteCSV(w io.Writer, all []Series) error {
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for _, s := range all {
		for i, t := range s.Times {
			b.WriteString(s.Name + "," + t.Format(time.RFC3339) + "," + strconv.FormatFloat(s.Values[i], 'f', -1, 64) + "\n")
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the demo's series: %w", err)
	}
	return nil
}
