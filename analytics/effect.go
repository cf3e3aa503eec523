package analytics

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"foresight/analytics/calendar"
)

// Profile is an effect day by day, as an occasion or a stretch of the past had it.
type Profile struct {
	Values         []float64 // one a local day: factors (Multiplicative) or amounts a bucket
	Multiplicative bool      // Values are factors
	Before         int       // how many of the days lie before the occasion's own first day
}

// ErrNoEffect says that the past does not show the effect that is asked for.
var ErrNoEffect = errors.New("the effect cannot be read from the series")

// EffectOfDays is the effect that the days [from, to] of the history had: each day's value over
// that of a usual such day, the median of the same weekday up to four weeks before and after,
// outside the stretch; for steps longer than a day of the buckets around. Of sub-daily series the
// day's mean is compared. Where a value is negative the difference is taken instead of the ratio. A
// day without a value is neutral.
//
// What else happened on those days (a holiday, an outage) is in the effect too.
//
// It returns ErrNoEffect, wrapped with the dates, when no day of the stretch can be compared.
func EffectOfDays(s Series, from, to calendar.Date) (Profile, error) {
	if from.IsZero() || to.Before(from) {
		return Profile{}, fmt.Errorf("reading the effect of %s to %s: the last day lies before the first: swap them", from, to)
	}
	if to.Sub(from) >= maxEffectDays {
		return Profile{}, fmt.Errorf("reading the effect of %s to %s: more than %d days are no campaign: give a shorter stretch", from, to, maxEffectDays)
	}
	days := meansByDay(s)
	p := Profile{Values: make([]float64, to.Sub(from)+1), Multiplicative: days.least >= 0}
	compared := 0
	for i := range p.Values {
		if p.Multiplicative {
			p.Values[i] = 1
		}
		day := from.AddDays(i)
		value, known := days.mean[day]
		usual := days.usual(s, day, from, to)
		switch {
		case !known || math.IsNaN(usual):
			continue
		case !p.Multiplicative:
			p.Values[i] = value - usual
		case usual > 0:
			p.Values[i] = math.Min(value/usual, maxFactor)
		default:
			continue
		}
		compared++
	}
	if compared == 0 {
		return Profile{}, fmt.Errorf("reading the effect of %s to %s: no value of those days and of usual days around them, %w: give days of its history", from, to, ErrNoEffect)
	}
	if s.Step.PerDay() < 1 {
		p.concentrate(s, from)
	}
	return p, nil
}

// maxEffectDays bounds a stretch of the past whose effect is repeated.
const maxEffectDays = 366

// dayMeans is a series by local day; a day of a week or month has its bucket's value.
type dayMeans struct {
	mean  map[calendar.Date]float64
	least float64
}

func meansByDay(s Series) dayMeans {
	d := dayMeans{mean: map[calendar.Date]float64{}}
	count := map[calendar.Date]float64{}
	for i, v := range s.Values {
		if math.IsNaN(v) || math.Abs(v) > maxMagnitude {
			continue
		}
		d.least = math.Min(d.least, v)
		first, end := calendar.DateOf(s.Times[i]), calendar.DateOf(s.Step.Add(s.Times[i], 1))
		for k := range max(1, end.Sub(first)) {
			day := first.AddDays(k)
			count[day]++
			d.mean[day] += (v - d.mean[day]) / count[day]
		}
	}
	return d
}

// usual is what such a day has without the stretch's effect; NaN when nothing tells.
func (d dayMeans) usual(s Series, day, from, to calendar.Date) float64 {
	step, count := 7, 4
	if s.Step.PerDay() < 1 {
		step = max(1, int(math.Ceil(1/s.Step.PerDay())))
	}
	var like []float64
	for k := 1; k <= count; k++ {
		for _, other := range [...]calendar.Date{day.AddDays(-k * step), day.AddDays(k * step)} {
			if v, known := d.mean[other]; known && (other.Before(from) || other.After(to)) {
				like = append(like, v)
			}
		}
	}
	return median(like)
}

// concentrate turns the effect on whole weeks or months into that of the days inside them: five
// days that lifted a month by a tenth lifted themselves by six tenths.
func (p *Profile) concentrate(s Series, from calendar.Date) {
	to := from.AddDays(len(p.Values) - 1)
	for i, t := range s.Times {
		first, end := calendar.DateOf(t), calendar.DateOf(s.Step.Add(s.Times[i], 1))
		days := end.Sub(first)
		begin, last := first, end.AddDays(-1)
		if from.After(begin) {
			begin = from
		}
		if to.Before(last) {
			last = to
		}
		inside := last.Sub(begin) + 1
		if inside <= 0 || days <= 0 {
			continue
		}
		part := float64(days) / float64(inside)
		for d := range inside {
			v := &p.Values[begin.AddDays(d).Sub(from)]
			if p.Multiplicative {
				*v = math.Min(maxFactor, math.Max(0, 1+(*v-1)*part))
			} else {
				*v *= part
			}
		}
	}
}

