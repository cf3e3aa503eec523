package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// Info is what a server says of itself.
type Info struct {
	Version    string
	Build      string
	ServerName string
	Product    string // enterprise, lite, …; "" when not said
}

// ServerInfo asks who answers, which proves address, certificate and credentials.
func (c *SearchClient) ServerInfo(ctx context.Context) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	const op = "asking for server info"
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: "/services/server/info", Query: url.Values{"output_mode": {"json"}}})
	if err != nil {
		return Info{}, err
	}
	var feed struct {
		Entry []struct {
			Content struct {
				Version string `json:"version"`
				Build   string `json:"build"`
				Name    string `json:"serverName"`
				Product string `json:"product_type"`
			} `json:"content"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(rep.Body, &feed); err != nil {
		return Info{}, c.conn.Unclear(op, rep, err)
	}
	if len(feed.Entry) != 1 || feed.Entry[0].Content.Version == "" {
		return Info{}, c.conn.Unclear(op, rep, errors.New("the answer holds no version"))
	}
	e := feed.Entry[0].Content
	return Info{Version: e.Version, Build: e.Build, ServerName: e.Name, Product: e.Product}, nil
}

// SearchClient is a splunk.Searcher.
var _ splunk.Searcher = (*SearchClient)(nil)
