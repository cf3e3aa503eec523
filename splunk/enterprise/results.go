package enterprise

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// page is one answer of the results endpoint.
type page struct {
	Preview  *flag                   `json:"preview"`
	Offset   *count                  `json:"init_offset"`
	Messages wire.Messages           `json:"messages"`
	Fields   []fieldName             `json:"fields"`
	Results  []map[string]wire.Value `json:"results"`
}

// fieldName is a name, or an object with one.
type fieldName string

// UnmarshalJSON implements json.Unmarshaler.
func (f *fieldName) UnmarshalJSON(data []byte) error {
	var o struct {
		Name string `json:"name"`
	}
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(f))
	}
	err := json.Unmarshal(data, &o)
	*f = fieldName(o.Name)
	return err
}

// results pages through a finished job until it has as many rows as the job counted.
func (c *SearchClient) results(ctx context.Context, s splunk.Search, sid string, j job) (splunk.Rows, error) {
	want := int(*j.ResultCount)
	out := splunk.Rows{Messages: j.Messages, Cost: j.cost(), Rows: make([]splunk.Row, 0, want)}
	for len(out.Rows) < want {
		p, err := c.page(ctx, s, sid, len(out.Rows), min(c.config.PageSize, want-len(out.Rows)))
		if err != nil {
			return splunk.Rows{}, err
		}
		if out.Fields == nil {
			for _, f := range p.Fields {
				out.Fields = append(out.Fields, string(f))
			}
		}
		for _, r := range p.Results {
			row := make(splunk.Row, len(r))
			for k, v := range r {
				if len(v) > 0 {
					row[k] = v
				}
			}
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// page reads and checks one page.
func (c *SearchClient) page(ctx context.Context, s splunk.Search, sid string, offset, rows int) (page, error) {
	r := wire.Request{Op: fmt.Sprintf("reading the results of %s from row %d", s.Label, offset), Method: http.MethodGet,
		Path:  c.jobPath(s, sid) + "/results",
		Query: url.Values{"output_mode": {"json"}, "count": {strconv.Itoa(rows)}, "offset": {strconv.Itoa(offset)}}}
	var p page
	err := wire.Poll(ctx, c.config.PollEvery, func() (bool, error) {
		rep, err := c.ask(ctx, r)
		if err != nil {
			return false, c.lost(err, "DONE")
		}
		if rep.Status == http.StatusNoContent { // not ready yet
			return false, nil
		}
		if p, err = parsePage(rep.Body); err != nil {
			return false, c.conn.Unclear(r.Op, rep, err)
		}
		return true, nil
	})
	var e *splunk.Error
	if err != nil && !errors.As(err, &e) {
		err = c.conn.Broken(ctx, r.Op, err)
	}
	if err != nil {
		return page{}, err
	}
	if err := p.check(offset, rows); err != nil {
		return page{}, &splunk.Error{Op: r.Op, Host: c.conn.Host(), Code: -1, Why: splunk.ReasonIncomplete,
			Reply: c.conn.Short(wire.Join(p.Messages)), Err: err}
	}
	return p, nil
}

func parsePage(body []byte) (page, error) {
	var p page
	if err := json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &p); err != nil {
		return page{}, fmt.Errorf("reading a page of results: %w", err)
	}
	return p, nil
}

// check accepts a page only if it is final, clean and where it should be.
func (p page) check(offset, rows int) error {
	switch {
	case p.Preview == nil:
		return errors.New("the page does not say whether it is a preview")
	case is(p.Preview):
		return errors.New("the page is a preview")
	case len(wire.Suspicious(p.Messages)) > 0:
		return errors.New("the page comes with a warning")
	case p.Offset != nil && int(*p.Offset) != offset:
		return fmt.Errorf("the page begins at row %d", *p.Offset)
	case len(p.Results) == 0:
		return errors.New("the page is empty though the job counted more rows")
	case len(p.Results) > rows:
		return fmt.Errorf("the page holds %d rows, more than the %d left", len(p.Results), rows)
	}
	return nil
}
