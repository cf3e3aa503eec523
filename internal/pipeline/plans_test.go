package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// on is a local midnight of a customer.
func on(c models.Customer, y int, m time.Month, d int) time.Time {
	return calendar.NewDate(y, m, d).In(c.Zone)
}

func sure(v float64) *models.Band { return &models.Band{Low: v, Value: v, High: v} }

// bank is growth from the start of April.
func bank(c models.Customer, committed bool) models.Plan {
	return models.Plan{ID: "bank", Name: "New bank", Kind: models.PlanGrowth, Signals: []string{"pay"}, From: on(c, 2026, 4, 1),
		Factor: sure(1.1), Committed: committed, Author: "Sales", DecidedOn: on(c, 2026, 2, 1)}
}

// medianOf is the total's median on a day.
func medianOf(t *testing.T, r models.Result, day time.Time) float64 {
	t.Helper()
	for _, p := range r.Signals[0].Forecasts[0].Points {
		if p.Time.Equal(day) {
			return p.Quantiles[models.Q50]
		}
	}
	require.Fail(t, "no point", "on %s", day)
	return 0
}

func TestACommittedPlanIsPartOfTheForecast(t *testing.T) {
	c, source := overloaded(t)
	without := run(t, lineOf(source, nil, nil), c, asOfDay)
	c.Plans = []models.Plan{bank(c, true)}
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.InEpsilon(t, 1.1*medianOf(t, without, on(c, 2026, 4, 1)), medianOf(t, r, on(c, 2026, 4, 1)), 1e-9)
	require.InEpsilon(t, medianOf(t, without, on(c, 2026, 3, 31)), medianOf(t, r, on(c, 2026, 3, 31)), 1e-9)
	f := r.Signals[0].Forecasts[0]
	require.Equal(t, "New bank", f.Components[len(f.Components)-1].Name)
	require.Contains(t, f.Assumed, "Part of the forecast, since it is decided: “New bank”, 10 % more from 1 April 2026 on. Decided by Sales on 1 February 2026.")
	require.Empty(t, f.WhatIfs)
	require.True(t, findingOf(t, r, models.KindOverload).Overload.NeedBy.Before(findingOf(t, without, models.KindOverload).Overload.NeedBy))

	c.Plans[0].DecidedOn = asOfDay.In(c.Zone)
	later := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Equal(t, without.Signals[0].Forecasts[0].Points, later.Signals[0].Forecasts[0].Points, "what is decided today was not known before")
}

func TestAWhatIfStandsBesideTheForecast(t *testing.T) {
	c, source := overloaded(t)
	without := run(t, lineOf(source, nil, nil), c, asOfDay)
	c.Plans = []models.Plan{bank(c, true)}
	committed := findingOf(t, run(t, lineOf(source, nil, nil), c, asOfDay), models.KindOverload).Overload
	c.Plans = []models.Plan{bank(c, false),
		{ID: "rack", Name: "Another rack", Kind: models.PlanCapacity, Signals: []string{"pay/transactions"}, From: on(c, 2026, 3, 20), Amount: sure(2000)},
		{ID: "old", Name: "Long past", Kind: models.PlanEffect, Signals: []string{"pay"}, From: on(c, 2025, 1, 1), To: on(c, 2025, 1, 2), Factor: sure(3)}}
	memory, sink := newFakeMemory(), &fakeSink{}
	r := run(t, lineOf(source, sink, memory), c, asOfDay)
	f := r.Signals[0].Forecasts[0]
	require.Equal(t, without.Signals[0].Forecasts[0].Points, f.Points, "the forecast is what it was")
	require.Len(t, f.WhatIfs, 3, "each plan ahead, and both together")
	growth, rack, both := f.WhatIfs[0], f.WhatIfs[1], f.WhatIfs[2]
	require.Equal(t, "New bank", growth.Name)
	require.Equal(t, committed.NeedBy, growth.With.NeedBy, "it tells what committing it would bring")
	require.Equal(t, committed.Cautious, growth.With.Cautious)
	require.InEpsilon(t, committed.NeededLimit, growth.With.NeededLimit, 1e-9)
	require.Equal(t, findingOf(t, without, models.KindOverload).Overload.NeedBy, growth.Without.NeedBy)
	require.Greater(t, growth.Peak.Expected, growth.PeakWas.Expected)
	require.True(t, rack.With.NeedBy.IsZero(), "with another rack nothing is needed")
	require.InDelta(t, 4600, rack.With.Limit, 1e-9)
	require.False(t, rack.Without.NeedBy.IsZero())
	require.Equal(t, rack.PeakWas, rack.Peak)
	require.Equal(t, []string{"bank", "rack"}, both.Plans)
	require.Contains(t, both.Assumes, "“Another rack”, 2\u202f000 payments more of the limit from 20 March 2026 on.")
	require.True(t, both.With.NeedBy.IsZero())

	events := sink.of(models.SourcetypeWhatIf)
	require.Len(t, events, 3)
	e, ok := events[0].Body.(models.WhatIfEvent)
	require.True(t, ok)
	require.Equal(t, "shop:pay:transactions:whatif:bank/total", e.Subject)
	require.Equal(t, day(committed.NeedBy), e.NeedBy)
	require.NotEmpty(t, e.NeedByWas)
	sink = &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay)
	require.Empty(t, sink.of(models.SourcetypeWhatIf), "it is told once a day")
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(1))
	require.Len(t, sink.of(models.SourcetypeWhatIf), 3)
}

