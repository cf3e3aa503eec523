package deliver_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/deliver"
	"foresight/internal/notify"
	"foresight/internal/store"
	"foresight/models"
)

// receiver is a channel that says what it is told to.
type receiver struct {
	mu    sync.Mutex
	got   []string
	tries int
	says  func(models.Notice) error
}

func (r *receiver) Send(ctx context.Context, n models.Notice) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.says != nil {
		if err := r.says(n); err != nil {
			return err
		}
	}
	r.got = append(r.got, n.ID)
	return ctx.Err()
}

func (r *receiver) answers(says func(models.Notice) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.says = says
}

func (r *receiver) heard() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.got...)
}

func (r *receiver) tried() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

// telling is a messenger on a real board.
type telling struct {
	*testing.T
	kept       *store.Store
	mail, chat receiver
	log        bytes.Buffer
	n          int
	age        time.Duration // since when what is put on the board is due
}

func tell(t *testing.T, test func(*telling)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
		require.NoError(t, err)
		x := &telling{T: t, kept: kept}
		ctx, end := context.WithCancel(t.Context())
		m := deliver.NewMessenger(kept, map[string]notify.Channel{"mail": &x.mail, "chat": &x.chat}, time.Now, zerolog.New(&x.log))
		done := make(chan struct{})
		go func() { defer close(done); m.Run(ctx) }()
		test(x)
		end()
		<-done
		require.NoError(t, kept.Close())
	})
}

// put puts a notice on the board.
func (x *telling) put(channel, to string, kind models.NoticeKind, withdrawn ...models.Withdrawal) string {
	x.n++
	n := models.Notice{ID: fmt.Sprint(channel, x.n), Customer: "nord", Incident: "nord-1", Seq: x.n, Kind: kind, Key: channel + to, Channel: channel, To: to, Due: time.Now().Add(-x.age), Made: time.Now()}
	require.NoError(x, x.kept.ChangeIncidents(x.Context(), "nord", time.Now(), func([]models.Incident, string) (models.Turn, error) {
		return models.Turn{Notices: []models.Notice{n}, Withdrawn: withdrawn}, nil
	}))
	return n.ID
}

func (x *telling) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (x *telling) is(id string) models.Posted {
	all, err := x.kept.Notices(x.Context(), "", "nord-1")
	require.NoError(x, err)
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	x.Fatalf("no notice %s", id)
	return models.Posted{}
}

var errDown = errors.New("connection refused")

func TestAChannelThatFailsHoldsNoOther(t *testing.T) {
	tell(t, func(x *telling) {
		x.mail.answers(func(models.Notice) error { return errDown })
		first := x.put("mail", "eva", models.NoticePage)
		x.after(10 * time.Second)
		for range 20 {
			x.put("mail", "bo", models.NoticePage)
			id := x.put("chat", fmt.Sprint("room", x.n), models.NoticePage)
			x.after(6 * time.Second)
			require.Contains(t, x.chat.heard(), id, "at once, whatever becomes of the letters")
		}
		require.Equal(t, models.NoticeFailed, x.is(first).Is)
		require.Equal(t, "connection refused", x.is(first).Reply)
		require.Less(t, x.mail.tried(), 15, "no hot loop")
		require.Equal(t, 1, strings.Count(x.log.String(), "a channel takes nothing"), "said once")
	})
}

