package app

import (
	"fmt"
	"io"

	"foresight/analytics"
	"foresight/internal/tidy"
	"foresight/models"
)

// treatments counts, over all series, the history that was not taken as observed.
type treatments struct {
	kinds map[analytics.TreatmentKind]*treatmentCount
}

type treatmentCount struct {
	series, buckets int
	first           string // series and stretch
}

// treatmentOrder are the kinds that are told, and how. Nearly every series has one-off events: they
// stand in its summary.
var treatmentOrder = []struct {
	kind analytics.TreatmentKind
	does string
}{
	{analytics.TreatedMasked, "masked, and not learned from"},
	{analytics.TreatedOutage, "with next to nothing, taken for an outage and not learned from"},
	{analytics.TreatedCensored, "at a ceiling, which count as at least that"},
}

// add counts a series' treatments; layout prints its times.
func (c *treatments) add(series, layout string, treated []analytics.Treatment) {
	if c.kinds == nil {
		c.kinds = map[analytics.TreatmentKind]*treatmentCount{}
	}
	seen := map[analytics.TreatmentKind]bool{}
	for _, t := range treated {
		n := c.kinds[t.Kind]
		if n == nil {
			n = &treatmentCount{first: fmt.Sprintf("%q %s", series, stretchWords(t, layout))}
			c.kinds[t.Kind] = n
		}
		n.buckets += t.Buckets
		if !seen[t.Kind] {
			n.series++
		}
		seen[t.Kind] = true
	}
}

// unreached says that ceilings were given and no value came up to one: the amount is likelier wrong
// than the flag idle.
func (c *treatments) unreached(w io.Writer, given []ceiling) {
	if len(given) > 0 && c.kinds[analytics.TreatedCensored] == nil {
		fmt.Fprintln(w, "foresight: no bucket of any series comes up to --ceiling, which therefore changes nothing; check its amount, which is a bucket's, and its days")
	}
}

// tell writes a line a kind; nothing when nothing was treated.
func (c *treatments) tell(w io.Writer, all int) {
	for _, k := range treatmentOrder {
		n := c.kinds[k.kind]
		if n == nil {
			continue
		}
		buckets, have := "buckets", "have"
		if n.buckets == 1 {
			buckets = "bucket"
		}
		if n.series == 1 {
			have = "has"
		}
		fmt.Fprintf(w, "foresight: %d of %d series %s %d %s %s (first %s)\n", n.series, all, have, n.buckets, buckets, k.does, n.first)
	}
}

// stretchWords names a stretch by its first and last bucket, and its reason.
func stretchWords(t analytics.Treatment, layout string) string {
	text := t.From.Format(layout)
	if t.Buckets > 1 {
		text += " to " + t.Last.Format(layout)
	}
	if t.Reason != "" {
		text += ", " + t.Reason
	}
	return text
}

// shiftsOf is a series' level shifts as its summary has them.
func shiftsOf(all []analytics.Shift, layout string) []tidy.Shift {
	out := make([]tidy.Shift, 0, len(all))
	for _, s := range all {
		size := models.Number(s.Size)
		shift := tidy.Shift{From: s.Time.Format(layout), Amount: &size}
		if s.Ratio {
			shift.Factor, shift.Amount = &size, nil
		}
		out = append(out, shift)
	}
	return out
}

// treatedOf is a series' treatments as its summary has them.
func treatedOf(treated []analytics.Treatment, layout string) []tidy.Treated {
	out := make([]tidy.Treated, 0, len(treated))
	for _, t := range treated {
		out = append(out, tidy.Treated{Kind: string(t.Kind), From: t.From.Format(layout), To: t.To.Format(layout), Buckets: t.Buckets, Reason: t.Reason})
	}
	return out
}
