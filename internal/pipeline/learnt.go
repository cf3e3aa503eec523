package pipeline

import (
	"context"
	"encoding/json"
	"sync"

	"foresight/analytics"
)

// learnt is what the engine left of each forecast before the run, and what it leaves after, as text
// of the engine's own. What is lost of it costs time, and the steadiness of a choice. A nil one knows
// nothing.
type learnt struct {
	line     *Line
	customer string

	mu    sync.Mutex
	after map[string]json.RawMessage // by subject id
}

// recall knows what earlier runs of the customer have left.
func (l *Line) recall(customer string) *learnt {
	if l.Ledger == nil {
		return nil
	}
	return &learnt{line: l, customer: customer, after: map[string]json.RawMessage{}}
}

// of returns the state of a forecast; nil when there is none, or none that can be read, which is
// said, and done without.
func (x *learnt) of(ctx context.Context, subject string) *analytics.State {
	if x == nil {
		return nil
	}
	before, err := x.line.Ledger.Learnt(ctx, x.customer, subject)
	if err != nil {
		x.line.Log.Warn().Err(err).Str("customer", x.customer).Str("forecast", subject).Msg("a forecast begins afresh: what earlier runs learnt cannot be read")
	}
	var s analytics.State
	if before == nil || json.Unmarshal(before, &s) != nil {
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
