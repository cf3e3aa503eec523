package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"foresight/configs"
	"foresight/internal/metrics"
	"foresight/splunk"
	"foresight/splunk/cloudservices"
	"foresight/splunk/enterprise"
)

// clients are the two ways to Splunk, whichever it is.
type clients struct {
	search  splunk.Searcher
	events  splunk.Sender
	alerts  splunk.AlertJobs   // nil: that Splunk has none
	records splunk.Records     // nil: it has no KV store
	windows splunk.Maintenance // nil: it has no ITSI
	meter   *metrics.Metrics
	on      *platform // nil for Splunk Cloud Services

	// What check tells people: where each is, who answers searches, and whether events would be taken.
	searchAt, eventsAt string
	answers            func(context.Context) (string, error)
	takes              func(context.Context) error
	taken              string // what it means that takes has no error
}

// connect makes the clients, whose failures the meter counts; it sends nothing yet.
func (a *App) connect(cfg *configs.Config, meter *metrics.Metrics) (clients, error) {
	log := a.logger(cfg.Log)
	meter.Expect(metrics.Search, splunk.Reasons...)
	meter.Expect(metrics.HEC, splunk.Reasons...)
	o := overheard{
		search: func(err error, d time.Duration) {
			meter.Failed(metrics.Search, err)
			log.Warn().Err(err).Stringer("wait", d.Round(time.Millisecond)).Msg("waiting for Splunk")
		},
		events: func(err error, _ time.Duration) { meter.Failed(metrics.HEC, err) },
		moved: func(from, to string, err error) {
			meter.Failed(metrics.Search, err)
			log.Warn().Err(err).Str("from", from).Str("to", to).Msg("searches go to the next search head, and stay there while it answers")
		},
	}
	dial := a.platform
	if cfg.Splunk.CloudServices != nil {
		dial = a.cloudServices
	}
	c, err := dial(cfg.Splunk, o)
	c.meter = meter
	return c, usage(err)
}

// overheard is told of each wait of a client before another try.
type overheard struct {
	search, events func(error, time.Duration)
	moved          func(from, to string, err error) // of searches, to another search head
}

// platform makes the clients of Splunk Enterprise and Splunk Cloud Platform.
func (a *App) platform(cfg configs.Splunk, o overheard) (clients, error) {
	s, h := cfg.Search, cfg.HEC
	search, err := enterprise.NewSearch(enterprise.SearchConfig{
		URL: s.URL, Failover: s.Failover, Token: s.Token.Value(), Username: s.Username, Password: s.Password.Value(),
		App: s.App, Owner: s.Owner, CAFile: s.CAFile, Way: wayTo(s.Way), Fresh: freshOf(s.Token, s.Password), Timeout: s.Timeout, Deadline: s.TimeLimit,
		Clock: a.Clock, UserAgent: a.agent(), Waiting: o.search, Moved: o.moved,
	})
	if err != nil {
		return clients{}, err
	}
	hec, err := enterprise.NewHEC(enterprise.HECConfig{
		URL: h.URL, Token: h.Token.Value(), Index: h.Index, MetricIndex: h.MetricIndex, CAFile: h.CAFile, Way: wayTo(h.Way), Fresh: h.Token.Now, Timeout: h.Timeout,
		BatchEvents: h.Batch.Events, BatchBytes: h.Batch.Bytes, Gzip: true, NoAck: cfg.Deployment == configs.DeploymentCloud, Clock: a.Clock, RetryFor: hiccup, Waiting: o.events,
	})
	if err != nil {
		return clients{}, err
	}
	return clients{
		search: search, searchAt: "search at " + s.URL, alerts: search, records: search, windows: search,
		answers: func(ctx context.Context) (string, error) {
			info, err := search.ServerInfo(ctx)
			return fmt.Sprintf("Splunk %s (%s) takes the credentials", info.Version, info.ServerName), err
		},
		on: &platform{search, hec}, events: hec, eventsAt: "event collector at " + h.URL, takes: hec.Check, taken: "healthy, and takes the token",
	}, nil
}

// cloudServices makes the clients of a tenant of Splunk Cloud Services.
func (a *App) cloudServices(cfg configs.Splunk, o overheard) (clients, error) {
	c := cfg.CloudServices
	tenant, err := cloudservices.New(cloudservices.Config{
		Tenant: c.Tenant, Host: c.Host, IDPHost: c.IDPHost, ClientID: c.ClientID, ClientSecret: c.ClientSecret.Value(), Scope: c.Scope,
		CAFile: c.CAFile, Way: wayTo(c.Way), Fresh: c.ClientSecret.Now, Timeout: c.Timeout, Clock: a.Clock, UserAgent: a.agent(),
	})
	if err != nil {
		return clients{}, err
	}
	search := tenant.Searches(cloudservices.SearchConfig{Deadline: c.TimeLimit, Waiting: o.search})
	events := tenant.Events(cloudservices.SenderConfig{Index: c.Index, BatchEvents: c.Batch.Events, BatchBytes: c.Batch.Bytes, RetryFor: hiccup, Waiting: o.events})
	at := fmt.Sprintf("tenant %s of Splunk Cloud Services at %s", c.Tenant, c.Host)
	return clients{
		search: search, searchAt: "search in " + at,
		answers: func(ctx context.Context) (string, error) {
			return "takes the client's credentials, and lets it search", search.Check(ctx)
		},
		events: events, eventsAt: "events to " + at, takes: events.Check, taken: "takes the client's credentials, and would take its events",
	}, nil
}

// wayTo hands on how a site is reached.
func wayTo(w configs.Way) enterprise.Way {
	return enterprise.Way{CertFile: w.CertFile, KeyFile: w.KeyFile, Proxy: w.Proxy, ProxyUser: w.ProxyUser, ProxyPassword: w.ProxyPassword.Value()}
}

// freshOf returns whichever secret is given, as it is now.
func freshOf(token, password configs.Secret) func() string {
	if token.IsSet() {
		return token.Now
	}
	return password.Now
}

func (a *App) agent() string { return "foresight/" + a.Version }

// source reads series through the search client.
func (c clients) source() *splunk.Source {
	return &splunk.Source{Searcher: meteredSearcher{c.search, c.meter}}
}

// sender hands events to Splunk.
func (c clients) sender() splunk.Sender { return meteredSender{c.events, c.meter} }

// hiccup is how long the event client by itself tries a collector that is busy or cuts
// connections. What lasts longer is the courier's to wait for, which then tells.
const hiccup = 3 * time.Second

// reachable tries whether events would be taken before a run spends minutes on what it then
// cannot send: a wrong address, certificate or token is not mended by waiting. A
// server that is busy or cuts a connection will do.
func (c clients) reachable(ctx context.Context) error {
	err := c.takes(ctx)
	var dial *net.OpError
	settled := []string{splunk.ReasonTLS, splunk.ReasonNotFound, splunk.ReasonRedirect, splunk.ReasonUnauthorized}
	if slices.Contains(settled, splunk.ReasonOf(err)) || errors.As(err, &dial) && dial.Op == "dial" {
		return err
	}
	return nil
}
