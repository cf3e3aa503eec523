package calendar_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
)

func TestWorkingDays(t *testing.T) {
	for _, row := range []struct {
		country, day string
		works        bool
	}{
		{"SE", "2026-06-19", false}, // Midsummer Eve
		{"SE", "2026-12-31", false},
		{"SE", "2026-05-15", true}, // a bridge day is worked
		{"SE", "2026-04-30", true}, // a half day as well
		{"FI", "2026-12-24", false},
		{"FI", "2026-12-31", true},
		{"DE", "2017-10-31", false},
		{"DE", "2018-10-31", true},
		{"US", "2026-07-03", false}, // Saturday's holiday
		{"US", "2020-06-19", true},
		{"US", "2021-06-18", false},
		{"GB", "2020-05-04", true},
		{"GB", "2020-05-08", false},
		{"GB", "2022-05-30", true},
		{"EC", "2024-10-09", true}, // its rest is taken on the Friday
		{"EC", "2024-10-11", false},
		{"AU", "2026-01-26", false},
		{"", "2026-12-25", true},
		{"", "2026-12-26", false}, // Saturday
	} {
		require.Equal(t, row.works, newCalendar(t, row.country).WorkingDay(day(t, row.day)), "%s %s", row.country, row.day)
	}
}

func TestAddWorkingDaysInverse(t *testing.T) {
	cals := make(map[string]*calendar.Calendar)
	for _, code := range append(calendar.Countries(), "") {
		cals[code] = newCalendar(t, code)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := cals[rapid.SampledFrom(append(calendar.Countries(), "")).Draw(t, "country")]
		d := c.AddWorkingDays(genDate(t, "d"), 1) // a working day
		n := rapid.IntRange(-300, 300).Draw(t, "n")
		e := c.AddWorkingDays(d, n)
		require.True(t, c.WorkingDay(e))
		require.Equal(t, d, c.AddWorkingDays(e, -n))
		require.Equal(t, d, c.AddWorkingDays(d, 0))
	})
}

func TestLatestStart(t *testing.T) {
	c := newCalendar(t, "SE")
	freeze := calendar.Freeze{Name: "Christmas trade", From: day(t, "2026-11-16"), To: day(t, "2027-01-08")}
	for _, row := range []struct {
		need    string
		days    int
		freezes []calendar.Freeze
		want    string
	}{
		{"2026-03-13", 1, nil, "2026-03-12"},
		{"2026-03-16", 1, nil, "2026-03-13"}, // the Friday before a Monday
		{"2026-03-16", 5, nil, "2026-03-09"},
		{"2026-12-28", 1, nil, "2026-12-23"}, // Christmas Eve to Second Day, then Sunday
		{"2026-11-27", 20, nil, "2026-10-30"},
		{"2026-11-27", 20, []calendar.Freeze{freeze}, "2026-10-19"},
		{"2026-11-16", 1, []calendar.Freeze{freeze}, "2026-11-13"},
		{"2027-01-11", 1, []calendar.Freeze{freeze}, "2026-11-13"},
		{"2027-01-12", 1, []calendar.Freeze{freeze}, "2027-01-11"},
		{"2026-03-13", 0, nil, "2026-03-13"},
		{"2026-03-15", 0, nil, "2026-03-13"},
		{"2026-03-13", -4, nil, "2026-03-13"},
	} {
		got := c.LatestStart(day(t, row.need), row.days, row.freezes)
		require.Equal(t, row.want, got.String(), "%d days before %s", row.days, row.need)
	}
	always := []calendar.Freeze{{Name: "for ever", From: day(t, "1900-01-01"), To: day(t, "2100-01-01")}}
	require.True(t, c.LatestStart(day(t, "2026-03-13"), 5, always).IsZero())
}

// LatestStart against its own definition: enough days that count, none to spare, never
// in a freeze or a weekend, and never later for longer work.
func TestLatestStartDefinition(t *testing.T) {
	c := newCalendar(t, "SE")
	rapid.Check(t, func(t *rapid.T) {
		need := genDate(t, "need")
		lead := rapid.IntRange(1, 120).Draw(t, "lead")
		var freezes []calendar.Freeze
		for i := range rapid.IntRange(0, 3).Draw(t, "freezes") {
			from := need.AddDays(-rapid.IntRange(0, 200).Draw(t, "from"))
			freezes = append(freezes, calendar.Freeze{Name: fmt.Sprint(i), From: from, To: from.AddDays(rapid.IntRange(0, 60).Draw(t, "length"))})
		}
		counts := func(d calendar.Date) bool {
			for _, f := range freezes {
				if !d.Before(f.From) && !d.After(f.To) {
					return false
				}
			}
			return c.WorkingDay(d)
		}
		start := c.LatestStart(need, lead, freezes)
		require.True(t, counts(start))
		days := 0
		for d := start; d.Before(need); d = d.AddDays(1) {
			if counts(d) {
				days++
			}
		}
		require.Equal(t, lead, days)
		require.True(t, c.LatestStart(need, lead+1, freezes).Before(start))
		require.False(t, c.LatestStart(need.AddDays(-1), lead, freezes).After(start))
	})
}

