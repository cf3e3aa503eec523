package schedule

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/pgtest"
	"foresight/internal/store"
)

// onEach runs a test on an empty place of each database: SQLite always, PostgreSQL
// where FORESIGHT_POSTGRES says where one is (make test-postgres).
func onEach(t *testing.T, test func(t *testing.T, p store.Place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, store.Place{Dir: t.TempDir()}) })
	if pgtest.There() {
		t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, emptySchema(t)) })
	}
}

// emptySchema is a place in a schema of the test's own.
func emptySchema(t *testing.T) store.Place {
	t.Helper()
	return store.Place{Dir: filepath.Join(t.TempDir(), "none"), URL: pgtest.Schema(t).String()}
}

func open(t *testing.T, p store.Place) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), p)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func key(query string) Key { return Key{Customer: "shop", Service: "web", Query: query} }

// yearly is a spec that no test lives to see.
const yearly = "0 3 1 1 *"

// process is one process's schedule at work, until the test's end or stop.
type process struct {
	*Schedule
	log  journal
	end  context.CancelFunc
	done chan error
}

// working starts a schedule of jobs on a store. Its workers' life is watched by the tenth
// of a second.
func working(t *testing.T, s *store.Store, change func(*process), jobs ...Job) *process {
	t.Helper()
	p := &process{done: make(chan error, 1)}
	p.Schedule = New(Options{Store: s, Clock: time.Now, Log: zerolog.New(&p.log), Places: 8})
	p.timing = timing{
		beat: 100 * time.Millisecond, lost: 400 * time.Millisecond, grace: time.Second, poll: 100 * time.Millisecond, aside: 200 * time.Millisecond,
		again: func(int) time.Duration { return 200 * time.Millisecond },
	}
	if change != nil {
		change(p)
	}
	for _, j := range jobs {
		if j.Spec == "" {
			j.Spec = yearly
		}
		j.Zone, j.Limit = time.UTC, time.Minute
		require.NoError(t, p.Add(j))
	}
	ctx, cancel := context.WithCancel(t.Context())
	p.end = cancel
	go func() { p.done <- p.Run(ctx) }()
	t.Cleanup(func() { cancel() })
	return p
}

// stop ends the schedule within two seconds.
func (p *process) stop(t *testing.T) {
	t.Helper()
	p.end()
	select {
	case err := <-p.done:
		require.NoError(t, err)
	case <-time.After(2 * time.Second):
		require.FailNow(t, "the schedule has not ended within two seconds", "%s", p.log.String())
	}
}

// eventually waits for a condition with a deadline.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 10*time.Millisecond, what)
}

// counter counts by name, for jobs side by side.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) add(name string, d int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name] += d
	return c.n[name]
}

func (c *counter) of(name string) int { return c.add(name, 0) }

// journal is a log that jobs write side by side.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func countOf(log, words string) int { return strings.Count(log, words) }
