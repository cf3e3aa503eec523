package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"foresight/models"
)

// unsent are the states of a notice that is still to be sent.
const unsent = `('waiting', 'failed')`

// keepNotices puts a turn's notices in line and takes back what need not be said any more.
func keepNotices(ctx context.Context, tx *sql.Tx, turn models.Turn, at time.Time) error {
	now := nanos(at)
	var rows, merged, needless [][]any
	for _, n := range turn.Notices {
		content, err := encode(n)
		if err != nil {
			return fmt.Errorf("writing the notice %s of case %s: %w", n.ID, n.Incident, err)
		}
		rows = append(rows, []any{n.ID, n.Customer, n.Incident, n.Seq, noticeKind(n.Kind, n.Clock), n.Channel, n.Key, nanos(n.Due), content})
		switch {
		case n.Kind == models.NoticePage && !n.Due.After(at):
			merged = append(merged, []any{n.Incident, n.Key, n.Seq, now})
		case n.Kind.Ends():
			needless = append(needless, []any{n.ID, n.Incident, n.Key, n.Seq, now})
		}
	}
	if err := put(ctx, tx, `INSERT INTO notices (id, customer, incident, seq, kind, channel, key, state, attempts, due, next, lease, settled, reply, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $8, 0, 0, '', $9) ON CONFLICT (id) DO NOTHING`, rows); err != nil {
		return err
	}
	// A receiver whose channel was down is told once, by the last page.
	if err := put(ctx, tx, `UPDATE notices SET state = 'merged', settled = $4
		WHERE incident = $1 AND key = $2 AND seq < $3 AND kind = 'page' AND state IN `+unsent+` AND lease <= $4`, merged); err != nil {
		return err
	}
	var withdrawn [][]any
	for _, w := range turn.Withdrawn {
		kind := noticeKind(models.NoticePage, "")
		if w.Clock != "" {
			kind = noticeKind(models.NoticeWarned, w.Clock)
		}
		withdrawn = append(withdrawn, []any{w.Incident, w.Before, now, kind})
	}
	// One under way is beyond calling back.
	if err := put(ctx, tx, `UPDATE notices SET state = 'withdrawn', settled = $3
		WHERE incident = $1 AND seq < $2 AND kind = $4 AND state IN `+unsent+` AND lease <= $3`, withdrawn); err != nil {
		return err
	}
	// Whom nothing has reached need not hear of its end.
	return put(ctx, tx, `UPDATE notices SET state = 'withdrawn', settled = $5
		WHERE id = $1 AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM notices p WHERE p.incident = $2 AND p.key = $3 AND p.kind NOT IN ('acknowledged', 'resolved')
			AND p.seq < $4 AND (p.state = 'sent' OR p.state IN `+unsent+` AND p.lease > $5))`, needless)
}

// noticeKind is a notice's kind in the table: of one that tells of a clock, with which.
func noticeKind(k models.NoticeKind, clock models.ClockKind) string {
	if clock == "" {
		return string(k)
	}
	return string(k) + "/" + string(clock)
}

// posted reads rows of the columns of noticeColumns.
func posted(all *[]models.Posted) func(scan func(...any) error) error {
	return func(scan func(...any) error) error {
		var p models.Posted
		var next, settled int64
		var content string
		if err := scan(&p.Is, &p.Attempts, &next, &settled, &p.Reply, &content); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(content), &p.Notice); err != nil {
			return err
		}
		p.Next, p.Settled = moment(next), moment(settled)
		*all = append(*all, p)
		return nil
	}
}

const noticeColumns = `state, attempts, next, settled, reply, content`

// DueNotices returns the notices of a channel that can be tried at a moment, the longest due
// first: of one receiver and case only the first that is still to be sent.
func (s *Store) DueNotices(ctx context.Context, channel string, at time.Time, most int) (all []models.Posted, err error) {
	err = s.read(ctx, "reading what channel "+channel+" is to be told", posted(&all), `SELECT `+noticeColumns+` FROM notices n
		WHERE channel = $1 AND state IN `+unsent+` AND next <= $2 AND lease <= $2
		AND NOT EXISTS (SELECT 1 FROM notices e WHERE e.incident = n.incident AND e.key = n.key AND e.seq < n.seq AND e.state IN `+unsent+`)
		ORDER BY next, seq, id LIMIT $3`, channel, nanos(at), most)
	return all, err
}

// ClaimNotice takes a notice for one sender until a moment, and reports whether it is that
// sender's: it is not when somebody else has it, has sent it or has taken it back.
func (s *Store) ClaimNotice(ctx context.Context, id string, at, until time.Time) (mine bool, err error) {
	result, err := s.db.ExecContext(ctx, `UPDATE notices SET lease = $3, attempts = attempts + 1
		WHERE id = $1 AND state IN `+unsent+` AND lease <= $2 AND next <= $2`, id, nanos(at), nanos(until))
	if err != nil {
		return false, s.failed("taking a notice", err)
	}
	n, err := result.RowsAffected()
	return n > 0, s.failed("taking a notice", err)
}

// SettleNotice keeps what became of a notice that was claimed; next is when a failed one is
// tried again.
func (s *Store) SettleNotice(ctx context.Context, id string, is models.NoticeState, reply string, at, next time.Time) error {
	settled := nanos(at)
	if is.Open() {
		settled = 0
	}
	_, err := s.db.ExecContext(ctx, `UPDATE notices SET state = $2, reply = $3, settled = $4, next = $5, lease = 0 WHERE id = $1`,
		id, string(is), reply, settled, nanos(next))
	return s.failed("keeping what became of a notice", err)
}

// Notices returns those of a case, in order; of all cases of a customer where none is named,
// and of all customers where neither is.
func (s *Store) Notices(ctx context.Context, customer, incident string) (all []models.Posted, err error) {
	err = s.read(ctx, "reading the notices", posted(&all), `SELECT `+noticeColumns+` FROM notices
		WHERE (incident = $1 OR $1 = '') AND (customer = $2 OR $2 = '') ORDER BY incident, seq, id`, incident, customer)
	return all, err
}

// LateNotices returns the customer's that should have arrived by due and have not, or never
// will, of those that were due since.
func (s *Store) LateNotices(ctx context.Context, customer string, due, since time.Time) (all []models.Posted, err error) {
	err = s.read(ctx, "reading the notices that are late", posted(&all), `SELECT `+noticeColumns+` FROM notices
		WHERE customer = $1 AND (state IN `+unsent+` OR state = 'dead') AND due <= $2 AND due > $3 ORDER BY incident, seq, id`, customer, nanos(due), nanos(since))
	return all, err
}

// NoticesLate counts those that should have arrived by due and have not, or never will, of those
// that were due since, by channel.
func (s *Store) NoticesLate(ctx context.Context, due, since time.Time) (map[string]int, error) {
	late := map[string]int{}
	err := s.read(ctx, "counting the notices that are late", func(scan func(...any) error) error {
		var channel string
		var n int
		err := scan(&channel, &n)
		late[channel] = n
		return err
	}, `SELECT channel, COUNT(*) FROM notices WHERE (state IN `+unsent+` OR state = 'dead') AND due <= $1 AND due > $2 GROUP BY channel`, nanos(due), nanos(since))
	return late, err
}
