package enterprise

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// heads are search heads of which any can answer. One is asked until it cannot be reached or
// says that it is busy; then the next is, and stays the one that is asked.
type heads struct {
	all   []*SearchClient
	moved func(from, to string, err error) // may be nil

	mu   sync.Mutex
	at   int
	down []bool // it was told that the head was left, and it has not answered since
}

// newHeads makes a client of each address. A search and all that is asked about its job
// stay with one of them: a job is known to the head that runs it.
func newHeads(c SearchConfig) (*heads, error) {
	h := &heads{moved: c.Moved}
	urls := append([]string{c.URL}, c.Failover...)
	for i, url := range urls {
		one := c
		one.URL, one.Failover, one.hurried = url, nil, true
		client, err := NewSearch(one)
		if err != nil {
			return nil, fmt.Errorf("search head %d of %d: %w", i+1, len(urls), err)
		}
		h.all = append(h.all, client)
	}
	h.down = make([]bool, len(h.all))
	return h, nil
}

// Heads are the clients of each search head alone, the first one first.
func (c *SearchClient) Heads() []*SearchClient {
	if c.heads == nil {
		return []*SearchClient{c}
	}
	return c.heads.all
}

// URL is the address of the search head, of several the first.
func (c *SearchClient) URL() string { return c.config.URL }

// onHead does something on one head, and on the next when that one is down; when all are, it
// waits and begins again.
func onHead[T any](ctx context.Context, c *SearchClient, do func(*SearchClient) (T, error)) (T, error) {
	var none T
	h, p := c.heads, wire.NewPatience(0, c.config.Waiting)
	for {
		var last error
		for range h.all {
			at := h.current()
			got, err := do(h.all[at])
			if err == nil || ctx.Err() != nil || !headDown(err) {
				if err == nil {
					h.answered(at)
				}
				return got, err
			}
			last = err
			h.leave(at, err)
		}
		if err := p.Wait(ctx, last); err != nil {
			return none, err
		}
	}
}

// headDown tells whether an error is the head's, so that another may do better.
func headDown(err error) bool {
	var e *splunk.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Why {
	case splunk.ReasonNetwork, splunk.ReasonTimeout, splunk.ReasonQuota:
		return true
	case splunk.ReasonBusy:
		return e.Status != http.StatusNoContent // of a job that is not ready
	}
	return e.Status == http.StatusBadGateway || e.Status == http.StatusGatewayTimeout
}

func (h *heads) current() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *heads) answered(at int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down[at] = false
}

// leave goes on to the next head, unless another search has gone already, and tells so once
// for each time that a head goes down.
func (h *heads) leave(at int, err error) {
	h.mu.Lock()
	if h.at != at {
		h.mu.Unlock()
		return
	}
	h.at = (at + 1) % len(h.all)
	to, told := h.at, h.down[at]
	h.down[at] = true
	h.mu.Unlock()
	if h.moved != nil && !told {
		h.moved(h.all[at].conn.Host(), h.all[to].conn.Host(), err)
	}
}
