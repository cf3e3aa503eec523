package schedule

import (
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

func TestSpecsAreOfTheZone(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	s := New(Options{Log: zerolog.Nop()})
	require.NoError(t, s.Add(Job{Key: key("q"), Spec: "30 2 * * *", Zone: stockholm}))
	// At 02:00 on 29 March 2026 the clock goes to 03:00: there is no 02:30.
	next := s.Next(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC))[0]
	require.Equal(t, "2026-03-30 02:30", next.In(stockholm).Format("2006-01-02 15:04"))
	require.ErrorContains(t, s.Add(Job{Key: key("nightly"), Spec: "61 * * * *", Zone: time.UTC}), "scheduling shop:web/nightly")
}

func TestASpecThatNeverComes(t *testing.T) {
	s := New(Options{Log: zerolog.Nop()})
	require.NoError(t, s.Add(Job{Key: key("q"), Spec: "0 0 30 2 *", Zone: time.UTC}))
	now := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	require.True(t, times{s.due[key("q")]}.Next(now).After(now.AddDate(1000, 0, 0)))
}

func TestTriesComeEverSlower(t *testing.T) {
	require.Equal(t, 5*time.Second, backoff(1))
	require.Equal(t, 45*time.Second, backoff(3))
	for n := 7; n < 400; n++ {
		require.Equal(t, 30*time.Minute, backoff(n))
	}
}
