package report

import (
	"time"

	"foresight/models"
)

// accuracy says how right the forecasts that were told were, by how far ahead, and
// planners' overrides beside them.
func (e voice) accuracy(all []models.Accuracy, m models.Measure, span models.Span, loc *time.Location) []string {
	var out []string
	for _, a := range all {
		if a.Measure != m || !finite(a.WAPE) {
			continue
		}
		from, to := e.when(a.From, span, loc), e.when(a.To, span, loc)
		if a.Override != "" {
			out = append(out, e.T("The override %s, told %s to %s days ahead, missed by %s (WAPE), the forecast beside it by %s.",
				a.Override, e.whole(a.Band.From), e.whole(a.Band.To), e.percent(a.WAPE), e.percent(a.Beside)))
			continue
		}
		text := e.T("What was told %s to %s days ahead of %s, from %s to %s, missed by %s of the volume (WAPE)", e.whole(a.Band.From), e.whole(a.Band.To),
			e.count(a.Buckets, span), from, to, e.percent(a.WAPE))
		if finite(a.Naive) {
			text += e.T(", repeating the last season by %s", e.percent(a.Naive))
		}
		out = append(out, text+e.T("; %s lay within the 90 %% band.", e.percent(a.Coverage90)))
	}
	return out
}
