package report

import (
	"math"
	"strconv"
	"time"
)

// niceTicks returns about n round values from at or below lo to at or above hi, in
// steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice numbers for graph
// labels", Graphics Gems, 1990).
func niceTicks(lo, hi float64, n int) []float64 {
	const largest = 1e300 // keeps hi − lo finite
	lo, hi = clamp(lo, -largest, largest), clamp(hi, -largest, largest)
	if !(hi > lo) {
		hi = lo + math.Max(1, math.Abs(lo))
	}
	raw := (hi - lo) / float64(n)
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	if base == 0 || !finite(base) {
		return []float64{lo, hi}
	}
	step := 10 * base
	for _, m := range []float64{1, 2, 5} {
		if m*base >= raw {
			step = m * base
			break
		}
	}
	first, last := math.Floor(lo/step), math.Ceil(hi/step)
	if !finite(first) || !finite(last) || last-first > 50 {
		return []float64{lo, hi}
	}
	ticks := make([]float64, 0, n+2)
	for k := first; k <= last; k++ {
		ticks = append(ticks, k*step)
	}
	return ticks
}

// tickText prints an axis value; from ten millions on in millions or billions.
func (e voice) tickText(v, top float64) string {
	switch {
	case top >= 1e15:
		return e.written(strconv.FormatFloat(v, 'g', 3, 64))
	case top >= 1e10:
		return e.digits(v/1e9, 6) + thin + e.T("bn")
	case top >= 1e7:
		return e.digits(v/1e6, 6) + thin + e.T("M")
	}
	return e.digits(v, 6)
}

// timeTick is one mark of a time axis; Strong ones open a year or a month.
type timeTick struct {
	t      time.Time
	text   string
	strong bool
}

// monthTicks marks the months of a range, every second, third, sixth or twelfth
// when there are many, and names the year at its first mark.
func (e voice) monthTicks(from, to time.Time, loc *time.Location, most int) []timeTick {
	from = from.In(loc)
	months := int(to.Sub(from).Hours()/24/30.4) + 1
	every := 12 * (1 + months/12/most)
	for _, e := range []int{1, 2, 3, 6, 12} {
		if months/e <= most {
			every = e
			break
		}
	}
	var ticks []timeTick
	year := 0
	t := time.Date(from.Year(), 1, 1, 0, 0, 0, 0, loc)
	for ; !t.After(to); t = t.AddDate(0, every, 0) {
		if t.Before(from) {
			continue
		}
		tick := timeTick{t: t, text: e.Date(t, "Jan")}
		if t.Year() != year {
			tick.text, tick.strong, year = e.Date(t, "Jan 2006"), true, t.Year()
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// weekTicks marks Mondays, every second or fourth when there are many, and names
// the year at its first mark.
func (e voice) weekTicks(from, to time.Time, loc *time.Location, most int) []timeTick {
	from = from.In(loc)
	every := 1 + int(to.Sub(from).Hours()/24/7)/most
	back := (int(from.Weekday()) + 6) % 7
	t := time.Date(from.Year(), from.Month(), from.Day()-back, 0, 0, 0, 0, loc)
	var ticks []timeTick
	year := 0
	for ; !t.After(to); t = t.AddDate(0, 0, 7*every) {
		if t.Before(from) {
			continue
		}
		tick := timeTick{t: t, text: e.Date(t, "2 Jan")}
		if t.Year() != year {
			tick.text, tick.strong, year = e.Date(t, "2 Jan 2006"), true, t.Year()
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

// label is a piece of text that wants to stand near x.
type label struct {
	x     float64
	text  string
	place float64 // larger first
	row   int     // given by placeLabels; −1: no room
	at    float64 // given by placeLabels: middle of the text
}

// textWidth estimates the width of text at 12 units' font size: 0.56 em a letter
// covers the system fonts that the page asks for.
func textWidth(s string) float64 { return 6.8*float64(len([]rune(s))) + 8 }

// placeLabels gives each label a row so that none overlap, the most important
// first; those without room get row −1.
func placeLabels(ls []*label, rows int, left, right float64) {
	type taken struct{ from, to float64 }
	used := make([][]taken, rows)
	for _, l := range byPlace(ls) {
		w := textWidth(l.text) / 2
		l.at, l.row = clamp(l.x, left+w, math.Max(left+w, right-w)), -1
	search:
		for r := range used {
			for _, u := range used[r] {
				if l.at-w < u.to && l.at+w > u.from {
					continue search
				}
			}
			used[r] = append(used[r], taken{l.at - w, l.at + w})
			l.row = r
			break
		}
	}
}

// byPlace returns the labels in order of importance, equals by their x.
func byPlace(ls []*label) []*label {
	out := append([]*label(nil), ls...)
	for i := 1; i < len(out); i++ { // few: insertion keeps it stable and plain
		for j := i; j > 0 && (out[j].place > out[j-1].place ||
			(out[j].place == out[j-1].place && out[j].x < out[j-1].x)); j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
