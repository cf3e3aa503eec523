package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/models"
)

// whatIfLines says of each plan that is not decided when its limit would be crossed,
// or how large the largest day would be where there is no limit.
func whatIfLines(b *strings.Builder, r models.Result) {
	for _, s := range r.Signals {
		for _, f := range s.Forecasts {
			for _, w := range f.WhatIfs {
				fmt.Fprintf(b, "  what if   %s/%s %s: %s\n", s.Service.ID, s.Signal.ID, w.Name, whatIfLine(w))
			}
		}
	}
}

func whatIfLine(w models.WhatIf) string {
	date := func(t time.Time) string {
		if t.IsZero() {
			return "on no day"
		}
		return "by " + t.Format(time.DateOnly)
	}
	switch {
	case w.Err != "":
		return "could not be worked out: " + w.Err
	case w.With == nil || w.Without == nil:
		return fmt.Sprintf("the largest day is %s with %s expected, without it %s", w.Peak.Time.Format(time.DateOnly), plainly(w.Peak.Expected), plainly(w.PeakWas.Expected))
	}
	return fmt.Sprintf("more capacity needed %s, without it %s", date(w.With.NeedBy), date(w.Without.NeedBy))
}

// plainly writes a figure with four significant digits, and never with an exponent.
func plainly(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "unknown"
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 3, 64), 64)
	if err != nil { // rounding up left the range of float64
		rounded = x
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
