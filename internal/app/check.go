package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foresight/analytics/calendar"
	"foresight/configs"
	"foresight/internal/metrics"
	"foresight/models"
	"foresight/splunk"
)

// errChecks says that a check failed; what failed is already on Out.
var errChecks = errors.New("not everything is in order; see the lines marked FAIL")

// CheckOptions are the flags of `foresight check`.
type CheckOptions struct {
	Offline bool   // the file alone, without Splunk and without the secrets
	AsOf    string // where the samples end, see parseAsOf; "" for today
}

// checker prints one line a check and remembers whether one failed.
type checker struct {
	app    *App
	at     asOf
	failed bool
}

func (c *checker) line(what string, err error, good string) {
	if err != nil {
		c.failed = true
		c.app.say("FAIL  %s: %v", what, err) //nolint:errcheck,gosec // the exit code says it too
		return
	}
	c.app.say("ok    %s: %s", what, good) //nolint:errcheck,gosec // the exit code says it too
}

// warn prints what is in order only as long as nothing runs.
func (c *checker) warn(what string, err error) {
	c.app.say("warn  %s: %v", what, err) //nolint:errcheck,gosec // what stands on Out already is no less true
}

// Check goes through configuration, connection, rights and every search with the
// code of a real run, and writes nothing.
func (a *App) Check(ctx context.Context, path string, o CheckOptions) error {
	cfg, warnings, err := a.loadFor(path, o)
	if err != nil {
		return err
	}
	at, err := parseAsOf(o.AsOf, a.Clock(), cfg.Customers...)
	if err != nil {
		return err
	}
	c := &checker{app: a, at: at}
	c.line("configuration", nil, fmt.Sprintf("%s is well formed, %s", cfg.Path, counted(len(cfg.Customers), "customer")))
	for _, w := range warnings {
		c.warn("configuration", w)
	}
	c.deployment(cfg.Splunk)
	for _, customer := range cfg.Customers {
		c.customer(cfg, customer)
		c.ready(ctx, cfg, customer, o.Offline)
	}
	c.channels(cfg, o.Offline)
	c.state(ctx, cfg, o.Offline)
	if !o.Offline {
		if err := c.online(ctx, cfg); err != nil {
			return err
		}
	}
	c.volume(cfg)
	if c.failed {
		return errChecks
	}
	return nil
}

// loadFor reads the configuration; offline, a missing secret is a warning.
func (a *App) loadFor(path string, o CheckOptions) (*configs.Config, configs.Errors, error) {
	if !o.Offline {
		cfg, err := a.load(path)
		return cfg, nil, err
	}
	cfg, warnings, err := configs.LoadOffline(path, a.Env)
	return cfg, warnings, usage(err)
}

// counted is a number of things for people: 1 customer, 2 customers.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// end returns the day before which a customer's sample ends.
func (c *checker) end(customer models.Customer) calendar.Date {
	if c.at.byDay {
		return c.at.day
	}
	return calendar.DateOf(c.at.instant.In(customer.Zone))
}

// customer checks what needs no server: event files, the calendar, and that every
// search is safe to send.
func (c *checker) customer(cfg *configs.Config, customer models.Customer) {
	full, err := withEvents(cfg, customer, c.end(customer).In(customer.Zone))
	if err == nil {
		_, err = calendarOf(full.Country, full.Events)
	}
	c.line("calendar of "+customer.ID, err, fmt.Sprintf("country %s, %s of its own", orNone(full.Country), counted(len(full.Events), "event")))
	for _, s := range customer.Services {
		for _, q := range s.Queries {
			if err := splunk.CheckQuery(q, customer.Zone); err != nil {
				c.line("search of "+s.ID+"/"+q.ID, err, "")
			}
		}
	}
}

func orNone(country string) string {
	if country == "" {
		return "(none)"
	}
	return country
}

