package regress

import (
	"math"
	"slices"
	"time"

	"foresight/analytics/calendar"
)

const (
	yearDays = 365.25
	maxPairs = 8 // Fourier pairs of the year
)

// memory is how long a series' past counts: after half days half, after keep days
// no more. Coarser steps need longer, having fewer values a year.
func memory(u calendar.Unit) (half, keep int) {
	switch u {
	case calendar.Week:
		return 4 * 365, 10 * 366
	case calendar.Month:
		return 6 * 365, 20 * 366
	}
	return 2 * 365, 7 * 366
}

// spacing returns the days between the level's small steps, and between changes of
// growth; both are barred as long before the origin.
func spacing(u calendar.Unit) (step, bend int) {
	switch u {
	case calendar.Week, calendar.Month:
		return 91, 365
	}
	return 60, 182
}

// key names a coefficient.
type key struct {
	block block
	id    string // occasion's id, or the kind of a class
	n     int    // weekday, harmonic, offset in days, …
}

// part says which component a coefficient's contribution belongs to.
type part struct {
	name     string
	family   string // the occasions' family; "" for a season
	occasion bool
}

var (
	partTrend    = part{name: "trend"}
	partWeek     = part{name: "week"}
	partYear     = part{name: "year"}
	partMonthDay = part{name: "month day"}
	partPayday   = part{name: "Payday", family: "payday", occasion: true}
)

// feature is one non-zero entry of a day's row.
type feature struct {
	key   key
	value float64
	part  part
}

// design turns times into rows. Columns are made as the training times show
// them; what was never seen has no column and contributes nothing.
type design struct {
	step    calendar.Unit
	cal     *calendar.Calendar
	origin  int // day number of the last training day
	first   int
	trust   float64 // in the slope: 1 when growth and season can be told apart
	pairs   int     // Fourier pairs; 0 without enough history
	monthly bool    // day-of-month hats
	xmas    bool    // the calendar knows Christmas
	shifts  []int

	shared  *Shared
	scratch []feature
	terms   []term
	col     []int32 // place of the coefficient, by the number of its name
	cols    []column
	dense   int // columns before it belong to single occasions
	days    map[int][]calendar.Occasion
	from    int // days covers [from, to)
	to      int
}

// epoch is day number 0.
var epoch = calendar.Date{Year: 2000, Month: time.January, Day: 1}

func dayNumber(d calendar.Date) int { return d.Sub(epoch) }

func dayOf(t time.Time) int { return dayNumber(calendar.DateOf(t)) }

// newDesign plans the blocks that the span of days from first to origin can carry.
func newDesign(step calendar.Unit, cal *calendar.Calendar, first, origin int, shared *Shared) *design {
	if shared == nil {
		shared = &Shared{}
	}
	d := &design{step: step, cal: cal, first: first, origin: origin, shared: shared}
	cycles := float64(origin-first+1) / yearDays
	d.trust = math.Min(1, cycles/1.5*cycles/1.5)
	switch {
	case cycles < 1.5:
	case step == calendar.Month:
		d.pairs = 6
	case cycles < 3:
		d.pairs = maxPairs / 2
	default:
		d.pairs = maxPairs
	}
	d.monthly = step == calendar.Day && origin-first >= 60
	return d
}

// load reads the calendar's occasions for the days [from, to] and the offsets
// that reach into them.
func (d *design) load(from, to int) {
	if d.cal == nil || (d.days != nil && from >= d.from && to < d.to) {
		return
	}
	if d.days != nil {
		from, to = min(from, d.from), max(to, d.to-1)
	}
	d.from, d.to = from, to+1
	d.days = map[int][]calendar.Occasion{}
	for _, o := range d.cal.Between(epoch.AddDays(from-reach), epoch.AddDays(to+leadSale+1)) {
		n := dayNumber(o.Date)
		if slices.ContainsFunc(d.days[n], func(p calendar.Occasion) bool { return p.ID == o.ID }) {
			continue
		}
		d.days[n] = append(d.days[n], o)
	}
}

// period returns the days [from, to) that a time's bucket holds.
func (d *design) period(t time.Time) (from, to int) {
	from = dayOf(t)
	switch d.step {
	case calendar.Week:
		return from, from + 7
	case calendar.Month: // whichever of its days the bucket is stamped with
		date := calendar.DateOf(t)
		first := calendar.Date{Year: date.Year, Month: date.Month, Day: 1}
		return dayNumber(first), dayNumber(calendar.NewDate(date.Year, date.Month+1, 1))
	}
	return from, from + 1
}

// term is one non-zero entry of the trend.
type term struct {
	block block
	n     int
	value float64
}

// trend appends level, slope, bends, steps and shifts of day n. After the origin
// all of them stand still: growth beyond it is Model.growth.
func (d *design) trend(dst []term, n int) []term {
	n = min(n, d.origin)
	stepDays, bendDays := spacing(d.step)
	u := float64(n-d.origin) / yearDays
	dst = append(dst, term{blockLevel, 0, 1}, term{blockSlope, 0, u}, term{blockBend, 0, u * u})
	for k := d.origin - bendDays; k > d.first+bendDays/2; k -= bendDays {
		// zero at the origin, so that a bend moves the past and the slope of the end stays
		if n < k {
			dst = append(dst, term{blockBend, (d.origin - k) / bendDays, float64(k-n) / yearDays})
		}
	}
	for k := d.origin - stepDays; k > d.first+stepDays/2; k -= stepDays {
		if n < k {
			dst = append(dst, term{blockStep, (d.origin - k) / stepDays, 1})
		}
	}
	for _, k := range d.shifts {
		if n < k {
			dst = append(dst, term{blockShift, k, 1})
		}
	}
	return dst
}

