package analytics

import (
	"math"
	"sort"

	"foresight/analytics/backtest"
	"foresight/analytics/calendar"
)

// Peak is a bucket ahead that stands out.
type Peak struct {
	Index      int     // bucket ahead; for sub-daily series the busiest bucket of the day
	Family     string  // of the occasion behind it; "" when none explains it
	Name       string  // of the family, for people: Christmas, Mother's Day
	OccasionID string  // class of the occasion, shared over the years
	Factor     float64 // the day's median over a usual such day of that time
	TimesSeen  int     // occurrences of the family in the history with observed values
}

// defaultFactor is the smallest factor that makes a peak when the caller names none.
const defaultFactor = 1.1

// Peaks finds the named peaks of a forecast, in order of time: for each occurrence of an occasion
// family its busiest day (see occurrence.episode) when its median is at least minFactor (0 = 1.1)
// times that of a usual such day: the median of the Baseline of the same weekday within 28 days,
// for weeks and months of the neighbours within half a year. A weekly or monthly bucket is named
// after the occasion it holds when it is higher than its neighbours.
//
// The largest day of all is added without a name when no occasion explains it and the forecast is
// not flat; its factor may be below minFactor.
//
// It returns nil for an empty series or forecast.
func Peaks(s Series, f Forecast, cal *calendar.Calendar, minFactor float64) []Peak {
	if !(minFactor > 0) {
		minFactor = defaultFactor
	}
	if len(f.Times) == 0 || len(s.Times) == 0 {
		return nil
	}
	days := daysAhead(s, f)
	claimed := map[int]claim{} // place in days → who explains it
	if cal != nil {
		last := calendar.DateOf(s.Step.Add(f.Times[len(f.Times)-1], 1)).AddDays(-1)
		why := newReasons(f)
		for _, o := range occurrences(cal, days[0].from.AddDays(-sameRun), last.AddDays(4)) {
			i, ok := busiest(days, o, why, minFactor)
			if !ok {
				continue
			}
			distance := o.distance(days[i].from)
			if days[i].from != days[i].to {
				distance = prominence(o)
			}
			if prior, taken := claimed[i]; !taken || distance < prior.distance {
				claimed[i] = claim{o, distance}
			}
		}
	}
	seen := timesSeen(s, cal)
	var out []Peak
	top := largest(days)
	for i, c := range claimed {
		out = append(out, Peak{Index: days[i].index, Family: c.Family, Name: familyName(c.Occasion), OccasionID: c.ID, Factor: days[i].factor, TimesSeen: seen[c.Family]})
	}
	if _, explained := claimed[top]; !explained && !flat(days) {
		out = append(out, Peak{Index: days[top].index, Factor: days[top].factor})
	}
	sort.Slice(out, func(a, b int) bool { return out[a].Index < out[b].Index })
	return out
}

// claim is an occurrence that explains a day.
type claim struct {
	occurrence
	distance int
}

// prominence orders the occasions that one week or month holds, the one that it is known for first.
func prominence(o occurrence) int {
	switch {
	case o.Family == "christmas":
		return 0
	case o.Kind == calendar.KindOwn:
		return 1
	case o.Kind == calendar.KindRetail:
		return 2
	case o.Kind == calendar.KindFeast:
		return 3
	}
	return 4
}

// familyName names the family, or the occasion where the family has no name.
func familyName(o calendar.Occasion) string {
	if name := calendar.FamilyName(o.Family); name != "" {
		return name
	}
	return o.Name
}

// dayAhead is one day (or week, or month) of the forecast.
type dayAhead struct {
	from, to calendar.Date // to included
	index    int           // its busiest bucket
	median   float64       // sum over its buckets
	usual    float64       // the same of Baseline
	top      float64       // largest bucket
	factor   float64
}

// medians reads the median of each bucket off the published quantiles; the mean where they do not
// straddle one half.
func medians(f Forecast) []float64 {
	out := append([]float64(nil), f.Mean...)
	if f.medians != nil {
		copy(out, f.medians)
	}
	return out
}

