package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// acks counts the acknowledged requests of each channel. What HEC took is in the
// index at once, so every id is true as soon as it is given, until it is read.
type acks struct {
	mu       sync.Mutex
	channels map[string]*ackChannel
}

type ackChannel struct {
	next   int
	unread map[int]bool
}

func newAcks() *acks { return &acks{channels: map[string]*ackChannel{}} }

func (a *acks) add(channel string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.channels[channel]
	if c == nil {
		c = &ackChannel{unread: map[int]bool{}}
		a.channels[channel] = c
	}
	id := c.next
	c.next++
	c.unread[id] = true
	return id
}

// read answers for each id and forgets those that were true: they answer false from
// then on, as do ids that were never given.
func (a *acks) read(channel string, ids []int) map[string]bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		known := false
		if c := a.channels[channel]; c != nil {
			known = c.unread[id]
			delete(c.unread, id)
		}
		out[strconv.Itoa(id)] = known
	}
	return out
}

func (s *Server) serveAck(w http.ResponseWriter, channel string, body []byte) {
	var poll struct {
		Acks []int `json:"acks"`
	}
	if len(body) == 0 {
		writeHEC(w, 5)
		return
	}
	if json.Unmarshal(body, &poll) != nil {
		writeHEC(w, 6)
		return
	}
	if _, ok := s.faults.take(ScopeHEC, "pending"); ok {
		answer := map[string]bool{}
		for _, id := range poll.Acks {
			answer[strconv.Itoa(id)] = false
		}
		writeJSON(w, http.StatusOK, map[string]any{"acks": answer})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"acks": s.acks.read(channel, poll.Acks)})
}
