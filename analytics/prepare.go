package analytics

import (
	"fmt"
	"math"
	"sort"
	"time"
)

// Mask is a stretch of time whose values say nothing of the usual course: a known outage, a
// maintenance window, a test that ran in production.
type Mask struct {
	From, To time.Time // [From, To)
	Reason   string    // for people; may be empty
}

// TreatmentKind says what a stretch of history was taken for.
type TreatmentKind string

// The kinds of treatment.
const (
	// TreatedMasked values are missing by the caller's Masks.
	TreatedMasked TreatmentKind = "masked"
)

// Treatment is a stretch of consecutive buckets of the history that was not taken as it was observed.
type Treatment struct {
	Kind     TreatmentKind
	From, To time.Time // [From, To): the first bucket's start, the last one's end
	Last     time.Time // the last bucket's start
	Buckets  int
	Reason   string // for people; may be empty
}

// maskShare is the share of a bucket that masks must cover for it to be missing: a minute and a half
// of an hour, an hour of a day, a working day of a week. What is shorter moves the bucket less than
// losing it would cost.
const maskShare = 1.0 / 24

// prepared is a series made ready for the members, and what was done to it. Everything that a value
// goes through before a member sees it happens in prepare.
type prepared struct {
	Series
	observed int // values that are left
	treated  []Treatment
	censored []bool // values that are lower bounds; nil: none
	lost     []int  // values of outages
}

// prepare cleans a series, takes out what the options mask, and marks what is censored and lost, which
// lift then replaces. The input stays as it is.
func prepare(s Series, o Options) prepared {
	var p prepared
	p.Series, p.observed = s.cleaned()
	if p.observed > 0 && len(o.Masks) > 0 {
		p.mask(o.Masks)
		p.Series, p.observed = p.cleaned()
	}
	p.outages(o.Calendar)
	p.censor(o)
	return p
}

// none says why there is nothing to forecast from.
func (p *prepared) none() error {
	if len(p.treated) > 0 {
		return fmt.Errorf("every observed value is masked, so that %w", ErrNoData)
	}
	return ErrNoData
}

// mask makes the masked buckets missing.
func (p *prepared) mask(masks []Mask) {
	covered := map[int]float64{} // share of each touched bucket
	reasons := map[int]string{}  // of the first mask that touches it
	for _, m := range masks {
		first := sort.Search(len(p.Times), func(i int) bool { return p.end(i).After(m.From) })
		for i := first; i < len(p.Times) && p.Times[i].Before(m.To); i++ {
			if _, touched := covered[i]; !touched {
				reasons[i] = m.Reason
			}
			covered[i] += overlap(p.Times[i], p.end(i), m)
		}
	}
	which := make([]int, 0, len(covered))
	for i, share := range covered {
		if share >= maskShare-1e-9 {
			which = append(which, i)
			p.Values[i] = math.NaN()
		}
	}
	sort.Ints(which)
	p.treat(TreatedMasked, which, reasons)
}

// end is where bucket i ends.
func (p *prepared) end(i int) time.Time {
	if i+1 < len(p.Times) {
		return p.Times[i+1]
	}
	return p.Step.Add(p.Times[0], len(p.Times))
}

// overlap is the share of the bucket [from, to) that a mask covers.
func overlap(from, to time.Time, m Mask) float64 {
	width := to.Sub(from)
	if m.From.After(from) {
		from = m.From
	}
	if m.To.Before(to) {
		to = m.To
	}
	return float64(to.Sub(from)) / float64(width)
}

// treat notes the buckets, ascending, as stretches of one kind and reason.
func (p *prepared) treat(kind TreatmentKind, which []int, reasons map[int]string) {
	for k, i := range which {
		if k > 0 && which[k-1] == i-1 && reasons[i] == reasons[i-1] {
			last := &p.treated[len(p.treated)-1]
			last.To, last.Last, last.Buckets = p.end(i), p.Times[i], last.Buckets+1
			continue
		}
		p.treated = append(p.treated, Treatment{Kind: kind, From: p.Times[i], To: p.end(i), Last: p.Times[i], Buckets: 1, Reason: reasons[i]})
	}
}
