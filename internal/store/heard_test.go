package store

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// A request that names itself is known again, for a day and by its customer; one that could not
// be kept is not.
func TestRequestsAreHeardOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		heard := func(customer string, at time.Time, failing error, requests ...string) (heard map[string]bool) {
			err := s.TakeIn(t.Context(), customer, at, requests, func(d Desk) (models.Turn, error) {
				heard = d.Heard
				return models.Turn{}, failing
			})
			require.ErrorIs(t, err, failing)
			return heard
		}
		no := errors.New("no")
		require.Equal(t, map[string]bool{"a": false}, heard("nord", caseDay, no, "a"))
		require.Equal(t, map[string]bool{"a": false}, heard("nord", caseDay, nil, "a", "a"), "twice at once is for the caller to see")
		require.Equal(t, map[string]bool{"a": true, "b": false}, heard("nord", caseDay.Add(23*time.Hour), nil, "a", "b"))
		require.Equal(t, map[string]bool{"a": false}, heard("syd", caseDay, nil, "a"))
		require.Equal(t, map[string]bool{"a": false, "b": true}, heard("nord", caseDay.Add(25*time.Hour), nil, "a", "b"))
	})
}

// One change may open several cases, each with its number and its own events in the outbox.
func TestSeveralCasesAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, s.ChangeIncidents(t.Context(), "nord", caseDay, opening("shop")))
		require.NoError(t, s.TakeIn(t.Context(), "nord", caseDay, nil, func(d Desk) (models.Turn, error) {
			a, _ := opening("till")(nil, d.Next())
			b, _ := opening("mail")(nil, d.Next())
			return a.With(b), nil
		}))
		require.NoError(t, s.ChangeIncidents(t.Context(), "nord", caseDay, func(cases []models.Incident, next string) (models.Turn, error) {
			require.Len(t, cases, 3)
			require.Equal(t, "nord-4", next)
			require.Equal(t, []string{"shop", "till", "mail"}, []string{cases[0].Service, cases[1].Service, cases[2].Service})
			return models.Turn{}, nil
		}))
		held, err := s.HeldRuns(t.Context())
		require.NoError(t, err)
		require.Len(t, held, 3)
		n, err := s.Drop(t.Context(), []string{"nord-3"})
		require.NoError(t, err)
		require.Equal(t, 1, n, "what is held of a case goes by its id")
	})
}

func TestHeartbeats(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, s.KeepBeat(t.Context(), "nord", "batch", caseDay))
		require.NoError(t, s.KeepBeat(t.Context(), "nord", "batch", caseDay.Add(time.Minute)))
		require.NoError(t, s.KeepBeat(t.Context(), "nord", "batch", caseDay.Add(-time.Minute)), "of a slower clock")
		require.NoError(t, s.KeepBeat(t.Context(), "syd", "batch", caseDay))
		last, err := s.KeptBeats(t.Context(), "nord")
		require.NoError(t, err)
		require.Equal(t, map[string]time.Time{"batch": caseDay.Add(time.Minute)}, last)
	})
}
