package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foresight/splunk"
)

// maxBroken is how often in a row a connection may break or a server fail before
// the error is told: a wrong address should not take a deadline to show.
const maxBroken = 3

// Patience decides whether to try once more, and waits.
type Patience struct {
	within  time.Duration
	waiting func(err error, d time.Duration)
	began   time.Time // of waiting, not of what is said to be now: a client's clock may stand still
	pause   Backoff
	broken  int
	brief   int // how often in a row the server may be busy too; 0: for as long as it takes
}

// NewPatience begins to wait; waiting is told of each wait and may be nil. Where a server
// is busy its patience ends with the context, and where the exchange breaks after three
// tries in a row; if within is not 0, either ends when that has passed.
func NewPatience(within time.Duration, waiting func(err error, d time.Duration)) *Patience {
	return &Patience{within: within, waiting: waiting, began: time.Now(), pause: Backoff{First: 300 * time.Millisecond, Most: 30 * time.Second}}
}

// Brief has patience end after n tries in a row that found the server busy or broken: there
// is another one to ask.
func (p *Patience) Brief(n int) { p.brief = n }

// Wait returns nil when it is time for another try, and else the error to give up with.
func (p *Patience) Wait(ctx context.Context, err error) error {
	var e *splunk.Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	if ctx.Err() != nil {
		return gaveUp(ctx, e, 0)
	}
	if !p.worthwhile(e) {
		return err
	}
	pause := p.pause.Next(e.RetryAfter)
	if wouldPass(ctx, pause) || p.within > 0 && time.Since(p.began)+pause > p.within {
		return gaveUp(ctx, e, pause)
	}
	if p.waiting != nil {
		p.waiting(err, pause)
	}
	if Sleep(ctx, pause) != nil {
		return gaveUp(ctx, e, pause)
	}
	return nil
}

// worthwhile tells whether the same request may succeed later.
func (p *Patience) worthwhile(e *splunk.Error) bool {
	if p.within > 0 {
		return e.Temporary()
	}
	if p.brief > 0 {
		p.broken++
		return p.broken < p.brief && e.Temporary()
	}
	switch e.Why {
	case splunk.ReasonBusy, splunk.ReasonQuota:
		p.broken = 0
		return true
	case splunk.ReasonNetwork, splunk.ReasonTimeout, splunk.ReasonServer:
		p.broken++
		return p.broken < maxBroken
	}
	return false
}

// gaveUp says that the caller or the deadline ended the waiting after e, whose words
// and, for a deadline, reason stay.
func gaveUp(ctx context.Context, e *splunk.Error, pause time.Duration) error {
	last := *e
	last.Mend = ""
	if errors.Is(ctx.Err(), context.Canceled) {
		last.Why, last.Err = splunk.ReasonCancelled, fmt.Errorf("%w while waiting to try again", context.Canceled)
		return &last
	}
	end := fmt.Errorf("given up, since no time is left for another try in %s: %w", pause.Round(time.Millisecond), context.DeadlineExceeded)
	if e.Err != nil {
		end = fmt.Errorf("%w: %w", e.Err, end)
	}
	last.Err = end
	return &last
}
