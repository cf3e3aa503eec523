package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/models"
)

// assumption is one what-if flag, understood as far as it can be without a series.
type assumption struct {
	flag  string // as it was given
	build func(s analytics.Series, f analytics.Forecast, cal *calendar.Calendar) (analytics.Change, error)
}

// assume reads the what-if flags; own are the user's events, whose names a campaign
// may follow.
func assume(o ForecastOptions, cal *calendar.Calendar, own []models.CalendarEvent, now time.Time) ([]assumption, error) {
	readers := []struct {
		flag  string
		texts []string
		read  func(string) (assumption, error)
	}{
		{"--growth", o.Growth, readGrowth},
		{"--effect", o.Effect, readEffect},
		{"--campaign", o.Campaign, func(text string) (assumption, error) { return readCampaign(text, cal, own, now) }},
		{"--add-capacity", o.AddCapacity, readCapacity},
	}
	if len(o.AddCapacity) > 0 && math.IsNaN(o.Capacity) {
		return nil, fmt.Errorf("--add-capacity %s: there is no capacity to add to; give --capacity too", o.AddCapacity[0])
	}
	var all []assumption
	for _, r := range readers {
		for _, text := range r.texts {
			a, err := r.read(strings.TrimSpace(text))
			if err != nil {
				return nil, fmt.Errorf("%s %q: %w", r.flag, text, err)
			}
			a.flag = r.flag + " " + text
			all = append(all, a)
		}
	}
	return all, nil
}

// fixed is an assumption that is the same for every series.
func fixed(c analytics.Change) assumption {
	return assumption{build: func(analytics.Series, analytics.Forecast, *calendar.Calendar) (analytics.Change, error) {
		return c, nil
	}}
}

// readGrowth reads FACTOR[@FROM[..TO]].
func readGrowth(text string) (assumption, error) {
	number, days, dated := strings.Cut(text, "@")
	factor, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(factor > 0) || factor > 1e6 {
		return assumption{}, fmt.Errorf("%q is not a factor above 0 and up to a million; write 1.2 for a fifth more, 1.2@2026-03-01 from a day on", number)
	}
	var from, to calendar.Date
	if dated {
		if from, to, err = readDays(days); err != nil {
			return assumption{}, err
		}
		if !strings.Contains(days, "..") {
			to = calendar.Date{} // from that day on
		}
	}
	return fixed(analytics.Growth("growth "+text, analytics.Certain(factor), from, to)), nil
}

// readCapacity reads DATE=AMOUNT.
func readCapacity(text string) (assumption, error) {
	day, number, both := strings.Cut(text, "=")
	if !both {
		return assumption{}, fmt.Errorf("it is not DATE=AMOUNT; write 2026-11-02=500")
	}
	from, err := readDay(day)
	if err != nil {
		return assumption{}, err
	}
	amount, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(amount) || math.Abs(amount) > 1e100 {
		return assumption{}, fmt.Errorf("%q is not an amount; write what is added to --capacity, such as 500", number)
	}
	return fixed(analytics.AddCapacity("capacity "+text, amount, from)), nil
}

// readEffect reads DATE[..DATE]=EFFECT, where an effect is +20%, -300, or
// low..expected..high of one of them.
func readEffect(text string) (assumption, error) {
	const mend = "write DATE[..DATE]=EFFECT, such as 2026-05-02..2026-05-06=+20%, or +10%..+20%..+40% for a range, or +500 for an amount"
	days, effect, both := strings.Cut(text, "=")
	if !both {
		return assumption{}, fmt.Errorf("it is not an effect on days; %s", mend)
	}
	from, to, err := readDays(days)
	if err != nil {
		return assumption{}, err
	}
	parts := strings.Split(effect, "..")
	if len(parts) != 1 && len(parts) != 3 {
		return assumption{}, fmt.Errorf("%q is neither one effect nor low..expected..high; %s", effect, mend)
	}
	var numbers []float64
	shares := 0
	for _, p := range parts {
		p = strings.TrimSpace(p)
		digits, share := strings.CutSuffix(p, "%")
		x, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil || math.IsNaN(x) || math.Abs(x) > 1e100 {
			return assumption{}, fmt.Errorf("%q is not a number; %s", p, mend)
		}
		if share {
			shares++
			x = 1 + x/100
		}
		numbers = append(numbers, x)
	}
	r := analytics.Certain(numbers[0])
	if len(numbers) == 3 {
		r = &analytics.Range{Low: numbers[0], Value: numbers[1], High: numbers[2]}
	}
	c := analytics.Change{Name: "effect " + text, From: from, To: to}
	switch {
	case shares != 0 && shares != len(parts):
		return assumption{}, fmt.Errorf("%q mixes shares and amounts; %s", effect, mend)
	case r.Low > r.Value || r.Value > r.High:
		return assumption{}, fmt.Errorf("%q does not ascend; give low..expected..high", effect)
	case shares > 0 && (r.Low < 0 || r.High > 1e6):
		return assumption{}, fmt.Errorf("%q takes away more than everything, or adds more than a millionfold; %s", effect, mend)
	case shares > 0:
		c.Factor = r
	default:
		c.Amount = r
	}
	return fixed(c), nil
}

