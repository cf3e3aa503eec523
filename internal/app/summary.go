package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/internal/pipeline"
	"foresight/models"
)

// summary says what a run found, a line each: work by its last day to start, what it
// rests on, and the peaks.
func (a *App) summary(r models.Result, page string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s as of %s: %s, %s sent", r.Customer.ID, r.AsOf.Format(time.DateOnly), counted(len(r.Signals), "signal"), counted(r.Told, "event"))
	if page != "" {
		fmt.Fprintf(&b, ", report in %s", page)
	}
	b.WriteString("\n")
	for _, e := range r.Errors {
		switch e.Stage {
		case pipeline.StageCommit:
			b.WriteString("  not kept  the findings below stand and are not told: the next run says them\n")
		case "plan":
			fmt.Fprintf(&b, "  not in it %s/%s: %s\n", e.Service, e.Query, e.Text)
		default:
			fmt.Fprintf(&b, "  unknown   %s/%s (which is not \"no overload\")\n", e.Service, e.Query)
		}
	}
	for _, x := range sortedActions(r.Actions) {
		mark := ""
		if x.Work != "" {
			mark = " (" + string(x.Work) + ")"
		}
		if x.Late && x.State == models.StateOpen {
			mark = " (LATE)"
		}
		fmt.Fprintf(&b, "  %-9s start by %s%s: %s\n", x.State, x.LatestStart.Format(time.DateOnly), mark, x.Title)
		for _, m := range x.Moved {
			fmt.Fprintf(&b, "            moved: %s %s → %s (%s)\n", m.Field, m.From, m.To, strings.Join(m.Causes(), ", "))
		}
	}
	for _, f := range r.Findings {
		if f.Peak == nil {
			fmt.Fprintf(&b, "  %-9s %s\n", f.State, f.Title)
		}
	}
	for _, f := range r.Findings {
		if f.Peak != nil && f.State == models.StateOpen {
			fmt.Fprintf(&b, "  peak      %s %s/%s %s, %.2f × usual\n", peakDate(r, f), f.Subject.Service, f.Subject.Signal, cmp.Or(f.Peak.Event, "unnamed"), f.Peak.Factor)
		}
	}
	whatIfLines(&b, r)
	return a.say("%s", strings.TrimRight(b.String(), "\n"))
}

// sortedActions orders work by its last day to start, then by the day of need.
func sortedActions(all []models.Action) []models.Action {
	return slices.SortedStableFunc(slices.Values(all), func(a, b models.Action) int {
		return cmp.Or(a.LatestStart.Compare(b.LatestStart), a.NeedBy.Compare(b.NeedBy))
	})
}

// peakDate writes the day of a finding's peak, or its month where months are forecast.
func peakDate(r models.Result, f models.Finding) string {
	monthly := func(s models.SignalResult) bool {
		return s.Span == models.SpanMonth && s.Service.ID == f.Subject.Service && s.Signal.ID == f.Subject.Signal
	}
	if slices.ContainsFunc(r.Signals, monthly) {
		return f.Peak.Date.Format("2006-01")
	}
	return f.Peak.Date.Format(time.DateOnly)
}
