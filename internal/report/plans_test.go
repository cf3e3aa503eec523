package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"foresight/internal/report"
	"foresight/models"
)

func TestPlansAndOverridesStandBesideTheForecast(t *testing.T) {
	r := plainResult(models.SpanDay, date(2025, 1, 1), date(2026, 2, 5), 60)
	bare := render(t, r, report.Options{})
	assert.NotContains(t, bare, "What if")
	assert.NotContains(t, words(bare), "Planners' overrides")

	f := &r.Signals[0].Forecasts[0]
	r.Signals[0].Signal.Unit = "orders"
	f.WhatIfs = []models.WhatIf{
		{Plans: []string{"bank"}, Name: "New bank", Assumes: "“New bank”, 10 % more from 1 March 2026 on.",
			Peak: models.Top{Time: date(2026, 3, 9), Expected: 2189, High: 2300}, PeakWas: models.Top{Time: date(2026, 3, 2), Expected: 1990, High: 2080},
			With:    &models.Crossed{Expected: date(2026, 3, 3), Cautious: date(2026, 3, 1), Probability: 0.93, NeededLimit: 2400},
			Without: &models.Crossed{Probability: 0.04, NeededLimit: 2100}},
		{Plans: []string{"sale"}, Name: "Sale", Assumes: "“Sale”, the same as autumn sale.", Err: "plan sale: no such occasion"},
	}
	value := 2500.0
	f.Overrides = []models.OverrideSeries{{
		Override: models.Override{ID: "o", Value: &value, Author: "Anna <Berg>", Reason: "Two competitors have closed.", Expires: date(2026, 3, 12)},
		Points:   []models.OverridePoint{{Time: date(2026, 3, 10), Value: 2500, Forecast: 1990}, {Time: date(2026, 3, 11), Value: 2500, Forecast: 1990}},
	}}
	page := render(t, r, report.Options{})
	assert.NoError(t, wellFormed(page))
	text := words(page)
	for _, want := range []string{
		"New bank.|“New bank”, 10 % more from 1 Mar 2026 (Sun) on.",
		"The largest day that it changes would be 9 Mar 2026 (Mon), with 2 190 orders expected (at most 2 300 with 95 %); without it 1 990 on 2 Mar 2026 (Mon).",
		"(cautious: with 5 % before), with 93 % in all; a limit of 2 400 orders would do. Without it: not within the time looked at, with 4 %; a limit of 2 100.",
		"It could not be worked out: plan sale: no such occasion.",
		"Anna <Berg>:|2 500 orders expected on",
		"where the forecast says 1 990, and so on for 2 days to",
		"Two competitors have closed. It is carried until",
	} {
		assert.Contains(t, text, want)
	}
}

func TestAMoveNamesAllItsCauses(t *testing.T) {
	r := plainResult(models.SpanDay, date(2025, 1, 1), date(2026, 2, 5), 60)
	r.Actions = []models.Action{{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: "add_capacity"}, State: models.StateOpen, Title: "Raise it",
		NeedBy: date(2026, 5, 1), LatestStart: date(2026, 4, 1), Moved: []models.Move{{Field: "due", From: "2026-05-09", To: "2026-05-01", Cause: "plan", Also: []string{"data"}}}}}
	assert.Contains(t, render(t, r, report.Options{}), "due 2026-05-09 → 2026-05-01 (plan, data)")
}

func TestACautiousDateIsShownWhereItIsKnown(t *testing.T) {
	r := plainResult(models.SpanDay, date(2025, 1, 1), date(2026, 2, 5), 60)
	over := models.Overload{Early: date(2026, 3, 1), NeedBy: date(2026, 3, 5), Horizon: date(2026, 4, 1)}
	r.Findings = []models.Finding{{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: models.KindOverload}, State: models.StateOpen, Overload: &over}}
	assert.NotContains(t, render(t, r, report.Options{}), "Cautious")
	over.Cautious = time.Date(2026, 2, 25, 0, 0, 0, 0, time.UTC)
	assert.Contains(t, words(render(t, r, report.Options{})), "Cautious, 5 % likely")
}

func TestGrowthLasts(t *testing.T) {
	r := plainResult(models.SpanDay, date(2025, 1, 1), date(2026, 2, 5), 200)
	f := &r.Signals[0].Forecasts[0]
	values := make([]float64, 200)
	for i := range values {
		if values[i] = 1; i >= 24 {
			values[i] = 1.15
		}
	}
	f.Components = []models.Component{{Name: "New bank", Multiplicative: true, Values: values}}
	assert.Contains(t, render(t, r, report.Options{}), "New bank lifts every day from 1 Mar 2026 (Sun) to 1.15")
	for i := 180; i < 200; i++ {
		values[i] = 1
	}
	assert.Contains(t, render(t, r, report.Options{}), "New bank lifts every day from 1 Mar 2026 (Sun) to 3 Aug 2026 (Mon) to 1.15")
	values[50] = 1.3
	assert.NotContains(t, render(t, r, report.Options{}), "every day")
}
