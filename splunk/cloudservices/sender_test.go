package cloudservices

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func events(n int) []models.Event {
	all := make([]models.Event, n)
	for i := range all {
		all[i] = models.Event{Time: time.UnixMilli(1_700_000_000_123), Sourcetype: "foresight:run", Source: "foresight", Host: "h",
			EventID: fmt.Sprintf("id-%d", i), Body: map[string]any{"n": i}}
	}
	return all
}

// posted is an event as it arrives.
type posted struct {
	Body       struct{ N int }
	ID         string
	Timestamp  int64
	Attributes map[string]string
}

// arrived lists the events of a body.
func arrived(t require.TestingT, body string) []posted {
	var all []posted
	require.NoError(t, json.Unmarshal([]byte(body), &all))
	return all
}

func TestEventsOnTheWire(t *testing.T) {
	s := newStub(0)
	rejected, err := tenantOf(t, s).Events(SenderConfig{Index: "foresight", BatchEvents: 4}).Send(t.Context(), events(9))
	require.NoError(t, err)
	assert.Empty(t, rejected)
	require.Len(t, s.bodies, 3, "9 events in batches of 4")
	assert.JSONEq(t, `[{"body":{"n":8},"attributes":{"index":"foresight"},"host":"h","id":"id-8","source":"foresight","sourcetype":"foresight:run","timestamp":1700000000123}]`, s.bodies[2])
	assert.Equal(t, 3, s.count("POST /acme/ingest/v1beta2/events 200"))

	s = newStub(0)
	_, err = tenantOf(t, s).Events(SenderConfig{}).Send(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, s.log, "nothing is never sent")
}

// Every event arrives once, in order, whatever the bounds of a batch; the SDK's own
// BatchEventsSender loses one of each batch, and all of a batch of one.
func TestNoBatchLosesAnEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "events")
		c := SenderConfig{BatchEvents: rapid.IntRange(1, 20).Draw(t, "count"), BatchBytes: rapid.IntRange(1, 3000).Draw(t, "bytes")}
		s := newStub(0)
		tenant, err := New(Config{Host: "https://api.test", IDPHost: "https://idp.test", Tenant: "acme", ClientID: "c", ClientSecret: clientSecret, Transport: s})
		require.NoError(t, err)
		rejected, err := tenant.Events(c).Send(context.Background(), events(n))
		require.NoError(t, err)
		require.Empty(t, rejected)
		next := 0
		for _, body := range s.bodies {
			batch := arrived(t, body)
			require.LessOrEqual(t, len(batch), c.BatchEvents)
			if len(batch) > 1 {
				require.LessOrEqual(t, len(body), c.BatchBytes)
			}
			for _, e := range batch {
				require.Equal(t, next, e.Body.N)
				require.Equal(t, fmt.Sprintf("id-%d", next), e.ID)
				next++
			}
		}
		require.Equal(t, n, next)
	})
}

func TestEventsThatCannotBeWritten(t *testing.T) {
	s := newStub(0)
	all := events(4)
	all[0].Body, all[1].Body, all[2].Body = nil, "", map[string]any{"x": math.NaN()}
	rejected, err := tenantOf(t, s).Events(SenderConfig{}).Send(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, rejected, 3)
	for i, r := range rejected {
		assert.Equal(t, all[i].EventID, r.Event.EventID)
		assert.Contains(t, r.Text, "not sent")
	}
	require.Len(t, s.bodies, 1)
	assert.Len(t, arrived(t, s.bodies[0]), 1)
}

// refusing answers 400 where one of the bad ones is in a batch, naming them or not.
func refusing(t *testing.T, named bool, bad ...int) handler {
	return func(_ *http.Request, body string) (*http.Response, error) {
		var failed []any
		for i, e := range arrived(t, body) {
			if slices.Contains(bad, e.Body.N) {
				failed = append(failed, map[string]any{"index": i, "message": "Event is bad"})
			}
		}
		switch {
		case len(failed) == 0:
			return says(200, `{"code":"SUCCESS"}`), nil
		case named:
			return saysJSON(400, map[string]any{"code": "INVALID_DATA", "message": "The request isn't valid.", "details": map[string]any{"failedEvents": failed}}), nil
		}
		return says(400, `{"code":"INVALID_DATA","message":"The request isn't valid."}`), nil
	}
}

