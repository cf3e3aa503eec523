package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// HeldError says that events wait in the outbox.
type HeldError struct {
	Held models.Backlog
	Err  error // why
}

// Error implements error.
func (e *HeldError) Error() string {
	return fmt.Sprintf("%d events are held; the next run or serve sends them: %v", e.Held.Events, e.Err)
}

// Unwrap returns why they are held.
func (e *HeldError) Unwrap() error { return e.Err }

// Reason is the short stable name of why they are held.
func (e *HeldError) Reason() string { return reason(e.Err) }

// errElsewhere says that another process does not get on with it.
var errElsewhere = errors.New("another foresight is delivering and does not get on")

// Empty delivers until the outbox is empty, and returns the events that Splunk refused for
// good. What trying again may mend is tried for so long without a step forward; what it
// cannot is an error at once: a *HeldError. Where another process delivers it waits for
// that.
func (c *Courier) Empty(ctx context.Context, patience time.Duration) (refused []models.Refused, err error) {
	waited, before := time.Duration(0), models.Backlog{}
	for {
		wait, p, err := c.deliver(ctx)
		refused = append(refused, p.refused...)
		if ctx.Err() != nil {
			return refused, ctx.Err()
		}
		left, lost := c.outbox.Backlog(ctx)
		if lost != nil {
			return refused, lost
		}
		if left.Parcels == 0 {
			return refused, nil
		}
		if p.parcels > 0 || left != before {
			waited = 0
		}
		before = left
		var temporary interface{ Temporary() bool }
		switch {
		case err == nil && !p.done:
			err, wait = errElsewhere, wait/5
		case err == nil:
			continue // put there since
		case !errors.As(err, &temporary) || !temporary.Temporary():
			return refused, &HeldError{left, err}
		}
		if waited += wait; waited > patience {
			return refused, &HeldError{left, err}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return refused, ctx.Err()
		case <-timer.C:
		}
	}
}
