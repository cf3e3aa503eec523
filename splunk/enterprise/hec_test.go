package enterprise

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// collector is an event collector in memory.
type collector struct {
	mu      sync.Mutex
	bodies  []string // unpacked, of every POST to /event
	headers []http.Header
	polls   int

	event  func(body string) (*http.Response, error)
	ack    func() (*http.Response, error)
	health func() (*http.Response, error)
}

func newCollector() *collector {
	ok := func() (*http.Response, error) { return says(200, `{"text":"HEC is healthy","code":17}`), nil }
	return &collector{
		event:  func(string) (*http.Response, error) { return success(), nil },
		ack:    func() (*http.Response, error) { return says(200, `{"acks":{"7":true}}`), nil },
		health: ok,
	}
}

func success() *http.Response { return says(200, `{"text":"Success","code":0}`) }

func code(status, code int, rest string) *http.Response {
	return says(status, fmt.Sprintf(`{"text":"words of %d","code":%d%s}`, code, code, rest))
}

// RoundTrip implements http.RoundTripper.
func (c *collector) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.URL.Path {
	case "/services/collector/ack":
		c.polls++
		return c.ack()
	case "/services/collector/health":
		return c.health()
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	c.bodies, c.headers = append(c.bodies, string(data)), append(c.headers, r.Header.Clone())
	resp, err := c.event(string(data))
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	return resp, err
}

func sender(t testing.TB, c *collector, change ...func(*HECConfig)) *HECClient {
	t.Helper()
	config := HECConfig{URL: "https://hec.test:8088", Token: token, Index: "foresight", Transport: c, BatchEvents: 4}
	for _, f := range change {
		f(&config)
	}
	h, err := NewHEC(config)
	require.NoError(t, err)
	return h
}

func events(n int) []models.Event {
	all := make([]models.Event, n)
	for i := range all {
		all[i] = models.Event{Time: time.UnixMilli(1_700_000_000_123), Sourcetype: "foresight:run", Source: "foresight", Host: "h",
			Body: map[string]any{"n": i}}
	}
	return all
}

// numbers lists the n of the events in a body.
func numbers(t testing.TB, body string) []int {
	t.Helper()
	var all []int
	for d := json.NewDecoder(strings.NewReader(body)); ; {
		var e struct{ Event struct{ N int } }
		if err := d.Decode(&e); err == io.EOF {
			return all
		} else if err != nil {
			require.NoError(t, err)
		}
		all = append(all, e.Event.N)
	}
}

