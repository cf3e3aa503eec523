package report

import (
	"fmt"
	"time"

	"foresight/models"
)

// accuracy says how right the forecasts that were told were, by how far ahead, and
// planners' overrides beside them.
func (e english) accuracy(all []models.Accuracy, m models.Measure, span models.Span, loc *time.Location) []string {
	var out []string
	for _, a := range all {
		if a.Measure != m || !finite(a.WAPE) {
			continue
		}
		from, to := e.when(a.From, span, loc), e.when(a.To, span, loc)
		if a.Override != "" {
			out = append(out, fmt.Sprintf("The override %s, told %d to %d days ahead, missed by %s (WAPE), the forecast beside it by %s.",
				a.Override, a.Band.From, a.Band.To, percent(a.WAPE), percent(a.Beside)))
			continue
		}
		text := fmt.Sprintf("What was told %d to %d days ahead of %s, from %s to %s, missed by %s of the volume (WAPE)", a.Band.From, a.Band.To,
			e.plural(a.Buckets, bucketName(span), bucketName(span)+"s"), from, to, percent(a.WAPE))
		if finite(a.Naive) {
			text += ", repeating the last season by " + percent(a.Naive)
		}
		out = append(out, fmt.Sprintf("%s; %s lay within the 90 %% band.", text, percent(a.Coverage90)))
	}
	return out
}
