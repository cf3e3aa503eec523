package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

var runDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// told is a parcel of n events and what counts as said by it.
func told(subject, revision, sourcetype string, n int) (models.Parcel, models.Said) {
	p := models.Parcel{Subject: subject, Revision: revision}
	for i := range n {
		p.Events = append(p.Events, models.Event{
			Time: runDay.AddDate(0, 0, i), Sourcetype: sourcetype, Source: "foresight", Host: "c", Subject: subject,
			EventID: fmt.Sprint(subject, "@", revision, "#", i), Metric: i%2 == 1,
			Body: models.ForecastEvent{Head: models.Head{Subject: subject, Revision: revision}, Unit: "<b> & \"ä\"", Mean: models.Number(float64(i) * 1e-9), Q95: 1e21},
		})
	}
	s := said(subject, revision)
	s.Medians = []models.Median{{Time: 1, Value: 2}}
	return p, s
}

// batch is a run's leavings: a forecast's points, a finding and the run's own event, of
// each of the subjects.
func batch(run string, subjects ...string) models.Batch {
	b := models.Batch{Customer: "c", RunID: run, AsOf: runDay, Learnt: map[string]json.RawMessage{"f": json.RawMessage(`"` + run + `"`)},
		Ran: models.Ran{RunID: run, Customer: "c", Started: runDay, Duration: time.Second}}
	add := func(subject, sourcetype string, n int) {
		p, one := told(subject, run, sourcetype, n)
		b.Parcels, b.Said = append(b.Parcels, p), append(b.Said, one)
	}
	for _, subject := range subjects {
		add(subject+":forecast", models.SourcetypeForecast, 40)
		add(subject+":overload", models.SourcetypeOverload, 1)
	}
	own, _ := told("c:run", run, models.SourcetypeRun, 1)
	own.Revision = ""
	b.Parcels = append(b.Parcels, own)
	return b
}

// line returns the subjects of what is held, in order.
func line(t *testing.T, s *Store) []string {
	t.Helper()
	all, err := s.Outgoing(ctx, 1_000_000)
	require.NoError(t, err)
	var subjects []string
	for _, c := range all {
		subjects = append(subjects, c.RunID+" "+c.Subject)
	}
	return subjects
}

func TestCommitPutsParcelsInLine(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		one, two := batch("r1", "a", "b"), batch("r2", "b")
		done, err := s.Commit(ctx, one)
		require.NoError(t, err)
		require.Equal(t, models.Committed{Events: 83}, done)
		require.NoError(t, commit(s, two))
		s = again(t, s, p)

		require.Equal(t, []string{"r1 a:forecast", "r1 a:overload", "r1 b:forecast", "r1 b:overload", "r1 c:run", "r2 b:forecast", "r2 b:overload", "r2 c:run"}, line(t, s))
		head, err := s.Outgoing(ctx, 1)
		require.NoError(t, err)
		require.Len(t, head, 1, "no more than asked for")
		head, err = s.Outgoing(ctx, 41)
		require.NoError(t, err)
		require.Len(t, head, 2)
		c := head[0]
		require.Equal(t, []any{"c", "r1", "r1", runDay, runDay.Add(time.Second)}, []any{c.Customer, c.RunID, c.Revision, c.AsOf, c.Queued})
		require.Len(t, c.Events, 40)
		for i, e := range c.Events {
			want := one.Parcels[0].Events[i]
			text, err := json.Marshal(want.Body)
			require.NoError(t, err)
			require.JSONEq(t, string(text), string(e.Body.(json.RawMessage)))
			require.Contains(t, string(e.Body.(json.RawMessage)), `"unit":"<b> & \"ä\""`, "as it is written for Splunk")
			require.Contains(t, string(e.Body.(json.RawMessage)), `"q95":1000000000000000000000}`, "without an exponent")
			want.Body, e.Body = nil, nil
			require.Equal(t, want, e)
		}

		held, err := s.HeldRuns(ctx)
		require.NoError(t, err)
		require.Len(t, held, 2)
		require.Equal(t, []any{"c", "r1", runDay, 5, 83}, []any{held[0].Customer, held[0].RunID, held[0].AsOf, held[0].Parcels, held[0].Events})
		b, err := s.Backlog(ctx)
		require.NoError(t, err)
		require.Equal(t, models.Backlog{Parcels: 8, Events: 125, Bytes: held[0].Bytes + held[1].Bytes, Oldest: runDay.Add(time.Second)}, b)
		require.Less(t, b.Bytes, int64(125*100), "packed")
	})
}

