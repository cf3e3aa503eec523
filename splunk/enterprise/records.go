package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SearchClient reads and writes collections.
var _ splunk.Records = (*SearchClient)(nil)

// collectionPath is where a collection's records are: what is shared is nobody's.
func collectionPath(in splunk.Collection) string {
	return "/servicesNS/nobody/" + url.PathEscape(in.App) + "/storage/collections/data/" + url.PathEscape(in.Name)
}

// Records implements splunk.Records.
func (c *SearchClient) Records(ctx context.Context, in splunk.Collection, query string, skip, most int) ([]splunk.Record, error) {
	const op = "reading a collection of the KV store"
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: collectionPath(in),
		Query: url.Values{"query": {query}, "sort": {"_key"}, "skip": {strconv.Itoa(skip)}, "limit": {strconv.Itoa(most)}, "output_mode": {"json"}}})
	if err != nil {
		return nil, c.ofCollection(in, err)
	}
	var all []splunk.Record
	if err := json.Unmarshal(rep.Body, &all); err != nil {
		return nil, c.conn.Unclear(op, rep, err)
	}
	return all, nil
}

// SaveRecords implements splunk.Records, by batch_save: sent twice it says the same.
func (c *SearchClient) SaveRecords(ctx context.Context, in splunk.Collection, records []splunk.Record) error {
	const op = "writing into a collection of the KV store"
	body, err := json.Marshal(records)
	if err != nil {
		return &splunk.Error{Op: op, Code: -1, Why: splunk.ReasonOther, Err: err}
	}
	_, err = c.ask(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: collectionPath(in) + "/batch_save", Body: body,
		Query: url.Values{"output_mode": {"json"}}, Header: http.Header{"Content-Type": {"application/json"}}})
	return c.ofCollection(in, err)
}

// ofCollection says what mends an error.
func (c *SearchClient) ofCollection(in splunk.Collection, err error) error {
	var e *splunk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Status {
	case http.StatusNotFound:
		e.Mend = "install the app " + in.App + ", whose collections.conf has [" + in.Name + "], and check splunk.notes"
	case http.StatusForbidden:
		e.Mend = "let the search user's role read and write the collection " + in.Name + " of the app " + in.App
	}
	return err
}
