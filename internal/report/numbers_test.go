package report

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"foresight/internal/wording"
	"foresight/models"
)

// spaced writes expected figures with plain spaces and hyphens.
func spaced(s string) string { return strings.NewReplacer(thin, " ", minus, "-").Replace(s) }

func TestFigures(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 1: "1", 12345: "12 300", 999.7: "1 000", 999.4: "999", 94.25: "94.2", 0.01234: "0.0123",
		-1234567: "-1 230 000", 1e15: "1e+15", 1e-9: "1e-09", math.Inf(1): "unknown", 5e-324: "4.94e-324"} {
		assert.Equal(t, want, spaced(voice{}.figure(x)), "%g", x)
	}
	assert.Equal(t, "unknown", voice{}.figure(math.NaN()))
	assert.Equal(t, "12 345.6", spaced(voice{}.exact(12345.6)))
	assert.Equal(t, "unknown", voice{}.withUnit(voice{}.figure(math.NaN()), "orders"), "an unknown has no unit")
	assert.Equal(t, "unknown", voice{}.spanOf(1, math.Inf(1)))
}

func TestShares(t *testing.T) {
	for p, want := range map[float64]string{0: "0 %", 1: "100 %", 0.5: "50 %", 0.004: "0.4 %", 0.0001: "under 0.1 %", 0.996: "99.6 %", 0.99999: "over 99.9 %", 0.126: "13 %"} {
		assert.Equal(t, want, spaced(voice{}.percent(p)), "%g", p)
	}
	for p, want := range map[float64]string{0.12: "+12 %", -0.032: "-3.2 %", 0.0001: "±0 %", math.Inf(-1): "unknown"} {
		assert.Equal(t, want, spaced(voice{}.change(p)), "%g", p)
	}
	assert.Equal(t, "1.90 ×", spaced(voice{}.times(1.9)))
	assert.Equal(t, "12.3 ×", spaced(voice{}.times(12.34)))
}

// Ticks rise and span what they are asked to, whatever it is.
func TestTicksSpan(t *testing.T) {
	assert.Equal(t, []float64{0, 5000, 10000, 15000, 20000}, niceTicks(0, 17100, 5))
	rapid.Check(t, func(t *rapid.T) {
		lo, hi := rapid.Float64().Draw(t, "lo"), rapid.Float64().Draw(t, "hi")
		ticks := niceTicks(lo, hi, 5)
		assert.GreaterOrEqual(t, len(ticks), 2)
		assert.LessOrEqual(t, len(ticks), 51)
		for i, v := range ticks {
			assert.True(t, finite(v))
			if i > 0 {
				assert.Greater(t, v, ticks[i-1])
			}
		}
		if hi > lo && math.Abs(lo) < 1e299 && math.Abs(hi) < 1e299 {
			slack := 1e-9 * (hi - lo) // rounding of lo over the step
			assert.LessOrEqual(t, ticks[0], lo+slack)
			assert.GreaterOrEqual(t, ticks[len(ticks)-1], hi-slack)
		}
	})
}

// Labels that get a row stand clear of each other and on the paper.
func TestLabelsStandClear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ls []*label
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			ls = append(ls, &label{x: rapid.Float64Range(-50, 1200).Draw(t, "x"),
				text: rapid.StringN(1, 30, -1).Draw(t, "text"), place: rapid.Float64Range(0, 3).Draw(t, "place")})
		}
		placeLabels(ls, 4, 0, 1080)
		for i, a := range ls {
			if a.row < 0 {
				continue
			}
			half := textWidth(a.text) / 2
			assert.GreaterOrEqual(t, a.at-half, -1e-9)
			assert.LessOrEqual(t, a.at+half, 1080+1e-9)
			for _, b := range ls[i+1:] {
				if b.row == a.row {
					assert.GreaterOrEqual(t, math.Abs(a.at-b.at)+1e-9, half+textWidth(b.text)/2)
				}
			}
		}
	})
}

// A week's largest day keeps its place over the night that summer time begins, and
// a first or last week with fewer than seven days says nothing.
func TestWeeks(t *testing.T) {
	loc, err := time.LoadLocation("Europe/Stockholm")
	assert.NoError(t, err)
	anchor := time.Date(2026, 4, 6, 0, 0, 0, 0, loc)
	var ps []point
	for i := -20; i < 6; i++ { // 29 March has 23 hours
		ps = append(ps, point{anchor.AddDate(0, 0, i), float64(i)})
	}
	ps[9].v = math.NaN() // one hole within
	top, bottom := weekly(ps, anchor)
	assert.Len(t, top, 4)
	assert.True(t, math.IsNaN(top[0].v), "six days")
	assert.Equal(t, point{anchor.AddDate(0, 0, -8), -8}, top[1])
	assert.Equal(t, -14.0, bottom[1].v)
	assert.Equal(t, -1.0, top[2].v)
	assert.Equal(t, -7.0, bottom[2].v)
	assert.True(t, math.IsNaN(top[3].v), "the last week has not ended")
	ps = append(ps, point{anchor.AddDate(0, 0, 6), math.NaN()}, point{anchor.AddDate(0, 0, 7), math.NaN()})
	top, _ = weekly(ps, anchor)
	assert.True(t, math.IsNaN(top[3].v), "a week of nothing does not end the one before")
}

func TestDistances(t *testing.T) {
	loc := time.UTC
	asOf := time.Date(2016, 2, 5, 0, 0, 0, 0, loc) // a Friday
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, loc) }
	for _, c := range []struct {
		t    time.Time
		span models.Span
		want string
	}{{on(2016, 2, 5), models.SpanDay, "today"}, {on(2016, 2, 6), models.SpanDay, "tomorrow"}, {on(2016, 1, 31), models.SpanDay, "5 days ago"},
		{on(2016, 2, 1), models.SpanWeek, "this week"}, {on(2016, 2, 8), models.SpanWeek, "next week"}, {on(2016, 2, 15), models.SpanWeek, "in 2 weeks"},
		{on(2016, 2, 1), models.SpanMonth, "this month"}, {on(2016, 12, 1), models.SpanMonth, "in 10 months"}, {on(2017, 2, 1), models.SpanMonth, "in 12 months"},
		{time.Time{}, models.SpanMonth, ""}} {
		assert.Equal(t, c.want, voice{}.inBuckets(c.t, asOf, c.span, loc))
	}
}

func TestMethodsInSwedish(t *testing.T) {
	sv := voice{wording.In("sv")}
	assert.Equal(t, "61 % ridge-regression + 39 % Holt-Winters", sv.method("61 % ridge + 39 % holt-winters"))
	assert.Equal(t, "dagar × profil; dagar med säsongsnaiv", sv.method("days × profile; days by seasonal naive"))
	assert.Equal(t, "something | else", sv.method("something | else"))
	for _, text := range []string{"61 % ridge + 39 % holt-winters", "days × profile; days by 50 % stl + 50 % theta", "damped line"} {
		assert.Equal(t, text, voice{}.method(text))
	}
}

// May is its own short form: no way of writing a date may find it twice.
func TestDatesInOneStyle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"done before 2016-05-28.":       "done before 28 May 2016 (Sat).",
		"start by 2016-04-15":           "start by 15 Apr 2016 (Fri)",
		"on Sat 28 May 2016 and later":  "on 28 May 2016 (Sat) and later",
		"around 25 November 2016":       "around 25 Nov 2016 (Fri)",
		"in December 2016, in May 2017": "in Dec 2016, in May 2017",
		"on 2016-02-31":                 "on 2016-02-31",
	} {
		assert.Equal(t, want, voice{}.oneStyle(text), text)
	}
}
