package schedule

import (
	"context"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"
)

// livesAt are lives of the worker "me" under the usual timing, with nothing beneath.
func livesAt(clock func() time.Time) *lives {
	l := newLives(Options{Clock: clock, Log: zerolog.Nop()}, usual)
	l.me = "me"
	return l
}

func held(id int64, by ...string) *rivertype.JobRow {
	return &rivertype.JobRow{ID: id, Attempt: len(by), AttemptedBy: by}
}

func TestWhoseCountStandsStillIsDead(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := livesAt(nil)
	running := []*rivertype.JobRow{held(1, "dead"), held(2, "dead", "slow"), held(3, "unheard of")}
	look := func(after time.Duration, slow int64) []*rivertype.JobRow {
		return l.look(start.Add(after), map[string]int64{"me": 1, "dead": 7, "slow": slow}, running)
	}
	require.Empty(t, look(0, 1))
	require.Empty(t, look(usual.grace-time.Second, 1))
	require.Equal(t, []*rivertype.JobRow{running[0], running[2]}, look(usual.grace, 2), "whose count moved lives, however long its job runs")
	require.Empty(t, l.look(start.Add(2*usual.grace), map[string]int64{"me": 2, "dead": 8, "slow": 3}, running[:2]), "who speaks again lives again")
}

// A job of ours that we do not have in hand is just coming or going, or its end could not
// be written down.
func TestStrayJobs(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := livesAt(nil)
	_, end := l.take(context.Background(), 1)
	running := []*rivertype.JobRow{held(1, "me"), held(2, "me")}
	look := func(after time.Duration, running ...*rivertype.JobRow) []*rivertype.JobRow {
		return l.look(start.Add(after), map[string]int64{"me": 1}, running)
	}
	require.Empty(t, look(0, running...))
	require.Equal(t, running[1:], look(usual.grace, running...))
	end()
	require.Empty(t, look(usual.grace+time.Second, running[0]))
	require.Empty(t, look(2*usual.grace, held(1, "me", "me")), "another try is another matter")
}

// Where no other process can be, who is named is dead at once.
func TestAloneWithTheDatabase(t *testing.T) {
	l := livesAt(nil)
	l.alone = true
	running := []*rivertype.JobRow{held(1, "before"), held(2, "me")}
	require.Equal(t, running[:1], l.look(time.Unix(0, 0), map[string]int64{"before": 3}, running))
}

// Our jobs end before others may take them up.
func TestJobsEndBeforeOthersTakeThemUp(t *testing.T) {
	require.Less(t, usual.lost+usual.beat, usual.grace, "even just before the next look")
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := livesAt(func() time.Time { return now })
	l.said = now
	mine, end := l.take(t.Context(), 1)
	defer end()
	now = now.Add(usual.lost)
	l.judge()
	require.NoError(t, mine.Err())
	now = now.Add(time.Second)
	l.judge()
	require.ErrorIs(t, context.Cause(mine), errLost)
}
