package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// passes has a bubble's time pass, and waits until whoever it woke has come to rest: what they share
// with the test is the test's again.
func passes(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// line is an Outbox in memory.
type line struct {
	mu      sync.Mutex // the courier comes by its own timers
	held    []models.Consignment
	refused []models.Refused
	settled int
	largest int   // events handed out at a time
	busy    bool  // another process is at it
	fails   error // of the database
}

func (l *line) Outgoing(_ context.Context, events int) ([]models.Consignment, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, have := 0, 0
	for n < len(l.held) && have < events {
		have += len(l.held[n].Events)
		n++
	}
	l.largest = max(l.largest, have)
	return slices.Clone(l.held[:n]), l.fails
}

func (l *line) Settle(ctx context.Context, d models.Delivery) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l.settled++
	l.held = slices.DeleteFunc(l.held, func(c models.Consignment) bool { return slices.Contains(d.Done, c.Seq) })
	l.refused = append(l.refused, d.Refused...)
	return nil
}

func (l *line) Backlog(context.Context) (models.Backlog, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := models.Backlog{Parcels: len(l.held), Refused: len(l.refused)}
	for _, c := range l.held {
		b.Events += len(c.Events)
	}
	return b, nil
}

func (l *line) Exclusively(ctx context.Context, work func(context.Context) error) (bool, error) {
	if l.busy {
		return false, nil
	}
	return true, work(ctx)
}

// put puts a parcel of n events of a subject in line.
func (l *line) put(subject string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seq := int64(1)
	if len(l.held) > 0 {
		seq = l.held[len(l.held)-1].Seq + 1
	}
	c := models.Consignment{Seq: seq, Customer: "c", RunID: "r", Parcel: models.Parcel{Subject: subject, Revision: fmt.Sprint(seq)}}
	for i := range n {
		c.Events = append(c.Events, models.Event{Subject: subject, EventID: fmt.Sprintf("%s@%d#%d", subject, seq, i)})
	}
	l.held = append(l.held, c)
}

// trouble is a Sender's error.
type trouble struct {
	reason    string
	temporary bool
	wait      time.Duration
	dealt     int
}

func (e trouble) Error() string       { return "the collector says " + e.reason }
func (e trouble) Reason() string      { return e.reason }
func (e trouble) Temporary() bool     { return e.temporary }
func (e trouble) Wait() time.Duration { return e.wait }
func (e trouble) Progress() int       { return e.dealt }

// splunk takes events as answer says.
type splunk struct {
	mu     sync.Mutex
	taken  []string
	tries  int
	answer func(events []models.Event) (bad func(models.Event) bool, err error)
}

func (s *splunk) Send(_ context.Context, events []models.Event) ([]models.Rejected, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tries++
	bad, err := func(models.Event) bool { return false }, error(nil)
	if s.answer != nil {
		if b, e := s.answer(events); b != nil || e != nil {
			bad, err = b, e
		}
	}
	if bad == nil {
		bad = func(models.Event) bool { return false }
	}
	var rejected []models.Rejected
	for _, e := range events[:progress(err, len(events))] {
		if bad(e) {
			rejected = append(rejected, models.Rejected{Event: e, Code: 6, Text: "Invalid data format"})
			continue
		}
		s.taken = append(s.taken, e.EventID)
	}
	return rejected, err
}

func courier(l *line, s *splunk) (*Courier, *bytes.Buffer) {
	var log bytes.Buffer
	return New(l, s, time.Now, zerolog.New(&log)), &log
}

// words returns each line of a log as its message, with the reason where it has one.
func words(t *testing.T, log *bytes.Buffer) []string {
	t.Helper()
	var all []string
	for text := range strings.Lines(log.String()) {
		var l struct{ Message, Reason string }
		require.NoError(t, json.Unmarshal([]byte(text), &l))
		all = append(all, strings.TrimSuffix(l.Message+" ("+l.Reason+")", " ()"))
	}
	return all
}

const (
	wordHeld = "delivery is held: what is not sent waits in the outbox"
	wordOn   = "delivery goes on"
)

// change lets a test change what answer says.
func (s *splunk) change(what func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	what()
}

// change lets a test change what the line is like.
func (l *line) change(what func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what()
}
