package report

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"foresight/models"
)

func TestThePageSaysHowRightItWas(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	a := models.Accuracy{Measure: models.MeasureTotal, Band: models.LeadBands[1], From: day(1), To: day(20), Buckets: 20, N: 60, WAPE: 0.031, Naive: 0.07, Coverage90: 0.88}
	unknown := a
	unknown.Naive, unknown.Buckets, unknown.To = math.NaN(), 1, day(1)
	override := a
	override.Override, override.Beside = "fair", 0.05
	said := voice{}.accuracy([]models.Accuracy{a, unknown, override, {Measure: models.MeasureTotal, WAPE: math.NaN()}, {Measure: models.MeasureBusiest, WAPE: 0.9}},
		models.MeasureTotal, models.SpanDay, time.UTC)
	assert.Equal(t, []string{
		"What was told 8 to 28 days ahead of 20 days, from 1 Mar 2026 (Sun) to 20 Mar 2026 (Fri), missed by 3\u202f% of the volume (WAPE), repeating the last season by 7\u202f%; 88\u202f% lay within the 90 % band.",
		"What was told 8 to 28 days ahead of 1 day, from 1 Mar 2026 (Sun) to 1 Mar 2026 (Sun), missed by 3\u202f% of the volume (WAPE); 88\u202f% lay within the 90 % band.",
		"The override fair, told 8 to 28 days ahead, missed by 3\u202f% (WAPE), the forecast beside it by 5\u202f%.",
	}, said)
}
