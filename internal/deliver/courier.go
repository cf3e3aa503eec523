package deliver

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/sethvargo/go-retry"

	"foresight/models"
)

// Outbox holds consignments in a line.
type Outbox interface {
	// Outgoing returns those at the head of the line, at least one where there is any, and
	// no more when they hold so many events.
	Outgoing(ctx context.Context, events int) ([]models.Consignment, error)
	// Settle takes consignments out and sets refused events aside, all or nothing.
	Settle(ctx context.Context, d models.Delivery) error
	// Backlog measures what is held.
	Backlog(ctx context.Context) (models.Backlog, error)
	// Exclusively does the work unless another process is at it, and says whether it did.
	Exclusively(ctx context.Context, work func(context.Context) error) (done bool, err error)
}

// Sender hands events to Splunk in their order. What will never be taken comes back; an
// error means that some may not have arrived. One with Progress says how many of the
// first are dealt with, one with Temporary whether trying again may mend it, and one
// with Wait how long Splunk asked to be left alone.
type Sender interface {
	Send(ctx context.Context, events []models.Event) ([]models.Rejected, error)
}

// How the courier goes about it.
const (
	// portion is how many events are read and sent at a time, and so what the courier
	// needs of memory, however long the line is.
	portion = 2000
	// pause is how long an empty outbox is left alone: what other processes commit is
	// found by then, what this one does at once (Wake).
	pause = 5 * time.Second
	// firstWait doubles from try to try up to longestWait while Splunk takes nothing.
	firstWait   = time.Second
	longestWait = time.Minute
	// settling is how long writing down what Splunk has taken may last when all else is
	// told to end.
	settling = time.Second
)

// Courier delivers. One is enough for a process; several processes on one database take
// turns.
type Courier struct {
	outbox Outbox
	to     Sender
	clock  func() time.Time
	log    zerolog.Logger
	wake   chan struct{}
	most   int // events of a portion

	mu      sync.Mutex
	state   State
	backoff retry.Backoff
}

// State is how delivery goes.
type State struct {
	Held  string    // why nothing is taken, short and stable; "" while all is well
	Text  string    // the same at length
	Since time.Time // of this state
	Full  bool      // forecasts have been left out since the outbox was last empty
}

// New returns a courier between an outbox and Splunk.
func New(outbox Outbox, to Sender, clock func() time.Time, log zerolog.Logger) *Courier {
	return &Courier{outbox: outbox, to: to, clock: clock, log: log, wake: make(chan struct{}, 1), most: portion, backoff: newBackoff(), state: State{Since: clock()}}
}

// newBackoff is half to one and a half times the doubled wait, so that several processes
// do not knock together.
func newBackoff() retry.Backoff {
	return retry.WithJitterPercent(50, retry.WithCappedDuration(longestWait, retry.NewExponential(firstWait)))
}

// State returns how delivery goes.
func (c *Courier) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Wake says that something was put into the outbox.
func (c *Courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default: // it has been said already
	}
}

// Full says that a run's forecasts were left out for want of room.
func (c *Courier) Full() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Full = true
}

// Run delivers whenever there is something, until ctx ends.
func (c *Courier) Run(ctx context.Context) {
	for ctx.Err() == nil {
		wait, _, err := c.deliver(ctx)
		wake := c.wake
		if err != nil { // told where the state changed
			wake = nil // new events do not mend what ails Splunk
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// deliver sends portions until the line is empty, another process is at it or Splunk takes
// no more. It returns how long to leave it alone, and what became of them all.
func (c *Courier) deliver(ctx context.Context) (wait time.Duration, all passage, err error) {
	for {
		p, err := c.once(ctx)
		all.done, all.sent, all.refused = p.done, all.sent+p.sent, append(all.refused, p.refused...)
		all.parcels += p.parcels
		if ctx.Err() != nil {
			return 0, all, ctx.Err()
		}
		if err != nil {
			return c.held(ctx, err), all, err
		}
		c.took(ctx, p)
		if p.parcels == 0 {
			return pause, all, nil
		}
	}
}

// passage is what became of one portion.
type passage struct {
	done          bool // this process was at it
	parcels, sent int  // that left the line; events that Splunk took
	refused       []models.Refused
}

// once sends one portion.
func (c *Courier) once(ctx context.Context) (p passage, err error) {
	p.done, err = c.outbox.Exclusively(ctx, func(ctx context.Context) error {
		line, err := c.outbox.Outgoing(ctx, c.most)
		if err != nil || len(line) == 0 {
			return err
		}
		var events []models.Event
		for _, one := range line {
			events = append(events, one.Events...)
		}
		rejected, failed := c.to.Send(ctx, events)
		d := settle(line, rejected, progress(failed, len(events)), c.clock())
		p.parcels, p.refused = len(d.Done), d.Refused
		for _, one := range line[:p.parcels] {
			p.sent += len(one.Events)
		}
		p.sent -= len(d.Refused)
		if len(d.Done) == 0 {
			return failed
		}
		ctx, cancel := outlasting(ctx, settling)
		defer cancel()
		if err := c.outbox.Settle(ctx, d); err != nil {
			return err
		}
		return failed
	})
	return p, err
}

// outlasting returns a context that ends a while after ctx does.
func outlasting(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return last, func() { stop(); cancel() }
}

// progress is how many of n events are dealt with.
func progress(err error, n int) int {
	if err == nil {
		return n
	}
	var far interface{ Progress() int }
	if errors.As(err, &far) {
		return far.Progress()
	}
	return 0
}

// settle says what became of the line when Splunk has dealt with its first events: a
// parcel is done when all of it is, and is sent whole once more otherwise.
func settle(line []models.Consignment, rejected []models.Rejected, dealt int, now time.Time) models.Delivery {
	replies := map[string]models.Rejected{}
	for _, r := range rejected {
		replies[r.Event.EventID] = r
	}
	var d models.Delivery
	for _, one := range line {
		if dealt -= len(one.Events); dealt < 0 {
			break
		}
		d.Done = append(d.Done, one.Seq)
		for _, e := range one.Events {
			if r, refused := replies[e.EventID]; refused {
				d.Refused = append(d.Refused, models.Refused{Rejected: r, Customer: one.Customer, RunID: one.RunID, AsOf: one.AsOf, Revision: one.Revision, Refused: now})
				delete(replies, e.EventID)
			}
		}
	}
	return d
}
