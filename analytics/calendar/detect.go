package calendar

import (
	"errors"
	"fmt"
	"time"
)

// ErrNoTimes says that a step was asked of no times at all.
var ErrNoTimes = errors.New("there are no times to find a bucket width from")

// DetectStep finds the bucket width of ascending times in which buckets may be
// absent: the commonest spacing, the shorter one of two equally common.
//
// Times that share their wall clock (in their own Location) or all begin their
// local day are spaced in days: equal days of the month, or month ends, at least
// 28 days apart are months; multiples of seven days are weeks. Other times are
// spaced by their instants, in minutes or hours. One time alone yields a day.
//
// It fails on no times, on times that repeat or fall, on a spacing that is no
// whole minute, and when most spacings are no multiple of the commonest, because
// the times are then no buckets.
func DetectStep(times []time.Time) (Step, error) {
	switch len(times) {
	case 0:
		return Step{}, fmt.Errorf("finding the bucket width: %w", ErrNoTimes)
	case 1:
		return Step{Day, 1}, nil
	}
	for i := 1; i < len(times); i++ {
		if !times[i].After(times[i-1]) {
			return Step{}, fmt.Errorf("finding the bucket width: %s does not come after %s; sort the times and leave out repeats",
				times[i].Format(time.RFC3339), times[i-1].Format(time.RFC3339))
		}
	}
	if sameClock(times) {
		return detectDays(times)
	}
	return detectInstants(times)
}

// sameClock reports whether all times share their wall clock or begin their day.
func sameClock(times []time.Time) bool {
	h, m, s := times[0].Clock()
	for _, t := range times {
		th, tm, ts := t.Clock()
		if (th != h || tm != m || ts != s) && !t.Equal(DateOf(t).In(t.Location())) {
			return false
		}
	}
	return true
}

// detectDays finds the step of times that are whole local days apart.
func detectDays(times []time.Time) (Step, error) {
	days := make([]int, len(times)-1)
	months := make([]int, len(times)-1)
	first := DateOf(times[0])
	equal, ends, least := true, first == first.monthEnd(), 1<<30
	for i := range days {
		a, b := DateOf(times[i]), DateOf(times[i+1])
		days[i] = b.Sub(a)
		months[i] = 12*(b.Year-a.Year) + int(b.Month-a.Month)
		least = min(least, days[i])
		equal = equal && (b.Day == first.Day || b.Day < first.Day && b == b.monthEnd())
		ends = ends && b == b.monthEnd()
	}
	if (equal || ends) && least >= 28 {
		n, err := commonest(months, "months")
		return Step{Month, n}, err
	}
	n, err := commonest(days, "days")
	if n%7 == 0 {
		return Step{Week, n / 7}, err
	}
	return Step{Day, n}, err
}

// detectInstants finds the step of times that are minutes or hours apart.
func detectInstants(times []time.Time) (Step, error) {
	gaps := make([]int, len(times)-1)
	for i := range gaps {
		gaps[i] = int(times[i+1].Sub(times[i]) / time.Second)
	}
	n, err := commonest(gaps, "seconds")
	switch {
	case err != nil:
		return Step{}, err
	case n%3600 == 0:
		return Step{Hour, n / 3600}, nil
	case n%60 == 0:
		return Step{Minute, n / 60}, nil
	}
	return Step{}, fmt.Errorf("finding the bucket width: the times are mostly %d seconds apart, no whole minute; sum them into minutes first", n)
}

// commonest returns the commonest gap, the smallest of several.
func commonest(gaps []int, unit string) (int, error) {
	count := make(map[int]int)
	for _, g := range gaps {
		count[g]++
	}
	best := 0
	for g, n := range count {
		if n > count[best] || n == count[best] && g < best {
			best = g
		}
	}
	if best == 0 {
		return 0, fmt.Errorf("finding the bucket width: the times lie less than a second apart")
	}
	on := 0
	for _, g := range gaps {
		if g%best == 0 {
			on++
		}
	}
	if 2*on < len(gaps) {
		return 0, fmt.Errorf("finding the bucket width: the commonest spacing is %d %s, but only %d of %d spacings are a multiple of it; give the width",
			best, unit, on, len(gaps))
	}
	return best, nil
}
