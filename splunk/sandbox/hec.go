package sandbox

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxHECBody bounds one request, unpacked: Splunk's own default is 800 MB, which no
// client of a sandbox needs.
const maxHECBody = 256 << 20

// reply is one of HEC's answers.
type reply struct {
	status int
	text   string
}

// hecReply returns the answer that belongs to a code (SPLUNK's table of HEC codes);
// the text is "" where there is no such code.
func hecReply(code int) reply {
	replies := [...]reply{
		{200, "Success"}, {403, "Token disabled"}, {401, "Token is required"}, {401, "Invalid authorization"},
		{403, "Invalid token"}, {400, "No data"}, {400, "Invalid data format"}, {400, "Incorrect index"},
		{500, "Internal server error"}, {503, "Server is busy"}, {400, "Data channel is missing"}, {400, "Invalid data channel"},
		{400, "Event field is required"}, {400, "Event field cannot be blank"}, {400, "ACK is disabled"},
		{400, "Error in handling indexed fields"}, {400, "Query string authorization is not enabled"}, {200, "HEC is healthy"},
		{503, "HEC is unhealthy, queues are full"}, {503, "HEC is unhealthy, ack service unavailable"},
		{503, "HEC is unhealthy, queues are full, ack service unavailable"}, {400, "Invalid token"}, {400, "Token disabled"},
		{503, "Server is shutting down"}, {200, "HEC queue is approaching its capacity limit"},
		{200, "HEC ACK is approaching its capacity limit"}, {429, "HEC queue is at capacity and cannot process any more requests"},
		{429, "HEC ACK channel is at capacity and cannot process any more requests"},
	}
	if code < 0 || code >= len(replies) {
		return reply{}
	}
	return replies[code]
}

// hecBody is the JSON of an answer.
type hecBody struct {
	Text    string `json:"text"`
	Code    int    `json:"code"`
	Invalid *int   `json:"invalid-event-number,omitempty"` // counted from 0
	AckID   *int   `json:"ackId,omitempty"`
}

func writeHEC(w http.ResponseWriter, code int) {
	r := hecReply(code)
	writeJSON(w, r.status, hecBody{Text: r.text, Code: code})
}

// serveHEC routes the collector's side.
func (s *Server) serveHEC(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(strings.TrimSuffix(r.URL.Path, "/"), "/1.0")
	path, ok := strings.CutPrefix(path, "/services/collector")
	if !ok {
		notHEC(w, http.StatusNotFound, "The requested URL was not found on this server.")
		return
	}
	if path == "/health" {
		code := 17
		if f, struck := s.faults.take(ScopeHEC, "code"); struck {
			code = f.Code
		}
		writeHEC(w, code)
		return
	}
	switch path {
	case "", "/event", "/raw", "/ack":
	default:
		notHEC(w, http.StatusNotFound, "The requested URL was not found on this server.")
		return
	}
	if r.Method != http.MethodPost {
		notHEC(w, http.StatusMethodNotAllowed, "The requested method is not allowed.")
		return
	}
	if code := s.authorize(r); code != 0 {
		writeHEC(w, code)
		return
	}
	if f, struck := s.faults.take(ScopeHEC, "code"); struck && f.Code != 24 && f.Code != 25 {
		writeHEC(w, f.Code)
		return
	} else if struck {
		s.takeIn(w, r, path, f.Code) // 24 and 25 take the events and warn
		return
	}
	s.takeIn(w, r, path, 0)
}

func notHEC(w http.ResponseWriter, status int, words string) {
	writeJSON(w, status, hecBody{Text: words, Code: status})
}

// authorize returns 0, or the code that refuses the request.
func (s *Server) authorize(r *http.Request) int {
	header := r.Header.Get("Authorization")
	if header == "" {
		if r.URL.Query().Has("token") {
			return 16
		}
		return 2
	}
	scheme, token, _ := strings.Cut(header, " ")
	switch {
	case strings.EqualFold(scheme, "splunk"):
	case strings.EqualFold(scheme, "basic"):
		_, pass, ok := r.BasicAuth()
		if !ok {
			return 3
		}
		token = pass
	default:
		return 3
	}
	if token = strings.TrimSpace(token); token == "" {
		return 2
	}
	if !same(token, s.ready.HECToken) {
		return 4
	}
	return 0
}

var guidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

// takeIn reads events, raw lines or an ack poll, and answers success by the code
// given.
func (s *Server) takeIn(w http.ResponseWriter, r *http.Request, path string, success int) {
	channel := r.Header.Get("X-Splunk-Request-Channel")
	if channel == "" {
		channel = r.URL.Query().Get("channel")
	}
	switch {
	case path == "/ack" && s.acks == nil:
		writeHEC(w, 14)
		return
	case channel == "" && s.acks != nil:
		writeHEC(w, 10)
		return
	case channel != "" && !guidForm.MatchString(channel):
		writeHEC(w, 11)
		return
	}
	body, status := unpack(w, r)
	if status != 0 {
		notHEC(w, status, http.StatusText(status))
		return
	}
	if path == "/ack" {
		s.serveAck(w, channel, body)
		return
	}
	var batch batch
	if path == "/raw" {
		batch = s.readRaw(body, r.URL.Query())
	} else {
		batch = s.readEvents(body)
	}
	// The events before a bad one are taken: a client that repeats the whole batch gets them twice.
	s.store.add(batch.events...)
	if batch.code != 0 {
		success = batch.code
	}
	answer := hecBody{Text: hecReply(success).text, Code: success, Invalid: batch.invalid}
	if s.acks != nil && batch.code == 0 {
		id := s.acks.add(channel)
		answer.AckID = &id
	}
	writeJSON(w, hecReply(success).status, answer)
}

// unpack reads a body, gzip or not; the status is 0 where that went well.
func unpack(w http.ResponseWriter, r *http.Request) ([]byte, int) {
	var in io.Reader = http.MaxBytesReader(w, r.Body, maxHECBody)
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, http.StatusBadRequest
		}
		in = z
	default:
		return nil, http.StatusUnsupportedMediaType
	}
	body, err := io.ReadAll(io.LimitReader(in, maxHECBody+1))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong) || len(body) > maxHECBody:
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	return body, 0
}
