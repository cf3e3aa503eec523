package wire

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The server's words fit on one line and hold no secret, whatever they are.
func FuzzWords(f *testing.F) {
	f.Add(`{"messages":[{"type":"FATAL","text":"a hunter22 b"}]}`)
	f.Add(`<response><messages><msg type="WARN">x</msg></messages></response>`)
	f.Add("\x00\xff hunter22")
	c, err := New(Config{URL: "https://splunk.test", Clock: time.Now, Transport: http.DefaultTransport})
	if err != nil {
		f.Fatal(err)
	}
	c.Hide.Add("hunter22")
	f.Fuzz(func(t *testing.T, body string) {
		w := c.Words([]byte(body))
		if strings.Contains(w, "hunter22") || strings.ContainsAny(w, "\n\r\x00") || !utf8.ValidString(w) || len(w) > MaxWords+len("…") {
			t.Fatalf("%q became %q", body, w)
		}
		retryAfter(http.Header{"Retry-After": {body}}, time.Unix(0, 0))
		_, _ = parseURL(url.QueryEscape(body))
		_, _ = parseURL(body)
	})
}
