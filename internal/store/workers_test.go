package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWorkersRaiseTheirCounts(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		for _, id := range []string{"a", "b", "a", "a"} {
			require.NoError(t, s.Beat(ctx, id))
		}
		beats, err := s.Beats(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"a": 3, "b": 1}, beats)
		require.NoError(t, s.Forget(ctx, "a", 2), "it has moved on")
		require.NoError(t, s.Forget(ctx, "b", 1))
		require.NoError(t, s.Beat(ctx, "a"))
		beats, err = s.Beats(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]int64{"a": 4}, beats)
	})
}
