package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// line is an Outbox in memory.
type line struct {
	held    []models.Consignment
	refused []models.Refused
	settled int
	largest int   // events handed out at a time
	busy    bool  // another process is at it
	fails   error // of the database
}

func (l *line) Outgoing(_ context.Context, events int) ([]models.Consignment, error) {
	n, have := 0, 0
	for n < len(l.held) && have < events {
		have += len(l.held[n].Events)
		n++
	}
	l.largest = max(l.largest, have)
	return slices.Clone(l.held[:n]), l.fails
}

func (l *line) Settle(ctx context.Context, d models.Delivery) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l.settled++
	l.held = slices.DeleteFunc(l.held, func(c models.Consignment) bool { return slices.Contains(d.Done, c.Seq) })
	l.refused = append(l.refused, d.Refused...)
	return nil
}

func (l *line) Backlog(context.Context) (models.Backlog, error) {
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
	taken  []string
	tries  int
	answer func(events []models.Event) (bad func(models.Event) bool, err error)
}

func (s *splunk) Send(_ context.Context, events []models.Event) ([]models.Rejected, error) {
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

func TestDeliversInOrderAndByPortions(t *testing.T) {
	l, s := &line{}, &splunk{}
	var want []string
	for i := range 30 {
		l.put(fmt.Sprint("s", i%3), 400)
		for _, e := range l.held[i].Events {
			want = append(want, e.EventID)
		}
	}
	c, log := courier(l, s)
	refused, err := c.Empty(t.Context(), 0)
	require.NoError(t, err)
	require.Empty(t, refused)
	require.Equal(t, want, s.taken)
	require.Empty(t, l.held)
	require.Equal(t, portion, l.largest, "no more of the line is in memory at a time")
	require.Equal(t, 6, s.tries, "several parcels a portion")
	require.Empty(t, log.String())
}

// An event that Splunk will never take is set aside, and those around it arrive.
func TestRefusedEventsAreSetAside(t *testing.T) {
	l, s := &line{}, &splunk{}
	for _, subject := range []string{"a", "b", "c"} {
		l.put(subject, 3)
	}
	s.answer = func([]models.Event) (func(models.Event) bool, error) {
		return func(e models.Event) bool { return e.EventID == "b@2#1" }, nil
	}
	c, log := courier(l, s)
	refused, err := c.Empty(t.Context(), 0)
	require.NoError(t, err)
	require.Equal(t, l.refused, refused)
	require.Len(t, refused, 1)
	r := refused[0]
	require.Equal(t, []any{"b@2#1", 6, "Invalid data format", "c", "r", "2"}, []any{r.Event.EventID, r.Code, r.Text, r.Customer, r.RunID, r.Revision})
	require.Len(t, s.taken, 8)
	require.Empty(t, l.held)
	require.Equal(t, []string{"Splunk refused an event for good: it is set aside (foresight outbox list)"}, words(t, log))
}

// Of a portion that broke off the parcels that are whole in Splunk leave the line, and the
// one that broke is sent again whole; a refusal in it is told when it is through.
func TestAPortionThatBreaksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{}, &splunk{}
		for _, subject := range []string{"a", "b", "c"} {
			l.put(subject, 4)
		}
		s.answer = func(events []models.Event) (func(models.Event) bool, error) {
			bad := func(e models.Event) bool { return e.EventID == "b@2#0" }
			if s.tries == 1 {
				return bad, trouble{"network", true, 0, 6}
			}
			return bad, nil
		}
		c, _ := courier(l, s)
		refused, err := c.Empty(t.Context(), time.Minute)
		require.NoError(t, err)
		require.Len(t, refused, 1)
		require.Equal(t, 2, s.tries)
		require.Equal(t, 2, l.settled)
		require.Equal(t, []string{"a@1#0", "a@1#1", "a@1#2", "a@1#3", "b@2#1", "b@2#1", "b@2#2", "b@2#3", "c@3#0", "c@3#1", "c@3#2", "c@3#3"}, s.taken)
	})
}

