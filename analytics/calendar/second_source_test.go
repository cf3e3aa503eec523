package calendar_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

// readTable reads a CSV of testdata without its comment and header.
func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 1)
	return rows[1:]
}

func TestEasterAsDateutil(t *testing.T) {
	rows := readTable(t, "testdata/easter.csv") // 1900–2100
	require.Len(t, rows, 201)
	for _, r := range rows {
		want := day(t, r[0])
		require.Equal(t, want, calendar.Easter(want.Year))
	}
}

// intended lists the single days on which we differ from PyPI holidays, and why. The
// sign is "+" for a day that only we close, "-" for one that only they close.
//
// Ecuador, 2 and 3 November: by the act of 20 December 2016, article 2, a holiday on
// Wednesday beside one on Tuesday is taken on Monday, and one on Saturday beside one
// on Friday on Thursday. The list closes the Wednesday and leaves the Thursday out.
var intended = map[string]string{
	"EC +2018-11-01": "Saturday's rest on Thursday",
	"EC +2029-11-01": "Saturday's rest on Thursday",
	"EC +2035-11-01": "Saturday's rest on Thursday",
	"EC -2021-11-03": "Wednesday's rest on Monday",
	"EC -2027-11-03": "Wednesday's rest on Monday",
	"EC -2032-11-03": "Wednesday's rest on Monday",
	"AU +2010-12-28": "the list lacks it for New South Wales alone, in that year alone",
}

// TestPublicHolidaysAsSecondSource compares every day of 2010–2035 in twelve countries.
func TestPublicHolidaysAsSecondSource(t *testing.T) {
	theirs := make(map[string]string) // "CC date" → name
	for _, r := range readTable(t, "testdata/public_holidays.csv") {
		if r[3] == "public" {
			theirs[r[0]+" "+r[1]] = r[2]
		}
	}
	compared := 0
	differ := make(map[string]bool)
	for _, country := range calendar.Countries() {
		c := newCalendar(t, country)
		end := day(t, "2035-12-31")
		for d := day(t, "2010-01-01"); !d.After(end); d = d.AddDays(1) {
			name, their := theirs[country+" "+d.String()]
			our := closedPublic(c, d)
			compared++
			if our == their || our && sundayInSpain(country, d) || their && movedInEcuador(country, d, name, theirs) {
				continue
			}
			sign := "-"
			if our {
				sign = "+"
			}
			key := country + " " + sign + d.String()
			differ[key] = true
			if intended[key] == "" {
				t.Errorf("%s (%s): ours %v %v, theirs %v %q", key, d.Weekday(), our, ids(c.On(d)), their, name)
			}
		}
	}
	require.Equal(t, 12*9496, compared)
	for key := range intended {
		require.True(t, differ[key], "%s is listed as a difference and is none", key)
	}
}

func closedPublic(c *calendar.Calendar, d calendar.Date) bool {
	for _, o := range c.On(d) {
		if o.Closed && o.Kind == calendar.KindPublic {
			return true
		}
	}
	return false
}

// sundayInSpain: the list leaves out national holidays that fall on a Sunday, since
// the regions may choose another day for them. Christmas Day stays Christmas Day.
func sundayInSpain(country string, d calendar.Date) bool {
	return country == "ES" && d.Weekday() == time.Sunday
}

// movedInEcuador: the list keeps a weekday whose rest it also gives on another day.
// By law (Código del Trabajo, article 65) the rest is moved, not doubled: Wednesday
// 9 October 2024 was worked, Friday the 11th was not.
func movedInEcuador(country string, d calendar.Date, name string, theirs map[string]string) bool {
	if country != "EC" || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		return false
	}
	for n := -2; n <= 2; n++ {
		if o := theirs["EC "+d.AddDays(n).String()]; strings.HasPrefix(o, name+" (observed") {
			return true
		}
	}
	return false
}

// TestOtherDaysAsSecondSource compares Sweden's days off in practice, and Mother's and
// Father's Day where the list has them (Finland, the United States), both ways.
func TestOtherDaysAsSecondSource(t *testing.T) {
	theirs := make(map[string]bool)
	for _, r := range readTable(t, "testdata/public_holidays.csv") {
		if r[3] != "public" {
			theirs[r[0]+" "+r[1]+" "+r[2]] = true
		}
	}
	ours := make(map[string]bool)
	for country, wanted := range map[string]func(calendar.Occasion) bool{
		"SE": func(o calendar.Occasion) bool { return o.Closed && o.Kind == calendar.KindFeast },
		"FI": isParentsDay,
		"US": isParentsDay,
	} {
		for _, o := range newCalendar(t, country).Between(day(t, "2010-01-01"), day(t, "2035-12-31")) {
			if country == "FI" && o.ID == "fathers_day" && o.Date.Year < 2019 {
				continue // the list has it as a flag day only, which it became in 2019
			}
			if wanted(o) {
				ours[country+" "+o.Date.String()+" "+o.Name] = true
			}
		}
	}
	require.Len(t, theirs, 26*(3+2+2)-9)
	require.Equal(t, theirs, ours)
}

func isParentsDay(o calendar.Occasion) bool { return o.ID == "mothers_day" || o.ID == "fathers_day" }
