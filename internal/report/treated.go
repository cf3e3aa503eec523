package report

import (
	"strings"
	"time"

	"foresight/models"
)

// masked are the stretches of outages, known or found, that lie in a picture.
func (d source) masked(from, to time.Time) []stretch {
	var out []stretch
	for _, t := range d.forecast.Treated {
		if (t.Kind == models.TreatedMasked || t.Kind == models.TreatedOutage) && t.From.Before(to) && t.To.After(from) {
			out = append(out, stretch{t.From, t.To, d.say.stretch(t, d.forecast.Span, d.loc)})
		}
	}
	return out
}

// treatedMost is how many stretches of one kind are listed.
const treatedMost = 10

// treated says which parts of the history were not taken as observed, a line a
// stretch, the latest first.
func (e voice) treated(all []models.Treated, span models.Span, loc *time.Location) []string {
	var out []string
	if line := e.saturated(all, span, loc); line != "" {
		out = append(out, line)
	}
	if line := e.oneOffs(all, span, loc); line != "" {
		out = append(out, line)
	}
	said := map[models.TreatedKind]int{}
	for i := len(all) - 1; i >= 0; i-- {
		t := all[i]
		if t.Kind == models.TreatedCensored || t.Kind == models.TreatedOneOff {
			continue
		}
		if said[t.Kind]++; said[t.Kind] <= treatedMost {
			out = append(out, e.stretch(t, span, loc))
		}
	}
	more := 0
	for _, n := range said {
		more += max(0, n-treatedMost)
	}
	if more > 0 {
		out = append(out, e.T("%s more.", e.plural(more, "older stretch", "older stretches")))
	}
	return out
}

// saturated says in one line what lies at a ceiling: it may be some hours of every day.
func (e voice) saturated(all []models.Treated, span models.Span, loc *time.Location) string {
	n := 0
	var first, last models.Treated
	for _, t := range all {
		if t.Kind != models.TreatedCensored {
			continue
		}
		if n == 0 {
			first = t
		}
		if t.Span != "" {
			span = t.Span
		}
		n, last = n+t.Buckets, t
	}
	if n == 0 {
		return ""
	}
	from, to := e.day(first.From, loc), e.day(last.Last, loc)
	if n == 1 {
		return e.T("Saturated: %s counts as at least what was measured, from %s to %s, %s.", e.count(n, span), from, to, last.Reason)
	}
	return e.T("Saturated: %s count as at least what was measured, from %s to %s, %s.", e.count(n, span), from, to, last.Reason)
}

// oneOffs names the events that no season explains in one line, the latest first.
func (e voice) oneOffs(all []models.Treated, span models.Span, loc *time.Location) string {
	n := 0
	var named []string
	for i := len(all) - 1; i >= 0; i-- {
		t := all[i]
		if t.Kind != models.TreatedOneOff {
			continue
		}
		n += t.Buckets
		text := e.day(t.From, loc)
		if t.Buckets > 1 {
			text += e.T("when| to %s", e.day(t.Last, loc))
		}
		if t.Reason != "" {
			text += " (" + t.Reason + ")"
		}
		named = append(named, text)
	}
	if n == 0 {
		return ""
	}
	if len(named) > treatedMost {
		named = append(named[:treatedMost], e.T("and earlier ones"))
	}
	return e.T("Taken for one-off events and hardly learned from, %s: %s.", e.count(n, span), strings.Join(named, ", "))
}

// stretch says what one stretch was taken for, and why.
func (e voice) stretch(t models.Treated, span models.Span, loc *time.Location) string {
	when := e.day(t.From, loc)
	if t.Buckets > 1 {
		when += e.T("when| to %s", e.day(t.Last, loc))
	}
	text := e.T("Masked, not learned from: %s (%s)", when, e.count(t.Buckets, span))
	if t.Kind == models.TreatedOutage {
		text = e.T("Taken for an outage, as next to nothing came: %s (%s)", when, e.count(t.Buckets, span))
	}
	if t.Reason != "" {
		text += ", " + t.Reason
	}
	return text + "."
}
