package enterprise

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"foresight/models"
)

// item is an event as it travels.
type item struct {
	event models.Event
	place int    // in the events handed to Send
	line  []byte // one JSON object and a line feed
}

// envelope is what the collector expects around an event.
type envelope struct {
	Time       json.RawMessage `json:"time"`
	Host       string          `json:"host,omitempty"`
	Source     string          `json:"source,omitempty"`
	Sourcetype string          `json:"sourcetype,omitempty"`
	Index      string          `json:"index,omitempty"`
	Event      any             `json:"event"`
	Fields     any             `json:"fields,omitempty"` // of a metric point
}

// encode writes every event as one JSON object. What cannot be written, or is empty,
// Splunk would refuse for good, and with it perhaps the batch.
func (h *HECClient) encode(events []models.Event) ([]item, []models.Rejected) {
	items := make([]item, 0, len(events))
	var rejected []models.Rejected
	for i, e := range events {
		line, code, err := h.line(e)
		if err != nil {
			rejected = append(rejected, models.Rejected{Event: e, Code: code, Text: "not sent: " + err.Error()})
			continue
		}
		items = append(items, item{event: e, place: i, line: line})
	}
	return items, rejected
}

// line returns an event's JSON, or the HEC code that Splunk would refuse it with.
func (h *HECClient) line(e models.Event) ([]byte, int, error) {
	switch body := e.Body.(type) {
	case nil:
		return nil, 12, fmt.Errorf("the event has no body")
	case string:
		if body == "" {
			return nil, 13, fmt.Errorf("the event's body is blank")
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	out := envelope{Time: epoch(e.Time), Host: e.Host, Source: e.Source, Sourcetype: e.Sourcetype, Index: h.config.Index, Event: e.Body}
	if e.Metric {
		if h.config.MetricIndex == "" {
			return nil, -1, fmt.Errorf("it is a metric point and splunk.hec.metric_index names no index: name one and send it again, or drop it")
		}
		out.Index, out.Event, out.Fields = h.config.MetricIndex, "metric", e.Body
	}
	err := enc.Encode(out)
	if err != nil {
		return nil, 6, fmt.Errorf("the event cannot be written as JSON: %w", err)
	}
	return b.Bytes(), 0, nil
}

// epoch writes seconds with three decimals, rounded down.
func epoch(t time.Time) json.RawMessage {
	ms := t.UnixMilli()
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	return json.RawMessage(fmt.Sprintf("%s%d.%03d", sign, ms/1000, ms%1000))
}
