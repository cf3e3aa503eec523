package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"foresight/internal/report"
	"foresight/models"
)

func TestMaskedHistoryIsShadedAndNamed(t *testing.T) {
	r := plainResult(models.SpanDay, date(2025, 1, 1), date(2026, 2, 5), 60)
	assert.NotContains(t, render(t, r, report.Options{}), `class="masked"`)
	f := &r.Signals[0].Forecasts[0]
	f.Treated = []models.Treated{
		{Kind: models.TreatedMasked, From: date(2025, 5, 1), Last: date(2025, 5, 1), To: date(2025, 5, 2), Buckets: 1},
		{Kind: models.TreatedMasked, From: date(2026, 1, 20), Last: date(2026, 1, 22), To: date(2026, 1, 23), Buckets: 3, Reason: "flood <hall 2>"},
	}
	f.Treated = append(f.Treated, models.Treated{Kind: models.TreatedCensored, From: date(2025, 6, 1), Last: date(2025, 6, 1), To: date(2025, 6, 2), Buckets: 3, Span: models.SpanHour, Reason: "a plateau at 900"},
		models.Treated{Kind: models.TreatedOneOff, From: date(2025, 3, 1), Last: date(2025, 3, 1), To: date(2025, 3, 2), Buckets: 1},
		models.Treated{Kind: models.TreatedOneOff, From: date(2025, 4, 1), Last: date(2025, 4, 2), To: date(2025, 4, 3), Buckets: 2, Reason: "1.8 × what was expected"},
		models.Treated{Kind: models.TreatedOutage, From: date(2025, 9, 1), Last: date(2025, 9, 1), To: date(2025, 9, 2), Buckets: 1},
		models.Treated{Kind: models.TreatedCensored, From: date(2025, 7, 1), Last: date(2025, 7, 1), To: date(2025, 7, 2), Buckets: 2, Span: models.SpanHour, Reason: "a plateau at 900"})
	page := render(t, r, report.Options{})
	assert.NoError(t, wellFormed(page))
	assert.Contains(t, page, `class="masked"`)
	text := words(page)
	for _, want := range []string{
		"Masked, not learned from: 20 Jan 2026 (Tue) to 22 Jan 2026 (Thu) (3 days), flood <hall 2>.|Masked, not learned from: 1 May 2025 (Thu) (1 day).",
		"outage: not learned from",
		"Taken for an outage, as next to nothing came: 1 Sep 2025 (Mon) (1 day).",
		"Taken for one-off events and hardly learned from, 3 days: 1 Apr 2025 (Tue) to 2 Apr 2025 (Wed) (1.8 × what was expected), 1 Mar 2025 (Sat).",
		"Saturated: 5 hours count as at least what was measured, from 1 Jun 2025 (Sun) to 1 Jul 2025 (Tue), a plateau at 900.",
	} {
		assert.Contains(t, text, want)
	}
}
