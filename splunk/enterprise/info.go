package enterprise

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// Info is what a server says of itself.
type Info struct {
	Version    string
	Build      string
	ServerName string
	Product    string // enterprise, lite, …; "" when not said
	Peer
}

// ServerInfo asks who answers, which proves address, certificate and credentials.
func (c *SearchClient) ServerInfo(ctx context.Context) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Deadline)
	defer cancel()
	const op = "asking for server info"
	before := c.config.Clock()
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: "/services/server/info", Query: url.Values{"output_mode": {"json"}}})
	if err != nil {
		return Info{}, err
	}
	after := c.config.Clock()
	var e struct {
		Version string `json:"version"`
		Build   string `json:"build"`
		Name    string `json:"serverName"`
		Product string `json:"product_type"`
	}
	if err := c.read(op, rep, &e); err != nil {
		return Info{}, err
	}
	if e.Version == "" {
		return Info{}, c.conn.Unclear(op, rep, errors.New("the answer holds no version"))
	}
	return Info{Version: e.Version, Build: e.Build, ServerName: e.Name, Product: e.Product, Peer: peerOf(rep, before, after)}, nil
}

// oldest is the first version with the endpoints that searches are run by.
var oldest = []int{9, 0, 2}

// TooOld tells whether the version is one that lacks what Foresight asks for. Of a version that cannot be
// read it is not said.
func (i Info) TooOld() bool {
	parts := strings.Split(i.Version, ".")
	for k, least := range oldest {
		n := 0
		if k < len(parts) {
			var err error
			if n, err = strconv.Atoi(parts[k]); err != nil {
				return false
			}
		}
		if n != least {
			return n < least
		}
	}
	return false
}

// SearchClient is a splunk.Searcher.
var _ splunk.Searcher = (*SearchClient)(nil)
