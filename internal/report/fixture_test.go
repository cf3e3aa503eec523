package report_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"foresight/models"
)

// stockholm is fixed by rule, so that goldens do not need the machine's zone data.
func stockholm() *time.Location {
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		return time.UTC
	}
	return loc
}

// volume is a made web shop: growth, week, Christmas.
func volume(t time.Time) float64 {
	day := float64(t.Unix()) / 86400
	v := 42000 * math.Exp(0.00045*(day-20000))
	v *= []float64{0.72, 1.05, 1.0, 0.98, 1.02, 1.25, 0.98}[t.Weekday()]
	v *= 1 + 0.10*math.Cos(2*math.Pi*(float64(t.YearDay())-350)/365.25)
	if t.Month() == time.December {
		v *= 1 + 0.75*math.Exp(-math.Pow(float64(t.Day()-22)/5, 2))
		if t.Day() == 25 {
			v *= 0.4
		}
	}
	if t.Month() == time.November && t.Day() >= 24 && t.Day() <= 30 && t.Weekday() == time.Friday {
		v *= 1.9
	}
	return v
}

// history returns n days before asOf with noise and some holes.
func history(asOf time.Time, n int, r *rand.Rand) []models.HistoryPoint {
	var out []models.HistoryPoint
	for i := -n; i < 0; i++ {
		t := asOf.AddDate(0, 0, i)
		v := volume(t) * math.Exp(0.05*r.NormFloat64())
		p := models.HistoryPoint{Time: t, Total: v, Busiest: v * 0.11}
		if i%97 == 0 {
			p.Total, p.Busiest = math.NaN(), math.NaN()
		}
		out = append(out, p)
	}
	return out
}

// forecast returns n days from asOf on, around the truth.
func forecast(asOf time.Time, n int, m models.Measure, limit func(time.Time) float64) models.Forecast {
	f := models.Forecast{Measure: m, Span: models.SpanDay, AsOf: asOf, Method: "0.70 log ridge, 0.30 last year aligned by feast", Choice: "kept from 2026-02-20: choosing anew would gain 0.3 ± 0.6 %",
		Assumed: []string{"The trend dampens after the last day observed.", "No campaign is planned beyond those in the configuration."},
		Standing: models.Standing{From: asOf.AddDate(-3, 0, 0), To: asOf.AddDate(0, 0, -1), Observed: 1082, Missing: 14, Christmases: 2, Years: 3,
			Backtest: models.Backtest{Origins: 8, WAPE: 0.067, MASE: 0.71, Naive: 1.04, Coverage80: 0.79, Coverage90: 0.885}}}
	scale := 1.0
	if m == models.MeasureBusiest {
		scale = 0.11
	}
	trend := models.Component{Name: "trend", Multiplicative: true}
	week := models.Component{Name: "week", Multiplicative: true}
	year := models.Component{Name: "year", Multiplicative: true}
	christmas := models.Component{Name: "Christmas", Multiplicative: true}
	z := []float64{-1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645}
	crossed := 0.0
	for i := range n {
		t := asOf.AddDate(0, 0, i)
		v := volume(t) * scale
		sd := 0.05 + 0.0004*float64(i)
		p := models.ForecastPoint{Time: t, Mean: v * math.Exp(sd*sd/2), Limit: limit(t), Overload: math.NaN()}
		for k := range z {
			p.Quantiles[k] = v * math.Exp(sd*z[k])
		}
		if !math.IsNaN(p.Limit) {
			crossed = math.Max(crossed, 1/(1+math.Exp(-40*(v/p.Limit-1))))
			p.Overload = crossed
		}
		f.Points = append(f.Points, p)
		trend.Values = append(trend.Values, math.Exp(0.00045*float64(i)))
		week.Values = append(week.Values, []float64{0.72, 1.05, 1.0, 0.98, 1.02, 1.25, 0.98}[t.Weekday()])
		year.Values = append(year.Values, 1+0.10*math.Cos(2*math.Pi*(float64(t.YearDay())-350)/365.25))
		lift := 1.0
		if t.Month() == time.December {
			lift = 1 + 0.75*math.Exp(-math.Pow(float64(t.Day()-22)/5, 2))
			if t.Day() == 25 {
				lift *= 0.4
			}
		}
		christmas.Values = append(christmas.Values, lift)
	}
	f.Components = []models.Component{trend, week, year, christmas}
	return f
}