// A channel is down for three minutes, in which its receiver was called again and again: one
// message when it is back. Another's case is taken meanwhile: no message.
func TestOneMessageAfterAnOutage(t *testing.T) {
	tell(t, func(x *telling) {
		x.mail.answers(func(models.Notice) error { return errDown })
		var last string
		for range 4 {
			last = x.put("mail", "eva", models.NoticePage)
			x.after(45 * time.Second)
		}
		x.mail.answers(nil)
		x.after(90 * time.Second)
		require.Equal(t, []string{last}, x.mail.heard())
		x.after(20 * time.Minute)
		require.Len(t, x.mail.heard(), 1)
		require.Contains(t, x.log.String(), "the channel goes on")

		x.mail.answers(func(models.Notice) error { return errDown })
		page := x.put("mail", "bo", models.NoticePage)
		x.after(time.Minute)
		end := x.put("mail", "bo", models.NoticeAcknowledged, models.Withdrawal{Incident: "nord-1", Before: x.n + 1})
		x.mail.answers(nil)
		x.after(20 * time.Minute)
		require.Len(t, x.mail.heard(), 1, "nobody is called for what somebody has taken, nor called off")
		require.Equal(t, []models.NoticeState{models.NoticeWithdrawn, models.NoticeWithdrawn}, []models.NoticeState{x.is(page).Is, x.is(end).Is})
	})
}

func TestWhatOneReceiverDoesIsItsOwn(t *testing.T) {
	tell(t, func(x *telling) {
		x.mail.answers(func(n models.Notice) error {
			switch n.To {
			case "gone":
				return &notify.Error{Why: "smtp_550", Text: "no such user", Final: true, Alone: true}
			case "full":
				return &notify.Error{Why: "smtp_451", Text: "later", Alone: true}
			}
			return nil
		})
		gone, full := x.put("mail", "gone", models.NoticePage), x.put("mail", "full", models.NoticePage)
		fine := x.put("mail", "eva", models.NoticePage)
		x.after(10 * time.Second)
		require.Equal(t, []string{fine}, x.mail.heard())
		require.Equal(t, models.NoticeDead, x.is(gone).Is)
		require.Equal(t, models.NoticeFailed, x.is(full).Is)
		require.Equal(t, 3, x.mail.tried())
		x.after(5 * time.Minute)
		require.Equal(t, []int{1, 4}, []int{x.is(gone).Attempts, x.is(full).Attempts}, "again after one minute, two more, and so on")
		x.mail.answers(nil)
		x.after(15 * time.Minute)
		require.Equal(t, []string{fine, full}, x.mail.heard())
		require.Equal(t, 1, strings.Count(x.log.String(), "will not be"))
	})
}

func TestWhatIsADayOldIsGivenUp(t *testing.T) {
	tell(t, func(x *telling) {
		x.chat.answers(func(models.Notice) error {
			return &notify.Error{Why: "status_429", Text: "busy", After: 5 * time.Minute}
		})
		x.age = 24*time.Hour - 14*time.Minute
		id := x.put("chat", "", models.NoticePage)
		x.after(12 * time.Minute)
		require.Equal(t, 3, x.chat.tried(), "it asked for five minutes")
		x.after(5 * time.Minute)
		require.Equal(t, models.NoticeDead, x.is(id).Is)
		require.Equal(t, "given up after a day: busy", x.is(id).Reply)
	})
}

// The end comes while a channel is at it: it may finish, and what it has taken is not sent once
// more; one that does not get on is broken off.
func TestTheEndComesWhileAChannelTakes(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		is    models.NoticeState
	}{{100 * time.Millisecond, models.NoticeSent}, {time.Hour, models.NoticeFailed}} {
		synctest.Test(t, func(t *testing.T) {
			kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
			require.NoError(t, err)
			x := &telling{T: t, kept: kept}
			ctx, end := context.WithCancel(t.Context())
			first := x.put("mail", "eva", models.NoticePage)
			slow := sender(func(ctx context.Context) error {
				end()
				select {
				case <-time.After(c.takes):
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
			began := time.Now()
			deliver.NewMessenger(kept, map[string]notify.Channel{"mail": slow}, time.Now, zerolog.New(&x.log)).Run(ctx)
			require.Less(t, time.Since(began), 2*time.Second)
			require.Equal(t, c.is, x.is(first).Is)
			require.NoError(t, kept.Close())
		})
	}
}

// sender is a channel of one function.
type sender func(context.Context) error

func (s sender) Send(ctx context.Context, _ models.Notice) error { return s(ctx) }
