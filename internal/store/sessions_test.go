package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestSessionsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
		one := models.Session{Hash: "a", User: "eva", Proof: "p", Until: now.Add(time.Hour)}
		require.NoError(t, s.KeepSession(t.Context(), one, now))
		got, found, err := s.Session(t.Context(), "a", now.Add(time.Hour-1))
		require.NoError(t, err)
		require.True(t, found)
		require.True(t, one.Until.Equal(got.Until))
		got.Until = one.Until
		require.Equal(t, one, got)
		for hash, at := range map[string]time.Time{"a": now.Add(time.Hour), "b": now} {
			_, found, err = s.Session(t.Context(), hash, at)
			require.NoError(t, err)
			require.False(t, found, hash)
		}
		require.NoError(t, s.KeepSession(t.Context(), models.Session{Hash: "c", User: "bo", Until: now.Add(3 * time.Hour)}, now.Add(2*time.Hour)))
		_, found, err = s.Session(t.Context(), "a", now)
		require.NoError(t, err)
		require.False(t, found, "what has ended is removed")
		require.NoError(t, s.EndSession(t.Context(), "c"))
		require.NoError(t, s.EndSession(t.Context(), "c"))
		_, found, err = s.Session(t.Context(), "c", now)
		require.NoError(t, err)
		require.False(t, found)
	})
}