// readCampaign reads DATE[..DATE] like DATE..DATE, or like the name of an occasion.
func readCampaign(text string, cal *calendar.Calendar, own []models.CalendarEvent, now time.Time) (assumption, error) {
	const mend = `write "2026-05-02 like 2025-05-04..2025-05-08", or like the name of an event of --events or a feast of --country`
	days, model, both := strings.Cut(text, " like ")
	model = strings.TrimSpace(model)
	if !both || model == "" {
		return assumption{}, fmt.Errorf("it does not say like what; %s", mend)
	}
	first, last, err := readDays(days)
	if err != nil {
		return assumption{}, err
	}
	lasts := last.Sub(first) + 1
	if !strings.Contains(days, "..") {
		lasts = 0 // as long as what it is like
	}
	build := func(p analytics.Profile) (analytics.Change, error) {
		if own := len(p.Values) - p.Before; lasts > 0 && lasts != len(p.Values) && lasts != own {
			return analytics.Change{}, fmt.Errorf("it lasts %d days, but %s lasts %d; give its first day alone", lasts, model, own)
		}
		return analytics.Campaign("campaign "+text, p, first), nil
	}
	if from, to, err := readDays(model); err == nil {
		if n := to.Sub(from) + 1; lasts > 0 && n != lasts {
			return assumption{}, fmt.Errorf("it lasts %d days, but %s lasts %d; give its first day alone", lasts, model, n)
		}
		return assumption{build: func(s analytics.Series, _ analytics.Forecast, _ *calendar.Calendar) (analytics.Change, error) {
			p, err := analytics.EffectOfDays(s, from, to)
			if err != nil {
				return analytics.Change{}, err
			}
			return build(p)
		}}, nil
	}
	if err := namedOccasion(model, cal, own, now); err != nil {
		return assumption{}, fmt.Errorf("%w; %s", err, mend)
	}
	return assumption{build: func(s analytics.Series, f analytics.Forecast, cal *calendar.Calendar) (analytics.Change, error) {
		p, err := analytics.EffectOfOccasion(s, f, cal, model)
		if err != nil {
			return analytics.Change{}, err
		}
		return build(p)
	}}, nil
}

// namedOccasion refuses a name that neither the user's events nor the country's year
// know.
func namedOccasion(name string, cal *calendar.Calendar, own []models.CalendarEvent, now time.Time) error {
	seen := map[string]bool{}
	var names []string
	for _, e := range own {
		if strings.EqualFold(e.Name, name) || strings.EqualFold("own:"+e.Name, name) {
			return nil
		}
		if !seen[e.Name] && len(names) < 10 {
			seen[e.Name], names = true, append(names, strconv.Quote(e.Name))
		}
	}
	today := calendar.DateOf(now)
	for _, o := range cal.Between(today.AddDays(-400), today.AddDays(400)) {
		for _, known := range []string{o.Family, calendar.FamilyName(o.Family), o.Name, o.ID} {
			if strings.EqualFold(known, name) {
				return nil
			}
		}
	}
	if len(names) > 0 {
		return fmt.Errorf("%q is neither past days nor a known occasion (the events are %s)", name, strings.Join(names, ", "))
	}
	return fmt.Errorf("%q is neither past days nor a known occasion", name)
}

// readDays reads DATE or DATE..DATE, both included.
func readDays(text string) (from, to calendar.Date, err error) {
	first, last, both := strings.Cut(text, "..")
	if from, err = readDay(first); err != nil {
		return from, to, err
	}
	to = from
	if both {
		if to, err = readDay(last); err != nil {
			return from, to, err
		}
	}
	if to.Before(from) {
		return from, to, fmt.Errorf("%s lies before %s; swap them", to, from)
	}
	return from, to, nil
}

func readDay(text string) (calendar.Date, error) {
	text = strings.TrimSpace(text)
	d, err := calendar.ParseDate(text)
	if err != nil {
		return d, fmt.Errorf("%q is not a date; write it as 2026-12-24", text)
	}
	return d, nil
}

// assumed lays the flags' changes over a forecast. A change that none of its days
// hold is the series' error: nobody asks what a plan after the end would do.
func (r request) assumed(s analytics.Series, f analytics.Forecast, o analytics.Options) (analytics.Outcome, error) {
	changes := make([]analytics.Change, 0, len(r.assumptions))
	for _, a := range r.assumptions {
		c, err := a.build(s, f, r.calendar)
		if err != nil {
			return analytics.Outcome{}, fmt.Errorf("%s: %w", a.flag, err)
		}
		if !c.Touches(s, f) {
			return analytics.Outcome{}, fmt.Errorf("%s: none of its days is forecast, which are %s to %s; mend the date or give a longer --horizon",
				a.flag, f.Times[0].Format(time.DateOnly), f.Times[len(f.Times)-1].Format(time.DateOnly))
		}
		changes = append(changes, c)
	}
	return analytics.WhatIf(s, f, o, changes...)
}
