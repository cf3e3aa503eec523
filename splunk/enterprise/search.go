package enterprise

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SearchConfig says where Splunk's management port is and how long to wait.
type SearchConfig struct {
	URL                string        // https://splunk.example.com:8089
	Failover           []string      // further search heads, the next of which is asked when one is down
	Token              string        // an authentication token; or
	Username, Password string        // a user, whose session is renewed when it ends
	Fresh              func() string // the token, or the password, as it is now; nil: as given
	App, Owner         string        // namespace of the search; "" for the user's own (Owner "nobody" with an App)
	CAFile             string        // PEM; trusted besides the system's authorities
	Way                Way

	Timeout   time.Duration // of one request; default 30 s
	Deadline  time.Duration // of a whole search, waiting for its turn included; default 15 min
	PollEvery time.Duration // first wait between two looks at a job, growing to 5 s; default 200 ms
	PageSize  int           // rows of one page of results; default 10 000
	MaxRows   int           // max_count: a search that reaches it is an error; default 500 000
	MaxBody   int64         // bytes of one answer; default 64 MiB
	UserAgent string        // default "foresight"

	Clock     func() time.Time                 // default time.Now
	Transport http.RoundTripper                // for tests; default verifies TLS
	Waiting   func(err error, d time.Duration) // told of each wait before another try; may be nil
	Moved     func(from, to string, err error) // told once when a search head is down and the next is asked; may be nil

	hurried bool // there is another head to go to: do not wait for this one
}

// Way is how a server is reached: a certificate of our own, a proxy.
type Way = wire.Way

// String hides the secrets.
func (c SearchConfig) String() string { return fmt.Sprintf("search of %s by %q", c.URL, c.Username) }

// GoString hides the secrets.
func (c SearchConfig) GoString() string { return c.String() }

func (c SearchConfig) withDefaults() SearchConfig {
	c.Timeout = wire.OrDefault(c.Timeout, 30*time.Second)
	c.Deadline = wire.OrDefault(c.Deadline, 15*time.Minute)
	c.PollEvery = wire.OrDefault(c.PollEvery, 200*time.Millisecond)
	c.PageSize = wire.OrDefault(c.PageSize, 10_000)
	c.MaxRows = wire.OrDefault(c.MaxRows, 500_000)
	c.MaxBody = wire.OrDefault(c.MaxBody, 64<<20)
	if c.UserAgent == "" {
		c.UserAgent = "foresight"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.App != "" && c.Owner == "" {
		c.Owner = "nobody"
	}
	return c
}

// SearchClient runs searches as jobs. It is safe for use by several goroutines.
type SearchClient struct {
	config SearchConfig
	conn   *wire.Conn
	auth   *auth
	heads  *heads // nil for a single one
}

// NewSearch checks a configuration; it does not connect.
func NewSearch(c SearchConfig) (*SearchClient, error) {
	c = c.withDefaults()
	if c.Token == "" && (c.Username == "" || c.Password == "") {
		return nil, errors.New("making the search client: neither a token nor a user name and password is given")
	}
	conn, err := wire.New(wire.Config{URL: c.URL, CAFile: c.CAFile, Way: c.Way, UserAgent: c.UserAgent, Timeout: c.Timeout,
		MaxBody: c.MaxBody, Clock: c.Clock, Transport: c.Transport})
	if err != nil {
		return nil, fmt.Errorf("making the search client: %w", err)
	}
	client := &SearchClient{config: c, conn: conn}
	client.auth = newAuth(conn, c)
	if len(c.Failover) > 0 {
		if client.heads, err = newHeads(c); err != nil {
			return nil, fmt.Errorf("making the search client: %w", err)
		}
	}
	return client, nil
}

// Search implements splunk.Searcher: it creates a job, waits for its end, checks that
// it is complete and pages through its results. The job is deleted afterwards, and
// cancelled when anything goes wrong, the context's end included; one that has expired, or
// that a restart has lost, is made once more.
func (c *SearchClient) Search(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	if c.heads != nil {
		return onHead(ctx, c, func(head *SearchClient) (splunk.Rows, error) { return head.Search(ctx, s) })
	}
	rows, err := c.once(ctx, s)
	if errors.Is(err, wire.ErrGone) && ctx.Err() == nil { // expired or lost by a restart: once more
		return c.once(ctx, s)
	}
	return rows, err
}

// once makes one job and reads its results.
func (c *SearchClient) once(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	sid, err := newSID(c.config.Clock())
	if err != nil {
		return splunk.Rows{}, err
	}
	sid, made, err := c.create(ctx, s, sid)
	if err != nil {
		if made {
			c.end(ctx, s, sid, true)
		}
		return splunk.Rows{}, err
	}
	rows, err := c.collect(ctx, s, sid)
	c.end(ctx, s, sid, err != nil)
	return rows, err
}

// collect waits for a job and reads its results.
func (c *SearchClient) collect(ctx context.Context, s splunk.Search, sid string) (splunk.Rows, error) {
	job, err := c.wait(ctx, s, sid)
	if err != nil {
		return splunk.Rows{}, err
	}
	if err := c.judge(s, job); err != nil {
		return splunk.Rows{}, err
	}
	return c.results(ctx, s, sid, job)
}

// newSID chooses the job's id ourselves, so that a create whose answer was lost can
// be found again instead of made twice.
func newSID(now time.Time) (string, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("choosing a search id: %w", err)
	}
	return "foresight_" + strconv.FormatInt(now.Unix(), 10) + "_" + hex.EncodeToString(b[:]), nil
}

// endWithin bounds the last words to the server, also after Ctrl-C.
const endWithin = 900 * time.Millisecond

// end removes a job; what it had to say was said, so an error changes nothing (the
// job's auto_cancel and timeout clean up then).
func (c *SearchClient) end(ctx context.Context, s splunk.Search, sid string, abort bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	r := wire.Request{Op: "deleting the search job", Method: http.MethodDelete, Path: c.jobPath(s, sid)}
	if abort {
		r = wire.Request{Op: "cancelling the search job", Method: http.MethodPost, Path: c.jobPath(s, sid) + "/control",
			Body: []byte("action=cancel"), Header: form()}
	}
	_, _ = c.auth.do(ctx, r)
}

// jobs is the path of the jobs in the namespace that a search is to see.
func (c *SearchClient) jobs(s splunk.Search) string {
	owner, app := c.config.Owner, c.config.App
	if s.App != "" {
		owner, app = s.Owner, s.App
	}
	if app == "" {
		return "/services/search/v2/jobs"
	}
	return "/servicesNS/" + url.PathEscape(owner) + "/" + url.PathEscape(app) + "/search/v2/jobs"
}

func (c *SearchClient) jobPath(s splunk.Search, sid string) string { return c.jobs(s) + "/" + sid }

func form() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

// ask makes an exchange that may be repeated, until it succeeds, fails for good, or
// the deadline comes.
func (c *SearchClient) ask(ctx context.Context, r wire.Request) (wire.Reply, error) {
	if c.heads != nil {
		return onHead(ctx, c, func(head *SearchClient) (wire.Reply, error) { return head.ask(ctx, r) })
	}
	p := wire.NewPatience(0, c.config.Waiting)
	if c.config.hurried {
		p.Brief(3)
	}
	for {
		rep, err := c.auth.do(ctx, r)
		if err == nil && rep.Status < 300 {
			return rep, nil
		}
		if err == nil {
			err = c.conn.Fail(r.Op, rep)
		}
		if err := p.Wait(ctx, err); err != nil {
			return wire.Reply{}, err
		}
	}
}

// String hides the secrets.
func (c *SearchClient) String() string { return c.config.String() }
