package tidy_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/tidy"
)

const header = "series,time,value\n"

func read(t *testing.T, text string, loc *time.Location) []tidy.Series {
	t.Helper()
	all, err := tidy.Read(strings.NewReader(text), "x.csv", loc)
	require.NoError(t, err)
	return all
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

// printed formats a series' times as they would be written.
func printed(s tidy.Series) []string {
	out := make([]string, len(s.Times))
	for i, at := range s.Times {
		out[i] = at.Format(s.Layout)
	}
	return out
}

func TestRowsInAnyOrder(t *testing.T) {
	all := read(t, "split,Value, time ,SERIES\nx,3,2024-01-03,b\nx,1,2024-01-01,b\nx,9,2024-01-01,a\nx,,2024-01-02,b\n", nil)
	require.Len(t, all, 2)
	assert.Equal(t, "b", all[0].Name)
	assert.Equal(t, "a", all[1].Name, "in order of first appearance")
	assert.Equal(t, []string{"2024-01-01", "2024-01-02", "2024-01-03"}, printed(all[0]))
	assert.Equal(t, []int{3, 5, 2}, all[0].Rows)
	assert.Equal(t, []float64{1, 3}, []float64{all[0].Values[0], all[0].Values[2]})
	assert.True(t, math.IsNaN(all[0].Values[1]), "an empty value is missing")
}

func TestGzipAndByteOrderMark(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, "\xef\xbb\xbf"+header+"a,2024-01-01,1\n")
	require.NoError(t, err)
	require.NoError(t, z.Close())
	whole := packed.Bytes()
	all, err := tidy.Read(bytes.NewReader(whole), "x.csv", nil)
	require.NoError(t, err)
	assert.Equal(t, []float64{1}, all[0].Values)
	_, err = tidy.Read(bytes.NewReader(whole[:len(whole)-6]), "x.csv", nil)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "half a file is no file")
	assert.Len(t, read(t, "\xef\xbb\xbf"+header+"a,2024-01-01,1\n", nil), 1)
}

func TestTimesComeBackAlike(t *testing.T) {
	for _, at := range []string{
		"2024-02-29", "2024-01-31T12:30:00", "2024-01-31 12:30:00", "2024-01-31T12:30", "2024-01-31T12:30:00Z",
		"2024-01-31T12:30:00+05:30", "2024-01-31T12:30:00-0330", "2024-01-31 12:30-08:00", "2024-01-31T12:30:00.250", "2024-01-31T12:30:00.000001Z",
	} {
		s := read(t, header+"a,"+at+",1\n", nil)[0]
		require.NoError(t, s.Err, at)
		assert.Equal(t, []string{at}, printed(s))
	}
	s := read(t, header+"a,2024-01-31T12:30:00Z,1\n", zone(t, "Europe/Stockholm"))[0]
	assert.Equal(t, []string{"2024-01-31T13:30:00+01:00"}, printed(s), "in the zone asked for")
	s = read(t, header+"a,2024-01-31T12:30:00,1\n", zone(t, "Europe/Stockholm"))[0]
	assert.Equal(t, []string{"2024-01-31T12:30:00+01:00"}, printed(s))
	s = read(t, header+"a,2024-01-31,1\n", zone(t, "Europe/Stockholm"))[0]
	assert.Equal(t, []string{"2024-01-31"}, printed(s), "a date has no offset")
	assert.Equal(t, "2024-01-31T00:00:00+01:00", s.Times[0].Format(time.RFC3339))
}

// The file's own mistakes: nothing can be read.
func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty; begin it with a header"},
		{"only a byte order mark", "\xef\xbb\xbf", "the file is empty"},
		{"only a header", header, "there is a header but no row"},
		{"no header", "a,2021-01-01,1\n", `row 1: the header has no column "series"`},
		{"missing column", "series,value\na,1\n", `row 1: the header has no column "time"; its columns are series, value`},
		{"semicolons", "series;time;value\na;2021-01-01;1\n", "separated by commas"},
		{"column twice", "series,time,value,value\na,2021-01-01,1,1\n", `the column "value" twice`},
		{"a cell too few", header + "a,2021-01-01,1\na,2021-01-02\n", "row 3: it has more or fewer cells than the header"},
		{"a quote left open", header + "a,2021-01-01,\"1\n", "mend the quotes"},
		{"no name", header + " ,2021-01-01,1\n", "row 2: the series has no name"},
		{"UTF-16", "\xff\xfes\x00e\x00", "save it as UTF-8"},
		{"broken gzip", "\x1f\x8bnot gzip", "unpacking"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tidy.Read(strings.NewReader(c.text), "x.csv", nil)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.Contains(t, err.Error(), "x.csv")
		})
	}
	broken := errors.New("disk on fire")
	_, err := tidy.Read(iotest.ErrReader(broken), "x.csv", nil)
	assert.ErrorIs(t, err, broken)
	_, err = tidy.Read(io.MultiReader(strings.NewReader(header+"a,2021-01-01,1\n"), iotest.ErrReader(broken)), "x.csv", nil)
	assert.ErrorIs(t, err, broken)
}

