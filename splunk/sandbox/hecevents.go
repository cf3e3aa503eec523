package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// batch is what a request held: the events before the first bad one, and what was
// wrong with that.
type batch struct {
	events  []Event
	code    int
	invalid *int
}

func (b batch) bad(code, at int) batch {
	b.code, b.invalid = code, &at
	return b
}

// envelope is one event as HEC takes it.
type envelope struct {
	Time       json.RawMessage            `json:"time"`
	Host       string                     `json:"host"`
	Source     string                     `json:"source"`
	Sourcetype string                     `json:"sourcetype"`
	Index      string                     `json:"index"`
	Event      json.RawMessage            `json:"event"`
	Fields     map[string]json.RawMessage `json:"fields"`
}

// readEvents reads JSON objects back to back.
func (s *Server) readEvents(body []byte) batch {
	var b batch
	if len(bytes.TrimSpace(body)) == 0 {
		b.code = 5
		return b
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	now := s.clock()
	for i := 0; ; i++ {
		var raw json.RawMessage
		switch err := dec.Decode(&raw); {
		case err == io.EOF:
			return b
		case err != nil || raw[0] != '{':
			return b.bad(6, i)
		}
		e, code := s.readEvent(raw, now)
		if code != 0 {
			return b.bad(code, i)
		}
		b.events = append(b.events, e)
	}
}

// readEvent reads one object; the code is 0 where it is good.
func (s *Server) readEvent(raw []byte, now time.Time) (Event, int) {
	var in envelope
	if err := json.Unmarshal(raw, &in); err != nil {
		var shallow struct {
			Fields json.RawMessage `json:"fields"`
		}
		if json.Unmarshal(raw, &shallow) == nil && len(shallow.Fields) > 0 && shallow.Fields[0] != '{' {
			return Event{}, 15
		}
		return Event{}, 6
	}
	e := Event{Time: now, IndexTime: now, Index: in.Index, Host: in.Host, Source: in.Source, Sourcetype: in.Sourcetype}
	e.defaults("http:foresight", "httpevent")
	switch {
	case len(in.Event) == 0 || string(in.Event) == "null":
		return e, 12
	case !s.takes(e.Index):
		return e, 7
	}
	e.Metric = slices.Contains(s.metricIndexes, e.Index)
	if len(in.Time) > 0 && string(in.Time) != "null" {
		x, ok := parseNumber(strings.Trim(string(in.Time), `"`))
		if !ok || x < 0 || x > 253402300799 {
			return e, 6
		}
		e.Time = fromEpoch(x)
	}
	e.Raw = compact(in.Event)
	if strings.TrimSpace(e.Raw) == "" {
		return e, 13
	}
	for name, v := range in.Fields {
		vs, ok := flat(v)
		if !ok {
			return e, 15
		}
		if e.Fields == nil {
			e.Fields = map[string][]string{}
		}
		e.Fields[name] = vs
	}
	if e.Metric {
		return asMetric(e)
	}
	return e, 0
}

// asMetric reads a metric point: "event": "metric", and its measurements among the fields, as
// metric_name:NAME or as the older pair of metric_name and _value. What is no point, Splunk
// would drop without a word; here it is the wrong index.
func asMetric(e Event) (Event, int) {
	if name, value := e.Fields["metric_name"], e.Fields["_value"]; len(name) == 1 && len(value) == 1 {
		e.Fields[metricPrefix+name[0]] = value
		delete(e.Fields, "metric_name")
		delete(e.Fields, "_value")
	}
	names := e.metricNames()
	if e.Raw != "metric" || len(names) == 0 {
		return e, 7
	}
	for _, name := range names {
		if values := e.Fields[metricPrefix+name]; len(values) != 1 {
			return e, 15
		} else if _, ok := parseNumber(values[0]); !ok {
			return e, 15
		}
	}
	return e, 0
}

// compact returns the event's text: a string's content, or the JSON of anything else.
func compact(event json.RawMessage) string {
	var text string
	if json.Unmarshal(event, &text) == nil {
		return text
	}
	var b bytes.Buffer
	if json.Compact(&b, event) != nil {
		return string(event)
	}
	return b.String()
}

// flat reads an index-time field: a scalar or a list of scalars.
func flat(raw json.RawMessage) ([]string, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil, false
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, item := range list {
		switch item.(type) {
		case map[string]any, []any:
			return nil, false
		}
		out = append(out, scalar(item))
	}
	return out, true
}

func (e *Event) defaults(source, sourcetype string) {
	if e.Index == "" {
		e.Index = "main"
	}
	if e.Host == "" {
		e.Host = "127.0.0.1"
	}
	if e.Source == "" {
		e.Source = source
	}
	if e.Sourcetype == "" {
		e.Sourcetype = sourcetype
	}
}

func (s *Server) takes(index string) bool {
	return slices.Contains(s.indexes, index) || slices.Contains(s.metricIndexes, index)
}

// readRaw reads one event a line; the metadata stand in the query.
func (s *Server) readRaw(body []byte, query url.Values) batch {
	var b batch
	now := s.clock()
	one := Event{Time: now, IndexTime: now, Index: query.Get("index"), Host: query.Get("host"),
		Source: query.Get("source"), Sourcetype: query.Get("sourcetype")}
	one.defaults("http:foresight", "httpevent")
	if v := query.Get("time"); v != "" {
		x, ok := parseNumber(v)
		if !ok || x < 0 || x > 253402300799 {
			return b.bad(6, 0)
		}
		one.Time = fromEpoch(x)
	}
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			one.Raw = line
			b.events = append(b.events, one)
		}
	}
	switch {
	case len(b.events) == 0:
		b.code = 5
	case !s.takes(one.Index) || slices.Contains(s.metricIndexes, one.Index): // a line is no metric point
		b.events = nil
		return b.bad(7, 0)
	}
	return b
}
