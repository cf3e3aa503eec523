package app

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/pipeline"
	"foresight/models"
)

func TestAsOf(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	c := models.Customer{Zone: stockholm, Services: []models.Service{{Queries: []models.Query{{Lag: 10 * time.Minute}, {Lag: time.Hour}}}}}
	for text, want := range map[string]string{
		"2026-06-01":                "2026-06-01T00:00:00+02:00",
		"2026-06-01T14:37:00+02:00": "2026-06-01T00:00:00+02:00",
		"2026-06-01T00:59:00+02:00": "2026-05-31T00:00:00+02:00", // the slowest query's last hour may not be in yet
		"2026-06-01T01:00:00+02:00": "2026-06-01T00:00:00+02:00",
		"2026-05-31T23:30:00Z":      "2026-06-01T00:00:00+02:00",
		"2026-03-29T12:00:00+02:00": "2026-03-29T00:00:00+01:00",
	} {
		at, err := parseAsOf(text, time.Date(2026, 6, 1, 13, 0, 0, 0, time.UTC), c)
		require.NoError(t, err)
		require.Equal(t, want, at.of(c).Format(time.RFC3339), text)
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	at, err := parseAsOf("", now)
	require.NoError(t, err)
	require.Equal(t, "2026-06-01T00:00:00+02:00", at.of(c).Format(time.RFC3339))
	_, err = parseAsOf("yesterday", now)
	require.ErrorAs(t, err, &UsageError{})
	require.ErrorContains(t, err, `"yesterday"`)
}

func TestAsOfIsNotInTheFuture(t *testing.T) {
	in := func(name string) models.Customer {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		return models.Customer{Zone: zone}
	}
	stockholm, auckland, honolulu := in("Europe/Stockholm"), in("Pacific/Auckland"), in("Pacific/Honolulu")
	now := time.Date(2026, 6, 1, 21, 59, 59, 0, time.UTC) // 2 June in Auckland for ten hours, in Stockholm in a second
	for _, tt := range []struct {
		text      string
		now       time.Time
		customers []models.Customer
		fine      bool
	}{
		{"2026-06-01", now, []models.Customer{stockholm}, true},
		{"2026-06-02", now, []models.Customer{stockholm}, false},
		{"2026-06-02", now.Add(time.Second), []models.Customer{stockholm}, true},
		{"2026-06-02", now, []models.Customer{auckland}, true},
		{"2026-06-02", now, []models.Customer{auckland, stockholm}, false},
		{"2026-06-01", now.Add(-12 * time.Hour), []models.Customer{honolulu}, false},
		{"2026-06-02", now, nil, true}, // somewhere
		{"2026-06-03", now, nil, false},
		{"2026-06-01T23:59:59+02:00", now, nil, true},
		{"2026-06-02T00:00:00+02:00", now, nil, false},
	} {
		_, err := parseAsOf(tt.text, tt.now, tt.customers...)
		if tt.fine {
			require.NoError(t, err, "%v", tt)
			continue
		}
		require.ErrorAs(t, err, &UsageError{}, "%v", tt)
		require.ErrorContains(t, err, "--as-of "+tt.text+" lies in the future")
	}
}

// A signal's horizon may be as long as the forecasts are.
func TestTheLongestHorizonIsTheForecasts(t *testing.T) {
	require.Equal(t, pipeline.DefaultHorizon, configs.MaxHorizonDays)
}

func TestWeight(t *testing.T) {
	require.Equal(t, "0.2 MB", weight(224_000))
	require.Equal(t, "999.0 MB", weight(999_000_000))
	require.Equal(t, "1.2 GB", weight(1_234_000_000))
}

func TestInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		running, most := 0, 0
		slots := make(chan struct{}, 1)
		err := inOrder(t.Context(), 50, 4, func(i int) (int, error) {
			slots <- struct{}{}
			running++
			most = max(most, running)
			<-slots
			<-time.After(time.Duration(50-i) * time.Second) // the first take longest
			slots <- struct{}{}
			running--
			<-slots
			if i%7 == 3 {
				return 0, errors.New("bad series")
			}
			return i * i, nil
		}, func(i, square int, err error) error {
			require.Equal(t, i%7 == 3, err != nil)
			if err == nil {
				require.Equal(t, i*i, square)
			}
			got = append(got, i)
			return nil
		})
		require.NoError(t, err)
		require.Len(t, got, 50)
		require.IsIncreasing(t, got)
		require.LessOrEqual(t, most, 4)
	})
}

func TestInOrderStops(t *testing.T) {
	full := errors.New("no space left on device")
	started := 0
	err := inOrder(t.Context(), 1000, 1, func(int) (int, error) { started++; return 0, nil }, func(i, _ int, _ error) error {
		if i == 3 {
			return full
		}
		return nil
	})
	require.ErrorIs(t, err, full)
	require.Less(t, started, 20, "the rest is not worked on")

	ctx, cancel := context.WithCancel(t.Context())
	err = inOrder(ctx, 1000, 2, func(i int) (int, error) {
		if i == 5 {
			cancel()
		}
		return 0, ctx.Err()
	}, func(_, _ int, err error) error { return err })
	require.ErrorIs(t, err, context.Canceled)
}

func TestExitCodes(t *testing.T) {
	live := t.Context()
	ended, cancel := context.WithCancel(live)
	cancel()
	require.Equal(t, ExitFine, ExitCode(live, nil))
	require.Equal(t, ExitFine, ExitCode(ended, nil), "a server that was asked to end ended well")
	require.Equal(t, ExitFailed, ExitCode(live, errors.New("x")))
	require.Equal(t, ExitUsage, ExitCode(live, fmt.Errorf("y: %w", UsageError{errors.New("x")})))
	require.Equal(t, ExitInterrupted, ExitCode(ended, context.Canceled))
}