// online checks connection and rights, then reads each query's last days.
func (c *checker) online(ctx context.Context, cfg *configs.Config) error {
	clients, err := c.app.connect(cfg, metrics.New(c.app.Version))
	if err != nil {
		return err
	}
	good, err := clients.answers(ctx)
	c.line(clients.searchAt, closedPort(cfg.Splunk, err), good)
	c.signOn(ctx, cfg)
	if err == nil && clients.on != nil {
		c.splunk(ctx, cfg, clients.on)
	}
	takes := clients.takes(ctx)
	c.line(clients.eventsAt, takes, clients.taken)
	if takes == nil && clients.on != nil {
		if peer, err := clients.on.events.Peer(ctx); err == nil {
			c.certificate("certificate of events", cfg.Splunk.HEC.URL, peer)
		}
	}
	if err != nil {
		return ctx.Err()
	}
	c.extras(ctx, cfg, clients)
	for _, customer := range cfg.Customers {
		for _, inv := range customer.Process.Inventories {
			c.inventory(ctx, clients.search, customer, inv)
		}
		for _, s := range customer.Services {
			for _, q := range s.Queries {
				if splunk.CheckQuery(q, customer.Zone) != nil {
					continue // said above
				}
				c.query(ctx, clients.source(), cfg.Splunk.TimeLimit(), customer, s, q)
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
	}
	return nil
}

// sampleDays is how much of each query a check reads: long enough for a week's
// closed days and a month's bucket.
const sampleDays = 35

// query runs a search over its last days, and says what it found and what it cost.
func (c *checker) query(ctx context.Context, source *splunk.Source, limit time.Duration, customer models.Customer, s models.Service, q models.Query) {
	what := fmt.Sprintf("search of %s/%s", s.ID, q.ID)
	end := c.end(customer)
	start := end.AddDays(-sampleDays)
	switch q.Span {
	case models.SpanWeek:
		end = end.AddDays(-(int(end.Weekday()) + 6) % 7)
		start = end.AddDays(-35)
	case models.SpanMonth:
		end = calendar.NewDate(end.Year, end.Month, 1)
		start = calendar.NewDate(end.Year, end.Month-2, 1)
	}
	window := models.Window{From: start.In(customer.Zone), To: end.In(customer.Zone)}
	sample := window.To.Sub(window.From)
	cost := &tally{Searcher: source.Searcher}
	source.Searcher = cost
	began := c.app.Clock()
	got, err := source.Fetch(ctx, customer.Zone, q, window)
	rows := 0
	if err == nil {
		for _, column := range got.Columns {
			rows += len(column.Points)
		}
		if rows == 0 {
			err = fmt.Errorf("no rows from %s to %s; try the search in Splunk as the same user, and check its index, the fields that measure names and the user's roles, or name a day with data by --as-of", start, end)
		}
	}
	c.line(what, err, fmt.Sprintf("%s of %s in %s from %s to %s%s, in %s%s", counted(rows, "row"), q.Span, counted(len(got.Columns), "signal"), start, end,
		last(got, customer.Zone), c.app.Clock().Sub(began).Round(time.Millisecond), cost.words(q, sample)))
	if err == nil && q.Split != nil && len(got.Columns) == 1 {
		c.warn(what, fmt.Errorf("no event of these days has the field %s, so that there is the total alone; check the spelling of split.by, upper and lower case too", q.Split.By))
	}
	if slow := cost.tooSlow(q, sample, limit); err == nil && slow != nil {
		c.warn(what, slow)
	}
}

// last is the newest bucket of what was read, for people who know what it should be.
func last(got models.Fetched, zone *time.Location) string {
	if len(got.Columns) == 0 || len(got.Columns[0].Points) == 0 {
		return ""
	}
	points := got.Columns[0].Points
	p := points[len(points)-1]
	return fmt.Sprintf(" (the last, of %s: %.7g)", time.Unix(p.Time, 0).In(zone).Format("2006-01-02 15:04"), p.Value)
}

// eventBytes is about what one forecast event weighs in the index's licence.
const eventBytes = 560

// measurementBytes is what Splunk counts at most for a measurement of a metric point.
const measurementBytes = 150

// volume says what Foresight itself will write, at most: a forecast is sent whole
// when it changed and not at all when it did not.
func (c *checker) volume(cfg *configs.Config) {
	events, points := 0, 0
	for _, customer := range cfg.Customers {
		for _, s := range customer.Services {
			for _, q := range s.Queries {
				signals := 1
				if q.Split != nil {
					signals += q.Split.Max
				}
				measures := 1
				if q.Span.Duration() > 0 {
					measures = 2
				}
				events += signals * measures * (400 + len(models.LeadBands)) // the forecast, and how right earlier ones were
				points += signals * measures * 400
			}
		}
	}
	c.line("volume", nil, fmt.Sprintf("at most %s a day into index %s (%d events, if every forecast changed every day)",
		weight(events*eventBytes), cfg.Splunk.Index(), events))
	if index := cfg.Splunk.HEC.MetricIndex; index != "" {
		c.line("metric volume", nil, fmt.Sprintf("at most %s a day into metric index %s (%d points of up to 10 measurements)", weight(points*10*measurementBytes), index, points))
	}
}

// weight prints bytes as a licence counts them, in MB where GB would say nothing.
func weight(bytes int) string {
	if bytes < 1e9 {
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
}
