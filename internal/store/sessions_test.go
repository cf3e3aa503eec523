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

func TestSessionsOfSomebodyEnd(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, now := open(t, p), time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
		keep := func(hash, user, provider string, hours int, groups ...string) models.Session {
			one := models.Session{Hash: hash, User: user, Proof: "p", Provider: provider, Groups: groups, Until: now.Add(time.Duration(hours) * time.Hour)}
			require.NoError(t, s.KeepSession(t.Context(), one, now))
			return one
		}
		vouched := keep("a", "eva", "https://login", 2, "ops", "é")
		keep("b", "eva", "https://login", 1)
		keep("c", "eva", "", 3)
		got, found, err := s.Session(t.Context(), "a", now)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, vouched, got)
		all, err := s.Sessions(t.Context(), now.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, []models.Session{{User: "eva", Until: now.Add(3 * time.Hour)}, {User: "eva", Provider: "https://login", Until: now.Add(2 * time.Hour)}}, all, "what has ended is not among them")
		n, err := s.EndSessionsOf(t.Context(), "eva", "https://login")
		require.NoError(t, err)
		require.Equal(t, 2, n)
		_, found, err = s.Session(t.Context(), "c", now)
		require.NoError(t, err)
		require.True(t, found, "who has the same name elsewhere is somebody else")
	})
}
