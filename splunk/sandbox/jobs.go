package sandbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The states of a search job that this server knows.
const (
	StateQueued    = "QUEUED"
	StateRunning   = "RUNNING"
	StatePaused    = "PAUSE"
	StateDone      = "DONE"
	StateFailed    = "FAILED"
	StateCancelled = "USER_CANCEL"
)

// JobInfo is what tests want to know of a search.
type JobInfo struct {
	SID    string
	Search string
	State  string
}

// job is one search. What its goroutine writes is read after done is closed, or
// under mu.
type job struct {
	sid, search string
	owner, app  string
	label       string // the saved search that it is of; "": none
	options     jobOptions
	program     *program
	created     time.Time
	cancel      context.CancelFunc
	done        chan struct{}

	mu        sync.Mutex
	state     string
	outcome   outcome
	columns   []string
	messages  []message
	finalized bool
	paused    bool
	previewed bool // enablepreview
	priority  int
	touched   time.Time
	asked     time.Time // as touched, by the real clock
	ended     time.Time
	ttl       time.Duration // after touched, once it has ended
}

// jobOptions is what a search was created with.
type jobOptions struct {
	maxCount     int
	allowPartial bool
	earliest     string
	latest       string
	maxTime      int // seconds after which the search is finalized; 0: none
	autoCancel   int // seconds after which a search that nobody asks for is cancelled; 0: none
	ttl          int // seconds that results are kept for after they were asked for; 0: keepJobs
}

// jobs holds the searches. A cancelled one is forgotten for clients and remembered
// for tests.
type jobs struct {
	mu      sync.Mutex
	bySID   map[string]*job
	gone    []JobInfo
	created int
	closed  bool
	running sync.WaitGroup
}

// keepJobs and keepGone bound what a long-lived server remembers.
const (
	keepJobs = 10 * time.Minute
	keepGone = 1000
)

func (js *jobs) init() { js.bySID = map[string]*job{} }

func (js *jobs) get(sid string, now time.Time) *job {
	js.mu.Lock()
	defer js.mu.Unlock()
	js.expire(now)
	j := js.bySID[sid]
	if j != nil {
		j.mu.Lock()
		j.touched, j.asked = now, time.Now()
		j.mu.Unlock()
	}
	return j
}

var (
	errTaken  = errors.New("sid taken")
	errClosed = errors.New("server closed")
)

// close cancels every search, takes no more, and waits for their goroutines.
func (js *jobs) close() {
	js.mu.Lock()
	js.closed = true
	for _, j := range js.bySID {
		j.cancel()
	}
	js.mu.Unlock()
	js.running.Wait()
}

// start takes a job in and runs it.
func (js *jobs) start(s *Server, j *job) error {
	now := s.clock()
	js.mu.Lock()
	defer js.mu.Unlock()
	if js.closed {
		return errClosed
	}
	js.expire(now)
	js.created++
	if j.sid == "" {
		j.sid = fmt.Sprintf("%d.%d", now.Unix(), js.created)
	}
	if js.bySID[j.sid] != nil {
		return errTaken
	}
	js.bySID[j.sid] = j
	j.created, j.touched, j.asked, j.state, j.done, j.ttl = now, now, time.Now(), StateQueued, make(chan struct{}), keepJobs
	if j.options.ttl > 0 {
		j.ttl = time.Duration(j.options.ttl) * time.Second
	}
	var ctx context.Context
	ctx, j.cancel = context.WithCancel(s.base)
	js.running.Go(func() { j.run(ctx, s) })
	return nil
}

// expire drops jobs that ended and that nobody has asked for in their ttl. The caller
// holds the lock.
func (js *jobs) expire(now time.Time) {
	for sid, j := range js.bySID {
		j.mu.Lock()
		old := !j.ended.IsZero() && now.Sub(j.touched) > j.ttl
		j.mu.Unlock()
		if old {
			delete(js.bySID, sid)
		}
	}
}

// remove cancels a job and forgets it.
func (js *jobs) remove(j *job) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j.cancel()
	if js.bySID[j.sid] == nil {
		return
	}
	delete(js.bySID, j.sid)
	js.gone = append(js.gone, JobInfo{j.sid, j.search, StateCancelled})
	if n := len(js.gone) - keepGone; n > 0 {
		js.gone = slices.Delete(js.gone, 0, n)
	}
}

// Jobs returns the searches that are held, in order of sid, and after them those that
// were cancelled or deleted, with the state USER_CANCEL, in that order.
func (s *Server) Jobs() []JobInfo {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	var out []JobInfo
	for _, j := range s.jobs.bySID {
		j.mu.Lock()
		out = append(out, JobInfo{j.sid, j.search, j.state})
		j.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b JobInfo) int { return cmp.Compare(a.SID, b.SID) })
	return append(out, s.jobs.gone...)
}

