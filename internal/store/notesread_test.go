package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// A note and what it changes are kept together and once: whoever comes second keeps nothing.
func TestANoteIsAnsweredOnce(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		a := models.NoteAnswer{Note: models.Note{ID: "n1", Key: "k", Incident: "c-1", Verb: "note", Text: "<b> & å", By: "anna", At: runDay}, At: runDay}
		turn := func(title string) func([]models.Incident, string) (models.Turn, error) {
			return func([]models.Incident, string) (models.Turn, error) {
				i := models.Incident{ID: "c-1", Customer: "c", Service: "s", Title: title, State: models.IncidentNew, Opened: runDay, Changed: runDay, Entries: 1}
				return models.Turn{Incidents: []models.Incident{i}, Answers: []models.NoteAnswer{a}}, nil
			}
		}
		require.NoError(t, s.ChangeIncidents(ctx, "c", runDay, turn("first")))
		require.ErrorIs(t, s.ChangeIncidents(ctx, "c", runDay, turn("second")), ErrAnswered)
		require.ErrorIs(t, s.KeepAnswer(ctx, a), ErrAnswered)
		s = again(t, s, p)
		i, _, err := s.Incident(ctx, "c-1")
		require.NoError(t, err)
		require.Equal(t, "first", i.Title)
		known, err := s.NoteAnswers(ctx, []string{"n1", "n2"})
		require.NoError(t, err)
		require.Equal(t, map[string]models.NoteAnswer{"n1": a}, known)

		refused := models.NoteAnswer{Note: models.Note{ID: "n2"}, At: runDay.Add(time.Hour), Refused: "there is no case"}
		require.NoError(t, s.KeepAnswer(ctx, refused))
		pruned, err := s.Prune(ctx, runDay.Add(time.Minute))
		require.NoError(t, err)
		require.Equal(t, int64(1), pruned.Notes)
	})
}