func TestACampaignLikeLastYears(t *testing.T) {
	c, source := overloaded(t)
	plain := source.answer["payments"]
	source.answer["payments"] = func(q models.Query, w models.Window) (models.Fetched, error) {
		f, err := plain(q, w)
		for i, p := range f.Columns[0].Points {
			if d := calendar.DateOf(time.Unix(p.Time, 0).In(c.Zone)); d.Year == 2025 && d.Month == time.May && d.Day >= 5 && d.Day <= 6 {
				f.Columns[0].Points[i].Value *= 1.6
			}
		}
		return f, err
	}
	without := run(t, lineOf(source, nil, nil), c, asOfDay)
	c.Plans = []models.Plan{{ID: "sale", Name: "Spring sale", Kind: models.PlanCampaign, Signals: []string{"pay/transactions"}, From: on(c, 2026, 5, 4),
		Like: &models.Like{From: on(c, 2025, 5, 5), To: on(c, 2025, 5, 6)}, Committed: true}}
	r := run(t, lineOf(source, nil, nil), c, asOfDay)
	require.InEpsilon(t, 1.6, medianOf(t, r, on(c, 2026, 5, 5))/medianOf(t, without, on(c, 2026, 5, 5)), 0.06)
	require.InEpsilon(t, medianOf(t, without, on(c, 2026, 5, 6)), medianOf(t, r, on(c, 2026, 5, 6)), 1e-9)
	peak := findingOf(t, r, models.KindPeak)
	require.Equal(t, "Spring sale", peak.Peak.Event, "the peak has the plan's name")
	require.Equal(t, "shop:pay:transactions:peak:plan%3Asale", peak.Subject.ID())
	require.Contains(t, peak.Detail, "A plan that is decided makes it so.")

	c.Plans[0].Like = &models.Like{From: on(c, 2015, 5, 5), To: on(c, 2015, 5, 6)}
	r = run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Equal(t, without.Signals[0].Forecasts[0].Points, r.Signals[0].Forecasts[0].Points)
	require.Equal(t, "plan", r.Errors[0].Stage)
	require.Contains(t, r.Errors[0].Text, "give days of its history")
	require.Contains(t, strings.Join(r.Signals[0].Forecasts[0].Assumed, " "), "The plan “Spring sale” is decided and is not in the forecast")
	c.Plans[0].Committed = false
	r = run(t, lineOf(source, nil, nil), c, asOfDay)
	require.Empty(t, r.Errors)
	require.Contains(t, r.Signals[0].Forecasts[0].WhatIfs[0].Err, "plan sale: reading the effect of 2015-05-05")
}

