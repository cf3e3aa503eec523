package enterprise

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// answer is the collector's reply. A nil field was not said.
type answer struct {
	Text  string `json:"text"`
	Code  *int   `json:"code"`
	Bad   *int   `json:"invalid-event-number"`
	AckID *int64 `json:"ackId"`
}

// parseAnswer reads a reply; of what is no answer nothing is said.
func parseAnswer(body []byte) answer {
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return answer{}
	}
	return a
}

func (a answer) code() int {
	if a.Code == nil {
		return -1
	}
	return *a.Code
}

// deliver sends one batch until every event of it is taken or rejected. slow asks for
// a pause before the next.
//
// A bad event that the reply points at is left out and the rest sent again, from the
// first on: that events before the bad one are in already is a third party's claim,
// and a double is told by its event_id while a loss is told by nobody.
func (h *HECClient) deliver(ctx context.Context, items []item) (rejected []models.Rejected, slow bool, err error) {
	for len(items) > 0 {
		rep, a, r, err := h.persist(ctx, items)
		if err != nil {
			return rejected, slow, err
		}
		switch r.verdict {
		case taken, takenSlow:
			return rejected, slow || r.verdict == takenSlow, nil
		case tooLarge, quarantine:
		default:
			return rejected, slow, h.refused("sending events", rep, a, r)
		}
		if r.verdict == quarantine && a.Bad != nil && *a.Bad >= 0 && *a.Bad < len(items) {
			rejected = append(rejected, h.reject(items[*a.Bad], rep, a))
			items = slices.Delete(slices.Clone(items), *a.Bad, *a.Bad+1)
			continue
		}
		if len(items) == 1 {
			return append(rejected, h.reject(items[0], rep, a)), slow, nil
		}
		bad, slowHead, err := h.deliver(ctx, items[:len(items)/2])
		rejected, slow = append(rejected, bad...), slow || slowHead
		if err != nil {
			return rejected, slow, err
		}
		items = items[len(items)/2:]
	}
	return rejected, slow, nil
}

// reject notes an event that Splunk will never take, with its words.
func (h *HECClient) reject(i item, rep wire.Reply, a answer) models.Rejected {
	text := a.Text
	if text == "" {
		text = fmt.Sprintf("HTTP %d %s", rep.Status, wire.Saying(rep.Body))
	}
	return models.Rejected{Event: i.event, Code: a.code(), Text: h.conn.Short(text)}
}

// persist posts a batch until there is a reply that trying again would not change,
// and its acknowledgement if it asks for one.
func (h *HECClient) persist(ctx context.Context, items []item) (wire.Reply, answer, ruling, error) {
	p := wire.NewPatience(h.config.RetryFor, h.config.Waiting)
	for {
		token := h.token()
		rep, a, r, err := h.attempt(ctx, items)
		if err == nil && r.verdict == hold && r.why == splunk.ReasonUnauthorized && h.token() != token {
			rep, a, r, err = h.attempt(ctx, items) // by the one that has taken its place meanwhile
		}
		if err == nil && r.verdict == retry {
			err = h.refused("sending events", rep, a, r)
		}
		if err == nil {
			return rep, a, r, nil
		}
		if err := p.Wait(ctx, err); err != nil {
			return rep, a, r, err
		}
	}
}

// attempt posts a batch once, and once more without gzip when that may be what the
// server cannot read.
func (h *HECClient) attempt(ctx context.Context, items []item) (wire.Reply, answer, ruling, error) {
	zip := h.config.Gzip && !h.plain.Load()
	rep, a, r, err := h.post(ctx, items, zip)
	if err != nil || !zip || a.Bad != nil || a.code() != 6 && rep.Status != http.StatusUnsupportedMediaType {
		return rep, a, r, err
	}
	rep, a, r, err = h.post(ctx, items, false)
	if err == nil && (r.verdict == taken || r.verdict == takenSlow) {
		h.plain.Store(true)
	}
	return rep, a, r, err
}

// post makes one request and, if the reply carries an ackId, waits for it.
func (h *HECClient) post(ctx context.Context, items []item, zip bool) (wire.Reply, answer, ruling, error) {
	header := h.header()
	body, err := pack(items, zip)
	if err != nil {
		return wire.Reply{}, answer{}, ruling{}, err
	}
	if zip {
		header.Set("Content-Encoding", "gzip")
	}
	const op = "sending events"
	rep, err := h.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: "/services/collector/event", Body: body, Header: header})
	if err != nil {
		return wire.Reply{}, answer{}, ruling{}, err
	}
	a := parseAnswer(rep.Body)
	r := rule(rep.Status, a.code())
	if a.AckID != nil && !h.config.NoAck && (r.verdict == taken || r.verdict == takenSlow) {
		err = h.awaitAck(ctx, *a.AckID)
	}
	return rep, a, r, err
}

// pack puts a batch's objects back to back.
func pack(items []item, zip bool) ([]byte, error) {
	var b bytes.Buffer
	if !zip {
		for _, i := range items {
			b.Write(i.line)
		}
		return b.Bytes(), nil
	}
	z := gzip.NewWriter(&b)
	for _, i := range items {
		if _, err := z.Write(i.line); err != nil {
			return nil, fmt.Errorf("compressing a batch: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("compressing a batch: %w", err)
	}
	return b.Bytes(), nil
}
