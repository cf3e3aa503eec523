package report

import (
	"time"

	"foresight/models"
)

// masked are the stretches of known outages that lie in a picture.
func (d source) masked(from, to time.Time) []stretch {
	var out []stretch
	for _, t := range d.forecast.Treated {
		if t.Kind == models.TreatedMasked && t.From.Before(to) && t.To.After(from) {
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
	said := map[models.TreatedKind]int{}
	for i := len(all) - 1; i >= 0; i-- {
		t := all[i]
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

// stretch says what one stretch was taken for, and why.
func (e english) stretch(t models.Treated, span models.Span, loc *time.Location) string {
	when := day(t.From, loc)
	if t.Buckets > 1 {
		when += " to " + day(t.Last, loc)
	}
	bucket := bucketName(span)
	text := map[models.TreatedKind]string{
		models.TreatedMasked: "Masked, not learned from",
	}[t.Kind] + ": " + when + " (" + e.plural(t.Buckets, bucket, bucket+"s") + ")"
	if t.Reason != "" {
		text += ", " + t.Reason
	}
	return text + "."
}
