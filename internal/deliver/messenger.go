package deliver

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"github.com/sethvargo/go-retry"

	"foresight/internal/notify"
	"foresight/models"
)

// Board is where what people are to be told is kept.
type Board interface {
	// DueNotices returns those of a channel that can be tried at a moment: of one receiver and
	// case only the first.
	DueNotices(ctx context.Context, channel string, at time.Time, most int) ([]models.Posted, error)
	// ClaimNotice takes a notice until a moment, and says whether nobody else had it.
	ClaimNotice(ctx context.Context, id string, at, until time.Time) (mine bool, err error)
	// SettleNotice keeps what became of it.
	SettleNotice(ctx context.Context, id string, is models.NoticeState, reply string, at, next time.Time) error
}

const (
	// handful is how many notices of a channel are read at a time.
	handful = 50
	// lease is how long a notice is its sender's. A process that dies leaves it to the others
	// then: longer than any channel's time limit, and short enough to be woken by.
	lease = 2 * time.Minute
	// finishing is how long a channel that is at it may go on when all else is told to end:
	// what is broken off may have been heard, and is said once more.
	finishing = 700 * time.Millisecond
	// alone doubles from try to try of one notice up to aloneMost, while its channel takes others.
	alone     = 30 * time.Second
	aloneMost = 15 * time.Minute
	// stale is when a notice is given up: nobody wants to be woken for yesterday's.
	stale = 24 * time.Hour
)

// Messenger tells people what the board says, by their channels. Each channel goes its own
// pace: one that fails holds no other. A notice is sent at least once, and once but where a
// process dies while it sends.
type Messenger struct {
	board    Board
	channels map[string]notify.Channel
	clock    func() time.Time
	log      zerolog.Logger
}

// NewMessenger returns a messenger that works when it is run.
func NewMessenger(board Board, channels map[string]notify.Channel, clock func() time.Time, log zerolog.Logger) *Messenger {
	return &Messenger{board: board, channels: channels, clock: clock, log: log}
}

// Run sends until ctx ends.
func (m *Messenger) Run(ctx context.Context) {
	var all sync.WaitGroup
	for id, c := range m.channels {
		l := &wire{m: m, id: id, to: c, backoff: newBackoff(), log: m.log.With().Str("channel", id).Logger()}
		all.Go(func() { l.run(ctx) })
	}
	all.Wait()
}

// wire is one channel's line.
type wire struct {
	m       *Messenger
	id      string
	to      notify.Channel
	backoff retry.Backoff
	held    string // why nothing goes, "" while all is well
	since   time.Time
	log     zerolog.Logger
}

func (l *wire) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := l.pass(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pass sends what is due, and returns how long to wait before the next.
func (l *wire) pass(ctx context.Context) time.Duration {
	due, err := l.m.board.DueNotices(ctx, l.id, l.m.clock(), handful)
	if err != nil {
		return l.holds(ctx, err, 0)
	}
	for _, p := range due {
		if ctx.Err() != nil {
			return 0
		}
		if err := l.send(ctx, p); err != nil {
			var e *notify.Error
			after := time.Duration(0)
			if errors.As(err, &e) {
				after = e.After
			}
			return l.holds(ctx, err, after)
		}
	}
	if len(due) > 0 || l.held == "" {
		l.goes()
	}
	if len(due) == handful {
		return 0
	}
	return pause
}

// send sends one notice; the error is of the channel or the board, not of this notice alone.
func (l *wire) send(ctx context.Context, p models.Posted) error {
	now := l.m.clock()
	mine, err := l.m.board.ClaimNotice(ctx, p.ID, now, now.Add(lease))
	if err != nil || !mine {
		return err
	}
	sending, end := outlasting(ctx, finishing)
	sending, stop := context.WithTimeout(sending, lease/2)
	failed := l.to.Send(sending, p.Notice)
	stop()
	end()
	ctx, cancel := outlasting(ctx, settling)
	defer cancel()
	is, reply, next, failed := l.outcome(p, failed)
	if err := l.m.board.SettleNotice(ctx, p.ID, is, reply, l.m.clock(), next); err != nil {
		return err
	}
	return failed
}

// outcome is what an answer makes of a notice, and the error where it is the channel's.
func (l *wire) outcome(p models.Posted, failed error) (is models.NoticeState, reply string, next time.Time, channel error) {
	now := l.m.clock()
	if failed == nil {
		return models.NoticeSent, "", time.Time{}, nil
	}
	var e *notify.Error
	known := errors.As(failed, &e)
	reply = failed.Error()
	if known && e.Alone {
		failed = nil
	}
	switch {
	case known && e.Final:
		is = models.NoticeDead
	case now.Sub(p.Due) > stale:
		is, reply = models.NoticeDead, "given up after a day: "+reply
	case known && e.Alone:
		return models.NoticeFailed, reply, now.Add(min(aloneMost, alone<<min(p.Attempts, 5))), nil
	default:
		return models.NoticeFailed, reply, now, failed // as soon as the channel takes anything
	}
	l.log.Error().Str("case", p.Incident).Str("contact", p.Contact).Str("reply", reply).Msg("somebody is not told of a case and will not be (foresight incident audit)")
	return is, reply, time.Time{}, failed
}

// holds notes that the channel takes nothing, and says so when it begins and when the reason
// is another.
func (l *wire) holds(ctx context.Context, err error, after time.Duration) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	wait, _ := l.backoff.Next() // it never stops
	if why := reason(err); why != l.held {
		l.held, l.since = why, l.m.clock()
		l.log.Warn().Err(err).Str("reason", why).Msg("a channel takes nothing: whom it should tell is told when it does")
	}
	return max(wait, after)
}

// goes notes that the channel takes what it is given.
func (l *wire) goes() {
	if l.held != "" {
		l.log.Info().Str("was", l.held).Stringer("for", l.m.clock().Sub(l.since).Round(time.Second)).Msg("the channel goes on")
		l.held, l.backoff = "", newBackoff()
	}
}
