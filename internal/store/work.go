package store

import (
	"context"

	"foresight/models"
)

// Work returns the state of the actions that somebody has begun, by subject id: it is in the
// plans of the predictions' cases.
func (s *Store) Work(ctx context.Context, customer string) (map[string]models.TaskState, error) {
	all, err := s.Incidents(ctx, models.IncidentFilter{Customer: customer, Level: models.LevelPredictive})
	if err != nil {
		return nil, err
	}
	work := map[string]models.TaskState{}
	for n := len(all) - 1; n >= 0; n-- { // the last changed has the last word
		for _, t := range all[n].Plan {
			if t.State != models.TaskOpen {
				work[t.Action] = t.State
			}
		}
	}
	return work, nil
}
