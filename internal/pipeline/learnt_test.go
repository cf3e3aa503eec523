package pipeline

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunsContinueFromWhatIsLearnt(t *testing.T) {
	c, source := overloaded(t)
	x := newFakeMemory()
	l := lineOf(source, &fakeSink{}, x)
	first := run(t, l, c, asOfDay).Signals[0].Forecasts[0]
	require.Contains(t, x.learnt, first.Subject.ID())
	assert.Contains(t, first.Choice, "chosen from")

	next := run(t, l, c, asOfDay.AddDays(1)).Signals[0].Forecasts[0]
	assert.Equal(t, "as chosen on "+asOfDay.In(c.Zone).Format(time.DateOnly), next.Choice)
	assert.Equal(t, first.Method, next.Method)
	assert.InEpsilon(t, first.Points[30].Quantiles[3], next.Points[29].Quantiles[3], 0.01)

	x.learnt[first.Subject.ID()] = json.RawMessage(`"torn"`)
	afresh := run(t, l, c, asOfDay.AddDays(1)).Signals[0].Forecasts[0]
	assert.Contains(t, afresh.Choice, "chosen from", "a state that cannot be read is done without")
}

func TestRunsDoWithoutWhatWasLearnt(t *testing.T) {
	c, source := overloaded(t)
	l := lineOf(source, &fakeSink{}, newFakeMemory())
	ledgerOf(t, l).unread = errors.New("a page is gone")
	r := run(t, l, c, asOfDay)
	assert.Empty(t, r.Errors)
	assert.Len(t, r.Signals[0].Forecasts, 1)
}
