package wire

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff doubles a wait from First up to Most, each with jitter: between half of it
// and all of it.
type Backoff struct {
	First, Most time.Duration
	tries       int
}

// Next returns the wait before another try, never shorter than the server asked for.
func (b *Backoff) Next(asked time.Duration) time.Duration {
	d := b.First << min(b.tries, 20)
	if d > b.Most || d <= 0 {
		d = b.Most
	}
	b.tries++
	return max(asked, d/2+rand.N(d/2+1))
}

// Sleep waits, or returns early with the context's error.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return ctx.Err()
	}
}

// wouldPass tells whether waiting d passes the context's deadline.
func wouldPass(ctx context.Context, d time.Duration) bool {
	end, ok := ctx.Deadline()
	return ok && time.Until(end) <= d
}

// maxPoll is the longest wait between two looks at something.
const maxPoll = 5 * time.Second

// Poll looks until done, first again after every and then at growing waits. Its error
// is that of look, or the context's.
func Poll(ctx context.Context, every time.Duration, look func() (done bool, err error)) error {
	for pause := every; ; pause = min(pause*3/2, max(maxPoll, every)) {
		done, err := look()
		if done || err != nil {
			return err
		}
		if err := Sleep(ctx, pause); err != nil {
			return err
		}
	}
}
