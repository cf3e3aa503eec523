package pipeline

import (
	"fmt"
	"slices"

	"foresight/analytics"
	"foresight/models"
)

// driverPlans are the plans for the volume that a resource is forecast by, less those
// for the resource itself.
func (o *outlook) driverPlans(j Job, s *study, own []models.Plan) []models.Plan {
	if s.driver == nil || !slices.ContainsFunc(o.measured, func(m measured) bool { return m.driver != nil }) {
		return nil
	}
	return slices.DeleteFunc(plansOf(j, s.driver, s.driver.total()), func(p models.Plan) bool {
		return slices.ContainsFunc(own, func(x models.Plan) bool { return x.ID == p.ID })
	})
}

// drives says that a plan is for the volume which a measure is forecast by.
func (m *measured) drives(s *study, p models.Plan) bool {
	return m.driver != nil && s.driver != nil && p.Kind != models.PlanCapacity && p.Applies(s.driver.service.ID, s.driver.total().signal)
}

// driven carries the driver's volume under plans to the resource, by the relation that
// carried its forecast and with the same draws. false when none of them is for the
// driver or moves it.
func (m *measured) driven(j Job, s *study, h history, plans []models.Plan) (f analytics.Forecast, acts bool, err error) {
	f = m.forecast
	var changes []analytics.Change
	for _, p := range plans {
		if !m.drives(s, p) {
			continue
		}
		volume := m.driver.volume
		var first *measured
		if all := s.driver.outlooks[0].measured; volume.measure != all[0].measure {
			first = &all[0]
		}
		c, err := volume.change(j, s.driver.total(), p, first)
		if err != nil {
			return f, false, fmt.Errorf("plan %s: %w", p.ID, err)
		}
		changes, acts = append(changes, c), acts || c.Touches(volume.series, volume.forecast)
	}
	if !acts {
		return f, false, nil
	}
	w, err := analytics.WhatIf(m.driver.volume.series, m.driver.volume.forecast, m.driver.volume.options(s.driver.total()), changes...)
	if err != nil {
		return f, false, err
	}
	volume, scenario := *m.driver.volume, *m.driver
	volume.forecast, scenario.volume = w.Forecast, &volume
	paths, err := scenario.paths(m, h)
	if err != nil {
		return f, false, err
	}
	under := measured{forecast: m.forecast, points: m.points}
	under.forecast.Mean, under.forecast.Quantiles = slices.Clone(f.Mean), slices.Clone(f.Quantiles)
	under.replace(paths)
	return under.forecast, true, nil
}
