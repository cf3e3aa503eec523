package intake

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"foresight/models"
)

// cloudEvent is an event of CloudEvents 1.0, whichever way it came.
type cloudEvent struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	Subject     string          `json:"subject"`
	Data        json.RawMessage `json:"data"`
}

// Media types of events that carry their attributes inside.
const (
	structured = "application/cloudevents+json"
	batched    = "application/cloudevents-batch+json"
)

// cloudEvents reads a request of one event, or of a batch, each taken by itself: same source and
// id is the same event.
func (d *door) cloudEvents(h http.Header, data []byte, at time.Time) ([]models.Intake, error) {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	var events []cloudEvent
	switch media {
	case batched:
		if err := object(data, &events); err != nil {
			return nil, err
		}
	case structured:
		events = make([]cloudEvent, 1)
		if err := object(data, &events[0]); err != nil {
			return nil, err
		}
	default:
		events = []cloudEvent{binary(h, data)}
	}
	all := make([]models.Intake, 0, len(events))
	for _, e := range events {
		in, err := d.cloudEvent(e, at)
		if err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	return all, nil
}

// binary reads an event whose attributes are headers.
func binary(h http.Header, data []byte) cloudEvent {
	get := func(name string) string { return unescaped(h.Get("ce-" + name)) }
	return cloudEvent{SpecVersion: get("specversion"), ID: get("id"), Source: get("source"), Type: get("type"), Subject: get("subject"), Data: data}
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// sourceOf is a source however it is escaped: some senders escape a URI once more in a header,
// as the standard has it, and others, the Go SDK among them, do not.
func sourceOf(s string) string {
	for range 3 {
		s = unescaped(s)
	}
	return s
}

// cloudEvent makes a report of an event. What its data say in our own words holds; else its type
// says what happened, and its subject to what.
func (d *door) cloudEvent(e cloudEvent, at time.Time) (models.Intake, error) {
	if e.SpecVersion != "1.0" {
		return models.Intake{}, errors.New("it is no event of CloudEvents 1.0: specversion is missing or another")
	}
	if e.ID == "" || e.Source == "" || e.Type == "" {
		return models.Intake{}, errors.New("id, source and type must be given")
	}
	e.Source = sourceOf(e.Source)
	labels := map[string]string{}
	var fields map[string]any
	detail := string(e.Data)
	if object(e.Data, &fields) == nil {
		labels = flat(fields)
		detail = lines(labels)
	}
	key := labels["key"]
	if key == "" {
		key = e.Source + "\x1f" + e.Subject + "\x1f" + strings.TrimSuffix(strings.TrimSuffix(e.Type, ".resolved"), ".cleared")
	}
	r := models.Report{Key: key, Title: labels["title"], Detail: labels["detail"], At: at}
	for _, words := range []string{labels["summary"], labels["message"], strings.TrimSpace(e.Type + " " + e.Subject)} {
		set(&r.Title, words)
	}
	set(&r.Detail, detail)
	status := labels["status"]
	r.Cleared = status == "resolved" || strings.HasSuffix(e.Type, ".resolved") || strings.HasSuffix(e.Type, ".cleared")
	r.Taken = status == "acknowledged" && !r.Cleared
	for name, v := range map[string]string{"source": e.Source, "type": e.Type, "subject": e.Subject} {
		if _, taken := labels[name]; !taken {
			labels[name] = v
		}
	}
	if c := labels["customer"]; c != "" && c != d.Customer.ID {
		return models.Intake{}, no(http.StatusForbidden, reasonCustomer, "this integration reports for another customer")
	}
	if err := d.place(&r, labels); err != nil {
		return models.Intake{}, err
	}
	return d.intake(at, "event\x1f"+e.Source+"\x1f"+e.ID, r), nil
}
