package pipeline

import "foresight/models"

// overrides lists what planners expect instead of a measure's forecast, as buckets
// beside it. A value is the day's total, so that of the busiest bucket only a factor
// speaks. Expired ones are not carried.
func (m *measured) overrides(j Job, s *study, h history) []models.OverrideSeries {
	var all []models.OverrideSeries
	for _, o := range j.Customer.Overrides {
		if !o.KnownBy(j.AsOf) || !o.Applies(s.service.ID, h.signal) || o.Value != nil && m.measure != models.MeasureTotal {
			continue
		}
		one := models.OverrideSeries{Override: o}
		for _, p := range m.points {
			if p.Time.Before(o.From) || p.Time.After(o.To) {
				continue
			}
			x := models.OverridePoint{Time: p.Time, Forecast: p.Quantiles[models.Q50]}
			switch {
			case o.Value != nil:
				x.Value = *o.Value
			case o.Factor != nil:
				x.Value = *o.Factor * x.Forecast
			}
			one.Points = append(one.Points, x)
		}
		if len(one.Points) > 0 {
			all = append(all, one)
		}
	}
	return all
}
