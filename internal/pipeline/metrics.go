package pipeline

import "foresight/models"

// metricEvents are a forecast's points once more, for a metric index. They travel behind
// the events in the same parcel: both are told, or neither is.
func metricEvents(events []models.Event) []models.Event {
	points := make([]models.Event, 0, len(events))
	for _, e := range events {
		body, ok := e.Body.(models.ForecastEvent)
		if !ok {
			continue
		}
		if p, any := models.MetricOf(body); any {
			e.Body, e.Metric, e.EventID = p, true, e.EventID+"-metric" // of its own: what is refused is set aside by it
			points = append(points, e)
		}
	}
	return points
}
