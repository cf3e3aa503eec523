package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
	"foresight/internal/tidy"
)

// answer is a series' forecast, why its range is a guess ("" when it is none), and
// what of its history was not taken as observed.
type answer struct {
	tidy.Forecast
	fallback string
	treated  []analytics.Treatment
}

// guesses counts the series whose history is too short for a backtest.
type guesses struct {
	n             int
	first, reason string
}

func (g *guesses) add(a answer) {
	if a.fallback == "" {
		return
	}
	if g.n == 0 {
		g.first, g.reason = a.Series, a.fallback
	}
	g.n++
}

// tell says how many of all series are guesses, in one line; nothing when none is.
func (g *guesses) tell(w io.Writer, all int) {
	has, their := "have", "their ranges are guesses"
	switch g.n {
	case 0:
		return
	case 1:
		has, their = "has", "its range is a guess"
	}
	fmt.Fprintf(w, "foresight: %d of %d series %s too little history for a backtest (first %q: %s); %s\n", g.n, all, has, g.first, g.reason, their)
}

// notFiner refuses a bucket width of which no two of the times are neighbours: most
// buckets of a daily series taken by the hour would be holes, and the forecast one
// of the wrong hours.
func notFiner(step calendar.Step, times []time.Time) error {
	if len(times) < 2 {
		return nil
	}
	least := times[1].Sub(times[0])
	for i := 1; i < len(times); i++ {
		if n, _ := step.Between(times[i-1], times[i]); n < 2 {
			return nil
		}
		least = min(least, times[i].Sub(times[i-1]))
	}
	mend := "use a wider one or leave it out"
	if found, err := calendar.DetectStep(times); err == nil {
		mend = fmt.Sprintf("use --freq %s or leave it out", found)
	}
	return fmt.Errorf("its rows are %s apart; --freq %s is finer: %s", spacing(least), step, mend)
}

// spacing prints a duration without its zero parts: 24h, 90m, 28 days.
func spacing(d time.Duration) string {
	const day = 24 * time.Hour
	if d > day && d%day == 0 {
		return fmt.Sprintf("%d days", d/day)
	}
	text := d.String()
	for _, zero := range []string{"0s", "0m"} {
		if short := strings.TrimSuffix(text, zero); short != text && strings.ContainsAny(short[len(short)-1:], "hm") {
			text = short
		}
	}
	return text
}

// layout is the input's, with a time of day when the forecast's times need one that
// the input's dates do not have.
func (r request) layout(input string, times []time.Time) string {
	if input != time.DateOnly {
		return input
	}
	for _, t := range times {
		if t.Equal(calendar.DateOf(t).In(t.Location())) {
			continue
		}
		if r.zone == nil {
			return "2006-01-02T15:04:05"
		}
		return time.RFC3339
	}
	return input
}
