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
)

// page is one answer of the results endpoint.
type page struct {
	Preview  *flag              `json:"preview"`
	Offset   *count             `json:"init_offset"`
	Messages messages           `json:"messages"`
	Fields   []fieldName        `json:"fields"`
	Results  []map[string]value `json:"results"`
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
	out := splunk.Rows{Messages: j.Messages, Rows: make([]splunk.Row, 0, want)}
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
	r := request{op: fmt.Sprintf("reading the results of %s from row %d", s.Label, offset), method: http.MethodGet,
		path:  c.jobPath(sid) + "/results",
		query: url.Values{"output_mode": {"json"}, "count": {strconv.Itoa(rows)}, "offset": {strconv.Itoa(offset)}}}
	for pause := c.config.PollEvery; ; pause = min(pause*3/2, max(maxPoll, c.config.PollEvery)) {
		rep, err := c.ask(ctx, r)
		if err != nil {
			return page{}, c.lost(err, "DONE")
		}
		if rep.status == http.StatusNoContent { // not ready yet
			if err := sleep(ctx, pause); err != nil {
				return page{}, c.conn.broken(ctx, r, err)
			}
			continue
		}
		p, err := parsePage(rep.body)
		if err != nil {
			return page{}, c.conn.unclear(r.op, rep, err)
		}
		if err := p.check(offset, rows); err != nil {
			return page{}, &splunk.Error{Op: r.op, Host: c.conn.base.Host, Code: -1, Why: splunk.ReasonIncomplete,
				Reply: shorten(c.conn.hide.clean(join(p.Messages))), Err: err}
		}
		return p, nil
	}
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
	case len(suspicious(p.Messages)) > 0:
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
