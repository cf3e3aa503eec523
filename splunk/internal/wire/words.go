package wire

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"foresight/splunk"
)

// Redactor takes secrets out of what a server says.
type Redactor struct {
	mu      sync.Mutex
	secrets []string
}

// Add remembers a secret, and as it stands in a form. Very short ones would blot out
// ordinary words and are no secrets.
func (r *Redactor) Add(secret string) {
	if len(secret) < 4 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.secrets, secret) {
		return
	}
	r.secrets = append(r.secrets, secret, url.QueryEscape(secret))
	if n := len(r.secrets); n > 40 { // old session keys are worthless
		r.secrets = append(r.secrets[:8:8], r.secrets[n-20:]...)
	}
}

// Clean returns s without the secrets.
func (r *Redactor) Clean(s string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "<secret>")
	}
	return s
}

// ErrGone is a job that its server does not know any more: it has expired, was deleted, or the
// server was restarted.
var ErrGone = errors.New("the job is gone")

// MaxWords is how much of a server's reply an error repeats, in bytes.
const MaxWords = 400

// Shorten makes one printable line of at most MaxWords bytes.
func Shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= MaxWords {
		return s
	}
	return strings.ToValidUTF8(s[:MaxWords], "") + "…"
}

// maxLook is how much of a body is looked through for words.
const maxLook = 64 << 10

// Saying finds the messages in an error body, JSON or XML, and else returns the body.
func Saying(body []byte) string {
	if len(body) > maxLook {
		return string(body[:maxLook])
	}
	var texts []string
	for _, m := range messagesOf(body) {
		texts = append(texts, m.Type+" "+m.Text)
	}
	if len(texts) > 0 {
		return strings.Join(texts, "; ")
	}
	return string(body)
}

// messagesOf reads {"messages":[{"type","text"}]}, {"text"} of HEC, and
// <response><messages><msg type="">.
func messagesOf(body []byte) []splunk.Message {
	var j struct {
		Messages Messages `json:"messages"`
	}
	if json.Unmarshal(body, &j) == nil {
		return j.Messages
	}
	var x struct {
		Messages []struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"messages>msg"`
	}
	if xml.Unmarshal(body, &x) != nil {
		return nil
	}
	var all []splunk.Message
	for _, m := range x.Messages {
		all = append(all, splunk.Message{Type: m.Type, Text: strings.TrimSpace(m.Text)})
	}
	return all
}

// retryAfter reads the header, in seconds or as a date; 0 when absent or odd.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if n, err := strconv.ParseInt(text, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
