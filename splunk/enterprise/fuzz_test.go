package enterprise

import (
	"strings"
	"testing"

	"foresight/splunk/internal/wire"
)

// Whatever a server says, a page is taken only if it is final, clean and no longer
// than asked for.
func FuzzPage(f *testing.F) {
	for _, s := range []string{
		`{"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"a"}],"results":[{"a":"1"},{"a":["x","y"]}]}`,
		`{"preview":"0","results":[{"a":null,"b":1e5}]}`, `{"preview":true}`, `{"preview":false,"messages":{"error":["x"]}}`,
		`{"preview":false,"messages":[{"type":"WARN"}],"results":[{}]}`, "\xef\xbb\xbf{}", `[]`, `null`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p, err := parsePage([]byte(body))
		if err != nil || p.check(0, 10) != nil {
			return
		}
		if p.Preview == nil || bool(*p.Preview) || len(wire.Suspicious(p.Messages)) > 0 || len(p.Results) == 0 || len(p.Results) > 10 {
			t.Fatalf("taken: %q", body)
		}
	})
}

// Whatever a server says of a job, it is accepted only if all of it is there.
func FuzzJob(f *testing.F) {
	for _, s := range []string{
		`{"entry":[{"content":{"dispatchState":"DONE","isDone":true,"isFailed":false,"isFinalized":"0","isZombie":0,"resultCount":"5","messages":[]}}]}`,
		`{"entry":[{"content":{"dispatchState":"DONE","isDone":1,"isFailed":0,"messages":{"warn":["x"]}}}]}`,
		`{"entry":[]}`, `{}`, `null`, `{"entry":[null]}`, `{"entry":[{"content":{"dispatchState":"QUEUED"}}]}`,
	} {
		f.Add(s)
	}
	c, err := NewSearch(SearchConfig{URL: "https://splunk.test:8089", Token: "t"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		j, err := parseJob([]byte(body))
		if err != nil || !j.ended() || c.judge(anySearch, j) != nil {
			return
		}
		if j.State != "DONE" || !is(j.Done) || is(j.Failed) || is(j.Finalized) || is(j.Zombie) || len(wire.Suspicious(j.Messages)) > 0 || *j.ResultCount < 0 {
			t.Fatalf("accepted: %q", body)
		}
	})
}

// A reply of the collector never panics, and no success is read into one without a code.
func FuzzAnswer(f *testing.F) {
	f.Add(200, `{"text":"Success","code":0,"ackId":3}`)
	f.Add(400, `{"code":6,"invalid-event-number":-1}`)
	f.Add(503, `{"code":null}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		a := parseAnswer([]byte(body))
		v := rule(status, a.code()).verdict
		if (v == taken || v == takenSlow) && (status < 200 || status >= 300 || a.Code == nil) {
			t.Fatalf("%d %q is taken", status, body)
		}
	})
}

// A session key that is read out of an answer can stand in a header.
func FuzzSessionKey(f *testing.F) {
	f.Add(`<response><sessionKey>a b</sessionKey></response>`)
	f.Add(`{"sessionKey":"abc\n"}`)
	f.Fuzz(func(t *testing.T, body string) {
		if key := sessionKey([]byte(body)); strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatalf("%q gave the key %q", body, key)
		}
	})
}
