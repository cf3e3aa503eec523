package pipeline

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

func TestEveryRunIsNoted(t *testing.T) {
	day := calendar.NewDate(2026, time.March, 2)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": growing(1000, 0.001)}}
	sink := &fakeSink{}
	line := lineOf(source, sink, newFakeMemory())
	ledger := ledgerOf(t, line)
	result, err := line.Run(t.Context(), jobOf(t, shop(t), day))
	require.NoError(t, err)
	got := ledger.ran[0]
	require.Equal(t, result.RunID, got.RunID)
	require.Equal(t, "shop", got.Customer)
	require.Equal(t, []int{1, 1, 1, len(result.Findings), len(result.Actions)}, []int{got.Queries, got.Signals, got.Forecasts, got.Findings, got.Actions})
	require.Equal(t, len(sink.sent), got.Events)
	require.Equal(t, 400, got.Buckets)
	require.Empty(t, got.Errors)

	// One that fails is noted with why.
	source.answer["payments"] = func(models.Query, models.Window) (models.Fetched, error) {
		return models.Fetched{}, errors.New("the results are partial")
	}
	_, err = line.Run(t.Context(), jobOf(t, shop(t), day.AddDays(1)))
	require.ErrorContains(t, err, "partial")
	require.Equal(t, "fetch", ledger.ran[1].Errors[0].Stage)

	// One that is interrupted is not.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = line.Run(ctx, jobOf(t, shop(t), day))
	require.Error(t, err)
	require.Len(t, ledger.ran, 2)
}
