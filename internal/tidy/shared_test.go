package tidy_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/tidy"
)

// shared opens a real file where it is at hand: ../shared beside the repository.
func shared(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../shared/data", name))
	if err != nil {
		t.Skip("../shared is optional")
	}
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	return f
}

// Six half hours come twice in it, at the ends of three summers.
func TestHalfHoursOfMelbourne(t *testing.T) {
	all, err := tidy.Read(shared(t, "vic_elec_halfhourly.csv.gz"), "vic", zone(t, "Australia/Melbourne"))
	require.NoError(t, err)
	require.NoError(t, all[0].Err)
	times := all[0].Times
	require.Len(t, times, 52608) // 1096 days of 48 half hours: as many go as come
	for i := 1; i < len(times); i++ {
		require.Equal(t, 30*time.Minute, times[i].Sub(times[i-1]), "row %d", all[0].Rows[i])
	}
}

// Two of its series stamp twelve points with one hour; the others are fine.
func TestServersWithOneBrokenClock(t *testing.T) {
	all, err := tidy.Read(shared(t, "nab_aws_artificial.csv.gz"), "nab", nil)
	require.NoError(t, err)
	require.Len(t, all, 28)
	bad := 0
	for _, s := range all {
		if s.Err != nil {
			bad++
			assert.ErrorContains(t, s.Err, "2014-03-09T03:00:00 stands in row")
		}
	}
	assert.Equal(t, 2, bad)
}

func TestEventsOfAShop(t *testing.T) {
	events, err := tidy.ReadEvents(shared(t, "walmart_m5_events.csv"), "m5", day("2015-01-01"), day("2015-12-31"))
	require.NoError(t, err)
	assert.NotEmpty(t, events)
}
