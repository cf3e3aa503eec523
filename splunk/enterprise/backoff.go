package enterprise

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff doubles a wait from first up to most, each with jitter: between half of it
// and all of it.
type backoff struct {
	first, most time.Duration
	tries       int
}

// next returns the wait before another try, never shorter than the server asked for.
func (b *backoff) next(asked time.Duration) time.Duration {
	d := b.first << min(b.tries, 20)
	if d > b.most || d <= 0 {
		d = b.most
	}
	b.tries++
	return max(asked, d/2+rand.N(d/2+1))
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
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