// run carries the search out, in the job's own goroutine.
func (j *job) run(ctx context.Context, s *Server) {
	j.mu.Lock()
	j.state = StateRunning
	j.mu.Unlock()
	defer j.bound(s)()
	if _, ok := s.faults.take(ScopeSearch, "stuck"); ok {
		<-ctx.Done()
	}
	all := s.store.snapshot()
	lost := j.strike(s, &all)
	out, err := j.program.run(ctx, all)
	if err == nil && lost == StateFailed {
		err = refusef("Search process exited abnormally on the search peer: the sandbox was told to fail this search.")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	defer close(j.done) // with the state: who sees the one sees the other
	j.ended = s.clock()
	if errors.Is(err, context.Canceled) && j.finalized {
		err = nil // it was told to end with what it has: here, nothing
	}
	if err != nil {
		j.state = StateFailed
		j.messages = append(j.messages, message{"FATAL", err.Error()})
		return
	}
	j.outcome = out
	if n := j.options.maxCount; n > 0 && len(out.table.rows) > n {
		// Splunk's documents disagree on whether it says so; losing rows in silence would help nobody here.
		j.outcome.table.rows = out.table.rows[:n]
		j.messages = append(j.messages, message{"WARN", fmt.Sprintf("The search results were truncated to max_count=%d of %d.", n, len(out.table.rows))})
	}
	j.columns = j.outcome.table.header()
	j.state = StateDone
}

// bound ends a search that takes too long, and one that nobody asks for any more. What it
// returns ends the watch.
func (j *job) bound(s *Server) (stop func()) {
	var timers []*time.Timer
	if n := j.options.maxTime; n > 0 {
		timers = append(timers, time.AfterFunc(time.Duration(n)*time.Second, j.finalize))
	}
	if n := j.options.autoCancel; n > 0 {
		most := time.Duration(n) * time.Second
		var watch *time.Timer
		j.mu.Lock()
		watch = time.AfterFunc(most, func() {
			j.mu.Lock()
			left := most - time.Since(j.asked)
			if left > 0 {
				watch.Reset(left)
			}
			j.mu.Unlock()
			if left <= 0 {
				s.jobs.remove(j)
			}
		})
		j.mu.Unlock()
		timers = append(timers, watch)
	}
	return func() {
		for _, t := range timers {
			t.Stop()
		}
	}
}

// strike applies the faults that a search can be told to have.
func (j *job) strike(s *Server, all *[]*record) string {
	lose := func() { // every third event
		var rest []*record
		for i, r := range *all {
			if i%3 != 2 {
				rest = append(rest, r)
			}
		}
		*all = rest
	}
	if _, ok := s.faults.take(ScopeSearch, "partial"); ok {
		lose()
		j.mu.Lock()
		j.messages = append(j.messages, message{"WARN", "Search results may be incomplete: the search process on the peer idx2 ended prematurely."})
		j.mu.Unlock()
	}
	if _, ok := s.faults.take(ScopeSearch, "finalized"); ok {
		lose()
		j.mu.Lock()
		j.finalized = true
		j.mu.Unlock()
	}
	if _, ok := s.faults.take(ScopeSearch, "failed"); ok {
		return StateFailed
	}
	return ""
}

// finalize has a search that runs end with what it has: here, nothing.
func (j *job) finalize() {
	select {
	case <-j.done:
	default:
		j.mu.Lock()
		j.finalized = true
		j.mu.Unlock()
		j.cancel()
	}
}

// entry describes the job as Splunk does.
func (j *job) entry() entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	done := j.state == StateDone || j.state == StateFailed
	state := j.state
	if j.paused && !done {
		state = StatePaused
	}
	progress, seconds := 0.0, 0.0
	if done {
		progress, seconds = 1, j.ended.Sub(j.created).Seconds()
	}
	messages := slices.Clone(j.messages)
	if messages == nil {
		messages = []message{}
	}
	return entry{
		name: j.search, id: "/services/search/v2/jobs/" + j.sid, owner: j.owner, app: j.app, at: j.created, single: true,
		content: []prop{
			{"sid", j.sid}, {"dispatchState", state}, {"doneProgress", progress},
			{"isDone", done}, {"isFailed", j.state == StateFailed}, {"isFinalized", j.finalized}, {"isPaused", j.paused && !done},
			{"isZombie", false}, {"isSaved", false}, {"isPreviewEnabled", j.previewed}, {"priority", j.priority}, {"isRealTimeSearch", false},
			{"eventCount", j.outcome.events}, {"resultCount", len(j.outcome.table.rows)}, {"resultPreviewCount", len(j.outcome.table.rows)},
			{"scanCount", j.outcome.scanned}, {"runDuration", seconds}, {"ttl", int(j.ttl.Seconds())}, {"diskUsage", 0},
			{"earliestTime", stamp(fromEpoch(max(0, j.program.within.earliest)))}, {"latestTime", stamp(fromEpoch(j.program.within.latest))},
			{"label", j.label}, {"isSavedSearch", j.label != ""}, {"messages", messages}, {"request", []prop{{"search", j.search},
				{"earliest_time", j.options.earliest}, {"latest_time", j.options.latest}}},
		},
	}
}
