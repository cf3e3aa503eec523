package app

import (
	"fmt"
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
			return "not"
		}
		return "by " + t.Format(time.DateOnly)
	}
	switch {
	case w.Err != "":
		return "could not be worked out: " + w.Err
	case w.With == nil || w.Without == nil:
		return fmt.Sprintf("the largest day is %s with %.4g expected, without it %.4g", w.Peak.Time.Format(time.DateOnly), w.Peak.Expected, w.PeakWas.Expected)
	}
	return fmt.Sprintf("more capacity needed %s, without it %s", date(w.With.NeedBy), date(w.Without.NeedBy))
}
