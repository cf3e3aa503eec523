package analytics

import "math"

// reasons says how much each family of occasions moves each bucket ahead, by the forecast's own
// components: a payday on the eve of Good Friday is a payday, and one on 23 December is Christmas.
type reasons struct {
	effects map[string][]float64 // share by which the family lifts the bucket
}

// monthDay is the season through the month; what it adds on a payday is the payday's.
const (
	monthDay = "month day"
	payday   = "payday"
)

func newReasons(f Forecast) reasons {
	r := reasons{effects: map[string][]float64{}}
	middle := medians(f)
	for _, c := range f.Components {
		family := c.Family
		if c.Name == monthDay {
			family = payday
		}
		if family == "" {
			continue
		}
		if r.effects[family] == nil {
			r.effects[family] = make([]float64, len(middle))
		}
		for i, v := range c.Values {
			switch {
			case c.Multiplicative:
				r.effects[family][i] += v - 1
			case middle[i] != 0:
				r.effects[family][i] += v / math.Abs(middle[i])
			}
		}
	}
	return r
}

// moved reports whether the family lifts bucket i by at least the share.
func (r reasons) moved(family string, i int, share float64) bool {
	e := r.effects[family]
	return e != nil && e[i] >= share
}

// mostly reports whether no other family lifts bucket i more. Without components every family may
// claim it.
func (r reasons) mostly(family string, i int) bool {
	own := 0.0
	if e := r.effects[family]; e != nil {
		own = e[i]
	}
	for other, e := range r.effects {
		if other != family && e[i] > own {
			return false
		}
	}
	return true
}
