package incident

import "foresight/models"

// kindOf is the kind of the case that a report opens.
func kindOf(r Report, g *models.RedundantGroup) string {
	switch {
	case g != nil:
		return models.CaseRedundancy
	case r.Kind != "":
		return r.Kind
	case r.Prediction != nil:
		return r.Prediction.Kind
	case r.By != "":
		return models.CaseFault
	}
	return models.CaseAlarm
}

// RunbookOf is the text for whoever has the case; nil when there is none. Of two that fit the
// first counts.
func (r Rules) RunbookOf(i models.Incident) *models.Runbook {
	for n := range r.Runbooks {
		if b := &r.Runbooks[n]; among(b.Kinds, i.Kind) && among(b.Services, i.Service) {
			return b
		}
	}
	return nil
}