// seasons appends weekday, year and day of month.
func (d *design) seasons(dst []feature, n int) []feature {
	if d.step != calendar.Week {
		dst = append(dst, feature{key{blockWeekday, "", weekday(n)}, 1, partWeek})
	}
	date := epoch.AddDays(n)
	if d.step == calendar.Month {
		if d.pairs > 0 {
			dst = append(dst, feature{key{blockYear, "", int(date.Month)}, 1, partYear})
		}
		return dst
	}
	phase := 2 * math.Pi * math.Mod(float64(n), yearDays) / yearDays
	for k := 1; k <= d.pairs; k++ {
		sin, cos := math.Sincos(phase * float64(k))
		dst = append(dst, feature{key{blockYear, "", k}, sin, partYear}, feature{key{blockYear, "", -k}, cos, partYear})
	}
	if d.monthly {
		dst = hats(dst, date)
	}
	return dst
}

// weekday returns 0 for Sunday to 6; day number 0, 1 January 2000, was a Saturday.
func weekday(n int) int { return ((n+6)%7 + 7) % 7 }

// hats appends a triangular basis of half-width two days over the month. The days
// after the 16th are counted from the month's end, where salaries hang.
func hats(dst []feature, date calendar.Date) []feature {
	u := date.Day
	if u > 16 {
		last := time.Date(date.Year, date.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
		u += 31 - last
	}
	// centres 1, 3, …, 31: an odd day lies on one, an even day between two
	if u%2 == 1 {
		return append(dst, feature{key{blockMonthDay, "", u}, 1, partMonthDay})
	}
	return append(dst,
		feature{key{blockMonthDay, "", u - 1}, .5, partMonthDay},
		feature{key{blockMonthDay, "", u + 1}, .5, partMonthDay})
}

// scaleOf returns a column's prior standard deviation as a multiple of its block's.
func (d *design) scaleOf(k key) float64 {
	switch k.block {
	case blockBend:
		if k.n == 0 {
			return .5
		}
	case blockLarge, blockSmall:
		if k.n == reach || k.n == -reach {
			return .5
		}
	case blockYear:
		if d.step == calendar.Month {
			return 3 // a month's effect is the sum of six pairs
		}
		return 1 / math.Abs(float64(k.n))
	}
	return 1
}

// train makes the columns and rows of the training times. Columns of single
// occasions come first, in the order of their days, so that each meets few before
// it (see factor). The rows hold until the next.
func (d *design) train(times []time.Time, use []bool) *rows {
	w := &d.shared.work
	if w.col == nil {
		w.col, w.val = make([]int, 0, 40*len(times)), make([]float64, 0, 40*len(times))
	}
	x := &rows{ptr: make([]int, 1, len(times)+1), col: w.col[:0], val: w.val[:0]}
	d.col, d.cols = d.col[:0], nil
	var fs []entry
	for i, t := range times {
		if use[i] {
			fs = d.row(fs[:0], t, true)
			for j := range fs {
				f := &fs[j]
				c, ok := d.columnOf(f)
				if !ok {
					c = d.newColumn(f)
				}
				x.add(c, f.value, f.block == blockClass || f.block == blockPayday)
			}
		}
		x.ptr = append(x.ptr, len(x.col))
	}
	w.col, w.val = x.col, x.val
	d.arrange(x)
	return x
}

// newColumn makes the column of an entry.
func (d *design) newColumn(e *entry) int {
	for len(d.col) <= int(e.id) {
		d.col = append(d.col, unknown)
	}
	c := len(d.cols)
	d.col[e.id] = int32(c)
	d.cols = append(d.cols, column{e.block, d.scaleOf(d.shared.keys[e.id])})
	return c
}

// arrange puts the columns of single occasions before all others.
func (d *design) arrange(x *rows) {
	to := make([]int, len(d.cols))
	cols := make([]column, 0, len(d.cols))
	for _, single := range []bool{true, false} {
		for i, c := range d.cols {
			if c.block.single() == single {
				to[i] = len(cols)
				cols = append(cols, c)
			}
		}
		if single {
			d.dense = len(cols)
		}
	}
	d.cols = cols
	for i, c := range x.col {
		x.col[i] = to[c]
	}
	x.ascend()
	for id, c := range d.col {
		if c != unknown {
			d.col[id] = int32(to[c])
		}
	}
}

// ascend orders each row by its columns, which nearly are in order.
func (r *rows) ascend() {
	for i := range r.len() {
		cols, vals := r.row(i)
		for k := 1; k < len(cols); k++ {
			c, v, at := cols[k], vals[k], k
			for ; at > 0 && cols[at-1] > c; at-- {
				cols[at], vals[at] = cols[at-1], vals[at-1]
			}
			cols[at], vals[at] = c, v
		}
	}
}

// add puts a value into the last, open row. A class column may come twice in a day.
func (r *rows) add(c int, v float64, twice bool) {
	if twice {
		for i := r.ptr[len(r.ptr)-1]; i < len(r.col); i++ {
			if r.col[i] == c {
				r.val[i] += v
				return
			}
		}
	}
	r.col, r.val = append(r.col, c), append(r.val, v)
}

// span returns a design that knows the occasions around the times; the receiver
// itself when it does already. The receiver is left as it is.
func (d *design) span(times []time.Time) *design {
	if d.cal == nil || len(times) == 0 {
		return d
	}
	from, to := math.MaxInt, math.MinInt
	for _, t := range times {
		a, b := d.period(t)
		from, to = min(from, a), max(to, b)
	}
	if from >= d.from && to < d.to {
		return d
	}
	c := *d
	c.days = nil
	c.load(from, to)
	return &c
}
