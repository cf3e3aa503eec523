package pipeline

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// What is planned for a volume reaches the resource that it drives, decided or not.
func TestAPlanForAVolumeReachesItsResource(t *testing.T) {
	c, source := driverShop(t)
	line := lineOf(source, nil, nil)
	without := run(t, line, c, asOfDay).Signals[0].Forecasts[0]
	c.Plans = []models.Plan{bank(c, true)}
	decided := run(t, line, c, asOfDay)
	is := decided.Signals[0].Forecasts[0]
	require.NotNil(t, is.Driver)
	require.Equal(t, without.Points[29].Quantiles, is.Points[29].Quantiles, "31 March")
	// 10 + 0.04·v, a tenth more of v.
	was := without.Points[30].Quantiles[models.Q50]
	require.InDelta(t, 10+1.1*(was-10), is.Points[30].Quantiles[models.Q50], 1)
	require.Contains(t, is.Assumed, "Part of the volume that it is forecast by, since it is decided: “New bank”, 10 % more from 1 April 2026 on. Decided by Sales on 1 February 2026.")
	need := findingOf(t, decided, models.KindOverload).Overload.NeedBy

	c.Plans = []models.Plan{bank(c, false)}
	r := run(t, line, c, asOfDay)
	f := r.Signals[0].Forecasts[0]
	require.Equal(t, without.Points, f.Points)
	require.Len(t, f.WhatIfs, 1)
	w := f.WhatIfs[0]
	require.Empty(t, w.Err)
	require.Equal(t, need, w.With.NeedBy, "it tells what deciding it would bring")
	require.Greater(t, w.Peak.Expected, w.PeakWas.Expected)

	j := jobOf(t, c, asOfDay)
	cpu := c.Services[0].Queries[0].Signal
	require.Empty(t, planBasis(j, "db", cpu))
	j.Customer.Plans = []models.Plan{bank(c, true)}
	require.NotEmpty(t, planBasis(j, "db", cpu), "a plan for the volume moves the resource's dates")
}

// What is planned for a total reaches its parts, and they still add up.
func TestPlannedPartsAddUp(t *testing.T) {
	c, source := shop(t), &fakeSource{}
	c.Services[0].Queries[0].Split = &models.Split{By: "method", Max: 5}
	whole := growing(1000, 0.001)
	source.answer = map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := whole(q, w)
		for i, share := range []float64{0.7, 0.3} {
			col := models.Column{Split: string(rune('a' + i))}
			for _, p := range f.Columns[0].Points {
				p.Value *= share
				col.Points = append(col.Points, p)
			}
			f.Columns = append(f.Columns, col)
		}
		return f, err
	}}
	c.Plans = []models.Plan{bank(c, true), {ID: "day", Name: "A day", Kind: models.PlanEffect, Signals: []string{"pay"}, From: on(c, 2026, 4, 10), To: on(c, 2026, 4, 10), Amount: sure(500), Committed: true}}
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Len(t, r.Signals, 3)
	for i := range r.Signals[0].Forecasts[0].Points {
		total := r.Signals[0].Forecasts[0].Points[i].Mean
		require.InEpsilon(t, total, r.Signals[1].Forecasts[0].Points[i].Mean+r.Signals[2].Forecasts[0].Points[i].Mean, 1e-6, "day %d", i)
	}
}