// Whatever fails in a commit, nothing of it is there.
func TestCommitIsAllOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a")))
		state := func() []any {
			said, err := s.Said(ctx, "c")
			require.NoError(t, err)
			learnt, err := s.Learnt(ctx, "c", "f")
			require.NoError(t, err)
			runs, err := s.Runs(ctx, "", 10)
			require.NoError(t, err)
			return []any{said, learnt, runs, line(t, s)}
		}
		before := state()
		gone, cancel := context.WithCancel(ctx)
		cancel()
		for name, c := range map[string]struct {
			ctx    context.Context
			damage func(*models.Batch)
		}{
			"its record is there already": {ctx, func(b *models.Batch) { b.Ran.RunID = "r1" }},
			"an event cannot be written":  {ctx, func(b *models.Batch) { b.Parcels[1].Events[0].Body = func() {} }},
			"it is interrupted":           {gone, func(*models.Batch) {}},
		} {
			b := batch("r2", "a", "b")
			c.damage(&b)
			done, err := s.Commit(c.ctx, b)
			require.Error(t, err, name)
			require.Zero(t, done, name)
			require.Equal(t, before, state(), name)
		}
		require.NoError(t, commit(s, batch("r2", "a", "b")))
		require.NotEqual(t, before, state())
	})
}

func TestSettleTakesOutAndSetsAside(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a", "b")))
		all, err := s.Outgoing(ctx, 1000)
		require.NoError(t, err)
		bad := all[1].Events[0]
		no := models.Refused{Rejected: models.Rejected{Event: bad, Code: 6, Text: "Invalid data format"}, Customer: "c", RunID: "r1", AsOf: runDay, Revision: "r1", Refused: runDay.Add(time.Hour)}
		require.NoError(t, s.Settle(ctx, models.Delivery{Done: []int64{all[0].Seq, all[1].Seq, 4711}, Refused: []models.Refused{no}}))
		no.Code, no.Text = 15, "Error in handling indexed fields"
		require.NoError(t, s.Settle(ctx, models.Delivery{Refused: []models.Refused{no}}))
		s = again(t, s, p)
		require.Equal(t, []string{"r1 b:forecast", "r1 b:overload", "r1 c:run"}, line(t, s))
		aside, err := s.Refused(ctx)
		require.NoError(t, err)
		require.Equal(t, []models.Refused{no}, aside, "with its last reply")
		b, err := s.Backlog(ctx)
		require.NoError(t, err)
		require.Equal(t, []int{3, 1}, []int{b.Parcels, b.Refused})
	})
}

// At the bound forecasts wait, and nothing else.
func TestTheOutboxIsBounded(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a")))
		b, err := s.Backlog(ctx)
		require.NoError(t, err)
		p.Room = b.Bytes + b.Bytes/2
		s = again(t, s, p)
		done, err := s.Commit(ctx, batch("r2", "a", "b", "c"))
		require.NoError(t, err)
		require.Equal(t, models.Committed{Events: 4, Left: []string{"a:forecast", "b:forecast", "c:forecast"}}, done)
		require.Equal(t, []string{"r1 a:forecast", "r1 a:overload", "r1 c:run", "r2 a:overload", "r2 b:overload", "r2 c:overload", "r2 c:run"}, line(t, s))
		said, err := s.Said(ctx, "c")
		require.NoError(t, err)
		require.Equal(t, "r1", said["a:forecast"].Revision, "what was left out does not count as said")
		require.NotContains(t, said, "b:forecast")
		runs, err := s.Runs(ctx, "", 2)
		require.NoError(t, err)
		require.Equal(t, map[string]int{"r1": 42, "r2": 4}, map[string]int{runs[0].RunID: runs[0].Events, runs[1].RunID: runs[1].Events})

		refuse(t, s, 0, 1, 2, 3, 4, 5, 6) // it is empty
		done, err = s.Commit(ctx, batch("r3", "b"))
		require.NoError(t, err)
		require.Equal(t, models.Committed{Events: 42}, done)
		n, err := s.Resend(ctx, nil, runDay)
		require.NoError(t, err)
		require.Equal(t, 46, n, "what a person sends again is not bounded")
	})
}

