package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// A pass brings all its predictions in at once; told again on the same day they change nothing,
// and of a service that was taken out of the configuration a case can end but none begin.
func TestPredictionsComeIntoTheProcess(t *testing.T) {
	kept := openStore(t)
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	heard := now.Add(16 * time.Hour)
	c := counter{kept, agreed(now), func() time.Time { return heard }}
	find := func(service string, at time.Time, state models.State) models.Finding {
		return models.Finding{Subject: models.Subject{Customer: "shop", Service: service, Signal: "volume", Kind: models.KindDataMissing}, State: state, AsOf: at, Title: service + " is silent"}
	}
	states := func() map[string]models.IncidentState {
		all, err := kept.Incidents(t.Context(), models.IncidentFilter{Customer: "shop"})
		require.NoError(t, err)
		by := map[string]models.IncidentState{}
		for _, i := range all {
			by[i.Service] = i.State
		}
		require.Len(t, by, len(all), "a case a service")
		return by
	}
	bring := func(customer models.Customer, findings ...models.Finding) {
		require.NoError(t, c.reports(t.Context(), "shop", predictions(models.Result{Customer: customer, Findings: findings})))
	}
	whole := c.cfg.Customers[0]
	for range 2 {
		bring(whole, find("web", now, models.StateOpen), find("till", now, models.StateOpen))
		require.Equal(t, map[string]models.IncidentState{"web": models.IncidentNew, "till": models.IncidentNew}, states())
		first, timeline, err := kept.Incident(t.Context(), "shop-1")
		require.NoError(t, err)
		require.Equal(t, heard, first.Opened.UTC(), "a case that a run opens in the afternoon is not 16 hours late")
		require.Equal(t, []int{1, 1}, []int{first.Version, len(timeline)})
		require.Equal(t, now, first.Facts[0].Last.UTC())
	}
	smaller := whole
	smaller.Services = whole.Services[:1]
	c.cfg.Customers[0] = smaller
	tomorrow := now.AddDate(0, 0, 1)
	bring(smaller, find("till", tomorrow, models.StatePast), find("gone", tomorrow, models.StateOpen))
	require.Equal(t, map[string]models.IncidentState{"web": models.IncidentNew, "till": models.IncidentResolved}, states())
}