// An amount a day is the total's, and the share of it that its busiest hour has.
func TestAnAmountFallsOnTheBusiestHourByItsShare(t *testing.T) {
	c, _ := overloaded(t)
	c.Services[0].Queries[0].Span = models.SpanHour
	c.Services[0].Queries[0].Signal.Capacity = []models.CapacityStep{{ID: "base", From: on(c, 2020, 1, 1), Limit: 130, Per: models.PerHour}}
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": christmasShop}}
	line := lineOf(source, nil, nil)
	line.Horizon, line.Paths = 30, 50
	without := run(t, line, c, asOfDay)
	c.Plans = []models.Plan{{ID: "more", Name: "More", Kind: models.PlanEffect, Signals: []string{"pay"}, From: on(c, 2026, 3, 10), To: on(c, 2026, 3, 11), Amount: sure(1000), Committed: true}}
	r := run(t, line, c, asOfDay)
	was, is := without.Signals[0].Forecasts, r.Signals[0].Forecasts
	require.Len(t, is, 2)
	total, busiest := was[0].Points[8].Quantiles[models.Q50], was[1].Points[8].Quantiles[models.Q50]
	require.InEpsilon(t, total+1000, is[0].Points[8].Quantiles[models.Q50], 1e-9)
	require.InEpsilon(t, busiest+1000*busiest/total, is[1].Points[8].Quantiles[models.Q50], 0.02)
}

func TestAPlanMovesADateAndSaysSo(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	line := lineOf(source, &fakeSink{}, memory)
	run(t, line, c, asOfDay)
	c.Plans = []models.Plan{bank(c, true)}
	sink := &fakeSink{}
	ledgerOf(t, line).sink = sink
	moved := actionOf(t, run(t, line, c, asOfDay), actionCapacity).Moved
	require.Equal(t, "plan", moved[0].Cause)
	require.Empty(t, moved[0].Also, "the same day's data")
	require.Len(t, sink.of(models.SourcetypeForecast), 130, "a forecast with another plan is sent")

	c.Services[0].Queries[0].Signal.Capacity[0].Limit = 2700
	c.Plans[0].Factor = sure(1.05)
	sink = &fakeSink{}
	ledgerOf(t, line).sink = sink
	moved = actionOf(t, run(t, line, c, asOfDay.AddDays(1)), actionCapacity).Moved
	require.Equal(t, []string{"capacity", "plan", "data"}, moved[0].Causes())
	e, ok := sink.of(models.SourcetypeAction)[0].Body.(models.ActionEvent)
	require.True(t, ok)
	require.Equal(t, "capacity", e.MovedCause)
	require.Equal(t, "capacity, plan, data", e.MovedCauses)
}

func TestAnOverrideStandsBesideTheForecast(t *testing.T) {
	c, source := overloaded(t)
	without := run(t, lineOf(source, nil, nil), c, asOfDay)
	value, factor := 3000.0, 1.5
	first, last := on(c, 2026, 3, 10), on(c, 2026, 3, 12)
	c.Overrides = []models.Override{
		{ID: "a", Signals: []string{"pay/transactions"}, From: first, To: last, Value: &value, Author: "Anna", Reason: "known better", Expires: last},
		{ID: "b", Signals: []string{"pay"}, From: last, To: last, Factor: &factor, Author: "Bo", Reason: "a feeling", Expires: last},
		{ID: "c", Signals: []string{"pay"}, From: first, To: first, Factor: &factor, Author: "Cy", Reason: "expired", Expires: on(c, 2026, 3, 1)},
		{ID: "d", Signals: []string{"pay"}, From: first, To: first, Factor: &factor, Author: "Di", Reason: "not yet", DecidedOn: asOfDay.In(c.Zone), Expires: last},
	}
	memory, sink := newFakeMemory(), &fakeSink{}
	r := run(t, lineOf(source, sink, memory), c, asOfDay)
	f := r.Signals[0].Forecasts[0]
	require.Equal(t, without.Signals[0].Forecasts[0].Points, f.Points, "the forecast is what it was")
	require.Len(t, f.Overrides, 2)
	require.Len(t, f.Overrides[0].Points, 3)
	require.InDelta(t, 3000, f.Overrides[0].Points[2].Value, 0)
	require.InEpsilon(t, 1.5*medianOf(t, r, last), f.Overrides[1].Points[0].Value, 1e-12)
	points := sink.of(models.SourcetypeForecast)
	at := func(i int) models.ForecastEvent {
		e, ok := points[i].Body.(models.ForecastEvent)
		require.True(t, ok)
		return e
	}
	require.Nil(t, at(7).Override)
	require.InDelta(t, 3000, float64(*at(8).Override), 0)
	require.Equal(t, "Anna", at(8).OverrideBy)
	require.Equal(t, "b", at(10).OverrideID, "the last configured of several")
	require.InDelta(t, medianOf(t, without, first), float64(at(8).Q50), 1e-6*float64(at(8).Q50))

	value = 3300
	sink = &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay)
	require.Len(t, sink.of(models.SourcetypeForecast), 130, "another figure is sent, under ids of its own")
	require.NotEqual(t, points[8].EventID, sink.of(models.SourcetypeForecast)[8].EventID)
}