// A parcel that cannot be read is told with the run to drop.
func TestADamagedParcelIsNamed(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		require.NoError(t, commit(s, batch("r1", "a")))
		_, err := s.db.ExecContext(ctx, `UPDATE outbox SET content = $1 WHERE subject = 'a:overload'`, []byte{1, 2, 3})
		require.NoError(t, err)
		_, err = s.Outgoing(ctx, 1000)
		require.ErrorContains(t, err, "the parcel of a:overload of run r1: its events are damaged")
		require.ErrorContains(t, err, "foresight outbox drop r1")
		_, err = s.Drop(ctx, []string{"r1"})
		require.NoError(t, err)
		require.Empty(t, line(t, s))
	})
}

// Runs that commit side by side put each its parcels in line together, and a reader never
// sees a later number before an earlier one.
func TestTheLineGrowsAtItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		stores := []*Store{s, s}
		if p.URL != "" {
			stores[1] = open(t, p) // as a second process has it
		}
		const each = 15
		done := make(chan error, 2)
		for i, one := range stores {
			go func() {
				var err error
				for n := range each {
					if err == nil {
						err = commit(one, batch(fmt.Sprintf("r%d.%02d", i, n), "a"))
					}
				}
				done <- err
			}()
		}
		seen := []int64{}
		look := func() {
			all, err := s.Outgoing(ctx, 1_000_000)
			require.NoError(t, err)
			now := []int64{}
			for i, c := range all {
				now = append(now, c.Seq)
				require.Equal(t, all[i/3*3].RunID, c.RunID, "a run's parcels stand together")
			}
			require.True(t, slices.IsSorted(now))
			require.Equal(t, seen, now[:len(seen)], "nothing is put before what was seen")
			seen = now
		}
		for ended := 0; ended < 2; {
			select {
			case err := <-done:
				require.NoError(t, err)
				ended++
			default:
				look()
			}
		}
		look()
		require.Len(t, seen, 2*each*3)
	})
}

// One process at a time works at the outbox; one that is gone does not stand in the way.
func TestOneProcessWorksAtTheOutbox(t *testing.T) {
	p := emptySchema(t)
	one, two, elsewhere := open(t, p), open(t, p), open(t, emptySchema(t))
	never := func(context.Context) error { assert.Fail(t, "two at once"); return nil }
	done, err := one.Exclusively(ctx, func(ctx context.Context) error {
		done, err := two.Exclusively(ctx, never)
		require.NoError(t, err)
		require.False(t, done)
		done, err = elsewhere.Exclusively(ctx, func(context.Context) error { return os.ErrClosed })
		require.ErrorIs(t, err, os.ErrClosed, "another schema is another outbox")
		require.True(t, done)
		return nil
	})
	require.NoError(t, err)
	require.True(t, done)
	done, err = two.Exclusively(ctx, func(context.Context) error { return nil })
	require.NoError(t, err)
	require.True(t, done)

	// The process that works at it dies.
	_, err = one.Exclusively(ctx, func(ctx context.Context) error {
		tag, err := two.db.ExecContext(ctx, `SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND granted
			AND (classid::bigint << 32) | objid::bigint = hashtextextended('foresight outbox of ' || current_schema(), 0)`)
		require.NoError(t, err)
		n, err := tag.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 1, n, "the lock is on the server, under its name")
		done, err = two.Exclusively(ctx, func(context.Context) error { return nil })
		require.NoError(t, err)
		require.True(t, done)
		return nil
	})
	require.NoError(t, err)
}
