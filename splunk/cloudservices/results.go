package cloudservices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/splunk/splunk-cloud-sdk-go/services"
	"github.com/splunk/splunk-cloud-sdk-go/services/search"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// results pages through a finished job until it has as many rows as the job counted,
// and makes sure that no more follow.
func (c *SearchClient) results(ctx context.Context, s splunk.Search, sid string, j search.SearchJob) (splunk.Rows, error) {
	want := int(*j.ResultsAvailable)
	out := splunk.Rows{Messages: messagesOf(j.Messages), Rows: make([]splunk.Row, 0, want)}
	for more := want > 0; more; {
		offset := len(out.Rows)
		op := fmt.Sprintf("reading the results of %s from row %d", s.Label, offset)
		p, err := c.page(ctx, op, sid, offset, min(c.config.PageSize, max(1, want-offset)))
		if err != nil {
			return splunk.Rows{}, err
		}
		if out.Fields == nil {
			for _, f := range p.Fields {
				out.Fields = append(out.Fields, f.Name)
			}
		}
		for _, r := range p.Results {
			row, err := rowOf(r)
			if err != nil {
				return splunk.Rows{}, c.incomplete(op, p, err)
			}
			out.Rows = append(out.Rows, row)
		}
		switch {
		case len(out.Rows) > want:
			return splunk.Rows{}, c.incomplete(op, p, fmt.Errorf("more rows follow than the %d that the job counted", want))
		case len(p.Results) == 0 && offset < want:
			return splunk.Rows{}, c.incomplete(op, p, errors.New("the page is empty though the job counted more rows"))
		}
		// A link to a next page after the last row would be of rows that were not counted.
		more = len(out.Rows) < want || len(p.Results) > 0 && p.NextLink != nil && *p.NextLink != ""
	}
	return out, nil
}

func (c *SearchClient) incomplete(op string, p search.ListSearchResultsResponse, err error) *splunk.Error {
	return &splunk.Error{Op: op, Host: c.tenant.conn.Host(), Code: -1, Why: splunk.ReasonIncomplete,
		Reply: c.tenant.conn.Short(wire.Join(messagesOf(p.Messages))), Err: err}
}

// page reads and checks one page.
func (c *SearchClient) page(ctx context.Context, op, sid string, offset, rows int) (search.ListSearchResultsResponse, error) {
	query := search.ListResultsQueryParams{}.SetCount(int32(rows)).SetOffset(int32(offset))
	var p search.ListSearchResultsResponse
	err := wire.Poll(ctx, c.config.PollEvery, func() (bool, error) {
		got, _, err := call(ctx, c.tenant, op, c.patience(), func(client *services.BaseClient) (*search.ListSearchResultsResponse, error) {
			return search.NewService(client).ListResults(sid, &query)
		})
		if err != nil {
			return false, c.lost(err, "done")
		}
		if got == nil || got.Wait != nil && *got.Wait != "" { // not ready yet
			return false, nil
		}
		p = *got
		return true, nil
	})
	var e *splunk.Error
	if err != nil && !errors.As(err, &e) {
		err = c.tenant.conn.Broken(ctx, op, err)
	}
	switch {
	case err != nil:
		return p, err
	case p.Results == nil:
		return p, c.incomplete(op, p, errors.New("the page holds no list of results"))
	case len(wire.Suspicious(messagesOf(p.Messages))) > 0:
		return p, c.incomplete(op, p, errors.New("the page comes with a warning"))
	case len(p.Results) > rows:
		return p, c.incomplete(op, p, fmt.Errorf("the page holds %d rows, more than the %d asked for", len(p.Results), rows))
	}
	return p, nil
}

// rowOf turns what the SDK decoded into a row. It decodes numbers as float64, of which
// those with more than 15 digits are not told apart.
func rowOf(r map[string]any) (splunk.Row, error) {
	row := make(splunk.Row, len(r))
	for field, v := range r {
		list, many := v.([]any)
		if !many {
			list = []any{v}
		}
		for _, one := range list {
			switch x := one.(type) {
			case nil:
			case string:
				row[field] = append(row[field], x)
			case float64, bool:
				text, err := json.Marshal(x)
				if err != nil {
					return nil, fmt.Errorf("field %s: %w", field, err)
				}
				row[field] = append(row[field], string(text))
			default:
				return nil, fmt.Errorf("field %s holds an object where a value is expected", field)
			}
		}
	}
	return row, nil
}
