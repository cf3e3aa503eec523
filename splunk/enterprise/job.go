package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// job is the state of a search job, as far as completeness is read from it. A nil
// field was not said.
type job struct {
	State       string        `json:"dispatchState"`
	Done        *flag         `json:"isDone"`
	Failed      *flag         `json:"isFailed"`
	Finalized   *flag         `json:"isFinalized"`
	Zombie      *flag         `json:"isZombie"`
	ResultCount *count        `json:"resultCount"`
	Messages    wire.Messages `json:"messages"`

	// What it cost; nothing is decided by them.
	Scanned *amount `json:"scanCount"`
	Seconds *amount `json:"runDuration"`
}

// cost is what the server says that the job took of it.
func (j job) cost() splunk.Cost {
	var c splunk.Cost
	if j.Scanned != nil {
		c.Scanned = int(*j.Scanned)
	}
	if j.Seconds != nil {
		c.Runtime = j.Seconds.seconds()
	}
	return c
}

// create makes the job under our own sid. made tells, also beside an error, that the
// job may exist.
func (c *SearchClient) create(ctx context.Context, s splunk.Search, sid string) (got string, made bool, err error) {
	r := wire.Request{Op: "creating the search job of " + s.Label, Method: http.MethodPost, Path: c.jobs(s), Header: form(),
		Body: []byte(c.createForm(s, sid).Encode())}
	p := wire.NewPatience(0, c.config.Waiting)
	if c.config.hurried {
		p.Brief(1)
	}
	for {
		rep, err := c.auth.do(ctx, r)
		if err == nil && (rep.Status == http.StatusCreated || rep.Status == http.StatusOK) {
			got, err := c.sidOf(r.Op, rep, sid)
			return got, true, err
		}
		if err == nil {
			e := c.conn.Fail(r.Op, rep)
			if made && e.Status < 500 && c.exists(ctx, s, sid) {
				return sid, true, nil // the earlier create had succeeded, this one is refused as a double
			}
			if e.Status == http.StatusBadRequest {
				e.Why, e.Mend = splunk.ReasonBadSearch, wire.MendSearch+s.SPL
			}
			err = e
		} else if broke(err) {
			made = true
			if c.exists(ctx, s, sid) {
				return sid, true, nil
			}
		}
		if err := p.Wait(ctx, err); err != nil {
			return sid, made, err
		}
	}
}

// createForm asks for a search that fails rather than answers in part.
func (c *SearchClient) createForm(s splunk.Search, sid string) url.Values {
	seconds := int((c.config.Deadline + time.Second - 1) / time.Second)
	limit := strconv.Itoa(seconds)
	return url.Values{
		"search":                {s.SPL},
		"earliest_time":         {strconv.FormatInt(s.Earliest.Unix(), 10)},
		"latest_time":           {strconv.FormatInt(s.Latest.Unix(), 10)},
		"id":                    {sid},
		"output_mode":           {"json"},
		"exec_mode":             {"normal"},
		"allow_partial_results": {"false"},
		"max_count":             {strconv.Itoa(c.config.MaxRows)},
		"max_time":              {limit}, // nobody waits for it longer; then it is finalized, which is no result
		"status_buckets":        {"0"},
		"auto_finalize_ec":      {"0"},
		"auto_cancel":           {"300"},                           // a client that was killed leaves no search behind
		"timeout":               {strconv.Itoa(max(600, seconds))}, // of its results, while they are paged through
		"adhoc_search_level":    {"fast"},
	}
}

// broke tells whether a request may have reached the server though no answer came.
func broke(err error) bool {
	switch splunk.ReasonOf(err) {
	case splunk.ReasonNetwork, splunk.ReasonTimeout, splunk.ReasonCancelled, splunk.ReasonTooLarge:
		return true
	}
	return false
}

// exists asks once whether a job is known.
func (c *SearchClient) exists(ctx context.Context, s splunk.Search, sid string) bool {
	rep, err := c.auth.do(ctx, c.statusRequest("looking for the search job", s, sid))
	return err == nil && (rep.Status == http.StatusOK || rep.Status == http.StatusNoContent)
}

func (c *SearchClient) statusRequest(op string, s splunk.Search, sid string) wire.Request {
	return wire.Request{Op: op, Method: http.MethodGet, Path: c.jobPath(s, sid), Query: url.Values{"output_mode": {"json"}}}
}

var xmlSID = regexp.MustCompile(`<sid>\s*([^<\s]+)\s*</sid>`)

