package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestStandInsAreTakenBackWithoutTheirPast(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, now := open(t, p), time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
		one := func(id string, from, made int) models.StandIn {
			return models.StandIn{ID: id, Customer: "nord", Rota: "first", By: "eva", Reason: "ill", Made: now.Add(time.Duration(made) * time.Minute),
				Cover: models.Cover{Contact: "bo", From: now.Add(time.Duration(from) * time.Hour), To: now.Add(time.Duration(from+8) * time.Hour)}}
		}
		later, begun, other := one("later", 5, 1), one("begun", -2, 0), one("other", 0, 0)
		other.Customer = "syd"
		for _, x := range []models.StandIn{later, begun, other} {
			require.NoError(t, s.KeepStandIn(t.Context(), x))
		}
		all, err := s.StandIns(t.Context(), "nord")
		require.NoError(t, err)
		require.Equal(t, []models.StandIn{begun, later}, all, "as they were made")

		require.NoError(t, s.EndStandIn(t.Context(), "nord", "later", now))
		require.NoError(t, s.EndStandIn(t.Context(), "nord", "begun", now))
		begun.To = now
		all, err = s.StandIns(t.Context(), "nord")
		require.NoError(t, err)
		require.Equal(t, []models.StandIn{begun}, all, "who was on call then stays")
		for _, id := range []string{"later", "begun", "other"} {
			var unknown UnknownStandInError
			require.ErrorAs(t, s.EndStandIn(t.Context(), "nord", id, now), &unknown, id)
		}
		all, err = s.StandIns(t.Context(), "syd")
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
}
