package enterprise

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// Peer is what an answer tells of the server beside what it says.
type Peer struct {
	Certificate *x509.Certificate // of the server, verified; nil without TLS
	Ahead       time.Duration     // how far its clock is ahead of ours, to a second or two; 0 when it does not say
}

// peerOf reads the certificate and the clock, whose reading lies between two of ours.
func peerOf(rep wire.Reply, before, after time.Time) Peer {
	var p Peer
	if rep.TLS != nil && len(rep.TLS.PeerCertificates) > 0 {
		p.Certificate = rep.TLS.PeerCertificates[0]
	}
	at, err := http.ParseTime(rep.Header.Get("Date"))
	switch {
	case err != nil:
	case at.Before(before.Truncate(time.Second)):
		p.Ahead = at.Sub(before.Truncate(time.Second))
	case at.After(after):
		p.Ahead = at.Sub(after)
	}
	return p
}

// Rights are what the server says of the user that searches.
type Rights struct {
	User         string
	TimeZone     string // "" for the server's
	Roles        []string
	Capabilities []string // nil: not said
}

// Rights asks who it is that searches, and what that user may do.
func (c *SearchClient) Rights(ctx context.Context) (Rights, error) {
	var r struct {
		User         string   `json:"username"`
		TimeZone     string   `json:"tz"`
		Roles        []string `json:"roles"`
		Capabilities []string `json:"capabilities"`
	}
	err := c.entry(ctx, "asking for the user's rights", "/services/authentication/current-context", &r)
	return Rights(r), err
}

// Role is what the server says of a role, as far as searches are bounded by it.
type Role struct {
	Name    string
	Jobs    int           // searches at a time; 0: not said
	Window  time.Duration // how far back one search may reach; 0: no bound
	Indexes []string      // that may be searched, with wildcards
}

// Role asks for a role; to many users the server shows none, which is an error with the reason
// unauthorized or not_found.
func (c *SearchClient) Role(ctx context.Context, name string) (Role, error) {
	var r struct {
		Jobs    *amount  `json:"srchJobsQuota"` // a number, or text, or something else where it was never set
		Window  *amount  `json:"srchTimeWin"`   // -1 and 0 are no bound
		Indexes []string `json:"srchIndexesAllowed"`
	}
	err := c.entry(ctx, "asking for role "+name, "/services/authorization/roles/"+url.PathEscape(name), &r)
	role := Role{Name: name, Indexes: r.Indexes}
	if r.Jobs != nil {
		role.Jobs = int(*r.Jobs)
	}
	if r.Window != nil {
		role.Window = r.Window.seconds()
	}
	return role, err
}

// Index is what the server says of an index.
type Index struct {
	Name     string
	Metric   bool
	Disabled bool
	Frozen   time.Duration // how long a bucket is kept after its newest event; 0: not said
	Ahead    time.Duration // how far ahead events may lie before they go to quarantine buckets; 0: not said
}

// Index asks for an index. A search head may know none of its indexers', and shows others not to
// everybody: that is an error with the reason not_found or unauthorized.
func (c *SearchClient) Index(ctx context.Context, name string) (Index, error) {
	var r struct {
		Type     string  `json:"datatype"`
		Disabled *flag   `json:"disabled"`
		Frozen   *amount `json:"frozenTimePeriodInSecs"`
		Ahead    *amount `json:"quarantineFutureSecs"`
	}
	err := c.entry(ctx, "asking for index "+name, "/services/data/indexes/"+url.PathEscape(name), &r)
	i := Index{Name: name, Metric: r.Type == "metric", Disabled: is(r.Disabled)}
	if r.Frozen != nil {
		i.Frozen = r.Frozen.seconds()
	}
	if r.Ahead != nil {
		i.Ahead = r.Ahead.seconds()
	}
	return i, err
}

// entry reads the content of the one entry that a path answers.
func (c *SearchClient) entry(ctx context.Context, op, path string, content any) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: path, Query: url.Values{"output_mode": {"json"}}})
	if err != nil {
		return err
	}
	return c.read(op, rep, content)
}

// read takes the content of the one entry of an answer.
func (c *SearchClient) read(op string, rep wire.Reply, content any) error {
	var feed struct {
		Entry []struct {
			Content json.RawMessage `json:"content"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(rep.Body, &feed); err != nil {
		return c.conn.Unclear(op, rep, err)
	}
	if len(feed.Entry) != 1 {
		return c.conn.Unclear(op, rep, errors.New("the answer holds not one entry"))
	}
	if err := json.Unmarshal(feed.Entry[0].Content, content); err != nil {
		return c.conn.Unclear(op, rep, err)
	}
	return nil
}

// Unseen tells whether an error says no more than that something is not shown to this user.
func Unseen(err error) bool {
	var e *splunk.Error
	return errors.As(err, &e) && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}
