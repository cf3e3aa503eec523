package regress

import (
	"time"

	"foresight/analytics/calendar"
)

// Shared is what fits of one series have in common: the rows of its days, as far as they are the
// calendar's, and the numbers of the coefficients' names. Origins of a backtest see the same days again
// and again, and to look the calendar up for them was a third of a fit's time. It is for one series'
// fits one after the other, of one step and calendar; the zero value is ready.
//
// Models read what their fit has put there. They may be read by many as long as no fit goes on.
type Shared struct {
	ids   map[key]int32
	plain [numBlocks][plainNames]int32
	keys  []key
	parts map[part]*part
	days  map[dayKind][]entry
	slab  []entry // where days' entries lie
	bound map[dayKind]float64
	work  work
}

// work is the memory of one fit, which the next takes over.
type work struct {
	col             []int
	val, gram, l, z []float64
}

// sized returns memory of n numbers, zero or not; the kept one where that is large enough.
func sized(kept *[]float64, n int) []float64 {
	if cap(*kept) < n {
		*kept = make([]float64, n+n/8)
	}
	return (*kept)[:n]
}

// dayKind is a day, or the first of a week or month, with what decides its row besides the calendar.
type dayKind struct {
	day           int
	pairs         int
	monthly, xmas bool
}

// entry is a feature with the number of its name for its name.
type entry struct {
	value float64
	part  *part
	id    int32
	block block
}

// unknown is the number of a name that no fit has seen.
const unknown = -1

// From plainFrom on lie the numbers of names without an id that are found by place.
const plainFrom, plainNames = -16, 48

// idOf numbers a name; seen ones only when the fit is over.
func (s *Shared) idOf(k key, fitting bool) int32 {
	if k.id != "" || k.n < plainFrom || k.n >= plainFrom+plainNames {
		return s.idByName(k, fitting)
	}
	place := &s.plain[k.block][k.n-plainFrom] // one more than the number; 0 when there is none
	if *place == 0 && fitting {
		*place = s.idByName(k, true) + 1
	}
	return *place - 1
}

func (s *Shared) idByName(k key, fitting bool) int32 {
	if id, ok := s.ids[k]; ok {
		return id
	}
	if !fitting {
		return unknown
	}
	if s.ids == nil {
		s.ids = map[key]int32{}
	}
	id := int32(len(s.keys))
	s.ids[k] = id
	s.keys = append(s.keys, k)
	return id
}

// column returns the place of a name's coefficient, which every fit has.
func (d *design) column(k key) int { return int(d.col[d.shared.ids[k]]) }

// columnOf returns the place of an entry's coefficient; false when the fit has none.
func (d *design) columnOf(e *entry) (int, bool) {
	if e.id == unknown || int(e.id) >= len(d.col) || d.col[e.id] == unknown {
		return 0, false
	}
	return int(d.col[e.id]), true
}

// row appends the entries of the bucket that starts at t. A week or a month has the mean of its days'
// rows, which makes a month's weekday columns trading days and an occasion's column its share of the
// bucket. While fitting, what is looked up stays for the fits that follow.
func (d *design) row(dst []entry, t time.Time, fitting bool) []entry {
	from, to := d.period(t)
	dst = d.trendRow(dst, from, fitting)
	kind := dayKind{from, d.pairs, d.monthly, d.xmas}
	if known, ok := d.shared.days[kind]; ok {
		return append(dst, known...)
	}
	start := len(dst)
	d.scratch = d.daysRow(d.scratch[:0], from, to)
	var p *part // neighbours mostly have one part
	for _, f := range d.scratch {
		if p == nil || *p != f.part {
			p = d.shared.partOf(f.part, fitting)
		}
		dst = append(dst, entry{f.value, p, d.shared.idOf(f.key, fitting), f.key.block})
	}
	if fitting {
		d.shared.learn(kind, dst[start:])
	}
	return dst
}

// learn keeps a day's entries.
func (s *Shared) learn(kind dayKind, row []entry) {
	if s.days == nil {
		s.days = map[dayKind][]entry{}
	}
	if cap(s.slab)-len(s.slab) < len(row) {
		s.slab = make([]entry, 0, max(len(row), slabEntries))
	}
	from := len(s.slab)
	s.slab = append(s.slab, row...)
	s.days[kind] = s.slab[from:len(s.slab):len(s.slab)]
}

const slabEntries = 8192

// partOf returns the one pointer to a part, or while not fitting perhaps another.
func (s *Shared) partOf(p part, fitting bool) *part {
	if known, ok := s.parts[p]; ok {
		return known
	}
	own := p
	if fitting {
		if s.parts == nil {
			s.parts = map[part]*part{}
		}
		s.parts[own] = &own
	}
	return &own
}

// daysRow appends the seasons and occasions of the days [from, to).
func (d *design) daysRow(out []feature, from, to int) []feature {
	if d.step == calendar.Day {
		return d.occasions(d.seasons(out, from), from)
	}
	var day []feature
	share := 1 / float64(to-from)
	for n := from; n < to; n++ {
		day = d.occasions(d.seasons(day[:0], n), n)
		for _, f := range day {
			f.value *= share
			out = merge(out, f)
		}
	}
	return out
}

// merge adds f to the entry of its key and part, or appends it.
func merge(dst []feature, f feature) []feature {
	for i := range dst {
		if dst[i].key == f.key && dst[i].part == f.part {
			dst[i].value += f.value
			return dst
		}
	}
	return append(dst, f)
}

// trendRow appends the trend's entries of day n.
func (d *design) trendRow(dst []entry, n int, fitting bool) []entry {
	d.terms = d.trend(d.terms[:0], n)
	for _, x := range d.terms {
		dst = append(dst, entry{x.value, &partTrend, d.shared.idOf(key{x.block, "", x.n}, fitting), x.block})
	}
	return dst
}
