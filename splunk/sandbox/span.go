package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// span is the width of a bucket of time. Seconds to weeks are aligned to epoch 0 (so
// a week starts on Thursday, as in Splunk, unless it snaps: 1w@w1); months to the
// calendar, in UTC, which is this server's user's zone.
type span struct {
	seconds float64 // 0: months are used
	months  int
	snap    string // after @: only for spans of one unit
}

func parseSpan(s string) (span, error) {
	body, snapTo, _ := strings.Cut(s, "@")
	i := 0
	for i < len(body) && body[i] >= '0' && body[i] <= '9' {
		i++
	}
	n := 1
	if i > 0 {
		var err error
		if n, err = strconv.Atoi(body[:i]); err != nil || n < 1 || n > 1e9 {
			return span{}, badSpan(s)
		}
	}
	if snapTo != "" {
		_, ok := snap(time.Unix(0, 0).UTC(), snapTo)
		ofWeek := unitName(body[i:]) == "w" && snapTo[0] == 'w'
		if !ok || n != 1 || !ofWeek && unitName(snapTo) != unitName(body[i:]) {
			return span{}, badSpan(s)
		}
	}
	switch unit := body[i:]; unitName(unit) {
	case "s":
		if unit == "" && i == 0 {
			return span{}, badSpan(s)
		}
		return span{seconds: float64(n), snap: snapTo}, nil
	case "m":
		return span{seconds: 60 * float64(n), snap: snapTo}, nil
	case "h":
		return span{seconds: 3600 * float64(n), snap: snapTo}, nil
	case "d":
		return span{seconds: 86400 * float64(n), snap: snapTo}, nil
	case "w":
		return span{seconds: 604800 * float64(n), snap: snapTo}, nil
	case "mon":
		return span{months: n}, nil
	case "q":
		return span{months: 3 * n}, nil
	case "y":
		return span{months: 12 * n}, nil
	}
	return span{}, badSpan(s)
}

func badSpan(s string) error { return fmt.Errorf("the value for option span (%s) is invalid", s) }

// floor returns the start of the bucket that holds epoch t.
func (sp span) floor(t float64) float64 {
	switch {
	case sp.snap != "":
		at, _ := snap(fromEpoch(t), sp.snap)
		return epochOf(at)
	case sp.months == 0:
		return math.Floor(t/sp.seconds) * sp.seconds
	}
	at := fromEpoch(t)
	m := (at.Year()-1970)*12 + int(at.Month()) - 1
	m = int(math.Floor(float64(m)/float64(sp.months))) * sp.months
	return epochOf(time.Date(1970, time.Month(1+m), 1, 0, 0, 0, 0, time.UTC))
}

// after returns the start of the bucket that follows the one starting at t.
func (sp span) after(t float64) float64 {
	if sp.months == 0 {
		return t + sp.seconds
	}
	return epochOf(fromEpoch(t).AddDate(0, sp.months, 0))
}
