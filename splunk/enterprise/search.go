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
)

// SearchConfig says where Splunk's management port is and how long to wait.
type SearchConfig struct {
	URL                string // https://splunk.example.com:8089
	Token              string // an authentication token; or
	Username, Password string // a user, whose session is renewed when it ends
	App, Owner         string // namespace of the search; "" for the user's own (Owner "nobody" with an App)
	CAFile             string // PEM; trusted besides the system's authorities

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
}

// String hides the secrets.
func (c SearchConfig) String() string { return fmt.Sprintf("search of %s by %q", c.URL, c.Username) }

// GoString hides the secrets.
func (c SearchConfig) GoString() string { return c.String() }

func (c SearchConfig) withDefaults() SearchConfig {
	c.Timeout = orDefault(c.Timeout, 30*time.Second)
	c.Deadline = orDefault(c.Deadline, 15*time.Minute)
	c.PollEvery = orDefault(c.PollEvery, 200*time.Millisecond)
	c.PageSize = orDefault(c.PageSize, 10_000)
	c.MaxRows = orDefault(c.MaxRows, 500_000)
	c.MaxBody = orDefault(c.MaxBody, 64<<20)
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

// orDefault replaces what is not positive.
func orDefault[T int | int64 | time.Duration](x, otherwise T) T {
	if x <= 0 {
		return otherwise
	}
	return x
}

// SearchClient runs searches as jobs. It is safe for use by several goroutines.
type SearchClient struct {
	config SearchConfig
	conn   *conn
	auth   *auth
	jobs   string // path of the jobs
}

// NewSearch checks a configuration; it does not connect.
func NewSearch(c SearchConfig) (*SearchClient, error) {
	c = c.withDefaults()
	if c.Token == "" && (c.Username == "" || c.Password == "") {
		return nil, errors.New("making the search client: neither a token nor a user name and password is given")
	}
	conn, err := newConn(connConfig{url: c.URL, caFile: c.CAFile, agent: c.UserAgent, timeout: c.Timeout,
		maxBody: c.MaxBody, clock: c.Clock, transport: c.Transport})
	if err != nil {
		return nil, fmt.Errorf("making the search client: %w", err)
	}
	conn.hide.add(c.Token)
	conn.hide.add(c.Password)
	client := &SearchClient{config: c, conn: conn, jobs: "/services/search/v2/jobs"}
	if c.App != "" {
		client.jobs = "/servicesNS/" + url.PathEscape(c.Owner) + "/" + url.PathEscape(c.App) + "/search/v2/jobs"
	}
	client.auth = newAuth(conn, c)
	return client, nil
}

// Search implements splunk.Searcher: it creates a job, waits for its end, checks that
// it is complete and pages through its results. The job is deleted afterwards, and
// cancelled when anything goes wrong, the context's end included.
func (c *SearchClient) Search(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	sid, err := newSID(c.config.Clock())
	if err != nil {
		return splunk.Rows{}, err
	}
	sid, made, err := c.create(ctx, s, sid)
	if err != nil {
		if made {
			c.end(ctx, sid, true)
		}
		return splunk.Rows{}, err
	}
	rows, err := c.collect(ctx, s, sid)
	c.end(ctx, sid, err != nil)
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
func (c *SearchClient) end(ctx context.Context, sid string, abort bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	r := request{op: "deleting the search job", method: http.MethodDelete, path: c.jobPath(sid)}
	if abort {
		r = request{op: "cancelling the search job", method: http.MethodPost, path: c.jobPath(sid) + "/control",
			body: []byte("action=cancel"), header: form()}
	}
	_, _ = c.auth.do(ctx, r)
}

func (c *SearchClient) jobPath(sid string) string { return c.jobs + "/" + sid }

func form() http.Header {
	return http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
}

// ask makes an exchange that may be repeated, until it succeeds, fails for good, or
// the deadline comes.
func (c *SearchClient) ask(ctx context.Context, r request) (reply, error) {
	p := patience{waiting: c.config.Waiting}
	for {
		rep, err := c.auth.do(ctx, r)
		if err == nil && rep.status < 300 {
			return rep, nil
		}
		if err == nil {
			err = c.conn.fail(r.op, rep)
		}
		if err := p.wait(ctx, err); err != nil {
			return reply{}, err
		}
	}
}

// maxBroken is how often in a row a connection may break or a server fail before
// the error is told: a wrong address should not take a deadline to show.
const maxBroken = 3

// patience decides whether to try once more, and waits.
type patience struct {
	pause   backoff
	broken  int
	waiting func(error, time.Duration)
}

// wait returns nil when it is time for another try, and else the error to give up with.
func (p *patience) wait(ctx context.Context, err error) error {
	var e *splunk.Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return err
	}
	if ctx.Err() != nil {
		return gaveUp(ctx, e, 0)
	}
	switch e.Why {
	case splunk.ReasonBusy, splunk.ReasonQuota:
		p.broken = 0
	case splunk.ReasonNetwork, splunk.ReasonTimeout, splunk.ReasonServer:
		if p.broken++; p.broken >= maxBroken {
			return err
		}
	default:
		return err
	}
	if p.pause.first == 0 {
		p.pause.first, p.pause.most = 300*time.Millisecond, 30*time.Second
	}
	pause := p.pause.next(e.RetryAfter)
	if wouldPass(ctx, pause) {
		return gaveUp(ctx, e, pause)
	}
	if p.waiting != nil {
		p.waiting(err, pause)
	}
	if sleep(ctx, pause) != nil {
		return gaveUp(ctx, e, pause)
	}
	return nil
}

// gaveUp says that the caller or the deadline ended the waiting after e, whose words
// and, for a deadline, reason stay.
func gaveUp(ctx context.Context, e *splunk.Error, pause time.Duration) error {
	last := *e
	last.Mend = ""
	if errors.Is(ctx.Err(), context.Canceled) {
		last.Why, last.Err = splunk.ReasonCancelled, fmt.Errorf("%w while waiting to try again", context.Canceled)
		return &last
	}
	end := fmt.Errorf("given up, since no time is left for another try in %s: %w", pause.Round(time.Millisecond), context.DeadlineExceeded)
	if e.Err != nil {
		end = fmt.Errorf("%w: %w", e.Err, end)
	}
	last.Err = end
	return &last
}

// String hides the secrets.
func (c *SearchClient) String() string { return c.config.String() }