// peak makes a peak finding on a day of a forecast.
func peak(s models.Subject, f models.Forecast, date time.Time, name string, seen int) models.Finding {
	s.Kind, s.Episode = models.KindPeak, name+date.Format("-2006")
	p := models.Peak{Date: date, Event: name, EventID: strings.ToLower(name), Factor: 1.6, TimesSeen: seen, Measure: f.Measure}
	for _, x := range f.Points {
		if x.Time.Equal(date) {
			p.Low, p.Expected, p.High = x.Quantiles[models.Q05], x.Quantiles[models.Q50], x.Quantiles[models.Q95]
			p.Factor = p.Expected / (f.Points[0].Quantiles[models.Q50])
		}
	}
	return models.Finding{Subject: s, State: models.StateOpen, Title: name, Peak: &p}
}

// fixture is a whole result: an overload with a late and a timely action, peaks of
// both measures, a signal without an answer, a failed query, withdrawn things.
func fixture() models.Result {
	loc := stockholm()
	asOf := time.Date(2026, 9, 14, 0, 0, 0, 0, loc)
	r := rand.New(rand.NewPCG(1, 2))
	on := func(m time.Month, d, y int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, loc) }
	shop := models.Service{ID: "shop", Name: "Web shop", Owner: "Platform team"}
	pay := models.Service{ID: "pay", Name: "Payments"}
	steps := []models.CapacityStep{
		{ID: "first", From: on(1, 1, 2024), Limit: 12000, Per: models.PerHour, Headroom: 0.1},
		{ID: "second", From: on(3, 1, 2027), Limit: 16000, Per: models.PerHour, Headroom: 0.1, Note: "order 4711"}}
	limit := func(t time.Time) float64 {
		if t.Before(steps[1].From) {
			return steps[0].Usable()
		}
		return steps[1].Usable()
	}
	none := func(time.Time) float64 { return math.NaN() }
	orders := models.SignalResult{Service: shop, Span: models.SpanDay, Query: models.Query{ID: "orders", Span: models.SpanHour},
		Signal: models.Signal{ID: "orders", Name: "Orders", Unit: "orders", Kind: models.KindCount, Aggregate: models.AggregateSum,
			Capacity: steps, LeadTime: models.LeadTime{WorkDays: 40, ApprovalDays: 10}},
		History: history(asOf, 3*365, r)}
	total, busiest := forecast(asOf, 400, models.MeasureTotal, none), forecast(asOf, 400, models.MeasureBusiest, limit)
	orders.Forecasts = []models.Forecast{total, busiest}
	sales := monthly(asOf, pay)
	stuck := models.SignalResult{Service: pay, Span: models.SpanDay, Query: models.Query{ID: "refunds", Span: models.SpanHour},
		Signal: models.Signal{ID: "refunds", Name: "Refunds <script>alert(1)</script>", Kind: models.KindCount, Aggregate: models.AggregateSum},
		Err:    "the search came back incomplete (2 of 5 indexers answered)"}
	subject := models.Subject{Customer: "nordbutik", Service: "shop", Signal: "orders"}
	over := subject
	over.Kind, over.Episode = models.KindOverload, "first"
	res := models.Result{RunID: "r-20260914", AsOf: asOf, IssuedAt: asOf.Add(6 * time.Hour), Duration: 12 * time.Second,
		Customer: models.Customer{ID: "nordbutik", Name: "Nordbutik AB", Country: "SE", Zone: loc},
		Signals:  []models.SignalResult{orders, sales, stuck},
		Errors:   []models.RunError{{Service: "pay", Query: "refunds", Stage: "fetch", Reason: "partial", Text: "Splunk said: 3 peers down <b>now</b>"}}}
	res.Findings = []models.Finding{
		{Subject: over, State: models.StateOpen, Title: "The busiest hour passes the order system's limit",
			Detail: "The busiest hour of Black Friday is expected at 13 000 orders against 10 800 usable.",
			Overload: &models.Overload{StepID: "first", Limit: 12000, Per: models.PerHour, Measure: models.MeasureBusiest,
				Early: on(11, 20, 2026), Expected: on(11, 27, 2026), Late: on(12, 19, 2026), NeedBy: on(11, 20, 2026), Probability: 0.97,
				Horizon: asOf.AddDate(0, 0, 399), NeededLimit: 17400, PeakDay: on(12, 22, 2026), BeyondSeen: 1.34, WithinFactor: 1}},
		{Subject: models.Subject{Service: "pay", Signal: "refunds", Kind: models.KindDataMissing}, State: models.StateOpen,
			Title: "No data since 12 Sep", Detail: "The heartbeat of the same hosts stopped as well."},
		{Subject: models.Subject{Service: "shop", Signal: "orders", Kind: models.KindOutlook, Episode: "second"}, State: models.StateOpen,
			Title: "Orders will reach the second limit by Fri 26 November 2027", Detail: "The load comes nearest on 2027-11-26."},
		{Subject: models.Subject{Service: "pay", Kind: models.KindOverload, Episode: "old"}, State: models.StateWithdrawn, Title: "Payment queue over its limit", Detail: "the forecast no longer says so"},
	}
	for _, f := range orders.Forecasts {
		res.Findings = append(res.Findings,
			peak(subject, f, on(11, 27, 2026), "Black Friday", 3), peak(subject, f, on(12, 22, 2026), "Christmas", 2),
			peak(subject, f, on(12, 23, 2026), "Christmas", 2), peak(subject, f, on(5, 30, 2027), "Mother's Day", 3),
			peak(subject, f, on(9, 25, 2026), "Payday", 36), peak(subject, f, on(10, 9, 2026), "", 0))
	}
	act := models.Subject{Customer: "nordbutik", Service: "shop", Signal: "orders", Kind: "add_capacity", Episode: "first"}
	prep := act
	prep.Kind, prep.Episode = "prepare_peak", "christmas-2026"
	res.Actions = []models.Action{
		{Subject: prep, State: models.StateOpen, Title: "Prepare the shop for Christmas", Reason: "22 December 2026 is expected at 1.7 × a usual day.",
			NeedBy: on(12, 15, 2026), LatestStart: on(11, 17, 2026), LeadDays: 20},
		{Subject: act, State: models.StateOpen, Title: "Add capacity to the order system: 17 400 orders an hour", Reason: "The busiest hour passes the limit with 10 % probability by 20 Nov.",
			NeedBy: on(11, 20, 2026), LatestStart: on(9, 11, 2026), LeadDays: 50, Late: true, StillHelps: "Rent cloud capacity for eight weeks; move the nightly batch out of the evening.",
			Evidence: []string{"The limit of 12 000 orders an hour holds until 1 Mar 2027.", "Largest hour ever seen: 10 150 orders."},
			Moved:    []models.Move{{Field: "latest_start", From: "2026-09-18", To: "2026-09-11", Cause: "data"}}},
	}
	return res
}

