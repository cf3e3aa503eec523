package store

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestRunsAreListedLatestFirst(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		started := time.Date(2026, 3, 2, 1, 15, 0, 123, time.UTC)
		var want []models.Ran
		for i := range 5 {
			r := models.Ran{
				RunID: strconv.Itoa(9 - i), Customer: []string{"a", "b"}[i%2], AsOf: started, Started: started.Add(time.Duration(i)), Duration: time.Second,
				Queries: 1, Buckets: 10, Holes: i, Errors: []models.RunError{{Query: "q", Stage: "fetch", Text: "no"}},
			}
			require.NoError(t, commit(s, models.Batch{Customer: r.Customer, RunID: r.RunID, Ran: r}))
			want = append([]models.Ran{r}, want...)
		}
		s = again(t, s, p)
		got, err := s.Runs(ctx, "", 10)
		require.NoError(t, err)
		require.Equal(t, want, got)
		got, err = s.Runs(ctx, "b", 1)
		require.NoError(t, err)
		require.Equal(t, want[1:2], got)
		got, err = s.Runs(ctx, "c", 10)
		require.NoError(t, err)
		require.Empty(t, got)
		require.InDelta(t, 0.6, want[0].Complete(), 1e-12)
	})
}
