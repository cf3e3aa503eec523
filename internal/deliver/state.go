package deliver

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// held notes that nothing is taken and returns how long to wait before another try. It is
// said when it begins and when its reason is another, and not at every try.
func (c *Courier) held(ctx context.Context, err error) time.Duration {
	wait, _ := c.backoff.Next() // it never stops
	var server interface{ Wait() time.Duration }
	if errors.As(err, &server) {
		wait = max(wait, server.Wait())
	}
	why := reason(err)
	c.mu.Lock()
	changed := c.state.Held != why
	if changed {
		c.state.Held, c.state.Since = why, c.clock()
	}
	c.state.Text = err.Error()
	c.mu.Unlock()
	if changed {
		c.tell(ctx, c.log.Warn().Err(err).Str("reason", why)).Msg("delivery is held: what is not sent waits in the outbox")
	}
	return wait
}

// took notes that Splunk takes events, or that there are none to take.
func (c *Courier) took(ctx context.Context, p passage) {
	for _, r := range p.refused {
		c.log.Error().Str("event_id", r.Event.EventID).Str("subject", r.Event.Subject).Int("code", r.Code).Str("reply", r.Text).
			Msg("Splunk refused an event for good: it is set aside (foresight outbox list)")
	}
	if !p.done {
		return // another process is at it, and tells how it goes
	}
	c.mu.Lock()
	before := c.state
	if p.parcels == 0 {
		c.state.Full = false
	}
	if before.Held != "" {
		c.state.Held, c.state.Text, c.state.Since = "", "", c.clock()
	}
	c.mu.Unlock()
	if before.Held != "" {
		c.backoff = newBackoff()
		c.tell(ctx, c.log.Info().Str("was", before.Held).Stringer("for", c.clock().Sub(before.Since).Round(time.Second))).Msg("delivery goes on")
	}
}

// tell adds what is held to a line of the log.
func (c *Courier) tell(ctx context.Context, line *zerolog.Event) *zerolog.Event {
	b, err := c.outbox.Backlog(ctx)
	if err != nil { // the line is about this, or it will be the next
		return line
	}
	line = line.Int("parcels", b.Parcels).Int("events", b.Events)
	if b.Parcels > 0 {
		line = line.Time("oldest", b.Oldest)
	}
	return line
}

// reason returns an error's short stable name.
func reason(err error) string {
	var r interface{ Reason() string }
	if errors.As(err, &r) {
		return r.Reason()
	}
	return "other"
}