func TestACustomerWithoutPlansHasNoBasisOfThem(t *testing.T) {
	c, _ := overloaded(t)
	j := jobOf(t, c, asOfDay)
	s := c.Services[0].Queries[0].Signal
	require.Empty(t, planBasis(j, "pay", s))
	require.Empty(t, overrideBasis(j, "pay", s))
	j.Customer.Plans = []models.Plan{bank(c, true)}
	with := planBasis(j, "pay", s)
	require.NotEmpty(t, with)
	j.Customer.Plans[0].Factor = sure(1.2)
	require.NotEqual(t, with, planBasis(j, "pay", s))
	j.Customer.Plans[0].Committed = false
	require.Empty(t, planBasis(j, "pay", s), "a what-if moves no date")
}

func TestCapacityStepsOfAPlan(t *testing.T) {
	c, _ := overloaded(t)
	steps := []models.CapacityStep{{ID: "a", From: on(c, 2026, 1, 1), Limit: 10}, {ID: "b", From: on(c, 2026, 6, 1), Limit: 20}}
	plan := models.Plan{ID: "p", Kind: models.PlanCapacity, From: on(c, 2026, 3, 1), To: on(c, 2026, 7, 31), Amount: sure(5)}
	got := withCapacity(steps, []models.Plan{plan})
	var told []string
	for _, s := range got {
		told = append(told, s.ID+" "+day(s.From)+" "+voice{}.number(s.Limit, ""))
	}
	require.Equal(t, []string{"a 2026-01-01 10", "plan:p 2026-03-01 15", "b 2026-06-01 25", "plan:p:end 2026-08-01 20"}, told)
	require.InDelta(t, 10, steps[0].Limit, 0, "the configured steps stay")
	plan.From = on(c, 2025, 1, 1)
	require.InDelta(t, 15, withCapacity(steps, []models.Plan{plan})[0].Limit, 0, "before the first step there is no limit to raise")
}

func TestPlanWords(t *testing.T) {
	c, _ := overloaded(t)
	h := history{signal: models.Signal{Unit: "payments"}}
	p := models.Plan{Name: "X", Kind: models.PlanEffect, From: on(c, 2026, 3, 1), To: on(c, 2026, 3, 1), Factor: &models.Band{Low: 0.5, Value: 0.7, High: 0.9}}
	require.Equal(t, "“X”, 30 % less (90 % between factors of 0.5 and 0.9) on 1 March 2026.", voice{}.plan(h, p))
	p.Factor, p.Amount, p.To = nil, sure(-500), on(c, 2026, 3, 3)
	require.Equal(t, "“X”, 500 payments less a day from 1 March 2026 to 3 March 2026.", voice{}.plan(h, p))
	p.Amount, p.Like = nil, &models.Like{Event: "Christmas"}
	require.Equal(t, "“X”, from 1 March 2026 to 3 March 2026 with the effect of Christmas.", voice{}.plan(h, p))
	_, err := (&measured{}).change(Job{}, h, models.Plan{From: on(c, 2026, 3, 1)}, nil)
	require.ErrorContains(t, err, "give it a factor")
}
