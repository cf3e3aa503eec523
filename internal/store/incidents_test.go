package store

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

var caseDay = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)

// opening makes a case with one entry and one event.
func opening(service string) func([]models.Incident, string) (models.Turn, error) {
	return func(_ []models.Incident, next string) (models.Turn, error) {
		i := models.Incident{ID: next, Customer: "nord", Service: service, State: models.IncidentNew, Level: models.LevelReactive, Changed: caseDay, Version: 1, Entries: 1}
		return turnOf(i), nil
	}
}

func turnOf(i models.Incident) models.Turn {
	return models.Turn{
		Incidents: []models.Incident{i}, Entries: []models.Entry{{Incident: i.ID, Seq: i.Entries, At: i.Changed, Kind: models.EntryNote, Text: fmt.Sprint(i.Entries)}},
		Parcels: []models.Parcel{{Subject: i.ID, Events: []models.Event{{Sourcetype: models.SourcetypeIncident, EventID: fmt.Sprint(i.ID, i.Entries), Subject: i.ID, Body: map[string]int{"entries": i.Entries}}}}},
	}
}

func TestCasesAreKeptWithTheirTimelinesAndEvents(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		ctx := t.Context()
		require.NoError(t, s.ChangeIncidents(ctx, "nord", caseDay, opening("shop")))
		require.NoError(t, s.ChangeIncidents(ctx, "nord", caseDay, opening("till")))
		require.NoError(t, s.ChangeIncidents(ctx, "syd", caseDay, func(cases []models.Incident, next string) (models.Turn, error) {
			require.Empty(t, cases, "a customer sees its own only")
			require.Equal(t, "syd-1", next)
			return models.Turn{}, nil
		}))
		require.NoError(t, s.ChangeIncidents(ctx, "nord", caseDay, func(cases []models.Incident, next string) (models.Turn, error) {
			require.Len(t, cases, 2)
			require.Equal(t, "nord-3", next)
			i := cases[0]
			i.State, i.Entries = models.IncidentClosed, 2
			return turnOf(i), nil
		}))
		s = again(t, s, p)
		i, timeline, err := s.Incident(ctx, "nord-1")
		require.NoError(t, err)
		require.Equal(t, models.IncidentClosed, i.State)
		require.Len(t, timeline, 2)
		require.Equal(t, "2", timeline[1].Text)

		for _, c := range []struct {
			name   string
			filter models.IncidentFilter
			want   int
		}{
			{"all", models.IncidentFilter{}, 2},
			{"one state", models.IncidentFilter{States: []models.IncidentState{models.IncidentNew}}, 1},
			{"two states", models.IncidentFilter{States: []models.IncidentState{models.IncidentClosed, models.IncidentNew}}, 2},
			{"service", models.IncidentFilter{Service: "till"}, 1},
			{"level", models.IncidentFilter{Level: models.LevelProactive}, 0},
			{"customer", models.IncidentFilter{Customer: "syd"}, 0},
			{"most", models.IncidentFilter{Most: 1}, 1},
		} {
			all, err := s.Incidents(ctx, c.filter)
			require.NoError(t, err)
			require.Len(t, all, c.want, c.name)
		}
		held, err := s.Outgoing(ctx, 100)
		require.NoError(t, err)
		require.Len(t, held, 3)
		_, _, err = s.Incident(ctx, "nord-9")
		require.ErrorAs(t, err, &UnknownIncidentError{})

		// What was over long ago is not handed out any more.
		require.NoError(t, s.ChangeIncidents(ctx, "nord", caseDay.AddDate(1, 0, 0), func(cases []models.Incident, _ string) (models.Turn, error) {
			require.Len(t, cases, 1)
			return models.Turn{}, nil
		}))
	})
}

// A change that fails, or whose event cannot be kept, leaves nothing behind.
func TestAFailedChangeOfACaseLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		no := errors.New("no")
		require.Equal(t, no, s.ChangeIncidents(t.Context(), "nord", caseDay, func([]models.Incident, string) (models.Turn, error) { return models.Turn{}, no }))
		require.Error(t, s.ChangeIncidents(t.Context(), "nord", caseDay, func(_ []models.Incident, next string) (models.Turn, error) {
			turn, err := opening("shop")(nil, next)
			turn.Parcels[0].Events[0].Body = make(chan int)
			return turn, err
		}))
		all, err := s.Incidents(t.Context(), models.IncidentFilter{})
		require.NoError(t, err)
		require.Empty(t, all)
		require.NoError(t, s.ChangeIncidents(t.Context(), "nord", caseDay, func(_ []models.Incident, next string) (models.Turn, error) {
			require.Equal(t, "nord-1", next, "no number is lost")
			return models.Turn{}, nil
		}))
	})
}

// Changes side by side come one after the other: none is lost.
func TestChangesOfACaseSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, s.ChangeIncidents(t.Context(), "nord", caseDay, opening("shop")))
		const n = 20
		var wait sync.WaitGroup
		for range n {
			wait.Go(func() {
				require.NoError(t, s.ChangeIncidents(t.Context(), "nord", caseDay, func(cases []models.Incident, _ string) (models.Turn, error) {
					i := cases[0]
					i.Entries++
					i.Occurrences++
					return turnOf(i), nil
				}))
			})
		}
		wait.Wait()
		i, timeline, err := s.Incident(t.Context(), "nord-1")
		require.NoError(t, err)
		require.Equal(t, n, i.Occurrences)
		require.Len(t, timeline, n+1)
	})
}
