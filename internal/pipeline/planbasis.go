package pipeline

import (
	"strings"

	"foresight/analytics"
	"foresight/models"
)

// planBasis fingerprints a signal's committed plans; "" when there is none, so that a
// customer without plans sees no change.
func planBasis(j Job, service string, s models.Signal) string {
	var content []any
	for _, p := range j.Customer.Plans {
		if !p.Committed || !p.KnownBy(j.AsOf) || !p.Applies(service, s) {
			continue
		}
		content = append(content, p.ID, p.Kind, p.From.Unix(), p.To.Unix())
		for _, b := range []*models.Band{p.Factor, p.Amount} {
			if b != nil {
				content = append(content, *b)
			}
		}
		if p.Like != nil {
			content = append(content, p.Like.From.Unix(), p.Like.To.Unix(), p.Like.Event)
		}
	}
	return fingerprint(content)
}

// overrideBasis fingerprints what planners say of a signal; "" for nothing.
func overrideBasis(j Job, service string, s models.Signal) string {
	var content []any
	for _, o := range j.Customer.Overrides {
		if !o.KnownBy(j.AsOf) || !o.Applies(service, s) {
			continue
		}
		content = append(content, o.ID, o.From.Unix(), o.To.Unix(), o.Author)
		for _, x := range []*float64{o.Value, o.Factor} {
			if x != nil {
				content = append(content, *x)
			}
		}
	}
	return fingerprint(content)
}

func fingerprint(content []any) string {
	if len(content) == 0 {
		return ""
	}
	return models.Revision(content...)
}

// planPrefix marks the peaks that a plan makes among those of the calendar.
const planPrefix = "plan:"

// planEpisode names a plan's peak: by the plan, whatever day it falls on.
func planEpisode(p models.Plan) string { return planPrefix + p.ID }

func planned(eventID string) bool { return strings.HasPrefix(eventID, planPrefix) }

// planBehind finds the committed campaign or effect that lifts a peak which no
// occasion explains.
func planBehind(j Job, s *study, h history, m measured, peak analytics.Peak) (models.Plan, bool) {
	if peak.Family != "" {
		return models.Plan{}, false
	}
	for _, p := range plansOf(j, s, h) {
		if !p.Committed || p.Kind != models.PlanCampaign && p.Kind != models.PlanEffect {
			continue
		}
		for _, c := range m.forecast.Components {
			if c.Name != p.Name || c.Family != "" || peak.Index >= len(c.Values) {
				continue
			}
			if v := c.Values[peak.Index]; c.Multiplicative && v > 1 || !c.Multiplicative && v > 0 {
				return p, true
			}
		}
	}
	return models.Plan{}, false
}
