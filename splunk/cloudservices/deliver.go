package cloudservices

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/splunk/splunk-cloud-sdk-go/services/ingest"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// item is an event as it travels.
type item struct {
	event models.Event
	place int // in the events handed to Send
	size  int // in bytes of JSON
	out   ingest.Event
}

// noCode is where HEC would have a code of its own.
const noCode = -1

// encode writes every event as the service wants it. What cannot be written, or is
// empty, it would refuse for good.
func (s *Sender) encode(events []models.Event) ([]item, []models.Rejected) {
	items := make([]item, 0, len(events))
	var rejected []models.Rejected
	for i, e := range events {
		it, err := s.item(i, e)
		if err != nil {
			rejected = append(rejected, models.Rejected{Event: e, Code: noCode, Text: "not sent: " + err.Error()})
			continue
		}
		items = append(items, it)
	}
	return items, rejected
}

func (s *Sender) item(place int, e models.Event) (item, error) {
	if e.Body == nil || e.Body == "" {
		return item{}, errors.New("the event has no body")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e.Body); err != nil {
		return item{}, fmt.Errorf("the event cannot be written as JSON: %w", err)
	}
	ms := e.Time.UnixMilli()
	out := ingest.Event{Body: json.RawMessage(bytes.TrimSpace(b.Bytes())), Timestamp: &ms,
		Id: said(e.EventID), Host: said(e.Host), Source: said(e.Source), Sourcetype: said(e.Sourcetype)}
	if s.config.Index != "" {
		out.Attributes = map[string]any{"index": s.config.Index}
	}
	line, err := json.Marshal(out)
	if err != nil {
		return item{}, fmt.Errorf("the event cannot be written as JSON: %w", err)
	}
	return item{event: e, place: place, size: len(line), out: out}, nil
}

// said leaves out what is empty.
func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// delivery is one Send on its way.
type delivery struct {
	sender   *Sender
	rejected []models.Rejected
	// Events that were refused each by itself, without being named as bad, while none
	// was taken: whether that lies in the events or in the tenant is not known yet.
	alone []refusal
}

// refusal is an event and what was said of it.
type refusal struct {
	item
	text string
}

// hopeless is how many such refusals in a row mean that it is not the events.
const hopeless = 3

// deliver sends one batch until every event of it is taken or refused. Events that the
// service names as bad are left out and the rest is sent again, under the same ids; of a
// batch that it refuses as a whole the bad ones are found by halves.
func (d *delivery) deliver(ctx context.Context, items []item) error {
	for len(items) > 0 {
		rep, err := d.sender.post(ctx, "sending events", wire.NewPatience(d.sender.config.RetryFor, d.sender.config.Waiting), outs(items))
		if err == nil {
			d.settle()
			return nil
		}
		var e *splunk.Error
		if !errors.As(err, &e) || !refused(e) {
			return err
		}
		if bad := named(rep.Body, len(items)); len(bad) > 0 {
			items = d.leaveOut(items, bad)
			continue
		}
		if len(items) == 1 {
			return d.refusedAlone(items[0], e)
		}
		if err := d.deliver(ctx, items[:len(items)/2]); err != nil {
			return err
		}
		items = items[len(items)/2:]
	}
	return nil
}

func outs(items []item) []ingest.Event {
	all := make([]ingest.Event, len(items))
	for i := range items {
		all[i] = items[i].out
	}
	return all
}

// refused tells whether an answer is about what was sent.
func refused(e *splunk.Error) bool {
	switch e.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// named reads which events an answer names as bad, and why:
// {"details":{"failedEvents":[{"index":1,"message":"…"}]}}, as the SDK's own tests of the
// live service expect it.
func named(body []byte, of int) map[int]string {
	var a struct {
		Details struct {
			Failed []struct {
				Index   *int   `json:"index"`
				Message string `json:"message"`
			} `json:"failedEvents"`
		} `json:"details"`
	}
	if json.Unmarshal(body, &a) != nil {
		return nil
	}
	bad := map[int]string{}
	for _, f := range a.Details.Failed {
		if f.Index == nil || *f.Index < 0 || *f.Index >= of {
			return nil // it counts otherwise than we think
		}
		bad[*f.Index] = f.Message
	}
	return bad
}

// leaveOut rejects the events named and returns the others.
func (d *delivery) leaveOut(items []item, bad map[int]string) []item {
	good := make([]item, 0, len(items))
	for i, it := range items {
		if text, is := bad[i]; is {
			d.reject(it, text)
		} else {
			good = append(good, it)
		}
	}
	return good
}

func (d *delivery) reject(it item, text string) {
	d.rejected = append(d.rejected, models.Rejected{Event: it.event, Code: noCode, Text: d.sender.tenant.conn.Short(text)})
}

// refusedAlone notes an event that was refused by itself; when nothing but refusals
// comes, it gives up and holds them.
func (d *delivery) refusedAlone(it item, e *splunk.Error) error {
	if e.Status == http.StatusRequestEntityTooLarge {
		d.reject(it, fmt.Sprintf("HTTP %d %s", e.Status, e.Reply))
		return nil
	}
	d.alone = append(d.alone, refusal{it, fmt.Sprintf("HTTP %d %s", e.Status, e.Reply)})
	if len(d.alone) < hopeless {
		return nil
	}
	held := *e
	held.Mend = "the tenant refuses every event: check index and rights; nothing is lost meanwhile"
	return &held
}

// settle rejects what was refused alone, now that others are taken or none is left.
func (d *delivery) settle() {
	for _, r := range d.alone {
		d.reject(r.item, r.text)
	}
	d.alone = nil
}
