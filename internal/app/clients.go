package app

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"foresight/configs"
	"foresight/internal/metrics"
	"foresight/splunk"
	"foresight/splunk/enterprise"
)

// clients are the two ways to Splunk.
type clients struct {
	search *enterprise.SearchClient
	hec    *enterprise.HECClient
	meter  *metrics.Metrics
}

// connect makes the clients, whose failures the meter counts; it sends nothing yet.
func (a *App) connect(cfg *configs.Config, meter *metrics.Metrics) (clients, error) {
	s, h := cfg.Splunk.Search, cfg.Splunk.HEC
	log := a.logger(cfg.Log)
	meter.Expect(metrics.Search, splunk.Reasons...)
	meter.Expect(metrics.HEC, splunk.Reasons...)
	waiting := func(err error, d time.Duration) {
		meter.Failed(metrics.Search, err)
		log.Warn().Err(err).Stringer("wait", d.Round(time.Millisecond)).Msg("waiting for Splunk")
	}
	search, err := enterprise.NewSearch(enterprise.SearchConfig{
		URL: s.URL, Token: s.Token.Value(), Username: s.Username, Password: s.Password.Value(),
		App: s.App, Owner: s.Owner, CAFile: s.CAFile, Timeout: s.Timeout, Deadline: s.TimeLimit,
		Clock: a.Clock, UserAgent: "foresight/" + a.Version, Waiting: waiting,
	})
	if err != nil {
		return clients{}, usage(err)
	}
	hec, err := enterprise.NewHEC(enterprise.HECConfig{
		URL: h.URL, Token: h.Token.Value(), Index: h.Index, CAFile: h.CAFile, Timeout: h.Timeout,
		BatchEvents: h.Batch.Events, BatchBytes: h.Batch.Bytes, Gzip: true, Clock: a.Clock, RetryFor: hiccup,
		Waiting: func(err error, _ time.Duration) { meter.Failed(metrics.HEC, err) },
	})
	if err != nil {
		return clients{}, usage(err)
	}
	return clients{search: search, hec: hec, meter: meter}, nil
}

// source reads series through the search client.
func (c clients) source() *splunk.Source {
	return &splunk.Source{Searcher: meteredSearcher{c.search, c.meter}}
}

// sender hands events to the collector.
func (c clients) sender() splunk.Sender { return meteredSender{c.hec, c.meter} }

// hiccup is how long the event client by itself tries a collector that is busy or cuts
// connections. What lasts longer is the courier's to wait for, which then tells.
const hiccup = 3 * time.Second

// reachable tries the event collector before a run spends minutes on what it then
// cannot send: a wrong address, certificate or token is not mended by waiting. A
// server that is busy or cuts a connection will do.
func (c clients) reachable(ctx context.Context) error {
	err := c.hec.Check(ctx)
	var dial *net.OpError
	settled := []string{splunk.ReasonTLS, splunk.ReasonNotFound, splunk.ReasonRedirect, splunk.ReasonUnauthorized}
	if slices.Contains(settled, splunk.ReasonOf(err)) || errors.As(err, &dial) && dial.Op == "dial" {
		return err
	}
	return nil
}
