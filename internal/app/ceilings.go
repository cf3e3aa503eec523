package app

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"foresight/analytics"
	"foresight/analytics/calendar"
)

// ceiling is one --ceiling, before a series gives it a zone.
type ceiling struct {
	value    float64
	from, to calendar.Date // both included; zero: no bound
}

// readCeilings reads AMOUNT[@FROM[..TO]], each; "none" alone is an empty list, which
// the engine takes for "do not look for any".
func readCeilings(texts []string) ([]ceiling, error) {
	if len(texts) == 1 && strings.TrimSpace(texts[0]) == "none" {
		return []ceiling{}, nil
	}
	var all []ceiling
	for _, text := range texts {
		number, days, dated := strings.Cut(text, "@")
		c := ceiling{}
		var err error
		if c.value, err = strconv.ParseFloat(strings.TrimSpace(number), 64); err != nil || math.IsNaN(c.value) || math.Abs(c.value) > 1e100 {
			return nil, fmt.Errorf("--ceiling %q: %q is not an amount; write what a bucket cannot exceed, such as 1200, 1200@2024-03-01..2025-02-28 for a time, or none", text, number)
		}
		if dated {
			first, last, both := strings.Cut(days, "..")
			if c.from, err = ceilingDay(first); err == nil && both {
				c.to, err = ceilingDay(last)
			}
			if err != nil {
				return nil, fmt.Errorf("--ceiling %q: %w", text, err)
			}
			if both && c.to != (calendar.Date{}) && c.to.Before(c.from) {
				return nil, fmt.Errorf("--ceiling %q: %s lies before %s; swap them", text, c.to, c.from)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// ceilingDay reads a day; nothing is no bound, as in ..2025-02-28.
func ceilingDay(text string) (calendar.Date, error) {
	if strings.TrimSpace(text) == "" {
		return calendar.Date{}, nil
	}
	return readDay(text)
}

// ceilingsIn are the ceilings by a series' zone.
func ceilingsIn(all []ceiling, zone *time.Location) []analytics.Ceiling {
	if all == nil {
		return nil
	}
	out := make([]analytics.Ceiling, 0, len(all))
	for _, c := range all {
		a := analytics.Ceiling{Value: c.value}
		if c.from != (calendar.Date{}) {
			a.From = c.from.In(zone)
		}
		if c.to != (calendar.Date{}) {
			a.To = c.to.AddDays(1).In(zone)
		}
		out = append(out, a)
	}
	return out
}
