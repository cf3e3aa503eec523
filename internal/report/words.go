package report

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// english holds the sentences that are made of figures; fixed text stands in the
// template.
type english struct{}

// plural puts a noun behind a number: 1 day, 2 days.
func (english) plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return whole(n) + " " + many
}

// measure names a measure for people, by how the signal's buckets combine.
func (english) measure(m models.Measure, s models.SignalResult) string {
	if m == models.MeasureBusiest {
		return "the busiest " + bucketName(s.Query.Span) + " of each day"
	}
	word := map[models.Aggregate]string{models.AggregateMean: "mean", models.AggregateMax: "largest value",
		models.AggregateLast: "last value"}[s.Signal.Aggregate]
	if word == "" {
		word = "total"
	}
	return "the " + word + " of each " + bucketName(s.Span)
}

// bucketName names a span in a sentence.
func bucketName(s models.Span) string {
	switch s {
	case models.Span5Min:
		return "five minutes"
	case models.Span15Min:
		return "quarter of an hour"
	case models.Span30Min:
		return "half hour"
	case models.SpanHour:
		return "hour"
	case models.SpanWeek:
		return "week"
	case models.SpanMonth:
		return "month"
	}
	return "day"
}

// per names the width of a limit.
func (english) per(p models.Per, s models.SignalResult) string {
	switch p {
	case models.PerSecond:
		return "a second"
	case models.PerMinute:
		return "a minute"
	case models.Per5Min:
		return "in five minutes"
	case models.PerHour:
		return "an hour"
	case models.PerDay:
		return "a day"
	}
	return "in one " + bucketName(s.Query.Span)
}

// peakLabel is a peak's name in a chart.
func (english) peakLabel(p models.Peak, loc *time.Location) string {
	name := p.Event
	if name == "" {
		name = "Peak"
	}
	if r := []rune(name); len(r) > 22 {
		name = string(r[:21]) + "…"
	}
	return name + ", " + shortDay(p.Date, loc)
}

// peakTitle is the tooltip of a peak.
func (e english) peakTitle(p models.Peak, unit string, loc *time.Location) string {
	name := p.Event
	if name == "" {
		name = "Peak without a known occasion"
	}
	return fmt.Sprintf("%s, %s: %s (90 %%: %s), %s a usual day, %s", name, day(p.Date, loc),
		withUnit(figure(p.Expected), unit), spanOf(p.Low, p.High), times(p.Factor), e.seen(p))
}

// seen says how often the history holds a peak's occasion.
func (e english) seen(p models.Peak) string {
	switch {
	case p.Event == "":
		return "no known occasion"
	case p.TimesSeen == 0:
		return "never seen before"
	}
	return "seen " + e.plural(p.TimesSeen, "time", "times")
}

// inDays says how far ahead a day lies.
func (e english) inDays(t, asOf time.Time, loc *time.Location) string {
	if t.IsZero() {
		return ""
	}
	n := daysBetween(asOf, t, loc)
	switch {
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n < 0:
		return e.plural(-n, "day", "days") + " ago"
	}
	return "in " + e.plural(n, "day", "days")
}

// daysBetween counts local days from a to b.
func daysBetween(a, b time.Time, loc *time.Location) int {
	a, b = a.In(loc), b.In(loc)
	ua := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	ub := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(ub.Sub(ua).Hours() / 24)
}

// standing says what history a forecast rests on.
func (e english) standing(s models.Standing, span models.Span, loc *time.Location) string {
	if s.Observed == 0 {
		return "No history was observed."
	}
	bucket := bucketName(span)
	parts := []string{fmt.Sprintf("%s, from %s to %s", years(s.Years), plainDay(s.From, loc), plainDay(s.To, loc))}
	switch s.Christmases {
	case 0:
		parts = append(parts, "no Christmas seen")
	case 1:
		parts = append(parts, "one Christmas seen")
	default:
		parts = append(parts, whole(s.Christmases)+" Christmases seen")
	}
	parts = append(parts, e.plural(s.Observed, "observed "+bucket, "observed "+bucket+"s"))
	if s.Missing > 0 {
		parts = append(parts, e.plural(s.Missing, "missing "+bucket, "missing "+bucket+"s")+", left as holes and not taken for zero")
	} else {
		parts = append(parts, "none missing")
	}
	return strings.Join(parts, "; ") + "."
}

// years prints a length in years to a tenth, which is what a season count needs.
func years(y float64) string {
	if !finite(y) {
		return "unknown years"
	}
	return group(strconv.FormatFloat(y, 'f', 1, 64)) + " years"
}

// backtest says how right the method was before, with the seasonal naive beside it.
func (e english) backtest(b models.Backtest) []string {
	if b.Origins == 0 {
		return []string{"The history is too short to try the method on the past: how right it is, is unknown. Take the ranges with care."}
	}
	first := fmt.Sprintf("Tried from %s at this horizon: the errors add up to %s of the volume (WAPE).",
		e.plural(b.Origins, "past day", "past days"), percent(b.WAPE))
	out := []string{first}
	if finite(b.MASE) && finite(b.Naive) && b.Naive > 0 {
		r := b.MASE / b.Naive
		word := percent(1-r) + " less error than"
		if r > 0.995 && r < 1.005 {
			word = "the same error as"
		} else if r > 1 {
			word = percent(r-1) + " more error than"
		}
		out = append(out, fmt.Sprintf("That is %s simply repeating the last season (MASE %s; the seasonal naive %s on the same days).",
			word, figure(b.MASE), figure(b.Naive)))
	}
	if finite(b.Coverage80) && finite(b.Coverage90) {
		out = append(out, fmt.Sprintf("What came lay within the 80 %% band %s of the time, within the 90 %% band %s.",
			percent(b.Coverage80), percent(b.Coverage90)))
	}
	return out
}

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
	for _, c := range f.Components {
		if len(c.Values) == 0 || len(c.Values) != len(f.Points) {
			continue
		}
		switch strings.ToLower(c.Name) {
		case "trend", "level":
			lead = appendText(lead, e.trend(c, f, unit, loc))
		case "week":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Weekday()) }, "day of the week",
				func(k int) string { return "on " + time.Weekday(k).String() + "s" }))
		case "year":
			lead = appendText(lead, e.season(c, f, unit, loc, func(t time.Time) int { return int(t.Month()) }, "time of the year",
				func(k int) string { return "in " + time.Month(k).String() }))
		default:
			if x := e.occasion(c, f, unit, loc); x.text != "" {
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
	for k := 0; k <= 12; k++ {
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

// signed prints an amount with its sign.
func signed(v float64, unit string) string {
	s := withUnit(figure(v), unit)
	if v > 0 {
		return "+" + s
	}
	return s
}

// occasion says what an occasion lifts and lowers most; nothing below 2 %.
func (english) occasion(c models.Component, f models.Forecast, unit string, loc *time.Location) effect {
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
	print := func(i int) string {
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
			parts = append(parts, fmt.Sprintf("%s %s %s", p.verb, day(f.Points[p.i].Time, loc), print(p.i)))
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
