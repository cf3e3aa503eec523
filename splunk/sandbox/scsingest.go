package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxIngest bounds one request: 1 MiB, by which the SDK's own batches are cut.
const maxIngest = 1 << 20

// scsEvent is one event as the ingest service takes it.
type scsEvent struct {
	Body       json.RawMessage            `json:"body"`
	Attributes map[string]json.RawMessage `json:"attributes"`
	Host       string                     `json:"host"`
	ID         string                     `json:"id"`
	Nanos      int64                      `json:"nanos"`
	Source     string                     `json:"source"`
	Sourcetype string                     `json:"sourcetype"`
	Timestamp  *int64                     `json:"timestamp"` // milliseconds
}

// failedEvent names one that cannot be taken.
type failedEvent struct {
	Index   int    `json:"index"`
	Message string `json:"message"`
}

const invalidRequest = "The request isn't valid."

// serveIngest takes all events of a request, or none and says which are bad.
func (s *Server) serveIngest(w http.ResponseWriter, r *http.Request) {
	code := 0
	if f, struck := s.faults.take(ScopeHEC, "code"); struck {
		code = f.Code
	}
	if code != 0 && code != 24 && code != 25 {
		refuseSCS(w, hecReply(code).status, strings.ToUpper(strings.ReplaceAll(http.StatusText(hecReply(code).status), " ", "_")), hecReply(code).text)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxIngest))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		refuseSCS(w, http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE", "The request is larger than 1 MiB.")
		return
	case err != nil:
		return // the client has gone
	}
	var in []scsEvent
	if err := json.Unmarshal(data, &in); err != nil || len(in) == 0 {
		refuseSCS(w, http.StatusBadRequest, "INVALID_DATA", invalidRequest)
		return
	}
	events := make([]Event, 0, len(in))
	var failed []failedEvent
	now := s.clock()
	for i, e := range in {
		event, words := s.ingested(e, now)
		if words != "" {
			failed = append(failed, failedEvent{i, words})
		}
		events = append(events, event)
	}
	if len(failed) > 0 {
		writeJSON(w, http.StatusBadRequest, scsError{Code: "INVALID_DATA", Message: invalidRequest,
			Details: map[string]any{"failedEvents": failed}})
		return
	}
	for i, e := range events {
		if in[i].ID == "" || s.tenant.first(in[i].ID) { // "used to deduplicate the data"
			s.store.add(e)
		}
	}
	writeJSON(w, http.StatusOK, scsError{Code: "SUCCESS", Message: "Success"})
}

// ingested reads one event; the words say what is wrong with it, "" for nothing.
func (s *Server) ingested(in scsEvent, now time.Time) (event Event, words string) {
	e := Event{Time: now, IndexTime: now, Host: in.Host, Source: in.Source, Sourcetype: in.Sourcetype}
	if in.Timestamp != nil {
		e.Time = time.UnixMilli(*in.Timestamp).Add(time.Duration(in.Nanos)).UTC()
	}
	if len(in.Body) > 0 && string(in.Body) != "null" {
		e.Raw = compact(in.Body)
	}
	if strings.TrimSpace(e.Raw) == "" {
		return e, "Event body cannot be empty"
	}
	for name, v := range in.Attributes {
		if name == "index" {
			if json.Unmarshal(v, &e.Index) != nil {
				return e, "Event attribute index is no string"
			}
			continue
		}
		vs, ok := flat(v)
		if !ok {
			return e, "Event attribute " + name + " is not flat"
		}
		if e.Fields == nil {
			e.Fields = map[string][]string{}
		}
		e.Fields[name] = vs
	}
	e.defaults("ingest", "httpevent")
	if !s.takes(e.Index) {
		return e, "Unknown index " + e.Index
	}
	return e, ""
}
