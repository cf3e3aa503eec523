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

type fakeJournal struct {
	ran  []models.Ran
	fail error
}

func (f *fakeJournal) Ran(_ context.Context, r models.Ran) error {
	f.ran = append(f.ran, r)
	return f.fail
}

func TestEveryRunIsNoted(t *testing.T) {
	day := calendar.NewDate(2026, time.March, 2)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": growing(1000, 0.001)}}
	sink, journal := &fakeSink{}, &fakeJournal{}
	line := lineOf(source, sink, newFakeMemory())
	line.Journal = journal
	result, err := line.Run(t.Context(), jobOf(t, shop(t), day))
	require.NoError(t, err)
	got := journal.ran[0]
	require.Equal(t, result.RunID, got.RunID)
	require.Equal(t, "shop", got.Customer)
	require.Equal(t, []int{1, 1, 1, len(result.Findings), len(result.Actions)}, []int{got.Queries, got.Signals, got.Forecasts, got.Findings, got.Actions})
	require.Equal(t, len(sink.sent), got.Sent)
	require.Equal(t, 400, got.Buckets)
	require.Empty(t, got.Errors)

	// One that fails is noted with why; a journal that fails fails no run.
	sink.fail, journal.fail = errors.New("collector down"), errors.New("disk full")
	_, err = line.Run(t.Context(), jobOf(t, shop(t), day.AddDays(1)))
	require.ErrorIs(t, err, sink.fail)
	require.NotErrorIs(t, err, journal.fail)
	require.Equal(t, "publish", journal.ran[1].Errors[0].Stage)
	require.Zero(t, journal.ran[1].Sent)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = line.Run(ctx, jobOf(t, shop(t), day))
	require.Error(t, err)
	require.Len(t, journal.ran, 2)
}
