package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestProblemsAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, ctx := open(t, p), t.Context()
		one := models.Problem{ID: "nord-P1", Number: 1, Customer: "nord", Title: "pool full", Cases: []string{"nord-1"}, Version: 1}
		keep := func(customer string, want int, all ...models.Problem) {
			t.Helper()
			require.NoError(t, s.TakeIn(ctx, customer, caseDay, nil, func(d Desk) (models.Turn, error) {
				require.Len(t, d.Problems, want, "a customer sees its own only")
				return models.Turn{Problems: all}, nil
			}))
		}
		keep("nord", 0, one)
		keep("syd", 0, models.Problem{ID: "syd-P1", Number: 1, Customer: "syd"})
		one.Around, one.Version = "restart it", 2
		keep("nord", 1, one, models.Problem{ID: "nord-P2", Number: 2, Customer: "nord"})
		s = again(t, s, p)
		got, err := s.Problem(ctx, "nord-P1")
		require.NoError(t, err)
		require.Equal(t, one, got)
		all, err := s.Problems(ctx, "")
		require.NoError(t, err)
		require.Equal(t, []string{"nord-P1", "nord-P2", "syd-P1"}, []string{all[0].ID, all[1].ID, all[2].ID})
		_, err = s.Problem(ctx, "nord-P9")
		require.ErrorIs(t, err, UnknownProblemError{"nord-P9"})
		require.Contains(t, err.Error(), "foresight incident problems")
	})
}
