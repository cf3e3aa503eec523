package pipeline

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
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

// Passes over two queries that found as much are two; the same pass again is the same.
func TestRunEventsOfTwoQueriesAreTwo(t *testing.T) {
	c, sink := shop(t), &fakeSink{}
	other := c.Services[0].Queries[0]
	other.ID, other.Signal.ID = "orders", "orders"
	c.Services[0].Queries = append(c.Services[0].Queries, other)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": growing(1000, 0.001), "orders": growing(1000, 0.001)}}
	line := lineOf(source, sink, newFakeMemory())
	for _, query := range []string{"payments", "orders", "orders"} {
		j := jobOf(t, c, asOfDay)
		j.Want = func(_ models.Service, q models.Query) bool { return q.ID == query }
		_, err := line.Run(t.Context(), j)
		require.NoError(t, err)
	}
	runs := ids(sink.of(models.SourcetypeRun))
	require.NotEqual(t, runs[0], runs[1])
	require.Equal(t, runs[1], runs[2])
}

// Forecasts that there is no room for are told of in the log, by their number.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": growing(1000, 0.001)}}
	line := lineOf(source, &fakeSink{}, newFakeMemory())
	ledgerOf(t, line).left = []string{"shop:pay:transactions:forecast"}
	var log bytes.Buffer
	line.Log = zerolog.New(&log)
	_, err := line.Run(t.Context(), jobOf(t, shop(t), asOfDay))
	require.NoError(t, err)
	require.Contains(t, log.String(), `"forecasts":1,"message":"the outbox is full`)
}
