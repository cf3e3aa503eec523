package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestWhatInventoriesFoundIsKept(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, ctx := open(t, p), t.Context()
		claim := func(at time.Time, want bool) {
			t.Helper()
			mine, err := s.ClaimInventory(ctx, "nord", "cmdb", at, at.Add(-time.Hour))
			require.NoError(t, err)
			require.Equal(t, want, mine)
		}
		claim(caseDay, true)
		claim(caseDay.Add(time.Minute), false) // another process is at it
		all, err := s.Found(ctx, "nord")
		require.NoError(t, err)
		require.Empty(t, all, "it has not answered yet")
		f := models.Found{Customer: "nord", Inventory: "cmdb", At: caseDay, Tried: caseDay, Components: []models.Item{{ID: "db", Service: "shop", EndOfSupport: caseDay}}}
		require.NoError(t, s.KeepFound(ctx, f))
		claim(caseDay.Add(59*time.Minute), false)
		claim(caseDay.Add(time.Hour), true)
		s = again(t, s, p)
		require.NoError(t, s.TakeIn(ctx, "nord", caseDay, nil, func(d Desk) (models.Turn, error) {
			require.Equal(t, []models.Found{f}, d.Found)
			return models.Turn{}, nil
		}))
		all, err = s.Found(ctx, "syd")
		require.NoError(t, err)
		require.Empty(t, all)
	})
}
