package enterprise

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// HECConfig says where the event collector is and how events are sent.
type HECConfig struct {
	URL   string // https://splunk.example.com:8088
	Token string
	Fresh func() string // the token as it is now; nil: as given
	Index string        // "" for the token's default

	MetricIndex string // where metric points go; "": there is none, and they are not sent

	CAFile string // PEM; trusted besides the system's authorities
	Way    Way

	BatchEvents int           // most events of one request; default 500
	BatchBytes  int           // most bytes of one request before gzip; default 1 MiB
	Gzip        bool          // switched off by itself when the server cannot read it
	Timeout     time.Duration // of one request; default 30 s
	RetryFor    time.Duration // how long one batch is tried; default 2 min
	NoAck       bool          // wait for no acknowledgement, whatever the token: Splunk Cloud Platform has none
	AckTimeout  time.Duration // how long an acknowledgement is waited for; default 30 s
	MaxBody     int64         // bytes of one answer; default 1 MiB
	UserAgent   string        // default "foresight"

	Clock     func() time.Time                 // default time.Now
	Transport http.RoundTripper                // for tests; default verifies TLS
	Waiting   func(err error, d time.Duration) // told of each wait before another try; may be nil
}

// String hides the token.
func (c HECConfig) String() string {
	return fmt.Sprintf("event collector %s, index %q", c.URL, c.Index)
}

// GoString hides the token.
func (c HECConfig) GoString() string { return c.String() }

func (c HECConfig) withDefaults() HECConfig {
	c.BatchEvents = wire.OrDefault(c.BatchEvents, 500)
	c.BatchBytes = wire.OrDefault(c.BatchBytes, 1<<20)
	c.Timeout = wire.OrDefault(c.Timeout, 30*time.Second)
	c.RetryFor = wire.OrDefault(c.RetryFor, 2*time.Minute)
	c.AckTimeout = wire.OrDefault(c.AckTimeout, 30*time.Second)
	c.MaxBody = wire.OrDefault(c.MaxBody, 1<<20)
	if c.UserAgent == "" {
		c.UserAgent = "foresight"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}

// HECClient sends events in their order, one batch at a time. It is safe for use by
// several goroutines, whose batches then mix.
type HECClient struct {
	config  HECConfig
	conn    *wire.Conn
	token   func() string
	channel string
	plain   atomic.Bool // gzip proved unreadable to the server
}

// HECClient is a splunk.Sender.
var _ splunk.Sender = (*HECClient)(nil)

// NewHEC checks a configuration; it does not connect.
func NewHEC(c HECConfig) (*HECClient, error) {
	c = c.withDefaults()
	if c.Token == "" {
		return nil, errors.New("making the event client: no token is given")
	}
	conn, err := wire.New(wire.Config{URL: c.URL, CAFile: c.CAFile, Way: c.Way, UserAgent: c.UserAgent, Timeout: c.Timeout,
		MaxBody: c.MaxBody, Clock: c.Clock, Transport: c.Transport})
	if err != nil {
		return nil, fmt.Errorf("making the event client: %w", err)
	}
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("choosing a channel: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // RFC 9562, version 4
	return &HECClient{config: c, conn: conn, token: kept(conn, c.Token, c.Fresh),
		channel: fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}, nil
}

// Send implements splunk.Sender: it sends events in batches, waits for the
// acknowledgement of each where the token has it, and returns the events that Splunk
// will never take. Any other failure is a *splunk.SendError; then nothing of what was
// not taken is dropped, and all may be sent again: event_id tells doubles.
func (h *HECClient) Send(ctx context.Context, events []models.Event) ([]models.Rejected, error) {
	items, rejected := h.encode(events)
	done := 0 // items dealt with
	for done < len(items) {
		n := h.batch(items[done:])
		bad, slow, err := h.deliver(ctx, items[done:done+n])
		rejected = append(rejected, bad...)
		if err != nil {
			return rejected, &splunk.SendError{Taken: items[done].place, Of: len(events), Err: err}
		}
		done += n
		if slow && done < len(items) {
			if err := wire.Sleep(ctx, slowDown); err != nil {
				return rejected, &splunk.SendError{Taken: items[done].place, Of: len(events),
					Err: h.conn.Broken(ctx, "sending events", err)}
			}
		}
	}
	return rejected, nil
}

// slowDown is the pause after a warning that a queue is filling.
const slowDown = time.Second

// batch returns how many of the items make the next request, at least one.
func (h *HECClient) batch(items []item) int {
	n, size := 0, 0
	for n < len(items) && n < h.config.BatchEvents {
		size += len(items[n].line)
		if n > 0 && size > h.config.BatchBytes {
			break
		}
		n++
	}
	return n
}

// Health asks whether the collector takes events. It does not reliably prove the
// token, since Splunk's own endpoint does not check it everywhere.
func (h *HECClient) Health(ctx context.Context) error {
	const op = "asking for the event collector's health"
	rep, err := h.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: "/services/collector/health", Header: h.header()})
	if err != nil {
		return err
	}
	a := parseAnswer(rep.Body)
	if rep.Status == http.StatusOK && (a.code() == 17 || a.code() == 0) {
		return nil
	}
	r := rule(rep.Status, a.code())
	if a.Code == nil && r.why == splunk.ReasonUnauthorized { // the collector numbers its refusals; the management port does not
		r.mend = "check port and path of url: what answers is not the event collector, whose port is 8088, on Splunk Cloud Platform 443"
	}
	return h.refused(op, rep, a, r)
}

// String hides the token.
func (h *HECClient) String() string { return h.config.String() }

func (h *HECClient) header() http.Header {
	return http.Header{
		"Authorization":            {"Splunk " + h.token()},
		"X-Splunk-Request-Channel": {h.channel},
		"Content-Type":             {"application/json"},
	}
}

// refused makes the error of a reply that did not take the events.
func (h *HECClient) refused(op string, rep wire.Reply, a answer, r ruling) *splunk.Error {
	e := h.conn.Fail(op, rep)
	e.Code = a.code()
	e.Why, e.Mend = r.why, r.mend
	if a.Text != "" {
		e.Reply = h.conn.Short(a.Text)
	}
	if r.why == "" {
		e.Why = splunk.ReasonBadReply
	}
	return e
}