// daysAhead gathers the buckets of each local day and compares it with its like.
func daysAhead(s Series, f Forecast) []dayAhead {
	var out []dayAhead
	middle := medians(f)
	for i, t := range f.Times {
		from := calendar.DateOf(t)
		if n := len(out); n == 0 || out[n-1].from != from {
			to := calendar.DateOf(s.Step.Add(t, 1)).AddDays(-1)
			if to.Before(from) {
				to = from
			}
			out = append(out, dayAhead{from: from, to: to, index: i, top: math.Inf(-1)})
		}
		d := &out[len(out)-1]
		d.median += middle[i]
		d.usual += f.Baseline[i]
		if middle[i] > d.top {
			d.top, d.index = middle[i], i
		}
	}
	setFactors(out, s)
	return out
}

// setFactors sets each day's factor over its like.
func setFactors(days []dayAhead, s Series) {
	short := s.Step.Unit != calendar.Week && s.Step.Unit != calendar.Month
	for i := range days {
		var like []float64
		if short {
			for j := max(0, i-28); j < min(len(days), i+29); j++ {
				if days[j].from.Weekday() == days[i].from.Weekday() {
					like = append(like, days[j].usual)
				}
			}
		} else {
			like = neighbours(days, s, i)
		}
		if usual := median(like); usual > 0 {
			days[i].factor = days[i].median / usual
		}
	}
}

// neighbours are the weeks or months within half a year, from the history where they lie before
// the forecast.
func neighbours(days []dayAhead, s Series, i int) []float64 {
	half := max(1, rhythmOf(s.Step).period/2)
	var like []float64
	for j := i - half; j <= i+half && j < len(days); j++ {
		switch at := len(s.Values) + j; {
		case j >= 0:
			like = append(like, days[j].usual)
		case at >= 0:
			like = append(like, s.Values[at])
		}
	}
	return like
}

// busiest is the place of the occurrence's largest day among those that reach the factor and that
// no other occasion moves more: any of its window, and any of its episode to whose factor it gives
// half at least.
func busiest(days []dayAhead, o occurrence, why reasons, minFactor float64) (int, bool) {
	best := -1
	for i, d := range days {
		if d.factor < minFactor || best >= 0 && d.median <= days[best].median {
			continue
		}
		if d.from != d.to {
			if o.holds(days, i) {
				best = i
			}
			continue
		}
		from, to := o.window()
		if why.moved(o.Family, d.index, (minFactor-1)/2) {
			from, to = o.episode()
		}
		if !d.to.Before(from) && !d.from.After(to) && why.mostly(o.Family, d.index) {
			best = i
		}
	}
	return best, best >= 0
}

// holds says that week or month i is named after the occurrence: it holds its first day and is
// higher than its neighbours.
func (o occurrence) holds(days []dayAhead, i int) bool {
	d := days[i]
	return o.Kind != calendar.KindPayday && !d.to.Before(o.Date) && !d.from.After(o.Date) &&
		(i == 0 || days[i-1].median <= d.median) && (i+1 == len(days) || days[i+1].median <= d.median)
}

// timesSeen counts each family's occurrences in the history whose window holds an observed value.
func timesSeen(s Series, cal *calendar.Calendar) map[string]int {
	seen := map[string]int{}
	if cal == nil {
		return seen
	}
	for _, o := range occurrences(cal, calendar.DateOf(s.Times[0]), calendar.DateOf(s.Times[len(s.Times)-1])) {
		from, to := o.window()
		a := sort.Search(len(s.Times), func(i int) bool { return !calendar.DateOf(s.Times[i]).Before(from) })
		b := sort.Search(len(s.Times), func(i int) bool { return calendar.DateOf(s.Times[i]).After(to) })
		if s.Step.Unit == calendar.Week || s.Step.Unit == calendar.Month {
			a = max(0, b-1) // the bucket that began last
		}
		if len(backtest.Present(s.Values[a:b])) > 0 {
			seen[o.Family]++
		}
	}
	return seen
}

func largest(days []dayAhead) int {
	best := 0
	for i := range days {
		if days[i].median > days[best].median {
			best = i
		}
	}
	return best
}

// flat says that no day ahead differs from another.
func flat(days []dayAhead) bool {
	for i := range days {
		if math.Abs(days[i].median-days[0].median) > 1e-9*math.Abs(days[0].median) {
			return false
		}
	}
	return true
}
