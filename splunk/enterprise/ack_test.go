package enterprise

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWaitingForTheCollector(t *testing.T) {
	for _, tt := range []struct {
		name        string
		reply       func() (*http.Response, error)
		times       int
		least, most time.Duration
	}{
		{"busy", func() (*http.Response, error) { return code(503, 9, ""), nil }, 4, time.Second, 10 * time.Second},
		{"told when", func() (*http.Response, error) { return says(503, `{"code":23}`, "Retry-After", "20"), nil }, 1, 20 * time.Second, 21 * time.Second},
		{"told the date", func() (*http.Response, error) {
			return says(429, `{"code":26}`, "Retry-After", time.Now().Add(30*time.Second).UTC().Format(http.TimeFormat)), nil
		}, 1, 29 * time.Second, 31 * time.Second},
		{"cut", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, 3, 500 * time.Millisecond, 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, n := newCollector(), 0
				c.event = func(string) (*http.Response, error) {
					if n++; n <= tt.times {
						return tt.reply()
					}
					return success(), nil
				}
				began := time.Now()
				_, err := sender(t, c).Send(t.Context(), events(2))
				require.NoError(t, err)
				assert.GreaterOrEqual(t, time.Since(began), tt.least)
				assert.LessOrEqual(t, time.Since(began), tt.most)
				assert.Equal(t, c.bodies[0], c.bodies[len(c.bodies)-1], "the same batch")
			})
		})
	}
	synctest.Test(t, func(t *testing.T) { // a queue that is filling: pause before the next batch
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return code(200, 24, ""), nil }
		began := time.Now()
		_, err := sender(t, c).Send(t.Context(), events(12))
		require.NoError(t, err)
		assert.Equal(t, 2*time.Second, time.Since(began))
	})
	synctest.Test(t, func(t *testing.T) { // busy for longer than RetryFor
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return code(503, 9, ""), nil }
		began := time.Now()
		frozen := func() time.Time { return time.Unix(0, 0) }
		_, err := sender(t, c, func(x *HECConfig) { x.RetryFor, x.Clock = time.Minute, frozen }).Send(t.Context(), events(2))
		assert.Equal(t, splunk.ReasonBusy, splunk.ReasonOf(err))
		assert.LessOrEqual(t, time.Since(began), time.Minute)
	})
	synctest.Test(t, func(t *testing.T) { // the caller gives up
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return code(503, 9, ""), nil }
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := sender(t, c).Send(ctx, events(2))
		require.Error(t, err)
		assert.LessOrEqual(t, time.Since(began), 5*time.Second)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "words of 9")
		assert.NotContains(t, err.Error(), "\n")
	})
}

func TestAcknowledgement(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // pending, then stored
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return says(200, `{"text":"Success","code":0,"ackId":7}`), nil }
		c.ack = func() (*http.Response, error) {
			return says(200, fmt.Sprintf(`{"acks":{"7":%t}}`, c.polls >= 4)), nil
		}
		_, err := sender(t, c).Send(t.Context(), events(2))
		require.NoError(t, err)
		assert.Equal(t, 4, c.polls)
		assert.Len(t, c.bodies, 1)
	})
	synctest.Test(t, func(t *testing.T) { // never for the first batch: sent again
		c := newCollector()
		c.event = func(string) (*http.Response, error) {
			return says(200, fmt.Sprintf(`{"code":0,"ackId":%d}`, len(c.bodies)-1)), nil
		}
		c.ack = func() (*http.Response, error) { return says(200, `{"acks":{"0":false,"1":true}}`), nil }
		began := time.Now()
		_, err := sender(t, c).Send(t.Context(), events(2))
		require.NoError(t, err)
		require.Len(t, c.bodies, 2)
		assert.Equal(t, c.bodies[0], c.bodies[1])
		assert.LessOrEqual(t, time.Since(began), 31*time.Second)
	})
	synctest.Test(t, func(t *testing.T) { // never at all
		c := newCollector()
		c.event = func(string) (*http.Response, error) { return says(200, `{"code":0,"ackId":7}`), nil }
		c.ack = func() (*http.Response, error) { return code(503, 19, ""), nil }
		_, err := sender(t, c).Send(t.Context(), events(2))
		assert.Equal(t, splunk.ReasonTimeout, splunk.ReasonOf(err))
		var e *splunk.SendError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, 0, e.Taken)
	})
	c := newCollector() // the token has no acknowledgement after all
	c.event = func(string) (*http.Response, error) { return says(200, `{"code":0,"ackId":7}`), nil }
	c.ack = func() (*http.Response, error) { return code(400, 14, ""), nil }
	_, err := sender(t, c).Send(t.Context(), events(2))
	require.NoError(t, err)

	c.ack = func() (*http.Response, error) { return code(403, 4, ""), nil }
	_, err = sender(t, c).Send(t.Context(), events(2))
	assert.Equal(t, splunk.ReasonUnauthorized, splunk.ReasonOf(err))
}

// Splunk Cloud Platform has no acknowledgements, but for a use that is not ours: whoever waited for one
// would send everything again and again.
func TestNoAcknowledgementIsWaitedFor(t *testing.T) {
	c := newCollector()
	c.event = func(string) (*http.Response, error) { return says(200, `{"text":"Success","code":0,"ackId":7}`), nil }
	c.ack = func() (*http.Response, error) { return says(200, `{"acks":{"7":false}}`), nil }
	hec, err := NewHEC(HECConfig{URL: "https://splunk.test:8088", Token: token, NoAck: true, Transport: c})
	require.NoError(t, err)
	_, err = hec.Send(t.Context(), events(2))
	require.NoError(t, err)
	assert.Zero(t, c.polls)
	assert.Len(t, c.bodies, 1)
}
