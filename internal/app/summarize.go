package app

import (
	"math"
	"strconv"

	"foresight/analytics"
	"foresight/internal/tidy"
	"foresight/models"
)

// summary tells what stands behind a series' forecast: before are forecast and
// options without the what-if flags, after is what is written.
func (r request) summary(before analytics.Forecast, o analytics.Options, after analytics.Outcome, layout string) *tidy.Summary {
	s := &tidy.Summary{Method: after.Method, Choice: after.Choice, Fallback: after.Fallback, Members: []tidy.Member{}, Components: []tidy.Component{}}
	for _, m := range after.Members {
		score := m.Score
		if score == 0 {
			score = math.NaN() // not scored
		}
		s.Members = append(s.Members, tidy.Member{Name: m.Name, Weight: models.Number(m.Weight), Score: models.Number(score)})
	}
	if b := after.Backtest; b.Origins > 0 {
		s.Backtest = &tidy.Backtest{Origins: b.Origins, WAPE: models.Number(b.WAPE), MASE: models.Number(b.MASE), Naive: models.Number(b.Naive),
			Coverage80: models.Number(b.Coverage80), Coverage90: models.Number(b.Coverage90)}
	}
	for _, c := range after.Components {
		values := make([]models.Number, len(c.Values))
		for i, v := range c.Values {
			values[i] = models.Number(v)
		}
		s.Components = append(s.Components, tidy.Component{Name: c.Name, Family: c.Family, Multiplicative: c.Multiplicative, Values: values})
	}
	s.Treated, s.Shifts = treatedOf(before.Treated, layout), shiftsOf(before.Shifts, layout)
	s.Outlook = r.outlook(after.Forecast, after.Limits, layout)
	for _, a := range r.assumptions {
		s.WhatIf = append(s.WhatIf, a.flag)
	}
	if len(r.assumptions) > 0 {
		without := r.outlook(before, o.Limits, layout)
		s.Without = &without
	}
	return s
}

// outlook reads crossing, needed capacity and maximum off a forecast's paths.
func (r request) outlook(f analytics.Forecast, limits []float64, layout string) tidy.Outlook {
	date := func(i int) *string {
		if i < 0 {
			return nil
		}
		text := f.Times[i].Format(layout)
		return &text
	}
	var out tidy.Outlook
	if c := f.Crossing; c != nil {
		read := c.Reading()
		out.Crossing = &tidy.Crossing{
			Probability: models.Number(c.Probability[len(c.Probability)-1]), Early: date(c.Early), Half: date(c.Expected), Late: date(c.Late),
			Expected: date(read.Expected), Cautious: date(read.Cautious),
		}
	}
	out.Needed = tidy.Needed{Risk: analytics.DefaultNeedRisk, Limit: models.Number(analytics.NeededCapacity(f.Paths, limits, 0))}
	if limits != nil {
		ratio := models.Number(analytics.NeededRatio(f.Paths, limits, 0))
		out.Needed.Ratio = &ratio
	}
	m := analytics.MaximumOf(f.Paths, r.Quantiles)
	out.Maximum = tidy.Maximum{Quantiles: map[string]models.Number{}, Mean: models.Number(m.Mean), Likeliest: date(m.Index), Share: models.Number(m.Share),
		Expected: date(m.When.Expected), Cautious: date(m.When.Cautious)}
	for j, p := range m.Probabilities {
		out.Maximum.Quantiles["q"+strconv.FormatFloat(p, 'f', -1, 64)] = models.Number(m.Quantiles[j])
	}
	return out
}