// What is new is sent at once where this process put it there, and soon where another did.
func TestWokenByACommitOrByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{}, &splunk{}
		c, _ := courier(l, s)
		go c.Run(t.Context())
		synctest.Wait()
		began := time.Now()
		l.put("a", 1)
		c.Wake()
		c.Wake()
		synctest.Wait()
		require.Equal(t, []string{"a@1#0"}, s.taken)
		require.Equal(t, began, time.Now(), "at once")
		l.put("b", 1)
		time.Sleep(pause)
		synctest.Wait()
		require.Len(t, s.taken, 2)
	})
}

// While Splunk takes nothing the tries grow rarer up to a bound, what is put in line does
// not make them more, and the log has a line a change.
func TestHeldAndToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{}, &splunk{}
		var now error
		s.answer = func([]models.Event) (func(models.Event) bool, error) { return nil, now }
		c, log := courier(l, s)
		l.put("a", 3)
		now = trouble{reason: "busy", temporary: true}
		go c.Run(t.Context())
		synctest.Wait()
		require.Equal(t, State{Held: "busy", Text: "the collector says busy", Since: time.Now()}, c.State())
		began := time.Now()
		for range 600 {
			l.put("b", 1)
			c.Wake()
			time.Sleep(time.Second)
		}
		require.Less(t, s.tries, 30, "no hot loop")
		require.Greater(t, s.tries, 8, "tried about every minute")
		require.Equal(t, began, c.State().Since)
		now = trouble{reason: "unauthorized"}
		time.Sleep(5 * time.Minute)
		require.Equal(t, "unauthorized", c.State().Held)
		now = trouble{reason: "busy", temporary: true, wait: time.Hour}
		time.Sleep(2 * time.Minute)
		tries := s.tries
		time.Sleep(50 * time.Minute)
		require.Equal(t, tries, s.tries, "Splunk asked for an hour")
		now = nil
		time.Sleep(20 * time.Minute)
		require.Empty(t, l.held)
		require.Len(t, s.taken, 603)
		require.Equal(t, "", c.State().Held)
		require.Equal(t, []string{wordHeld + " (busy)", wordHeld + " (unauthorized)", wordHeld + " (busy)", wordOn}, words(t, log))
		now, tries = trouble{reason: "busy", temporary: true}, s.tries
		l.put("a", 1)
		c.Wake()
		time.Sleep(3 * time.Second)
		require.GreaterOrEqual(t, s.tries-tries, 2, "the waits begin anew")
	})
}

// A command tries what may pass for a while, and not what only a person can mend.
func TestEmptyGivesUp(t *testing.T) {
	for _, tt := range []struct {
		answer   error
		patience time.Duration
		tries    [2]int
	}{
		{trouble{reason: "unauthorized"}, time.Hour, [2]int{1, 1}},
		{trouble{reason: "busy", temporary: true}, 0, [2]int{1, 1}},
		{trouble{reason: "busy", temporary: true}, 2 * time.Minute, [2]int{5, 12}},
		{errors.New("unknown"), time.Hour, [2]int{1, 1}},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, s := &line{}, &splunk{answer: func([]models.Event) (func(models.Event) bool, error) { return nil, tt.answer }}
			l.put("a", 3)
			c, _ := courier(l, s)
			began := time.Now()
			_, err := c.Empty(t.Context(), tt.patience)
			var held *HeldError
			require.ErrorAs(t, err, &held)
			require.ErrorIs(t, err, tt.answer)
			require.ErrorContains(t, err, "3 events are held; the next run or serve sends them: ")
			require.Equal(t, reason(tt.answer), held.Reason())
			require.Len(t, l.held, 1)
			require.LessOrEqual(t, time.Since(began), tt.patience)
			require.True(t, s.tries >= tt.tries[0] && s.tries <= tt.tries[1], "%d tries", s.tries)
		})
	}
}

