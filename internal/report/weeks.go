package report

import (
	"math"
	"time"
)

// weekly returns, for each seven days counted from an anchor, the day with the
// largest value, and at the same time the week's smallest. A week of fewer than four
// known days does not show its largest, nor does a first or last one of fewer than
// seven, whose line would fall for want of days: it is NaN, and lines break there.
func weekly(ps []point, anchor time.Time) (top, bottom []point) {
	var known []int
	last := 0
	for _, p := range ps {
		// Half a day absorbs the hour that summer time takes or gives.
		k := int(math.Floor((p.t.Sub(anchor) + aDay/2).Hours() / 24 / 7))
		if len(top) == 0 || k != last {
			top, bottom, known = append(top, p), append(bottom, p), append(known, 0)
			last = k
		}
		i := len(top) - 1
		if !finite(p.v) {
			continue
		}
		known[i]++
		if !finite(top[i].v) || p.v > top[i].v {
			top[i] = p
		}
		if !finite(bottom[i].v) || p.v < bottom[i].v {
			bottom[i].v = p.v
		}
	}
	first, end := 0, len(known)-1
	for first < end && known[first] == 0 {
		first++
	}
	for end > first && known[end] == 0 {
		end--
	}
	for i, n := range known {
		if n < 4 || ((i == first || i == end) && n < 7) {
			top[i].v, bottom[i].v = math.NaN(), math.NaN()
		}
		bottom[i].t = top[i].t
	}
	return top, bottom
}
