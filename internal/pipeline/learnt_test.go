package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeExperience is an Experience in memory.
type fakeExperience struct {
	learnt map[string]json.RawMessage
	fails  error
}

func (e *fakeExperience) Learnt(context.Context, string) (map[string]json.RawMessage, error) {
	return maps.Clone(e.learnt), e.fails
}

func (e *fakeExperience) Learn(_ context.Context, _ string, news map[string]json.RawMessage) error {
	if e.learnt == nil {
		e.learnt = map[string]json.RawMessage{}
	}
	maps.Copy(e.learnt, news)
	return e.fails
}

func TestRunsContinueFromWhatIsLearnt(t *testing.T) {
	c, source := overloaded(t)
	l := lineOf(source, nil, nil)
	x := &fakeExperience{}
	l.Experience = x
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

func TestRunsDoWithoutExperience(t *testing.T) {
	c, source := overloaded(t)
	l := lineOf(source, nil, nil)
	l.Experience = &fakeExperience{fails: errors.New("the disk is gone")}
	r := run(t, l, c, asOfDay)
	assert.Empty(t, r.Errors)
	assert.Len(t, r.Signals[0].Forecasts, 1)
}