// monthly is a signal of months without a limit, with a fallback.
func monthly(asOf time.Time, s models.Service) models.SignalResult {
	out := models.SignalResult{Service: s, Span: models.SpanMonth, Query: models.Query{ID: "sales", Span: models.SpanMonth},
		Signal: models.Signal{ID: "sales", Name: "Wholesale of drinks", Unit: "MUSD", Kind: models.KindGauge, Aggregate: models.AggregateMean}}
	first := time.Date(asOf.Year(), asOf.Month(), 1, 0, 0, 0, 0, asOf.Location())
	level := func(i int) float64 { return 9000 + 40*float64(i) + 900*math.Cos(2*math.Pi*float64(i+6)/12) }
	for i := -60; i < 0; i++ {
		out.History = append(out.History, models.HistoryPoint{Time: first.AddDate(0, i, 0), Total: level(i), Busiest: math.NaN()})
	}
	f := models.Forecast{Measure: models.MeasureTotal, Span: models.SpanMonth, AsOf: asOf, Method: "damped Holt-Winters", Fallback: "monthly data has no week to learn",
		Standing: models.Standing{From: out.History[0].Time, To: out.History[59].Time, Observed: 60, Christmases: 5, Years: 5}}
	season := models.Component{Name: "year"}
	for i := range 14 {
		v := level(i)
		p := models.ForecastPoint{Time: first.AddDate(0, i, 0), Mean: v, Limit: math.NaN(), Overload: math.NaN()}
		for k, z := range []float64{-1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645} {
			p.Quantiles[k] = v + z*(150+30*float64(i))
		}
		f.Points = append(f.Points, p)
		season.Values = append(season.Values, 900*math.Cos(2*math.Pi*float64(i+6)/12))
	}
	f.Components = []models.Component{season}
	out.Forecasts = []models.Forecast{f}
	return out
}

// hindsight is what came in the first 75 days.
func hindsight(asOf time.Time) []models.HistoryPoint {
	r := rand.New(rand.NewPCG(3, 4))
	var out []models.HistoryPoint
	for i := range 110 {
		t := asOf.AddDate(0, 0, i)
		v := volume(t) * math.Exp(0.02+0.05*r.NormFloat64())
		out = append(out, models.HistoryPoint{Time: t, Total: v, Busiest: 0.11 * v})
	}
	return out
}
