package pipeline

import (
	"context"
	"encoding/json"
	"sync"

	"foresight/analytics"
)

// learnt is what the engine left of each forecast, by subject id: before the run and after it, as
// text of the engine's own. What is lost of it costs time, and the steadiness of a choice. A nil one
// knows nothing.
type learnt struct {
	before map[string]json.RawMessage

	mu    sync.Mutex
	after map[string]json.RawMessage
}

// recall reads what earlier runs of the customer have left. One that cannot be read is said, and done without.
func (l *Line) recall(ctx context.Context, customer string) *learnt {
	if l.Ledger == nil {
		return nil
	}
	before, err := l.Ledger.Learnt(ctx, customer)
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

// news is what this run leaves.
func (x *learnt) news() map[string]json.RawMessage {
	if x == nil {
		return nil
	}
	return x.after
}
