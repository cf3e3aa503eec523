package store

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// page is a notice of nord-1 to one receiver.
func page(id string, seq int, to string, due time.Time) models.Notice {
	return models.Notice{ID: id, Customer: "nord", Incident: "nord-1", Seq: seq, Kind: models.NoticePage, Key: "nord-1/" + to, Channel: "mail", To: to, Due: due, Title: "it fails"}
}

func ended(n models.Notice) models.Notice { n.Kind = models.NoticeResolved; return n }

// informed keeps a turn of notices only.
func informed(t *testing.T, s *Store, at time.Time, withdrawn []models.Withdrawal, all ...models.Notice) {
	t.Helper()
	require.NoError(t, s.ChangeIncidents(t.Context(), "nord", at, func([]models.Incident, string) (models.Turn, error) {
		return models.Turn{Notices: all, Withdrawn: withdrawn}, nil
	}))
}

func states(t *testing.T, s *Store) map[string]models.NoticeState {
	t.Helper()
	all, err := s.Notices(t.Context(), "nord", "")
	require.NoError(t, err)
	is := map[string]models.NoticeState{}
	for _, p := range all {
		is[p.ID] = p.Is
	}
	return is
}

func due(t *testing.T, s *Store, at time.Time) []string {
	t.Helper()
	all, err := s.DueNotices(t.Context(), "mail", at, 100)
	require.NoError(t, err)
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids
}

// send claims a notice and settles it.
func send(t *testing.T, s *Store, id string, at time.Time, is models.NoticeState) {
	t.Helper()
	mine, err := s.ClaimNotice(t.Context(), id, at, at.Add(time.Minute))
	require.NoError(t, err)
	require.True(t, mine)
	require.NoError(t, s.SettleNotice(t.Context(), id, is, "250 ok", at, at.Add(time.Minute)))
}

func TestNoticesGoTheirWay(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, at := open(t, p), caseDay
		informed(t, s, at, nil, page("a1", 1, "a", at), page("a2", 2, "a", at.Add(5*time.Minute)), page("b1", 3, "b", at))
		informed(t, s, at, nil, page("b1", 3, "b", at)) // the same notice again is no other
		s = again(t, s, p)
		require.Equal(t, []string{"a1", "b1"}, due(t, s, at))
		mine, err := s.ClaimNotice(t.Context(), "a1", at, at.Add(time.Minute))
		require.NoError(t, err)
		require.True(t, mine)
		mine, err = s.ClaimNotice(t.Context(), "a1", at.Add(59*time.Second), at.Add(time.Hour))
		require.NoError(t, err)
		require.False(t, mine, "somebody is at it")
		require.Equal(t, []string{"b1"}, due(t, s, at))
		require.Equal(t, []string{"a1", "b1"}, due(t, s, at.Add(6*time.Minute)), "who had it has died")
		require.NoError(t, s.SettleNotice(t.Context(), "a1", models.NoticeFailed, "451 later", at, at.Add(time.Minute)))
		require.Equal(t, []string{"b1"}, due(t, s, at.Add(59*time.Second)))
		require.NotContains(t, due(t, s, at.Add(10*time.Minute)), "a2", "the first of a receiver goes first")
		send(t, s, "a1", at.Add(time.Minute), models.NoticeSent)
		require.Equal(t, []string{"b1", "a2"}, due(t, s, at.Add(5*time.Minute)))
		send(t, s, "b1", at.Add(time.Minute), models.NoticeDead)

		count, err := s.NoticesLate(t.Context(), at.Add(time.Minute), at.Add(-time.Hour))
		require.NoError(t, err)
		require.Equal(t, map[string]int{"mail": 1}, count)
		late, err := s.LateNotices(t.Context(), "nord", at.Add(time.Minute), at.Add(-time.Hour))
		require.NoError(t, err)
		require.Len(t, late, 1)
		require.Equal(t, []any{"b1", models.NoticeDead, "250 ok", 1, "it fails", at.Add(time.Minute)}, []any{late[0].ID, late[0].Is, late[0].Reply, late[0].Attempts, late[0].Title, late[0].Settled})
	})
}