// EffectOfOccasion is the effect of one occurrence of an occasion: as the forecast's own component
// has it, where the occasion comes within the horizon, else as its last occurrence in the history
// had it (EffectOfDays). The occasion is named by its family ("christmas", "own:sale") or in the
// words of people ("Christmas", "sale"), in capitals or not.
//
// An unknown name and an occasion that neither forecast nor history holds are errors; the latter
// wraps ErrNoEffect.
func EffectOfOccasion(s Series, f Forecast, cal *calendar.Calendar, name string) (Profile, error) {
	if cal == nil || len(f.Times) == 0 || len(s.Times) == 0 {
		return Profile{}, fmt.Errorf("reading the effect of %q: there is no calendar that names it: give past days instead", name)
	}
	first, last := calendar.DateOf(s.Times[0]), calendar.DateOf(f.Times[len(f.Times)-1])
	now := calendar.DateOf(f.Times[0])
	var ahead, past *occurrence
	for _, o := range occurrences(cal, first, last) {
		if !o.named(name) {
			continue
		}
		if o.Date.Before(now) {
			past = &o
		} else if ahead == nil {
			ahead = &o
		}
	}
	if ahead != nil && s.Step.PerDay() >= 1 {
		if p, ok := componentProfile(f, *ahead); ok {
			return p, nil
		}
	}
	switch {
	case past != nil:
		from, to := past.window()
		p, err := EffectOfDays(s, from, to)
		p.Before = past.Date.Sub(from)
		return p, err
	case ahead != nil:
		return Profile{}, fmt.Errorf("reading the effect of %q: its first day is %s and the history has not seen it, %w: give past days instead", name, ahead.Date, ErrNoEffect)
	}
	return Profile{}, fmt.Errorf("reading the effect of %q: no such occasion between %s and %s, %w: name an event, a feast, or past days", name, first, last, ErrNoEffect)
}

// named says that people may call the occurrence by the name.
func (o occurrence) named(name string) bool {
	for _, known := range [...]string{o.Family, calendar.FamilyName(o.Family), o.Name, o.ID} {
		if known != "" && strings.EqualFold(known, name) {
			return true
		}
	}
	return false
}

// componentProfile reads the family's components around an occurrence ahead: its own days and the
// days beside them that they move without a break. False when no component acts there.
func componentProfile(f Forecast, o occurrence) (Profile, bool) {
	effect, ok := familyEffect(f, o.Family)
	if !ok {
		return Profile{}, false
	}
	neutral := 0.0
	if effect.Multiplicative {
		neutral = 1
	}
	moves := func(d calendar.Date) bool {
		v, known := effect.byDay[d]
		return known && math.Abs(v-neutral) > 1e-9
	}
	from, to := o.Date, o.last
	acts := false
	for d := from; !d.After(to); d = d.AddDays(1) {
		acts = acts || moves(d)
	}
	if !acts {
		return Profile{}, false
	}
	for moves(from.AddDays(-1)) {
		from = from.AddDays(-1)
	}
	for moves(to.AddDays(1)) {
		to = to.AddDays(1)
	}
	p := Profile{Multiplicative: effect.Multiplicative, Before: o.Date.Sub(from)}
	for d := from; !d.After(to); d = d.AddDays(1) {
		v, known := effect.byDay[d]
		if !known {
			v = neutral
		}
		p.Values = append(p.Values, v)
	}
	return p, true
}

// byDays is a family's effect by local day ahead.
type byDays struct {
	Multiplicative bool
	byDay          map[calendar.Date]float64
}

// familyEffect joins the family's components, which are all factors or all amounts; of several
// buckets a day it takes the mean.
func familyEffect(f Forecast, family string) (byDays, bool) {
	joint := make([]float64, len(f.Times))
	found, ratio := false, false
	for _, c := range f.Components {
		if c.Family != family || len(c.Values) != len(f.Times) {
			continue
		}
		if !found && c.Multiplicative {
			ratio = true
			for i := range joint {
				joint[i] = 1
			}
		}
		if found && c.Multiplicative != ratio {
			continue // of a model half of factors, half of amounts the first kind is read
		}
		found = true
		for i, v := range c.Values {
			if ratio {
				joint[i] *= v
			} else {
				joint[i] += v
			}
		}
	}
	out := byDays{ratio, map[calendar.Date]float64{}}
	count := map[calendar.Date]float64{}
	for i, t := range f.Times {
		d := calendar.DateOf(t)
		count[d]++
		out.byDay[d] += (joint[i] - out.byDay[d]) / count[d]
	}
	return out, found
}
