package metrics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// readTimeout bounds what one scrape may ask of the state.
const readTimeout = 5 * time.Second

// Sources are what a scrape reads from the state. One that is nil is not measured.
type Sources struct {
	Clock     func() time.Time                // for ages
	Database  func(ctx context.Context) error // whether the database answers
	Standings func(ctx context.Context) ([]Standing, error)
	Outbox    func(ctx context.Context) (Outbox, error)
	Jobs      func(ctx context.Context) (map[string]int, error) // by their state
	Notices   func(ctx context.Context) (map[string]int, error) // that are late, by channel
}

// Standing is where a customer stands.
type Standing struct {
	Customer string
	Failed   bool           // some query's last pass failed
	Ended    time.Time      // of the last pass; zero: none yet
	Complete time.Time      // when all was last in order; zero: not yet
	Findings map[string]int // open, by kind
	Actions  int            // open
	Late     int            // of which should have begun
	Unknown  int            // signals without a forecast
}

// Outbox is what waits to be sent.
type Outbox struct {
	Parcels int
	Bytes   int64
	Oldest  time.Time // when the oldest was committed; zero when there is none
	Held    string    // why nothing is being sent, a short name; "" when nothing hinders it
	Full    bool      // its bound is reached: forecasts are held back
	Refused int       // events set aside
}

// Read has scrapes read these sources from now on.
func (m *Metrics) Read(s Sources) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = s
}

// Reason returns an error's short stable name, "other" when it has none.
func Reason(err error) string {
	var r interface{ Reason() string }
	switch {
	case errors.As(err, &r):
		return r.Reason()
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	}
	return "other"
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	databaseUp       = desc("foresight_database_up", "1 when the database of the state answers.")
	customerReady    = desc("foresight_customer_ready", "1 when the last pass of each of the customer's queries succeeded, else 0.", "customer")
	customerPass     = desc("foresight_last_pass_timestamp_seconds", "When the customer's last pass ended, well or not.", "customer")
	customerComplete = desc("foresight_last_complete_pass_timestamp_seconds", "When the customer's queries last all had passes that succeeded; 0 before the first time.", "customer")
	openFindings     = desc("foresight_findings_open", "Open findings, by kind.", "customer", "kind")
	openActions      = desc("foresight_actions_open", "Open actions.", "customer")
	lateActions      = desc("foresight_actions_late", "Open actions whose last day to start has passed.", "customer")
	unknownSignals   = desc("foresight_signals_without_forecast", "Signals that could not be forecast by the last pass.", "customer")
	outboxParcels    = desc("foresight_outbox_parcels", "Parcels (all events of one subject of one pass) that wait to be sent.")
	outboxBytes      = desc("foresight_outbox_size_bytes", "What the waiting parcels take in the database.")
	outboxAge        = desc("foresight_outbox_oldest_age_seconds", "How long the oldest waiting parcel has waited; 0 when none waits.")
	outboxHeld       = desc("foresight_outbox_held", "1 when delivery is held because Splunk does not take events; the label says why.", "reason")
	outboxFull       = desc("foresight_outbox_full", "1 when the outbox has reached its bound and forecasts are held back.")
	outboxRefused    = desc("foresight_outbox_refused_events", "Events set aside because Splunk refused them for good.")
	lateNotices      = desc("foresight_notices_late", "Notices of the last day that should have reached people three minutes ago and have not, by channel.", "channel")
	jobsByState      = desc("foresight_jobs", "Jobs in the queue, by state.", "state")
)

// state collects what is read at each scrape.
type state struct{ m *Metrics }

// Describe implements prometheus.Collector.
func (s *state) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, customerReady, customerPass, customerComplete, openFindings, openActions, lateActions, unknownSignals,
		outboxParcels, outboxBytes, outboxAge, outboxHeld, outboxFull, outboxRefused, lateNotices, jobsByState,
		accuracyBuckets, accuracyRelative, accuracyCoverage} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (s *state) Collect(ch chan<- prometheus.Metric) {
	s.m.mu.RLock()
	sources := s.m.sources
	s.m.mu.RUnlock()
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	s.m.accuracy.tell(ch)
	if sources.Database != nil {
		put(ch, databaseUp, truth(sources.Database(ctx) == nil))
	}
	if sources.Standings != nil {
		if all, err := sources.Standings(ctx); err != nil {
			ch <- prometheus.NewInvalidMetric(customerReady, fmt.Errorf("measuring the customers: %w", err))
		} else {
			standings(ch, all)
		}
	}
	if sources.Outbox != nil {
		if o, err := sources.Outbox(ctx); err != nil {
			ch <- prometheus.NewInvalidMetric(outboxParcels, fmt.Errorf("measuring the outbox: %w", err))
		} else {
			outbox(ch, o, sources.Clock())
		}
	}
	counts(ctx, ch, sources.Jobs, jobsByState, "jobs")
	counts(ctx, ch, sources.Notices, lateNotices, "notices")
}

// counts are numbers by a label.
func counts(ctx context.Context, ch chan<- prometheus.Metric, source func(context.Context) (map[string]int, error), d *prometheus.Desc, what string) {
	if source == nil {
		return
	}
	all, err := source(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(d, fmt.Errorf("measuring the %s: %w", what, err))
		return
	}
	for label, n := range all {
		put(ch, d, float64(n), label)
	}
}

func standings(ch chan<- prometheus.Metric, all []Standing) {
	for _, s := range all {
		put(ch, customerReady, truth(!s.Failed && !s.Ended.IsZero()), s.Customer)
		put(ch, customerPass, moment(s.Ended), s.Customer)
		put(ch, customerComplete, moment(s.Complete), s.Customer)
		put(ch, openActions, float64(s.Actions), s.Customer)
		put(ch, lateActions, float64(s.Late), s.Customer)
		put(ch, unknownSignals, float64(s.Unknown), s.Customer)
		for kind, n := range s.Findings {
			put(ch, openFindings, float64(n), s.Customer, kind)
		}
	}
}

func outbox(ch chan<- prometheus.Metric, o Outbox, clock time.Time) {
	put(ch, outboxParcels, float64(o.Parcels))
	put(ch, outboxBytes, float64(o.Bytes))
	age := 0.0
	if !o.Oldest.IsZero() {
		age = max(0, clock.Sub(o.Oldest).Seconds())
	}
	put(ch, outboxAge, age)
	put(ch, outboxHeld, truth(o.Held != ""), o.Held)
	put(ch, outboxFull, truth(o.Full))
	put(ch, outboxRefused, float64(o.Refused))
}

// put sends a gauge's value.
func put(ch chan<- prometheus.Metric, d *prometheus.Desc, value float64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// moment is a time as Prometheus has it; 0 is never.
func moment(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return seconds(t)
}
