package tidy_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/tidy"
)

func day(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// listed returns events as "name from..to".
func listed(t *testing.T, text, from, to string) []string {
	t.Helper()
	events, err := tidy.ReadEvents(strings.NewReader(text), "x", day(from), day(to))
	require.NoError(t, err)
	out := []string{}
	for _, e := range events {
		line := e.Name + " " + e.From.Format(time.DateOnly)
		if !e.To.Equal(e.From) {
			line += ".." + e.To.Format(time.DateOnly)
		}
		if !e.KnownFrom.IsZero() {
			line += " known " + e.KnownFrom.Format(time.DateOnly)
		}
		assert.Equal(t, time.UTC, e.From.Location())
		out = append(out, line)
	}
	return out
}

func TestEventTable(t *testing.T) {
	text := "note,event,date,known_from\nx, sale ,2024-05-01,\ny,fair,2024-06-01T18:00:00+02:00,2024-01-01\n,sale,2030-01-01,\n"
	assert.Equal(t, []string{"sale 2024-05-01", "fair 2024-06-01 known 2024-01-01", "sale 2030-01-01"}, listed(t, text, "", ""))
	assert.Equal(t, []string{"fair 2024-06-01 known 2024-01-01"}, listed(t, text, "2024-05-02", "2024-06-01"))
	assert.Empty(t, listed(t, "date,event\n", "", ""), "no events are fine")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.Len(t, listed(t, packed.String(), "", ""), 3)
}

// calendarOf wraps lines of one VEVENT.
func calendarOf(lines ...string) string {
	return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:sale\r\n" +
		strings.Join(lines, "\r\n") + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"one day", []string{"DTSTART;VALUE=DATE:20240501"}, []string{"sale 2024-05-01"}},
		{"the end is exclusive", []string{"DTSTART;VALUE=DATE:20240501", "DTEND;VALUE=DATE:20240504"}, []string{"sale 2024-05-01..2024-05-03"}},
		{"an end on its day", []string{"DTSTART;VALUE=DATE:20240501", "DTEND;VALUE=DATE:20240501"}, []string{"sale 2024-05-01"}},
		{"duration", []string{"DTSTART;VALUE=DATE:20240501", "DURATION:P1W"}, []string{"sale 2024-05-01..2024-05-07"}},
		{"an evening", []string{"DTSTART;TZID=Europe/Stockholm:20240501T180000", "DTEND;TZID=Europe/Stockholm:20240501T230000"}, []string{"sale 2024-05-01"}},
		{"until midnight", []string{"DTSTART:20240501T180000", "DTEND:20240502T000000"}, []string{"sale 2024-05-01"}},
		{"over midnight", []string{"DTSTART:20240501T180000Z", "DTEND:20240502T020000Z"}, []string{"sale 2024-05-01..2024-05-02"}},
		{"hours over midnight", []string{"DTSTART:20240501T180000", "DURATION:PT7H"}, []string{"sale 2024-05-01..2024-05-02"}},
		{"outside", []string{"DTSTART;VALUE=DATE:20290501"}, []string{}},
		{"cancelled", []string{"DTSTART;VALUE=DATE:20240501", "STATUS:CANCELLED"}, []string{}},
		{"yearly, one left out", []string{"DTSTART;VALUE=DATE:20200229", "RRULE:FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=17", "EXDATE;VALUE=DATE:20240517"},
			[]string{"sale 2023-05-17", "sale 2025-05-17"}},
		{"last Friday of November", []string{"DTSTART;VALUE=DATE:20191129", "DTEND;VALUE=DATE:20191201", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1FR"},
			[]string{"sale 2023-11-24..2023-11-25", "sale 2024-11-29..2024-11-30", "sale 2025-11-28..2025-11-29"}},
		{"count counts from the first", []string{"DTSTART;VALUE=DATE:20221230", "RRULE:FREQ=DAILY;COUNT=4"}, []string{"sale 2023-01-01", "sale 2023-01-02"}},
		{"until", []string{"DTSTART;VALUE=DATE:20251229", "RRULE:FREQ=DAILY;UNTIL=20251230"}, []string{"sale 2025-12-29", "sale 2025-12-30"}},
		{"the window ends it", []string{"DTSTART;VALUE=DATE:20251230", "RRULE:FREQ=DAILY"}, []string{"sale 2025-12-30", "sale 2025-12-31"}},
		{"further days", []string{"DTSTART;VALUE=DATE:20240501", "RDATE;VALUE=DATE:20240601,20240701", "RDATE;VALUE=DATE:20240501"},
			[]string{"sale 2024-05-01", "sale 2024-06-01", "sale 2024-07-01"}},
		{"times of a repeat", []string{"DTSTART;TZID=Europe/Stockholm:20240501T180000", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE;TZID=Europe/Stockholm:20240508T180000"},
			[]string{"sale 2024-05-01", "sale 2024-05-15"}},
		{"one repeat moved", []string{"DTSTART;VALUE=DATE:20240501", "RRULE:FREQ=WEEKLY;COUNT=2", "END:VEVENT", "BEGIN:VEVENT", "UID:1", "SUMMARY:sale",
			"RECURRENCE-ID;VALUE=DATE:20240508", "DTSTART;VALUE=DATE:20240510"}, []string{"sale 2024-05-01", "sale 2024-05-10"}},
		{"one repeat cancelled", []string{"DTSTART;VALUE=DATE:20240501", "RRULE:FREQ=WEEKLY;COUNT=2", "END:VEVENT", "BEGIN:VEVENT", "UID:1",
			"RECURRENCE-ID;VALUE=DATE:20240508", "DTSTART;VALUE=DATE:20240508", "STATUS:CANCELLED"}, []string{"sale 2024-05-01"}},
		{"30 February", []string{"DTSTART;VALUE=DATE:20240501", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, listed(t, calendarOf(c.lines...), "2023-01-01", "2025-12-31"))
		})
	}
	text := strings.Replace(calendarOf("DTSTART;VALUE=DATE:20240501"), "SUMMARY:sale", "SUMMARY:sale\\, big\r\n  one", 1)
	assert.Equal(t, []string{"sale, big one 2024-05-01"}, listed(t, text, "", ""), "folded and escaped")
	assert.Len(t, listed(t, strings.ReplaceAll(text, "\r\n", "\n"), "", ""), 1)
}

