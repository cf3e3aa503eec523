package deliver

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
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
		s.answer = func([]models.Event) (func(models.Event) bool, error) {
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
		passes(pause)
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
		s.change(func() { now = trouble{reason: "busy", temporary: true} })
		go c.Run(t.Context())
		synctest.Wait()
		require.Equal(t, State{Held: "busy", Text: "the collector says busy", Since: time.Now()}, c.State())
		began := time.Now()
		for range 600 {
			l.put("b", 1)
			c.Wake()
			passes(time.Second)
		}
		require.Less(t, s.tries, 30, "no hot loop")
		require.Greater(t, s.tries, 8, "tried about every minute")
		require.Equal(t, began, c.State().Since)
		s.change(func() { now = trouble{reason: "unauthorized"} })
		passes(5 * time.Minute)
		require.Equal(t, "unauthorized", c.State().Held)
		s.change(func() { now = trouble{reason: "busy", temporary: true, wait: time.Hour} })
		passes(2 * time.Minute)
		tries := s.tries
		passes(50 * time.Minute)
		require.Equal(t, tries, s.tries, "Splunk asked for an hour")
		s.change(func() { now = nil })
		passes(20 * time.Minute)
		require.Empty(t, l.held)
		require.Len(t, s.taken, 603)
		require.Equal(t, "", c.State().Held)
		require.Equal(t, []string{wordHeld + " (busy)", wordHeld + " (unauthorized)", wordHeld + " (busy)", wordOn}, words(t, log))
		tries = s.tries
		s.change(func() { now = trouble{reason: "busy", temporary: true} })
		l.put("a", 1)
		c.Wake()
		passes(3 * time.Second)
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
			for left := 100; left > 0; left-- {
				<-time.After(10 * time.Second)
				l.change(func() { l.held = l.held[1:] })
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
		passes(10 * time.Minute)
		l.change(func() { l.fails = nil })
		passes(2 * time.Minute)
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
		passes(time.Hour)
		require.True(t, c.State().Full)
		s.change(func() { now = nil })
		passes(2 * time.Minute)
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
