package access

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often somebody may try a password: a few times at once, then once in a while. By name and
// address together, so that nobody is locked out by a stranger elsewhere; by address alone and by name
// alone more, against those who try many names, or one from many addresses.
const (
	triesAtOnce = 5
	byAddress   = 20
	byName      = 50
	perTry      = 30 * time.Second
	mostKept    = 10_000
)

// limiter counts tries by whose they are.
type limiter struct {
	mu    sync.Mutex
	every rate.Limit
	kinds map[string]*rate.Limiter
}

func newLimiter() *limiter {
	return &limiter{every: rate.Every(perTry), kinds: map[string]*rate.Limiter{}}
}

// Pace bounds how often whoever asks may.
type Pace struct {
	limiter
	atOnce int
}

// NewPace lets each ask so often a second, and some times at once.
func NewPace(perSecond float64, atOnce int) *Pace {
	return &Pace{limiter{every: rate.Limit(perSecond), kinds: map[string]*rate.Limiter{}}, atOnce}
}

// Takes reports whether somebody may ask at a moment.
func (p *Pace) Takes(whose string, at time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kinds) > mostKept {
		p.forget(at)
	}
	return p.of(whose, p.atOnce).AllowN(at, 1)
}

// takes reports whether a try may be made at a moment; one that may not costs nothing.
func (l *limiter) takes(name, address string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.kinds) > mostKept {
		l.forget(at)
	}
	all := []*rate.Limiter{
		l.of("both\x1f"+name+"\x1f"+address, triesAtOnce), l.of("address\x1f"+address, byAddress), l.of("name\x1f"+name, byName),
	}
	for _, one := range all {
		if one.TokensAt(at) < 1 {
			return false
		}
	}
	for _, one := range all {
		one.AllowN(at, 1)
	}
	return true
}

func (l *limiter) of(key string, atOnce int) *rate.Limiter {
	one := l.kinds[key]
	if one == nil {
		one = rate.NewLimiter(l.every, atOnce)
		l.kinds[key] = one
	}
	return one
}

// forget drops those that are as new, and all where that is not enough: a flood of names must not
// take the memory.
func (l *limiter) forget(at time.Time) {
	for key, one := range l.kinds {
		if one.TokensAt(at) >= float64(one.Burst()) {
			delete(l.kinds, key)
		}
	}
	if len(l.kinds) > mostKept {
		clear(l.kinds)
	}
}