func TestOwnEvents(t *testing.T) {
	c := newCalendar(t, "SE",
		calendar.OwnEvent{Name: " Spring sale ", From: day(t, "2026-06-18"), To: day(t, "2026-06-20"), KnownFrom: day(t, "2026-03-01")},
		calendar.OwnEvent{Name: "Spring sale", From: day(t, "2026-06-20"), To: day(t, "2026-06-21")},
		calendar.OwnEvent{Name: "Concert", From: day(t, "2026-06-18"), To: day(t, "2026-06-18")},
	)
	require.Equal(t, []string{"own:Concert own", "own:Spring sale own"}, ids(c.On(day(t, "2026-06-18"))))
	require.Equal(t, []string{"midsummer_eve feast!", "own:Spring sale own"}, ids(c.On(day(t, "2026-06-19"))))
	require.Len(t, c.Between(day(t, "2026-06-18"), day(t, "2026-06-21")), 7)
	before, after := c.KnownBy(day(t, "2026-02-28")), c.KnownBy(day(t, "2026-03-01"))
	require.Equal(t, []string{"own:Concert own"}, ids(before.On(day(t, "2026-06-18"))))
	require.Equal(t, []string{"midsummer_day public!", "own:Spring sale own"}, ids(before.On(day(t, "2026-06-20"))), "the copy that was always known")
	require.Len(t, after.On(day(t, "2026-06-18")), 2)
	require.Len(t, c.On(day(t, "2026-06-18")), 2, "the calendar it was made from is as before")
	require.True(t, c.WorkingDay(day(t, "2026-06-18")))
	require.Equal(t, "SE", before.Country())
}

// FuzzLatestStart asks for any work on any day of any country under any freeze: the start, when there
// is one, is a working day outside the freeze and no later than the need.
func FuzzLatestStart(f *testing.F) {
	f.Add(uint8(3), 2026, uint16(330), 20, 2026, uint16(320), 53)
	f.Add(uint8(0), -400, uint16(0), -5, 100000, uint16(65535), -1)
	f.Add(uint8(11), 0, uint16(60), 400, 0, uint16(1), 1<<40)
	all := make([]*calendar.Calendar, len(calendar.Countries()))
	for i, code := range calendar.Countries() {
		c, err := calendar.New(code, calendar.Options{})
		require.NoError(f, err)
		all[i] = c
	}
	f.Fuzz(func(t *testing.T, country uint8, year int, day uint16, work, freezeYear int, freezeDay uint16, length int) {
		c := all[int(country)%len(all)]
		need := calendar.NewDate(year%100_000, 1, 1).AddDays(int(day))
		from := calendar.NewDate(freezeYear%100_000, 1, 1).AddDays(int(freezeDay))
		freeze := calendar.Freeze{From: from, To: from.AddDays(length % 4000)}
		start := c.LatestStart(need, work%500, []calendar.Freeze{freeze})
		if start.IsZero() {
			return
		}
		require.True(t, c.WorkingDay(start), start)
		require.False(t, start.After(need), start)
		require.True(t, start.Before(freeze.From) || start.After(freeze.To), start)
	})
}

// A day off that was proclaimed later is not known to a replay.
func TestKnownByHidesSingleDays(t *testing.T) {
	c, funeral := newCalendar(t, "GB"), day(t, "2022-09-19")
	require.False(t, c.WorkingDay(funeral))
	require.True(t, c.KnownBy(day(t, "2022-09-09")).WorkingDay(funeral))
	require.False(t, c.KnownBy(day(t, "2022-09-10")).WorkingDay(funeral))
	require.False(t, c.KnownBy(day(t, "2010-01-01")).WorkingDay(day(t, "2022-12-26")))
}

func TestNewRefuses(t *testing.T) {
	_, err := calendar.New("SV", calendar.Options{})
	require.ErrorContains(t, err, `country "SV" is not supported`)
	require.ErrorContains(t, err, "AU, DE, DK, EC, ES, FI, FR, GB, NL, NO, SE, US")
	d := day(t, "2026-01-10")
	for want, e := range map[string]calendar.OwnEvent{
		"has no name":          {Name: " ", From: d, To: d},
		"lacks its first or":   {Name: "x", From: d},
		"before it begins":     {Name: "x", From: d, To: d.AddDays(-1)},
		"are no event":         {Name: "x", From: d, To: d.AddDays(40000)},
		`"y" lacks its first `: {Name: "y"},
	} {
		_, err := calendar.New("SE", calendar.Options{Own: []calendar.OwnEvent{e}})
		require.ErrorContains(t, err, want)
	}
}

// Years that nobody plans for are laid out without a panic, the zero Date included.
func TestStrangeYears(t *testing.T) {
	for _, code := range calendar.Countries() {
		c := newCalendar(t, code)
		require.NotPanics(t, func() {
			for _, y := range []int{-400, -1, 0, 1, 1582, 9999, 100000} {
				c.On(calendar.NewDate(y, 12, 31))
			}
			c.WorkingDay(calendar.Date{})
		}, code)
		require.NotEmpty(t, c.On(calendar.NewDate(1900, 12, 25)))
	}
}

func TestConcurrentUse(t *testing.T) {
	c := newCalendar(t, "SE", calendar.OwnEvent{Name: "x", From: day(t, "2026-01-01"), To: day(t, "2026-12-31")})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for d := calendar.NewDate(2020, 1, 1); d.Year < 2030; d = d.AddDays(7) {
				c.On(d)
				c.KnownBy(d).WorkingDay(d)
			}
		})
	}
	group.Wait()
	require.Len(t, c.On(day(t, "2026-12-24")), 2)
}

func BenchmarkOn(b *testing.B) {
	c, err := calendar.New("SE", calendar.Options{})
	require.NoError(b, err)
	d := calendar.NewDate(2024, 1, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.On(d.AddDays(i % 1500))
	}
}
