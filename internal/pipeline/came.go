package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// Came reads what came after a job's day, up to another, in the buckets of the
// forecasts: by "service/signal".
func (l *Line) Came(ctx context.Context, j Job, until time.Time) (map[string][]models.HistoryPoint, error) {
	came := map[string][]models.HistoryPoint{}
	var failures []error
	for _, service := range j.Customer.Services {
		for _, q := range service.Queries {
			later := j
			later.AsOf = until
			w := window(later, q)
			w.From = window(j, q).To
			if !w.From.Before(w.To) {
				continue
			}
			fetched, err := l.Source.Fetch(ctx, j.Customer.Zone, q, w)
			if err != nil {
				failures = append(failures, fmt.Errorf("fetching what came of %s/%s: %w", service.ID, q.ID, err))
				continue
			}
			if len(fetched.Columns) == 0 {
				continue
			}
			for _, h := range settle(q, fetched, j.Customer.Zone) {
				came[service.ID+"/"+h.signal.ID] = h.points
			}
		}
	}
	return came, errors.Join(failures...)
}
