package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SearchClient knows the jobs of alerts.
var _ splunk.AlertJobs = (*SearchClient)(nil)

// anySID is what sids are made of, those of the scheduler too
// (scheduler__admin__search__RMD5ab_at_1700000000_12_4F0C…). What is none comes from outside.
var anySID = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.@+=~:-]{0,511}$`)

// AlertJob implements splunk.AlertJobs: GET search/jobs/{sid}.
func (c *SearchClient) AlertJob(ctx context.Context, sid string) (splunk.AlertJob, error) {
	const op = "looking for the search of an alert"
	if !anySID.MatchString(sid) {
		return splunk.AlertJob{}, &splunk.Error{Op: op, Code: -1, Why: splunk.ReasonNotFound, Err: errors.New("what it gives as its sid cannot be one")}
	}
	if c.heads != nil {
		return onHead(ctx, c, func(head *SearchClient) (splunk.AlertJob, error) { return head.AlertJob(ctx, sid) })
	}
	rep, err := c.auth.do(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: "/services/search/v2/jobs/" + sid, Query: url.Values{"output_mode": {"json"}}})
	if err != nil {
		return splunk.AlertJob{}, err
	}
	switch rep.Status {
	case http.StatusOK:
	case http.StatusNoContent:
		return splunk.AlertJob{}, &splunk.Error{Op: op, Host: c.conn.Host(), Status: rep.Status, Code: -1, Why: splunk.ReasonBusy, Err: errors.New("the job is not ready")}
	case http.StatusForbidden:
		e := c.conn.Fail(op, rep)
		e.Mend = "let the search user read the jobs of those who own the alerts: share the alerts in their app, or give its role admin_all_objects"
		return splunk.AlertJob{}, e
	default:
		e := c.conn.Fail(op, rep)
		if rep.Status == http.StatusNotFound && !strings.Contains(strings.ToLower(e.Reply), "unknown sid") {
			e.Why = splunk.ReasonBadReply // a proxy's 404 says nothing of the job
		}
		return splunk.AlertJob{}, e
	}
	var feed struct {
		Entry []struct {
			Author string `json:"author"`
			ACL    struct {
				App   string `json:"app"`
				Owner string `json:"owner"`
			} `json:"acl"`
			Content struct {
				SID   string `json:"sid"`
				Label string `json:"label"`
			} `json:"content"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(rep.Body, &feed); err != nil || len(feed.Entry) != 1 || feed.Entry[0].Content.SID != sid {
		return splunk.AlertJob{}, c.conn.Unclear(op, rep, errors.New("the answer is not this job's"))
	}
	e := feed.Entry[0]
	owner := e.ACL.Owner
	if owner == "" {
		owner = e.Author
	}
	return splunk.AlertJob{Saved: e.Content.Label, App: e.ACL.App, Owner: owner}, nil
}