func TestWhatNeedNotBeSaidIsNot(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, at := open(t, p), caseDay
		informed(t, s, at, nil, page("a1", 1, "a", at), page("b1", 2, "b", at), page("c1", 3, "c", at))
		send(t, s, "a1", at, models.NoticeSent)
		_, err := s.ClaimNotice(t.Context(), "c1", at, at.Add(time.Minute))
		require.NoError(t, err)
		// Somebody takes the case: a has been told and hears of it, b was not and does not, c is being told.
		informed(t, s, at.Add(time.Second), []models.Withdrawal{{Incident: "nord-1", Before: 4}}, ended(page("a2", 4, "a", at)), ended(page("b2", 5, "b", at)), ended(page("c2", 6, "c", at)))
		require.Equal(t, map[string]models.NoticeState{"a1": models.NoticeSent, "a2": models.NoticeWaiting, "b1": models.NoticeWithdrawn, "b2": models.NoticeWithdrawn,
			"c1": models.NoticeWaiting, "c2": models.NoticeWaiting}, states(t, s))
		require.Equal(t, []string{"a2"}, due(t, s, at.Add(time.Second)))
	})
}

func TestOneReceiverIsToldOnceOfWhatWaited(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, at := open(t, p), caseDay
		informed(t, s, at, nil, page("a1", 1, "a", at))
		send(t, s, "a1", at, models.NoticeFailed)
		informed(t, s, at.Add(2*time.Minute), nil, page("a2", 2, "a", at.Add(2*time.Minute)), page("b1", 3, "b", at))
		require.Equal(t, map[string]models.NoticeState{"a1": models.NoticeMerged, "a2": models.NoticeWaiting, "b1": models.NoticeWaiting}, states(t, s))
	})
}

// A warning is taken back with its clock, a page with the case; what a clock's notice reached hears of the end.
func TestAWarningIsTakenBackWithItsClock(t *testing.T) {
	clock := func(n models.Notice, kind models.NoticeKind, k models.ClockKind) models.Notice {
		n.Kind, n.Clock = kind, k
		return n
	}
	onEach(t, func(t *testing.T, p Place) {
		s, at := open(t, p), caseDay
		informed(t, s, at, nil, page("page", 1, "a", at), clock(page("ack", 2, "b", at), models.NoticeWarned, models.ClockAcknowledge),
			clock(page("fix", 3, "c", at), models.NoticeWarned, models.ClockResolve), clock(page("late", 4, "d", at), models.NoticeBreached, models.ClockAcknowledge))
		send(t, s, "late", at, models.NoticeSent)
		informed(t, s, at.Add(time.Second), []models.Withdrawal{{Incident: "nord-1", Before: 5}, {Incident: "nord-1", Before: 5, Clock: models.ClockAcknowledge}}, ended(page("end b", 6, "b", at)), ended(page("end d", 7, "d", at)))
		require.Equal(t, map[string]models.NoticeState{"page": models.NoticeWithdrawn, "ack": models.NoticeWithdrawn, "fix": models.NoticeWaiting, "late": models.NoticeSent,
			"end b": models.NoticeWithdrawn, "end d": models.NoticeWaiting}, states(t, s))
	})
}

// Several that look at once send each notice once.
func TestANoticeIsOneSenders(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s, at := open(t, p), caseDay
		const notices = 30
		for n := range notices {
			informed(t, s, at, nil, page(fmt.Sprint(n), n, fmt.Sprint("to", n), at))
		}
		var sent atomic.Int64
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for n := range notices {
					mine, err := s.ClaimNotice(t.Context(), fmt.Sprint(n), at, at.Add(time.Minute))
					require.NoError(t, err)
					if mine {
						sent.Add(1)
					}
				}
			})
		}
		wait.Wait()
		require.EqualValues(t, notices, sent.Load())
	})
}
