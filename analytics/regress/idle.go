package regress

// Lengths of stretches without volume, in days.
const (
	longIdle  = 7  // zeros in a row from which on they are no part of a day's chances
	gaveUp    = 28 // zeros in a row at the very end: the volume is gone, not away
	nearWeeks = 35 // days around a zero whose same weekdays tell whether it was closed then
)

// zeroKinds tells a history's zeros apart.
type zeroKinds struct {
	common int    // they come as the volume goes
	idle   int    // a stretch without volume, or a weekday that was closed for a while
	last   []bool // the zeros that the history ends with, when they are many
}

// tellZeros sorts the zeros among the used values of the days given by number. A
// shop that was shut for a month, or opened on Sundays only last year, has zeros
// that say nothing of the days to come; an item sold twice a week has others.
func tellZeros(day []int, y []float64, use []bool) zeroKinds {
	k := zeroKinds{last: make([]bool, len(y))}
	var run []int // indices
	flush := func(end bool) {
		switch {
		case end && len(run) >= gaveUp:
			for _, i := range run {
				k.last[i] = true
			}
		case len(run) >= longIdle:
			k.idle += len(run)
		default:
			for _, i := range run {
				if wasClosed(day, y, use, i) {
					k.idle++
				} else {
					k.common++
				}
			}
		}
		run = run[:0]
	}
	for i, v := range y {
		switch {
		case !use[i]:
		case v == 0:
			run = append(run, i)
		default:
			flush(false)
		}
	}
	flush(true)
	return k
}

// wasClosed reports whether zero i has zeros on four in five of the same weekdays
// around it, and on hardly any other.
func wasClosed(day []int, y []float64, use []bool, i int) bool {
	var same, sameZero, other, otherZero int
	count := func(j int) {
		if !use[j] {
			return
		}
		zero := 0
		if y[j] == 0 {
			zero = 1
		}
		if weekday(day[j]) == weekday(day[i]) {
			same, sameZero = same+1, sameZero+zero
		} else {
			other, otherZero = other+1, otherZero+zero
		}
	}
	for j := i; j >= 0 && day[j] >= day[i]-nearWeeks; j-- {
		count(j)
	}
	for j := i + 1; j < len(day) && day[j] <= day[i]+nearWeeks; j++ {
		count(j)
	}
	return same >= 3 && sameZero*5 >= same*4 && otherZero*4 <= other
}