// A series' own mistakes: the others are read.
func TestBadSeries(t *testing.T) {
	for _, c := range []struct{ name, rows, want string }{
		{"text in values", "a,2021-01-01,abc\n", `series "a": row 2, column value: "abc" is not a number`},
		{"infinity", "a,2021-01-01,inf\n", `"inf" is not a number`},
		{"NaN", "a,2021-01-01,NaN\n", "leave it empty when it is missing"},
		{"hexadecimal", "a,2021-01-01,0x10\n", `"0x10" is not a number`},
		{"decimal comma", "a,2021-01-01,\"1,5\"\n", "a decimal point"},
		{"too large", "a,2021-01-01,1e999\n", `"1e999" is not a number that can be held`},
		{"impossible date", "a,2021-13-45,1\n", `row 2, column time: "2021-13-45" is not a day of the calendar`},
		{"29 February", "a,2023-02-29,1\n", "not a day of the calendar"},
		{"impossible hour", "a,2021-01-01T24:00:00,1\n", "not a time of day"},
		{"broken time stamp", "a,2021-01-0112:00,1\n", "write ISO 8601"},
		{"American date", "a,01/02/2021,1\n", "write ISO 8601"},
		{"no time", "a,,1\n", `"" is not a time`},
		{"bad offset", "a,2021-01-01T00:00:00+1,1\n", "write ISO 8601"},
		{"a time twice", "a,2021-01-01,1\na,2021-01-02,1\na,2021-01-01,2\n", `series "a": time 2021-01-01 stands in row 2 and again in row 4; keep one`},
		{"an hour twice", "a,2021-01-01T00:00,1\na,2021-01-01T00:00,2\n", "or name the time zone"},
		{"an instant twice", "a,2021-01-01T01:00+01:00,1\na,2021-01-01T00:00Z,2\n", "stands in row 2 and again in row 3"},
		{"zone and none", "a,2021-01-01T00:00Z,1\na,2021-01-01T01:00,2\n", "row 3: some times have a zone"},
		{"date and time", "a,2021-01-01,1\na,2021-01-01T01:00,2\n", "row 3: some times are dates"},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := read(t, header+c.rows+"good,2021-01-01,5\n", nil)
			require.Len(t, all, 2)
			require.Error(t, all[0].Err)
			assert.Contains(t, all[0].Err.Error(), c.want)
			assert.Empty(t, all[0].Times, "nothing is left to be used by mistake")
			require.NoError(t, all[1].Err)
			assert.Equal(t, []float64{5}, all[1].Values)
		})
	}
}

// Clocks: https://www.iana.org/time-zones, release 2024a. Stockholm goes back at
// 03:00 on 29 October 2023 and forward at 02:00 on 31 March 2024; Melbourne goes back
// at 03:00 on 7 April 2024 and forward at 02:00 on 6 October 2024.
func TestAutumnHourComesTwice(t *testing.T) {
	for _, c := range []struct{ zone, day, first, second string }{
		{"Europe/Stockholm", "2023-10-29", "+02:00", "+01:00"},
		{"Australia/Melbourne", "2024-04-07", "+11:00", "+10:00"},
	} {
		rows := header
		for i, at := range []string{"01:00:00", "02:00:00", "02:30:00", "02:00:00", "02:30:00", "03:00:00"} {
			rows += fmt.Sprintf("a,%sT%s,%d\n", c.day, at, i)
		}
		s := read(t, rows, zone(t, c.zone))[0]
		require.NoError(t, s.Err)
		assert.Equal(t, []string{
			c.day + "T01:00:00" + c.first, c.day + "T02:00:00" + c.first, c.day + "T02:30:00" + c.first,
			c.day + "T02:00:00" + c.second, c.day + "T02:30:00" + c.second, c.day + "T03:00:00" + c.second,
		}, printed(s))
		assert.Equal(t, []float64{0, 1, 2, 3, 4, 5}, s.Values)

		s = read(t, header+"a,"+c.day+"T02:00:00,1\na,"+c.day+"T03:00:00,1\n", zone(t, c.zone))[0]
		require.NoError(t, s.Err)
		assert.Equal(t, c.day+"T02:00:00"+c.first, printed(s)[0], "once is the first")

		s = read(t, header+strings.Repeat("a,"+c.day+"T02:00:00,1\n", 3), zone(t, c.zone))[0]
		assert.ErrorContains(t, s.Err, "stands in row 3 and again in row 4", "thrice is a mistake")
		s = read(t, header+strings.Repeat("a,"+c.day+"T03:00:00,1\n", 2), zone(t, c.zone))[0]
		assert.ErrorContains(t, s.Err, "stands in row 2 and again in row 3", "other hours come once")
		s = read(t, header+strings.Repeat("a,"+c.day+"T02:00:00,1\n", 2), nil)[0]
		assert.ErrorContains(t, s.Err, "name the time zone", "without a zone nobody knows")
	}
}

