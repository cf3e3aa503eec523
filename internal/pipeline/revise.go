package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// bases fingerprints what each signal's forecast rests on besides the data.
func bases(j Job, signals []models.SignalResult) map[string]models.Basis {
	days := []any{j.Customer.Country, j.Customer.Zone}
	for _, e := range j.Customer.Events {
		days = append(days, e.Name, e.From.Unix(), e.To.Unix())
	}
	for _, f := range j.Customer.Freezes {
		days = append(days, f.Name, f.From.Unix(), f.To.Unix())
	}
	calendar := models.Revision(days...)
	all := map[string]models.Basis{}
	for _, s := range signals {
		var capacity []any
		for _, c := range s.Signal.Capacity {
			capacity = append(capacity, c.ID, c.From.Unix(), c.Limit, c.Per, c.Headroom)
		}
		b := models.Basis{Capacity: models.Revision(capacity...), Calendar: calendar}
		b.Plans, b.Overrides = planBasis(j, s.Service.ID, s.Signal), overrideBasis(j, s.Service.ID, s.Signal)
		b.Metrics = j.Metrics
		for _, f := range s.Forecasts {
			b.Model += methods(f.Method) + ";"
		}
		all[s.Service.ID+"/"+s.Signal.ID] = b
	}
	return all
}

// methods returns the names out of "61 % ridge + 39 % theta". Their weights follow
// the data, and so does a move that new weights bring.
func methods(combination string) string {
	var names []string
	for _, member := range strings.Split(combination, " + ") {
		if _, name, weighted := strings.Cut(member, " % "); weighted {
			member = name
		}
		names = append(names, member)
	}
	slices.Sort(names)
	return strings.Join(names, " + ")
}

// causes lists what may have moved an action's dates, the likeliest first: what was
// configured or chosen otherwise since, and the days that have come. How much of a
// move each of them brought cannot be told apart afterwards.
func causes(before, now models.Action, was, is models.Basis) []string {
	var all []string
	for _, c := range []struct {
		name    string
		changed bool
	}{
		{"capacity", was.Capacity != is.Capacity},
		{"plan", was.Plans != is.Plans},
		{"calendar", was.Calendar != is.Calendar},
		{"model", was.Model != is.Model},
		{"data", now.AsOf.After(before.AsOf)},
	} {
		if c.changed {
			all = append(all, c.name)
		}
	}
	if len(all) == 0 {
		return []string{"data"} // late events of the same days
	}
	return all
}

// moves says what differs from an action as it was last said, and why.
func moves(before, now models.Action, was, is models.Basis) []models.Move {
	why := causes(before, now, was, is)
	var all []models.Move
	compare := func(field string, from, to time.Time) {
		if !from.Equal(to) {
			all = append(all, models.Move{Field: field, From: day(from), To: day(to), Cause: why[0], Also: why[1:]})
		}
	}
	compare("due", before.NeedBy, now.NeedBy)
	compare("latest_start", before.LatestStart, now.LatestStart)
	if before.LeadDays != now.LeadDays {
		all = append(all, models.Move{Field: "lead_time_days", From: fmt.Sprint(before.LeadDays), To: fmt.Sprint(now.LeadDays), Cause: "capacity"})
	}
	return all
}

// day writes a date, and "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// findingRevision hashes what a reader would act on; sizes to two digits, since a
// new day's data always moves the third.
func findingRevision(f *models.Finding) string {
	content := []any{f.Subject.Kind, f.State}
	switch {
	case f.Peak != nil:
		p := f.Peak
		content = append(content, day(p.Date), p.Event, p.TimesSeen, models.Round(p.Expected, 2), models.Round(p.Factor, 2))
	case f.Overload != nil:
		o := f.Overload
		content = append(content, o.StepID, o.Limit, o.Per, day(o.Early), day(o.Expected), day(o.Late), day(o.NeedBy), models.Round(o.NeededLimit, 2))
	default:
		content = append(content, f.Title)
	}
	return models.Revision(content...)
}

func actionRevision(a *models.Action) string {
	content := []any{a.Subject.Kind, a.State, a.Title, day(a.NeedBy), day(a.LatestStart), a.LeadDays, a.Late}
	if a.Work != "" {
		content = append(content, a.Work)
	}
	return models.Revision(content...)
}

// forecastRevision hashes every number of a forecast, to three digits.
func forecastRevision(f models.Forecast) string {
	var content []any
	for _, p := range f.Points {
		content = append(content, p.Time.Unix(), models.Round(p.Mean, 3), models.Round(p.Limit, 3), models.Round(p.Overload, 2))
		for _, q := range p.Quantiles {
			content = append(content, models.Round(q, 3))
		}
	}
	for _, o := range f.Overrides {
		content = append(content, o.Override.ID, o.Override.Author)
		for _, p := range o.Points {
			content = append(content, p.Time.Unix(), models.Round(p.Value, 3))
		}
	}
	return models.Revision(content...)
}

// What makes a forecast differ materially from the one last sent: a typical day
// that moved by more than materialShare, one day by more than materialDay, a
// horizon that reaches materialDays further, or another basis.
const (
	materialShare = 0.02
	materialDay   = 0.10
	materialDays  = 7
)

// material reports whether a forecast says something new against what was sent.
func material(last models.Said, f models.Forecast, basis models.Basis) bool {
	if last.Basis.Capacity != basis.Capacity || last.Basis.Calendar != basis.Calendar || last.Basis.Plans != basis.Plans ||
		last.Basis.Overrides != basis.Overrides || basis.Metrics && !last.Basis.Metrics || len(last.Medians) == 0 || len(f.Points) == 0 {
		return true
	}
	sent := make(map[int64]float64, len(last.Medians))
	for _, m := range last.Medians {
		sent[m.Time] = m.Value
	}
	end := time.Unix(last.Medians[len(last.Medians)-1].Time, 0)
	if f.Points[len(f.Points)-1].Time.Sub(end) >= materialDays*24*time.Hour {
		return true
	}
	moved, level, n := 0.0, 0.0, 0
	for _, p := range f.Points {
		was, known := sent[p.Time.Unix()]
		if !known {
			continue
		}
		now := p.Quantiles[models.Q50]
		if math.Abs(now-was) > materialDay*math.Max(math.Abs(now), math.Abs(was)) {
			return true
		}
		moved, level, n = moved+math.Abs(now-was), level+math.Abs(was), n+1
	}
	return n == 0 || moved > materialShare*level
}

// medians keeps what a later run compares with.
func medians(f models.Forecast) []models.Median {
	kept := make([]models.Median, len(f.Points))
	for i, p := range f.Points {
		kept[i] = models.Median{Time: p.Time.Unix(), Value: p.Quantiles[models.Q50]}
	}
	return kept
}
