package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func held(id string, at time.Time) models.HeldIntake {
	return models.HeldIntake{ID: id, Held: at, Claim: models.AlertClaim{SID: "sid of " + id}, Remote: "192.0.2.1",
		Intake: models.Intake{Customer: "c", Integration: "splunk", At: at, Once: id, Reports: []models.Report{{Customer: "c", Title: "<b> & å", At: at}}}}
}

// What is held is one process's at a time, comes back when that died, and is known for a day once it is settled.
func TestHeldReportsWaitUntilTheyAreSettled(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		now := runDay
		first := held("a", now)
		require.NoError(t, s.Hold(ctx, first))
		require.NoError(t, s.Hold(ctx, held("b", now.Add(time.Second))))
		require.ErrorIs(t, s.Hold(ctx, first), models.ErrReplayed)

		mine, err := s.ClaimHeld(ctx, now.Add(time.Second), now.Add(time.Minute), 1)
		require.NoError(t, err)
		require.Equal(t, []models.HeldIntake{first}, mine)
		others, err := s.ClaimHeld(ctx, now.Add(2*time.Second), now.Add(time.Minute), 10)
		require.NoError(t, err)
		require.Len(t, others, 1)
		require.Equal(t, "b", others[0].ID)

		first.Missed = true
		require.NoError(t, s.KeepHeld(ctx, first, now.Add(15*time.Second)))
		require.NoError(t, s.KeepHeld(ctx, others[0], time.Time{}))
		s = again(t, s, p)
		mine, err = s.ClaimHeld(ctx, now.Add(time.Hour), now.Add(2*time.Hour), 10)
		require.NoError(t, err)
		require.Equal(t, []models.HeldIntake{first}, mine, "what is settled is not asked about again")
		require.ErrorIs(t, s.Hold(ctx, held("b", now.Add(23*time.Hour))), models.ErrReplayed)
		require.NoError(t, s.Hold(ctx, held("c", now.Add(25*time.Hour))))
		require.NoError(t, s.Hold(ctx, held("b", now.Add(25*time.Hour))), "a day later it is forgotten")
	})
}

func TestWhatIsHeldIsBounded(t *testing.T) {
	s := open(t, Place{Dir: t.TempDir()})
	tx, err := s.db.Begin()
	require.NoError(t, err)
	for i := range mostHeld {
		_, err := tx.Exec(`INSERT INTO held_intake (id, customer, held, next, content) VALUES ($1, 'c', 1, 1, '{}')`, fmt.Sprint(i))
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	require.ErrorIs(t, s.Hold(ctx, held("a", runDay)), models.ErrTooMany)
	other := held("a", runDay)
	other.Intake.Customer = "d"
	require.NoError(t, s.Hold(ctx, other))
}
