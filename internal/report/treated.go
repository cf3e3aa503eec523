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
			out = append(out, stretch{t.From, t.To, english{}.stretch(t, d.forecast.Span, d.loc)})
		}
	}
	return out
}

// treatedMost is how many stretches of one kind are listed.
const treatedMost = 10

// treated says which parts of the history were not taken as observed, a line a
// stretch, the latest first.
func (e english) treated(all []models.Treated, span models.Span, loc *time.Location) []string {
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
		out = append(out, e.plural(more, "older stretch", "older stretches")+" more.")
	}
	return out
}

// saturated says in one line what lies at a ceiling: it may be some hours of every day.
func (e english) saturated(all []models.Treated, span models.Span, loc *time.Location) string {
	n, bucket := 0, bucketName(span)
	var first, last models.Treated
	for _, t := range all {
		if t.Kind != models.TreatedCensored {
			continue
		}
		if n == 0 {
			first = t
		}
		if t.Span != "" {
			bucket = bucketName(t.Span)
		}
		n, last = n+t.Buckets, t
	}
	if n == 0 {
		return ""
	}
	times := e.plural(n, "bucket of a "+bucket+" counts", "buckets of a "+bucket+" count")
	if bucket == "hour" {
		times = e.plural(n, "bucket of an hour counts", "buckets of an hour count")
	}
	return "Saturated: " + times + " as at least what was measured, from " + day(first.From, loc) + " to " + day(last.Last, loc) + ", " + last.Reason + "."
}

// oneOffs names the events that no season explains in one line, the latest first.
func (e english) oneOffs(all []models.Treated, span models.Span, loc *time.Location) string {
	n := 0
	var named []string
	for i := len(all) - 1; i >= 0; i-- {
		t := all[i]
		if t.Kind != models.TreatedOneOff {
			continue
		}
		n += t.Buckets
		text := day(t.From, loc)
		if t.Buckets > 1 {
			text += " to " + day(t.Last, loc)
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
		named = append(named[:treatedMost], "and earlier ones")
	}
	bucket := bucketName(span)
	return "Taken for one-off events and hardly learned from, " + e.plural(n, bucket, bucket+"s") + ": " + strings.Join(named, ", ") + "."
}

// stretch says what one stretch was taken for, and why.
func (e english) stretch(t models.Treated, span models.Span, loc *time.Location) string {
	when := day(t.From, loc)
	if t.Buckets > 1 {
		when += " to " + day(t.Last, loc)
	}
	bucket := bucketName(span)
	text := map[models.TreatedKind]string{
		models.TreatedMasked: "Masked, not learned from",
		models.TreatedOutage: "Taken for an outage, as next to nothing came",
	}[t.Kind] + ": " + when + " (" + e.plural(t.Buckets, bucket, bucket+"s") + ")"
	if t.Reason != "" {
		text += ", " + t.Reason
	}
	return text + "."
}
