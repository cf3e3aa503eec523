package pipeline

import (
	"context"
	"encoding/json"
	"sync"

	"foresight/analytics"
)

// Experience keeps what the engine leaves of each forecast for the next run of it, by subject id:
// text of the engine's own. What is lost of it costs time, and the steadiness of a choice.
type Experience interface {
	Learnt(ctx context.Context, customer string) (map[string]json.RawMessage, error)
	Learn(ctx context.Context, customer string, news map[string]json.RawMessage) error
}

// learnt is one run's use of an Experience. A nil one knows nothing.
type learnt struct {
	before map[string]json.RawMessage

	mu    sync.Mutex
	after map[string]json.RawMessage
}

// recall reads the customer's experience. One that cannot be read is said, and done without.
func (l *Line) recall(ctx context.Context, customer string) *learnt {
	if l.Experience == nil {
		return nil
	}
	before, err := l.Experience.Learnt(ctx, customer)
	if err != nil {
		l.Log.Warn().Err(err).Str("customer", customer).Msg("the forecasts begin afresh: what earlier runs learnt cannot be read")
	}
	return &learnt{before: before, after: map[string]json.RawMessage{}}
}

// of returns the state of a forecast; nil when there is none, or none that can be read.
func (x *learnt) of(subject string) *analytics.State {
	if x == nil || x.before[subject] == nil {
		return nil
	}
	var s analytics.State
	if json.Unmarshal(x.before[subject], &s) != nil {
		return nil
	}
	return &s
}

// keep takes the state that a forecast left.
func (x *learnt) keep(subject string, s *analytics.State) {
	if x == nil || s == nil {
		return
	}
	text, err := json.Marshal(s)
	if err != nil {
		return // a number that JSON does not know: the next run begins afresh
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.after[subject] = text
}

// hand gives back what the run has learnt. A failure is said and changes nothing of the run.
func (l *Line) hand(ctx context.Context, customer string, x *learnt) {
	if x == nil || len(x.after) == 0 {
		return
	}
	if err := l.Experience.Learn(context.WithoutCancel(ctx), customer, x.after); err != nil {
		l.Log.Warn().Err(err).Str("customer", customer).Msg("what this run learnt is not kept: the next one takes longer")
	}
}