func TestEventsOnTheWire(t *testing.T) {
	c := newCollector()
	h := sender(t, c)
	rejected, err := h.Send(t.Context(), events(9))
	require.NoError(t, err)
	assert.Empty(t, rejected)
	require.Len(t, c.bodies, 3, "9 events in batches of 4")
	assert.Equal(t, []int{0, 1, 2, 3}, numbers(t, c.bodies[0]))
	assert.Equal(t, []int{8}, numbers(t, c.bodies[2]))
	assert.Equal(t, `{"time":1700000000.123,"host":"h","source":"foresight","sourcetype":"foresight:run","index":"foresight","event":{"n":8}}`+"\n", c.bodies[2])
	assert.Equal(t, "Splunk "+token, c.headers[0].Get("Authorization"))
	assert.Regexp(t, regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`), c.headers[0].Get("X-Splunk-Request-Channel"))
	assert.NoError(t, h.Health(t.Context()))

	c = newCollector()
	_, err = sender(t, c, func(x *HECConfig) { x.BatchBytes, x.Gzip, x.BatchEvents = 300, true, 100 }).Send(t.Context(), events(5))
	require.NoError(t, err)
	assert.Len(t, c.bodies, 3, "two events of about 120 bytes in each")
	assert.Equal(t, "gzip", c.headers[0].Get("Content-Encoding"))

	c = newCollector()
	_, err = sender(t, c).Send(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, c.bodies, "nothing is never sent: that is code 5")
}

// All 28 codes, each with the status that it comes with.
func TestEveryCode(t *testing.T) {
	for n, tt := range []struct {
		status int
		fate   string // of a batch of one event that is answered so for ever
	}{
		{200, "taken"}, {403, "unauthorized"}, {401, "unauthorized"}, {401, "unauthorized"}, {403, "unauthorized"},
		{400, "bad_request"}, {400, "rejected"}, {400, "bad_request"}, {500, "retried: server"}, {503, "retried: busy"},
		{400, "bad_request"}, {400, "bad_request"}, {400, "rejected"}, {400, "rejected"}, {400, "bad_request"}, {400, "rejected"},
		{400, "unauthorized"}, {200, "bad_reply"}, {503, "retried: busy"}, {503, "retried: busy"}, {503, "retried: busy"},
		{400, "unauthorized"}, {400, "unauthorized"}, {503, "retried: busy"}, {200, "taken"}, {200, "taken"},
		{429, "retried: busy"}, {429, "retried: busy"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCollector()
			c.event = func(string) (*http.Response, error) { return code(tt.status, n, ""), nil }
			rejected, err := sender(t, c).Send(t.Context(), events(1))
			fate := "taken"
			if err != nil {
				fate = splunk.ReasonOf(err)
				assert.ErrorContains(t, err, fmt.Sprintf("words of %d", n))
				var e *splunk.Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, n, e.Code)
				assert.Equal(t, len(c.bodies) > 1, e.Temporary(), "only what passes is tried again")
			}
			if len(c.bodies) > 1 {
				fate = "retried: " + fate
			}
			if len(rejected) > 0 {
				fate = "rejected"
				assert.Equal(t, n, rejected[0].Code)
				assert.Equal(t, fmt.Sprintf("words of %d", n), rejected[0].Text)
			}
			assert.Equal(t, tt.fate, fate, "code %d", n)
		})
	}
}

// A reply without a code, or with one that its status belies.
func TestStatusAndCodeTogether(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		reply        func() *http.Response
		tries        int // 0: more than one
	}{
		{"a web page says 200", splunk.ReasonBadReply, func() *http.Response { return says(200, "<html>Welcome</html>") }, 1},
		{"200 without a body", splunk.ReasonBadReply, func() *http.Response { return says(200, "") }, 1},
		{"success under 500", splunk.ReasonServer, func() *http.Response { return code(500, 0, "") }, 0},
		{"busy under 200", splunk.ReasonBusy, func() *http.Response { return code(200, 9, "") }, 0},
		{"unknown code under 200", splunk.ReasonBadReply, func() *http.Response { return code(200, 99, "") }, 1},
		{"unknown code under 503", splunk.ReasonBusy, func() *http.Response { return code(503, 99, "") }, 0},
		{"a proxy's 502", splunk.ReasonServer, func() *http.Response { return says(502, "bad gateway") }, 0},
		{"a proxy's 400", splunk.ReasonBadRequest, func() *http.Response { return says(400, "bad") }, 1},
		{"a proxy's 403", splunk.ReasonUnauthorized, func() *http.Response { return says(403, "no") }, 1},
		{"not found", splunk.ReasonNotFound, func() *http.Response { return says(404, "no") }, 1},
		{"redirect", splunk.ReasonRedirect, func() *http.Response { return says(307, "", "Location", "https://x/") }, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCollector()
				c.event = func(string) (*http.Response, error) { return tt.reply(), nil }
				rejected, err := sender(t, c).Send(t.Context(), events(1))
				assert.Empty(t, rejected)
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				if tt.tries > 0 {
					assert.Len(t, c.bodies, tt.tries)
				} else {
					assert.Greater(t, len(c.bodies), 1)
				}
			})
		})
	}
}

func TestBadEventsAreQuarantined(t *testing.T) {
	// numbered: the reply points at the bad event; else it must be found by halving.
	for _, numbered := range []bool{true, false} {
		c := newCollector()
		got := map[int]bool{}
		c.event = func(body string) (*http.Response, error) {
			ns := numbers(t, body)
			for i, n := range ns {
				if n%5 == 2 {
					rest := ""
					if numbered {
						rest = fmt.Sprintf(`,"invalid-event-number":%d`, i)
					}
					return code(400, 15, rest), nil
				}
			}
			for _, n := range ns {
				got[n] = true
			}
			return success(), nil
		}
		rejected, err := sender(t, c, func(x *HECConfig) { x.BatchEvents = 8 }).Send(t.Context(), events(20))
		require.NoError(t, err)
		require.Len(t, rejected, 4)
		for i, r := range rejected {
			assert.Equal(t, map[string]any{"n": 5*i + 2}, r.Event.Body)
			assert.Equal(t, 15, r.Code)
			assert.Equal(t, "words of 15", r.Text)
		}
		assert.Len(t, got, 16, "every other event was taken")
	}
	c := newCollector()
	c.event = func(body string) (*http.Response, error) { // points outside of the batch
		if len(numbers(t, body)) > 1 {
			return code(400, 6, `,"invalid-event-number":99`), nil
		}
		return success(), nil
	}
	rejected, err := sender(t, c).Send(t.Context(), events(4))
	require.NoError(t, err)
	assert.Empty(t, rejected)
}

func TestEventsThatCannotBeWritten(t *testing.T) {
	c := newCollector()
	all := events(4)
	all[0].Body, all[1].Body, all[2].Body = math.NaN(), nil, ""
	rejected, err := sender(t, c).Send(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, rejected, 3)
	assert.Equal(t, []int{6, 12, 13}, []int{rejected[0].Code, rejected[1].Code, rejected[2].Code})
	assert.Contains(t, rejected[0].Text, "cannot be written as JSON")
	require.Len(t, c.bodies, 1)
	assert.Equal(t, []int{3}, numbers(t, c.bodies[0]))
}

func TestTooLargeBatchesAreCut(t *testing.T) {
	c := newCollector()
	c.event = func(body string) (*http.Response, error) {
		ns := numbers(t, body)
		if len(ns) > 1 || ns[0] == 3 {
			return says(413, "too large"), nil
		}
		return success(), nil
	}
	rejected, err := sender(t, c).Send(t.Context(), events(4))
	require.NoError(t, err)
	require.Len(t, rejected, 1)
	assert.Equal(t, map[string]any{"n": 3}, rejected[0].Event.Body)
	assert.Contains(t, rejected[0].Text, "HTTP 413")
}

func TestGzipIsSwitchedOffWhereItIsNotRead(t *testing.T) {
	c := newCollector()
	c.event = func(string) (*http.Response, error) {
		if c.headers[len(c.headers)-1].Get("Content-Encoding") == "gzip" {
			return code(400, 6, ""), nil
		}
		return success(), nil
	}
	rejected, err := sender(t, c, func(x *HECConfig) { x.Gzip = true }).Send(t.Context(), events(12))
	require.NoError(t, err)
	assert.Empty(t, rejected, "good events are not taken for bad ones")
	assert.Len(t, c.bodies, 4, "once with, then three without")
}

func TestHowFarASendCame(t *testing.T) {
	c := newCollector()
	c.event = func(body string) (*http.Response, error) {
		if numbers(t, body)[0] >= 8 {
			return code(403, 1, ""), nil
		}
		return success(), nil
	}
	rejected, err := sender(t, c).Send(t.Context(), events(20))
	assert.Empty(t, rejected, "a token that is refused costs no event")
	var e *splunk.SendError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 8, e.Taken)
	assert.Equal(t, 20, e.Of)
	assert.ErrorContains(t, err, "enable the token")
	assert.NotContains(t, err.Error(), token)
	assert.Len(t, c.bodies, 3, "no hot loop")
}

func TestHealth(t *testing.T) {
	c := newCollector()
	for _, tt := range []struct {
		reply  *http.Response
		reason string
	}{
		{code(503, 18, ""), splunk.ReasonBusy},
		{code(400, 21, ""), splunk.ReasonUnauthorized},
		{says(200, "<html>"), splunk.ReasonBadReply},
		{says(404, ""), splunk.ReasonNotFound},
	} {
		c.health = func() (*http.Response, error) { return tt.reply, nil }
		assert.Equal(t, tt.reason, splunk.ReasonOf(sender(t, c).Health(t.Context())))
	}
	c.health = func() (*http.Response, error) { return says(401, "<msg>call not properly authenticated</msg>"), nil }
	assert.ErrorContains(t, sender(t, c).Health(t.Context()), "not the event collector, whose port is 8088", "the management port")
	c.health = func() (*http.Response, error) { return code(401, 4, ""), nil }
	assert.ErrorContains(t, sender(t, c).Health(t.Context()), "enable the token")
}

func TestEpochs(t *testing.T) {
	for ms, want := range map[int64]string{0: "0.000", 1: "0.001", 1_700_000_000_050: "1700000000.050", -1500: "-1.500"} {
		assert.Equal(t, want, string(epoch(time.UnixMilli(ms))))
	}
}

// A token that was replaced while a batch was under way is tried before anything is held.
func TestTokenOfEventsChangesWithoutARestart(t *testing.T) {
	c := newCollector()
	now := "token-one"
	c.event = func(string) (*http.Response, error) {
		if c.headers[len(c.headers)-1].Get("Authorization") != "Splunk token-two" {
			now = "token-two"
			return code(403, 4, ""), nil
		}
		return success(), nil
	}
	hec, err := NewHEC(HECConfig{URL: "https://splunk.test:8088", Token: "token-one", Fresh: func() string { return now }, Transport: c})
	require.NoError(t, err)
	_, err = hec.Send(t.Context(), events(2))
	require.NoError(t, err)
	assert.Len(t, c.bodies, 2)

	c.event = func(string) (*http.Response, error) { return code(403, 4, ""), nil }
	_, err = hec.Send(t.Context(), events(2))
	assert.Equal(t, splunk.ReasonUnauthorized, splunk.ReasonOf(err))
	assert.Len(t, c.bodies, 3, "the same token is not sent again")
}
