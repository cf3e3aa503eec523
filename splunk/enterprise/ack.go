package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// awaitAck polls until the indexer says that a batch is stored. false may mean
// pending, failed or unknown, so only time tells: when AckTimeout passes the batch is
// sent again.
func (h *HECClient) awaitAck(ctx context.Context, id int64) error {
	const op = "waiting for the acknowledgement"
	began := time.Now()
	pause := wire.Backoff{First: 200 * time.Millisecond, Most: 5 * time.Second}
	for {
		acked, err := h.pollAck(ctx, id)
		var e *splunk.Error
		switch {
		case acked:
			return nil
		case err != nil && (!errors.As(err, &e) || !e.Temporary()):
			return err
		}
		asked := time.Duration(0)
		if e != nil {
			asked = e.RetryAfter
		}
		d := pause.Next(asked)
		if time.Since(began)+d > h.config.AckTimeout {
			return &splunk.Error{Op: op, Host: h.conn.Host(), Code: -1, Why: splunk.ReasonTimeout,
				Err: fmt.Errorf("batch %d was not acknowledged within %s", id, h.config.AckTimeout)}
		}
		if err := wire.Sleep(ctx, d); err != nil {
			return h.conn.Broken(ctx, op, err)
		}
	}
}

// pollAck asks once.
func (h *HECClient) pollAck(ctx context.Context, id int64) (bool, error) {
	const op = "asking for an acknowledgement"
	body := []byte(fmt.Sprintf(`{"acks":[%d]}`, id))
	rep, err := h.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: "/services/collector/ack", Body: body, Header: h.header()})
	if err != nil {
		return false, err
	}
	a := parseAnswer(rep.Body)
	if r := rule(rep.Status, a.code()); r.verdict == noAck {
		return true, nil // the token has none after all: the 200 was the last word
	} else if rep.Status != http.StatusOK {
		return false, h.refused(op, rep, a, r)
	}
	var acks struct {
		Acks map[string]bool `json:"acks"`
	}
	if err := json.Unmarshal(rep.Body, &acks); err != nil || acks.Acks == nil {
		return false, h.conn.Unclear(op, rep, errors.New("the answer holds no acks"))
	}
	return acks.Acks[strconv.FormatInt(id, 10)], nil
}
