package pipeline

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// fakeMeter keeps what it is told.
type fakeMeter struct {
	mu    sync.Mutex
	took  map[string][]time.Duration
	ended []error
	whole []time.Duration
}

func (m *fakeMeter) Took(stage string, d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.took[stage] = append(m.took[stage], d)
}

func (m *fakeMeter) Ended(_ models.Result, took time.Duration, err error) {
	m.ended, m.whole = append(m.ended, err), append(m.whole, took)
}

func TestRunsAreMeasured(t *testing.T) {
	day := calendar.NewDate(2026, time.March, 2)
	slow := growing(1000, 0.001)
	now := day.In(time.UTC)
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){
		"payments": func(q models.Query, w models.Window) (models.Fetched, error) {
			now = now.Add(3 * time.Second)
			return slow(q, w)
		},
	}}
	sink, meter := &fakeSink{}, &fakeMeter{took: map[string][]time.Duration{}}
	line := lineOf(source, sink, newFakeMemory())
	line.Meter, line.Clock = meter, func() time.Time { return now }
	_, err := line.Run(t.Context(), jobOf(t, shop(t), day))
	require.NoError(t, err)
	require.Equal(t, map[string][]time.Duration{StageFetch: {3 * time.Second}, StageForecast: {0}}, meter.took)
	require.Equal(t, []time.Duration{3 * time.Second}, meter.whole)
	require.NoError(t, meter.ended[0])

	// A fetch that fails says nothing of how long one takes; the run says that it failed.
	source.answer["payments"] = func(models.Query, models.Window) (models.Fetched, error) {
		return models.Fetched{}, errors.New("HTTP 503")
	}
	_, err = line.Run(t.Context(), jobOf(t, shop(t), day))
	require.Equal(t, err, meter.ended[1])
	require.ErrorContains(t, meter.ended[1], "HTTP 503")
	require.Len(t, meter.took[StageFetch], 1)

	// One that was interrupted has not ended.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = line.Run(ctx, jobOf(t, shop(t), day))
	require.Error(t, err)
	require.Len(t, meter.ended, 2)
}
