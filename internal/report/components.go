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
func (e english) components(f models.Forecast, unit string, loc *time.Location) []string {
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
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Weekday()) }, "day of the week",
				func(k int) string { return "on " + time.Weekday(k).String() + "s" }))
		case "year":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Month()) }, "time of the year",
				func(k int) string { return "in " + time.Month(k).String() }))
		case "month day":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return t.Day() }, "day of the month",
				func(k int) string { return "on day " + whole(k) }))
		case "hour":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return t.Hour() }, "hour of the day",
				func(k int) string { return fmt.Sprintf("at %02d:00", k) }))
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
			lead = append(lead, "And "+e.plural(len(rest)-most, "smaller effect", "smaller effects")+".")
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
func (english) trend(c models.Component, f models.Forecast, unit string, loc *time.Location) string {
	first, last := c.Values[0], c.Values[len(c.Values)-1]
	by := lastTime(f).In(loc).Format("Jan 2006")
	if !finite(first) || !finite(last) {
		return ""
	}
	if first > 0 && last > 0 {
		r := last/first - 1
		switch {
		case math.Abs(r) < 0.005:
			return "The trend is flat until " + by + "."
		case r > 0:
			return "The trend adds " + change(r) + " by " + by + "."
		}
		return "The trend takes " + change(r) + " off by " + by + "."
	}
	return "The trend moves the figure by " + withUnit(figure(last-first), unit) + " until " + by + "."
}

// season names the largest and smallest of a repeating component's places, each
// as a multiple of the usual (or an amount, when it is added).
func (english) season(c models.Component, f models.Forecast, unit string, loc *time.Location,
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
			return "The " + what + " hardly matters."
		}
		return fmt.Sprintf("The %s matters: highest %s, %s the usual; lowest %s, %s.", what,
			name(high), times(mean(high)/base), name(low), times(mean(low)/base))
	}
	return fmt.Sprintf("The %s matters: highest %s, %s against the usual; lowest %s, %s.", what,
		name(high), signed(mean(high)-base, unit), name(low), signed(mean(low)-base, unit))
}

// combination says what mixing in the other methods does to the whole.
func (english) combination(c models.Component, unit string) string {
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
		return "Mixing in the other methods changes it by " + signed(mean, unit) + " on average."
	}
	if math.Abs(mean-1) < 0.005 {
		return ""
	}
	return "Mixing in the other methods changes it by " + change(mean-1) + " on average."
}

// signed prints an amount with its sign.
func signed(v float64, unit string) string {
	s := withUnit(figure(v), unit)
	if v > 0 {
		return "+" + s
	}
	return s
}

// occasion says what an occasion lifts and lowers most; nothing below 2 %.
func (e english) occasion(c models.Component, f models.Forecast, unit string, loc *time.Location) effect {
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
			return "to " + times(c.Values[i])
		}
		return "by " + withUnit(figure(math.Abs(c.Values[i])), unit)
	}
	var parts []string
	for _, p := range []struct {
		i    int
		verb string
	}{{up, "lifts"}, {down, "lowers"}} {
		if share(p.i) >= 0.02 {
			parts = append(parts, fmt.Sprintf("%s %s", e.inWhen(p.verb, f.Points[p.i].Time, f.Span, loc), amount(p.i))+e.sameDay(c, f, p.i, unit))
		}
	}
	if len(parts) == 0 {
		return effect{}
	}
	name := c.Name
	if r := []rune(name); len(r) > 0 {
		name = strings.ToUpper(string(r[:1])) + string(r[1:])
	}
	return effect{max(share(up), share(down)), name + " " + strings.Join(parts, " and ") + "."}
}
