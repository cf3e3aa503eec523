package cloudservices

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/services"
	"github.com/splunk/splunk-cloud-sdk-go/services/search"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SearchConfig says how long to wait for searches.
type SearchConfig struct {
	Deadline  time.Duration // of a whole search, waiting for its turn included; default 15 min, at most an hour
	PollEvery time.Duration // first wait between two looks at a job, growing to 5 s; default 200 ms
	PageSize  int           // rows of one page of results; default 10 000
	MaxRows   int           // a search with more is an error; default 500 000

	Waiting func(err error, d time.Duration) // told of each wait before another try; may be nil
}

// maxTime is the longest that the service lets a search run; then it finalizes it.
const maxTime = time.Hour

func (c SearchConfig) withDefaults() SearchConfig {
	c.Deadline = min(wire.OrDefault(c.Deadline, 15*time.Minute), maxTime)
	c.PollEvery = wire.OrDefault(c.PollEvery, 200*time.Millisecond)
	c.PageSize = wire.OrDefault(c.PageSize, 10_000)
	c.MaxRows = wire.OrDefault(c.MaxRows, 500_000)
	return c
}

// SearchClient runs searches as jobs. It is safe for use by several goroutines.
type SearchClient struct {
	tenant *Tenant
	config SearchConfig
}

// SearchClient is a splunk.Searcher.
var _ splunk.Searcher = (*SearchClient)(nil)

// Searches returns a client that searches in the tenant.
func (t *Tenant) Searches(c SearchConfig) *SearchClient {
	return &SearchClient{tenant: t, config: c.withDefaults()}
}

// Search implements splunk.Searcher: it creates a job, waits for its end, checks that
// it is complete and pages through its results. The job is cancelled when anything goes
// wrong, the context's end included; a finished one the service has no way to delete.
func (c *SearchClient) Search(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return splunk.Rows{}, c.tenant.conn.Broken(ctx, "searching "+s.Label, err)
	}
	if s.App != "" {
		return splunk.Rows{}, &splunk.Error{Op: "searching " + s.Label, Host: c.tenant.conn.Host(), Code: -1, Why: splunk.ReasonBadSearch,
			Err: errors.New("a tenant of Splunk Cloud Services has no apps to find a saved search in")}
	}
	rows, err := c.once(ctx, s)
	if errors.Is(err, wire.ErrGone) && ctx.Err() == nil { // expired or lost by a restart: once more
		return c.once(ctx, s)
	}
	return rows, err
}

// once makes one job and reads its results.
func (c *SearchClient) once(ctx context.Context, s splunk.Search) (splunk.Rows, error) {
	answered, stop := outliving(ctx, cancelWithin) // whoever gives up now still learns which job to cancel
	sid, err := c.create(answered, s)
	stop()
	if err != nil {
		return splunk.Rows{}, err
	}
	rows, err := c.collect(ctx, s, sid)
	if err != nil {
		c.cancel(ctx, sid)
	}
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

// create makes the job. The service has no ids of the client's own choosing: when the
// answer is lost a second job is made, and the first runs until its maxTime, which is
// how long anybody would have waited for it.
func (c *SearchClient) create(ctx context.Context, s splunk.Search) (string, error) {
	op := "creating the search job of " + s.Label
	limit := int32((c.config.Deadline + time.Second - 1) / time.Second)
	fresh, all := int32(0), "all" // a search of its own, over all the fields that events have
	earliest, latest := strconv.FormatInt(s.Earliest.Unix(), 10), strconv.FormatInt(s.Latest.Unix(), 10)
	job, rep, err := call(ctx, c.tenant, op, c.patience(), func(client *services.BaseClient) (*search.SearchJob, error) {
		return search.NewService(client).CreateJob(search.SearchJob{
			Query: s.SPL, QueryParameters: &search.QueryParameters{Earliest: &earliest, Latest: &latest},
			MaxTime: &limit, RequiredFreshness: &fresh, ExtractFields: &all,
		})
	})
	var e *splunk.Error
	if errors.As(err, &e) && e.Why == splunk.ReasonBadRequest {
		e.Why, e.Mend = splunk.ReasonBadSearch, wire.MendSearch+s.SPL
	}
	if err != nil {
		return "", err
	}
	if job == nil || job.Sid == nil || !wire.SafeSID.MatchString(*job.Sid) {
		return "", c.tenant.conn.Unclear(op, rep, errors.New("the answer holds no search id"))
	}
	return *job.Sid, nil
}

func (c *SearchClient) patience() *wire.Patience { return wire.NewPatience(0, c.config.Waiting) }

// wait looks at the job until it has ended, well or not. The SDK's own waiting knows no
// deadline, falls over a job without a status and takes a failed one for a good one.
func (c *SearchClient) wait(ctx context.Context, s splunk.Search, sid string) (search.SearchJob, error) {
	op := "waiting for " + s.Label
	state := "without a status"
	var seen search.SearchJob
	err := wire.Poll(ctx, c.config.PollEvery, func() (bool, error) {
		job, _, err := call(ctx, c.tenant, op, c.patience(), func(client *services.BaseClient) (*search.SearchJob, error) {
			return search.NewService(client).GetJob(sid)
		})
		if err != nil {
			return false, c.lost(err, state)
		}
		if job == nil || job.Status == nil {
			return false, nil
		}
		seen, state = *job, wire.Shorten(string(*job.Status))
		return *job.Status != search.SearchStatusRunning, nil
	})
	var e *splunk.Error
	if err != nil && !errors.As(err, &e) {
		e = c.tenant.conn.Broken(ctx, op, err)
		e.Err = fmt.Errorf("the job was %s: %w", state, e.Err)
		err = e
	}
	return seen, err
}

// lost says of a job that vanished that this is the server's doing.
func (c *SearchClient) lost(err error, state string) error {
	var e *splunk.Error
	if errors.As(err, &e) && e.Why == splunk.ReasonNotFound {
		e.Why, e.Mend = splunk.ReasonFailed, ""
		e.Err = fmt.Errorf("%w, which was last %s", wire.ErrGone, state)
	}
	return err
}

// cancelWithin bounds the last words to the server, also after Ctrl-C.
const cancelWithin = 900 * time.Millisecond

// outliving is ctx, but for a cancellation, which reaches it a while later.
func outliving(ctx context.Context, while time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if deadline, ok := ctx.Deadline(); ok {
		cancel()
		longer, cancel = context.WithDeadline(context.WithoutCancel(ctx), deadline)
	}
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(while, cancel) })
	return longer, func() { stop(); cancel() }
}

// cancel stops a job; what it had to say was said, so an error changes nothing (its
// maxTime ends it then).
func (c *SearchClient) cancel(ctx context.Context, sid string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelWithin)
	defer cancel()
	_, _, _ = call(ctx, c.tenant, "cancelling the search job", nil, func(client *services.BaseClient) (*search.SearchJob, error) {
		return search.NewService(client).UpdateJob(sid, search.UpdateJob{Status: search.UpdateJobStatusCanceled})
	})
}

// Check lists the tenant's search jobs, which proves address, certificate, tenant,
// credentials and the right to search.
func (c *SearchClient) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	query := search.ListJobsQueryParams{}.SetCount(1)
	_, _, err := call(ctx, c.tenant, "listing search jobs", c.patience(), func(client *services.BaseClient) ([]search.SearchJob, error) {
		return search.NewService(client).ListJobs(&query)
	})
	return err
}

// String hides the secret.
func (c *SearchClient) String() string { return "search of " + c.tenant.String() }