func TestBadEvents(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty"},
		{"no header", "2024-05-01,sale\n", `no column "date"`},
		{"bad date", "date,event\n2024-05-01,sale\nsoon,sale\n", `row 3, column date: "soon" is not a time`},
		{"bad known_from", "date,event,known_from\n2024-05-01,sale,soon\n", `row 2, column known_from: "soon"`},
		{"no name", "date,event\n2024-05-01,\n", "row 2: the event has no name"},
		{"cut calendar", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "export it again"},
		{"no summary", strings.Replace(calendarOf("DTSTART;VALUE=DATE:20240501"), "SUMMARY:sale\r\n", "", 1), "no SUMMARY"},
		{"no start", calendarOf("DTEND;VALUE=DATE:20240501"), `event "sale": it has no DTSTART`},
		{"bad start", calendarOf("DTSTART:tomorrow"), `DTSTART: "tomorrow" is not a date`},
		{"bad end", calendarOf("DTSTART:20240501", "DTEND:x"), `DTEND: "x" is not a date`},
		{"bad duration", calendarOf("DTSTART:20240501", "DURATION:2 days"), `DURATION: "2 days" is not a duration`},
		{"bad exception", calendarOf("DTSTART:20240501", "EXDATE:x"), `EXDATE: "x"`},
		{"bad rule", calendarOf("DTSTART:20240501", "RRULE:FREQ=SOMETIMES"), `RRULE "FREQ=SOMETIMES"`},
		{"hourly", calendarOf("DTSTART:20240501", "RRULE:FREQ=HOURLY"), "repeats within a day"},
		{"too long ago", calendarOf("DTSTART:00010101", "RRULE:FREQ=DAILY"), "mend the year"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tidy.ReadEvents(strings.NewReader(c.text), "shop.ics", day("2024-01-01"), day("2025-12-31"))
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.Contains(t, err.Error(), "shop.ics")
		})
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add([]byte("date,event,known_from\n2024-05-01,sale,2024-01-01\n"))
	f.Add([]byte(calendarOf("DTSTART;VALUE=DATE:20191129", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1FR;BYSETPOS=1", "EXDATE:20201127", "DURATION:P1DT2H")))
	f.Add([]byte(calendarOf("DTSTART:20240501T180000Z", "DTEND:20240502T020000Z", "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20250101;WKST=SU", "RDATE:20240601/P1D")))
	f.Fuzz(func(t *testing.T, data []byte) {
		events, err := tidy.ReadEvents(bytes.NewReader(data), "x", day("2023-01-01"), day("2025-12-31"))
		if err != nil && events != nil {
			t.Fatal("events beside an error")
		}
		for _, e := range events {
			if e.Name == "" || e.To.Before(e.From) || e.From.After(day("2025-12-31")) || e.To.Before(day("2023-01-01")) {
				t.Fatalf("odd event %+v", e)
			}
		}
	})
}