// Where another process delivers a command waits for it as long as it gets on.
func TestEmptyWaitsForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{busy: true}, &splunk{}
		for range 100 {
			l.put("a", 1)
		}
		go func() {
			for len(l.held) > 0 {
				time.Sleep(10 * time.Second)
				l.held = l.held[1:]
			}
		}()
		c, log := courier(l, s)
		_, err := c.Empty(t.Context(), time.Minute)
		require.NoError(t, err)
		require.Zero(t, s.tries)

		l.put("a", 1)
		_, err = c.Empty(t.Context(), time.Minute)
		require.ErrorContains(t, err, "1 events are held; the next run or serve sends them: another foresight is delivering and does not get on")
		require.Empty(t, log.String())
	})
}

// The database's failures hold delivery too, and are told as what they are.
func TestADatabaseThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{fails: trouble{reason: "state_refused"}}, &splunk{}
		c, log := courier(l, s)
		go c.Run(t.Context())
		time.Sleep(10 * time.Minute)
		l.fails = nil
		time.Sleep(2 * time.Minute)
		require.Equal(t, []string{wordHeld + " (state_refused)", wordOn}, words(t, log))
	})
}

// What Splunk has taken is written down, though the end was asked for meanwhile.
func TestTheEndComesWhileSplunkTakes(t *testing.T) {
	l, s := &line{}, &splunk{}
	l.put("a", 3)
	ctx, end := context.WithCancel(t.Context())
	s.answer = func([]models.Event) (func(models.Event) bool, error) { end(); return nil, nil }
	c, _ := courier(l, s)
	_, err := c.Empty(ctx, time.Hour)
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, s.taken, 3)
	require.Empty(t, l.held)
}

// A full outbox is told until it has emptied.
func TestFullUntilEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := &line{}, &splunk{}
		var now error = trouble{reason: "busy", temporary: true}
		s.answer = func([]models.Event) (func(models.Event) bool, error) { return nil, now }
		c, _ := courier(l, s)
		l.put("a", 1)
		c.Full()
		go c.Run(t.Context())
		time.Sleep(time.Hour)
		require.True(t, c.State().Full)
		now = nil
		time.Sleep(2 * time.Minute)
		require.False(t, c.State().Full)
	})
}

// Whatever Splunk does, every event arrives or is set aside, each subject's in their order,
// and none twice but what an exchange that broke off left in doubt.
func TestNothingIsLostAndOrderIsKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l, s := &line{}, &splunk{}
		rank := map[string]int{}
		for range rapid.IntRange(1, 12).Draw(r, "parcels") {
			l.put(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "subject"), rapid.SampledFrom([]int{1, 2, 9, 25}).Draw(r, "events"))
		}
		bad := map[string]bool{}
		for _, one := range l.held {
			worst := rapid.IntRange(-1, 2*len(one.Events)).Draw(r, "the bad one")
			for i, e := range one.Events {
				rank[e.EventID], bad[e.EventID] = len(rank), i == worst
			}
		}
		s.answer = func(events []models.Event) (func(models.Event) bool, error) {
			refuse := func(e models.Event) bool { return bad[e.EventID] }
			if rapid.IntRange(0, 2).Draw(r, "it breaks off") == 0 {
				return refuse, trouble{"network", true, 0, rapid.IntRange(0, len(events)).Draw(r, "taken")}
			}
			return refuse, nil
		}
		c, _ := courier(l, s)
		c.most = 20
		for len(l.held) > 0 {
			_, _ = c.Empty(context.Background(), 0)
		}
		have, last := map[string]bool{}, -1
		for _, id := range s.taken {
			if !have[id] { // first arrivals stand in the line's order
				require.Greater(r, rank[id], last)
				last = rank[id]
			}
			have[id] = true
		}
		for _, x := range l.refused {
			require.True(r, bad[x.Event.EventID])
			require.False(r, have[x.Event.EventID], "refused twice, or refused and taken")
			have[x.Event.EventID] = true
		}
		require.Len(r, have, len(rank))
	})
}