func TestBadEventsAreQuarantined(t *testing.T) {
	for _, tt := range []struct {
		name  string
		named bool
		bad   []int
		posts int
	}{
		{"one named", true, []int{3}, 2},
		{"several named", true, []int{0, 3, 9}, 2},
		{"all named", true, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1},
		{"one unnamed", false, []int{3}, 9},
		{"the first two unnamed", false, []int{0, 1}, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStub(0)
			s.ingest = refusing(t, tt.named, tt.bad...)
			rejected, err := tenantOf(t, s).Events(SenderConfig{}).Send(t.Context(), events(10))
			require.NoError(t, err)
			require.Len(t, rejected, len(tt.bad))
			for i, n := range tt.bad {
				assert.Equal(t, fmt.Sprintf("id-%d", n), rejected[i].Event.EventID)
				assert.NotEmpty(t, rejected[i].Text)
			}
			assert.LessOrEqual(t, len(s.bodies), tt.posts)
		})
	}
}

// When all that is sent is refused and nothing is named, that is the tenant's setting:
// the events are held.
func TestARefusalOfEverythingHolds(t *testing.T) {
	s := newStub(0)
	s.ingest = always(400, words("no such index"))
	rejected, err := tenantOf(t, s).Events(SenderConfig{BatchEvents: 100}).Send(t.Context(), events(50))
	assert.Empty(t, rejected)
	var e *splunk.SendError
	require.ErrorAs(t, err, &e)
	assert.Zero(t, e.Taken)
	assert.ErrorContains(t, err, "no such index")
	assert.Equal(t, splunk.ReasonBadRequest, splunk.ReasonOf(err))
	assert.Less(t, len(s.bodies), 15)
}

func TestTooLargeBatchesAreCut(t *testing.T) {
	s := newStub(0)
	s.ingest = func(_ *http.Request, body string) (*http.Response, error) {
		if len(arrived(t, body)) > 3 {
			return says(413, words("too large")), nil
		}
		return says(200, `{}`), nil
	}
	rejected, err := tenantOf(t, s).Events(SenderConfig{}).Send(t.Context(), events(10))
	require.NoError(t, err)
	assert.Empty(t, rejected)

	s.ingest = always(413, words("too large"))
	rejected, err = tenantOf(t, s).Events(SenderConfig{}).Send(t.Context(), events(5))
	require.NoError(t, err)
	assert.Len(t, rejected, 5, "events that are too large by themselves")
}

// What becomes of a Send that meets each status for ever, or only at first.
func TestStatusesOfEvents(t *testing.T) {
	for _, tt := range []struct {
		name, reason string
		answer       handler
		again        bool // it is tried again
	}{
		{"401", splunk.ReasonUnauthorized, always(401, ""), false},
		{"403", splunk.ReasonUnauthorized, always(403, ""), false},
		{"404", splunk.ReasonNotFound, always(404, ""), false},
		{"429", splunk.ReasonBusy, always(429, ""), true},
		{"500", splunk.ReasonServer, always(500, ""), true},
		{"503", splunk.ReasonBusy, always(503, "<html>busy</html>"), true},
		{"cut", splunk.ReasonNetwork, broken, true},
		{"hung", splunk.ReasonTimeout, hangs, true},
		{"a web page", splunk.ReasonBadReply, always(200, "<html>"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(0)
				ok := s.ingest
				s.ingest = tt.answer
				began := time.Now()
				_, err := tenantOf(t, s).Events(SenderConfig{BatchEvents: 2}).Send(t.Context(), events(4))
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				var e *splunk.SendError
				require.ErrorAs(t, err, &e)
				assert.Zero(t, e.Taken)
				assert.LessOrEqual(t, time.Since(began), 2*time.Minute+31*time.Second)
				assert.Equal(t, tt.again, len(s.bodies) > 2, "%d tries", len(s.bodies))

				if !tt.again {
					return
				}
				s = newStub(0)
				s.ingest = first(1, tt.answer, first(1, ok, first(1, tt.answer, ok)))
				rejected, err := tenantOf(t, s).Events(SenderConfig{BatchEvents: 2}).Send(t.Context(), events(4))
				require.NoError(t, err)
				assert.Empty(t, rejected)
				assert.Equal(t, s.bodies[0], s.bodies[1], "the same events under the same ids")
			})
		})
	}
}

func TestHowFarASendCame(t *testing.T) {
	s := newStub(0)
	s.ingest = first(2, s.ingest, always(403, ""))
	_, err := tenantOf(t, s).Events(SenderConfig{BatchEvents: 2}).Send(t.Context(), events(6))
	var e *splunk.SendError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, 4, e.Taken)
	assert.Equal(t, 6, e.Of)
}
