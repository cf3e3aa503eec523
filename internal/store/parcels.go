package store

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"foresight/models"
)

// written is an event as the outbox keeps it. Its body stays the text that it was first
// written as: a number read and written again could be another text.
type written struct {
	Time       time.Time
	Sourcetype string
	Source     string
	Host       string
	EventID    string
	Subject    string
	Metric     bool
	Body       json.RawMessage
}

// packParcel writes a parcel's events as JSON, one after the other, deflated.
func packParcel(events []models.Event) ([]byte, error) {
	var packed bytes.Buffer
	w, ok := packers.Get().(*flate.Writer)
	if !ok {
		return nil, errors.New("packing events: no writer")
	}
	defer packers.Put(w)
	w.Reset(&packed)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false) // as the event client writes them
	for _, e := range events {
		if err := lines.Encode(e); err != nil {
			return nil, fmt.Errorf("packing the event %s of %s: %w", e.EventID, e.Subject, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing events: %w", err)
	}
	return packed.Bytes(), nil
}

// unpackParcel reads a parcel's events; their bodies are JSON.
func unpackParcel(packed []byte) ([]models.Event, error) {
	var events []models.Event
	for lines := json.NewDecoder(flate.NewReader(bytes.NewReader(packed))); ; {
		var e written
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return events, nil
		} else if err != nil {
			return nil, fmt.Errorf("its events are damaged: %w", err)
		}
		events = append(events, e.event())
	}
}

func (e written) event() models.Event {
	return models.Event{Time: e.Time, Sourcetype: e.Sourcetype, Source: e.Source, Host: e.Host, EventID: e.EventID, Subject: e.Subject, Metric: e.Metric, Body: e.Body}
}