// sidOf reads {"sid":…} or <response><sid>.
func (c *SearchClient) sidOf(op string, rep wire.Reply, own string) (string, error) {
	var j struct {
		SID string `json:"sid"`
	}
	if json.Unmarshal(rep.Body, &j) != nil {
		if m := xmlSID.FindSubmatch(rep.Body); m != nil {
			j.SID = string(m[1])
		}
	}
	if !wire.SafeSID.MatchString(j.SID) {
		return own, c.conn.Unclear(op, rep, errors.New("the answer holds no search id"))
	}
	return j.SID, nil
}

// wait looks at the job until it has ended, well or not.
func (c *SearchClient) wait(ctx context.Context, s splunk.Search, sid string) (job, error) {
	op := "waiting for " + s.Label
	state := "not yet known to the server"
	var seen job
	err := wire.Poll(ctx, c.config.PollEvery, func() (bool, error) {
		rep, err := c.ask(ctx, c.statusRequest(op, s, sid))
		if err != nil {
			return false, c.lost(err, state)
		}
		if rep.Status == http.StatusNoContent { // not ready yet
			return false, nil
		}
		if seen, err = parseJob(rep.Body); err != nil {
			return false, c.conn.Unclear(op, rep, err)
		}
		state = seen.State
		return seen.ended(), nil
	})
	var e *splunk.Error
	if err != nil && !errors.As(err, &e) {
		e = c.conn.Broken(ctx, op, err)
		e.Err = fmt.Errorf("the job was %s: %w", state, e.Err)
		err = e
	}
	return seen, err
}

// lost says of a job that vanished that this is the server's doing.
func (c *SearchClient) lost(err error, state string) error {
	var e *splunk.Error
	if errors.As(err, &e) && e.Why == splunk.ReasonNotFound {
		e.Why, e.Mend = splunk.ReasonFailed, "somebody deleted the job, or the search head was restarted"
		e.Err = fmt.Errorf("%w, which was last %s", wire.ErrGone, state)
	}
	return err
}

func parseJob(body []byte) (job, error) {
	var feed struct {
		Entry []struct {
			Content *job `json:"content"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(body, &feed); err != nil {
		return job{}, fmt.Errorf("reading the job's state: %w", err)
	}
	if len(feed.Entry) != 1 || feed.Entry[0].Content == nil || feed.Entry[0].Content.State == "" {
		return job{}, errors.New("the answer holds no job with a dispatchState")
	}
	return *feed.Entry[0].Content, nil
}

// ended tells whether nothing more will come of a job.
func (j job) ended() bool {
	switch j.State {
	case "QUEUED", "PARSING", "RUNNING", "PAUSE", "PAUSED", "FINALIZING", "NONE":
		return is(j.Failed) || is(j.Zombie)
	}
	return true
}

func is(f *flag) bool { return f != nil && bool(*f) }

// judge accepts a job only if all of its state says that its result is complete.
func (c *SearchClient) judge(s splunk.Search, j job) error {
	e := &splunk.Error{Op: "running " + s.Label, Host: c.conn.Host(), Code: -1, Why: splunk.ReasonIncomplete,
		Reply: c.conn.Short(wire.Join(j.Messages))}
	bad := wire.Suspicious(j.Messages)
	switch {
	case j.State == "FAILED" || is(j.Failed):
		e.Why, e.Err = splunk.ReasonFailed, errors.New("the search failed")
		if text := wire.Join(bad); strings.Contains(strings.ToLower(text), "quota") {
			e.Why = splunk.ReasonQuota
		} else if wire.BadSearch.MatchString(text) {
			e.Why, e.Mend = splunk.ReasonBadSearch, wire.MendSearch+s.SPL
		}
	case j.State != "DONE":
		e.Err = fmt.Errorf("the search ended as %s, not DONE", wire.Shorten(j.State))
	case j.Done == nil || j.Failed == nil || j.Finalized == nil || j.Zombie == nil:
		e.Err = errors.New("the server does not say all of isDone, isFailed, isFinalized and isZombie")
	case !is(j.Done):
		e.Err = errors.New("the search is DONE but isDone is false")
	case is(j.Finalized):
		e.Err = errors.New("the search was finalized before its end")
	case is(j.Zombie):
		e.Err = errors.New("the search's process died")
	case len(bad) > 0:
		e.Err = errors.New("the search warns, so that its result may lack something")
	case j.ResultCount == nil:
		e.Err = errors.New("the server does not say resultCount")
	case int(*j.ResultCount) >= c.config.MaxRows:
		e.Why, e.Err = splunk.ReasonTooLarge, fmt.Errorf("%d rows reach the limit of %d, beyond which rows are dropped", *j.ResultCount, c.config.MaxRows)
		e.Mend = "use a wider span or a split field with fewer values"
	default:
		return nil
	}
	return e
}
