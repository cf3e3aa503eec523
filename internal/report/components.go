package report

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"foresight/models"
)

// effect is one component's sentence and how much it matters.
type effect struct {
	size float64
	text string
}

// components puts the parts of a forecast in words: trend, week and year first,
// then the occasions by the size of what they do, eight at most.
func (e voice) components(f models.Forecast, unit string, loc *time.Location) []string {
	var lead []string
	var rest []effect
	coarse := f.Span == models.SpanWeek || f.Span == models.SpanMonth
	for _, c := range f.Components {
		name := strings.ToLower(c.Name)
		if len(c.Values) == 0 || len(c.Values) != len(f.Points) || (coarse && (name == "week" || name == "month day")) {
			continue // a month has no day of the week
		}
		switch name {
		case "level": // the whole forecast: nothing is taken apart
		case "trend":
			lead = appendText(lead, e.trend(c, f, unit, loc))
		case "week":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Weekday()) }, e.T("The day of the week"),
				func(k int) string { return e.T("on %ss", e.Day(time.Weekday(k))) }))
		case "year":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Month()) }, e.T("The time of the year"),
				func(k int) string { return e.T("when|in %s", e.Month(time.Month(k))) }))
		case "month day":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return t.Day() }, e.T("The day of the month"),
				func(k int) string { return e.T("on day %s", e.whole(k)) }))
		case "hour":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return t.Hour() }, e.T("The hour of the day"),
				func(k int) string { return e.T("at %s", fmt.Sprintf("%02d:00", k)) }))
		case "reconciliation":
			lead = appendText(lead, e.reconciliation(c, unit))
		case "combination", "bucket combination":
			lead = appendText(lead, e.combination(c, unit))
		default:
			if text, lasts := e.lasting(c, f, loc); lasts {
				lead = append(lead, text)
			} else if x := e.occasion(c, f, unit, loc); x.text != "" {
				rest = append(rest, x)
			}
		}
	}
	sort.SliceStable(rest, func(i, j int) bool { return rest[i].size > rest[j].size })
	const most = 8
	for i, x := range rest {
		if i == most {
			lead = append(lead, e.T("And %s.", e.plural(len(rest)-most, "smaller effect", "smaller effects")))
			break
		}
		lead = append(lead, x.text)
	}
	return lead
}

func appendText(ss []string, s string) []string {
	if s == "" {
		return ss
	}
	return append(ss, s)
}

// trend compares the first and last value of the trend.
func (e voice) trend(c models.Component, f models.Forecast, unit string, loc *time.Location) string {
	first, last := c.Values[0], c.Values[len(c.Values)-1]
	by := e.month(lastTime(f).In(loc))
	if !finite(first) || !finite(last) {
		return ""
	}
	if first > 0 && last > 0 {
		r := last/first - 1
		switch {
		case math.Abs(r) < 0.005:
			return e.T("The trend is flat until %s.", by)
		case r > 0:
			return e.T("The trend adds %s by %s.", e.change(r), by)
		}
		return e.T("The trend takes %s off by %s.", e.change(r), by)
	}
	return e.T("The trend moves the figure by %s until %s.", e.withUnit(e.figure(last-first), unit), by)
}

// season names the largest and smallest of a repeating component's places, each
// as a multiple of the usual (or an amount, when it is added).
func (e voice) season(c models.Component, f models.Forecast, unit string, loc *time.Location,
	key func(time.Time) int, what string, name func(int) string) string {
	sum, count := map[int]float64{}, map[int]float64{}
	var all, n float64
	for i, v := range c.Values {
		if finite(v) {
			k := key(f.Points[i].Time.In(loc))
			sum[k], count[k] = sum[k]+v, count[k]+1
			all, n = all+v, n+1
		}
	}
	if len(sum) < 2 {
		return ""
	}
	high, low := -1, -1
	mean := func(k int) float64 { return sum[k] / count[k] }
	for k := 0; k <= 31; k++ { // no season here has more places than a month has days
		if count[k] == 0 {
			continue
		}
		if high < 0 || mean(k) > mean(high) {
			high = k
		}
		if low < 0 || mean(k) < mean(low) {
			low = k
		}
	}
	base := all / n
	if c.Multiplicative {
		if base <= 0 || mean(high)/mean(low) < 1.02 {
			return e.T("%s hardly matters.", what)
		}
		return e.T("%s matters: highest %s, %s the usual; lowest %s, %s.", what,
			name(high), e.times(mean(high)/base), name(low), e.times(mean(low)/base))
	}
	return e.T("%s matters: highest %s, %s against the usual; lowest %s, %s.", what,
		name(high), e.signed(mean(high)-base, unit), name(low), e.signed(mean(low)-base, unit))
}

// reconciliation says how far parts and total had to move to add up.
func (e voice) reconciliation(c models.Component, unit string) string {
	var most float64
	for _, v := range c.Values {
		if finite(v) && math.Abs(v) > math.Abs(most) {
			most = v
		}
	}
	if most == 0 {
		return ""
	}
	return e.T("Making parts and total add up moves it by %s at most.", e.signed(most, unit))
}

// combination says what mixing in the other methods does to the whole.
func (e voice) combination(c models.Component, unit string) string {
	var sum, n float64
	for _, v := range c.Values {
		if finite(v) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return ""
	}
	mean := sum / n
	if !c.Multiplicative {
		return e.T("Mixing in the other methods changes it by %s on average.", e.signed(mean, unit))
	}
	if math.Abs(mean-1) < 0.005 {
		return ""
	}
	return e.T("Mixing in the other methods changes it by %s on average.", e.change(mean-1))
}

// signed prints an amount with its sign.
func (e voice) signed(v float64, unit string) string {
	s := e.withUnit(e.figure(v), unit)
	if v > 0 {
		return "+" + s
	}
	return s
}

// occasion says what an occasion lifts and lowers most; nothing below 2 %.
func (e voice) occasion(c models.Component, f models.Forecast, unit string, loc *time.Location) effect {
	neutral := 0.0
	if c.Multiplicative {
		neutral = 1
	}
	up, down := -1, -1
	for i, v := range c.Values {
		if !finite(v) {
			continue
		}
		if v > neutral && (up < 0 || v > c.Values[up]) {
			up = i
		}
		if v < neutral && (down < 0 || v < c.Values[down]) {
			down = i
		}
	}
	share := func(i int) float64 { // of the day's figure
		if i < 0 {
			return 0
		}
		if c.Multiplicative {
			return math.Abs(c.Values[i] - 1)
		}
		if m := f.Points[i].Quantiles[models.Q50]; finite(m) && m != 0 {
			return math.Abs(c.Values[i] / m)
		}
		return 0
	}
	amount := func(i int) string {
		if c.Multiplicative {
			return e.T("to %s", e.times(c.Values[i]))
		}
		return e.T("amount|by %s", e.withUnit(e.figure(math.Abs(c.Values[i])), unit))
	}
	when := func(i int) string { return e.theWhen(f.Points[i].Time, f.Span, loc) }
	var parts []string
	if share(up) >= 0.02 {
		parts = append(parts, e.T("lifts %s %s", when(up), amount(up))+e.sameDay(c, f, up, unit))
	}
	if share(down) >= 0.02 {
		parts = append(parts, e.T("lowers %s %s", when(down), amount(down))+e.sameDay(c, f, down, unit))
	}
	if len(parts) == 0 {
		return effect{}
	}
	name := e.Occasion(c.Name)
	if r := []rune(name); len(r) > 0 {
		name = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return effect{max(share(up), share(down)), name + " " + strings.Join(parts, e.T(" and ")) + "."}
}