func TestSpringHourDoesNotExist(t *testing.T) {
	for _, c := range []struct{ zone, at string }{
		{"Europe/Stockholm", "2024-03-31T02:30:00"},
		{"Australia/Melbourne", "2024-10-06T02:00:00"},
	} {
		all := read(t, header+"a,2024-01-01T00:00:00,1\na,"+c.at+",1\nb,2024-01-01T00:00:00,1\n", zone(t, c.zone))
		assert.ErrorContains(t, all[0].Err, "row 3: "+c.at+" does not exist in "+c.zone)
		assert.NoError(t, all[1].Err)
		assert.NoError(t, read(t, header+"a,"+c.at+",1\n", nil)[0].Err, "without a zone it is any hour")
	}
}

// Midnight itself is skipped in Santiago on 8 September 2024.
func TestDayWithoutMidnight(t *testing.T) {
	s := read(t, header+"a,2024-09-07,1\na,2024-09-08,2\na,2024-09-09,3\n", zone(t, "America/Santiago"))[0]
	require.NoError(t, s.Err)
	assert.Len(t, s.Times, 3)
}

// Every hour of a year, written without offset, comes back as it was.
func TestYearOfHoursRoundTrips(t *testing.T) {
	for _, name := range []string{"Europe/Stockholm", "Australia/Melbourne", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns"} {
		loc := zone(t, name)
		var rows strings.Builder
		rows.WriteString(header)
		var want []int64
		start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		for at := start; at.Before(start.AddDate(1, 0, 0)); at = at.Add(30 * time.Minute) {
			want = append(want, at.Unix())
			fmt.Fprintf(&rows, "a,%s,1\n", at.In(loc).Format("2006-01-02T15:04:05"))
		}
		s := read(t, rows.String(), loc)[0]
		require.NoError(t, s.Err, name)
		got := make([]int64, len(s.Times))
		for i := range s.Times {
			got[i] = s.Times[i].Unix()
		}
		assert.Equal(t, want, got, name)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfNDistinct(rapid.IntRange(0, 3000), 1, 40, rapid.ID[int]).Draw(t, "days")
		rows := header
		for _, d := range days {
			rows += fmt.Sprintf("a,%s,%d\n", time.Date(2020, 1, 1+d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), d)
		}
		all, err := tidy.Read(strings.NewReader(rows), "x", nil)
		if err != nil || all[0].Err != nil {
			t.Fatal(err, all)
		}
		for i := 1; i < len(days); i++ {
			if !all[0].Times[i-1].Before(all[0].Times[i]) || all[0].Values[i-1] >= all[0].Values[i] {
				t.Fatal("not sorted, or values strayed from their times")
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{header + "a,2021-01-01,1\n", header + "a,2023-10-29T02:00:00,1\na,2023-10-29T02:00:00,2\n",
		header + "a,2021-01-01T00:00:00.5+01:00,1\nb,,\n", "\x1f\x8b", "\xef\xbb\xbf\"series\",time,value,x\r\n"} {
		f.Add([]byte(s), true)
	}
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, zoned bool) {
		in := loc
		if !zoned {
			in = nil
		}
		all, err := tidy.Read(bytes.NewReader(data), "x", in)
		if (len(all) == 0) == (err == nil) {
			t.Fatal("either series or an error")
		}
		for _, s := range all {
			if len(s.Times) != len(s.Values) || len(s.Times) != len(s.Rows) || (len(s.Times) == 0) == (s.Err == nil) {
				t.Fatalf("odd series %+v", s)
			}
			for i := range s.Times {
				if i > 0 && !s.Times[i-1].Before(s.Times[i]) || math.IsInf(s.Values[i], 0) {
					t.Fatalf("row %d", s.Rows[i])
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		var text bytes.Buffer
		text.WriteString(header)
		at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range n {
			fmt.Fprintf(&text, "s%d,%s,%d.5\n", i%10, at.Add(time.Duration(i/10)*time.Hour).Format("2006-01-02T15:04:05"), i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tidy.Read(bytes.NewReader(text.Bytes()), "x", nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
