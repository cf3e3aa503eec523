// Package metrics measures Foresight itself for Prometheus: what its passes took and how
// they ended, what Splunk answered, and, read from the state at each scrape, what is
// open, what waits to be sent and how current the forecasts are.
package metrics

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"foresight/models"
)

// Metrics is the measurements of one process. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	passes       *prometheus.CounterVec
	passSeconds  prometheus.Histogram
	stageSeconds map[string]prometheus.Histogram
	forecasts    prometheus.Counter
	sent         prometheus.Counter
	refused      prometheus.Counter
	splunkErrors *prometheus.CounterVec
	reloaded     prometheus.Gauge
	reloadedAt   prometheus.Gauge

	accuracy accuracies
	reports  reports

	mu      sync.RWMutex
	sources Sources
}

// The two ways to Splunk, for Failed.
const (
	Search = "search"
	HEC    = "hec"
)

// The stages whose time is measured, as the pipeline names them.
const (
	stageFetch    = "fetch"
	stageForecast = "forecast"
)

// Seconds of the buckets: a forecast takes a tenth of a second to half a minute, a search
// as long as Splunk likes.
var (
	shortSeconds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}
	longSeconds  = []float64{0.1, 0.5, 1, 5, 15, 30, 60, 150, 300, 600, 1800, 3600, 7200}
)

// New returns the metrics of a process of the given version.
func New(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		passes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foresight_passes_total", Help: "Passes over queries of a customer that came to their end, by result (ok, failed) and the reason of the first failure.",
		}, []string{"customer", "result", "reason"}),
		passSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "foresight_pass_duration_seconds", Help: "How long passes took, from the first search to the last event.", Buckets: longSeconds,
		}),
		stageSeconds: map[string]prometheus.Histogram{
			stageFetch: prometheus.NewHistogram(prometheus.HistogramOpts{
				Name: "foresight_fetch_duration_seconds", Help: "How long the reading of a query from Splunk took, of those that succeeded.", Buckets: longSeconds,
			}),
			stageForecast: prometheus.NewHistogram(prometheus.HistogramOpts{
				Name: "foresight_forecast_duration_seconds", Help: "How long the forecast of a signal took.", Buckets: shortSeconds,
			}),
		},
		forecasts:    counter("foresight_forecasts_total", "Forecasts made, one a measure of a signal."),
		sent:         counter("foresight_events_sent_total", "Events that Splunk took."),
		refused:      counter("foresight_events_refused_total", "Events that Splunk refused for good; they are set aside."),
		splunkErrors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foresight_splunk_errors_total", Help: "Failed exchanges with Splunk, those included that were tried again, by interface (search, hec) and reason."}, []string{"interface", "reason"}),
		reloaded:     gauge("foresight_config_last_reload_successful", "1 when the configuration in force is the one in the file as it was last read, 0 when that one was refused."),
		reloadedAt:   gauge("foresight_config_last_reload_success_timestamp_seconds", "When the configuration in force was read."),
	}
	m.reports = newReports(m.registry)
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "foresight_build_info", Help: "Always 1; the label says which version runs.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(build, m.passes, m.passSeconds, m.stageSeconds[stageFetch], m.stageSeconds[stageForecast], m.forecasts, m.sent, m.refused,
		m.splunkErrors, m.reloaded, m.reloadedAt, &state{m: m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
}

// Registry is what is measured, for those who gather it themselves.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler answers a scrape. What cannot be read of the state is left out of the answer
// and told to onError; the rest is answered all the same.
func (m *Metrics) Handler(onError func(error)) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: told(onError), ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 20 * time.Second,
	})
}

// told is a promhttp.Logger.
type told func(error)

// Println implements promhttp.Logger.
func (t told) Println(words ...any) {
	for _, w := range words {
		if err, ok := w.(error); ok && t != nil {
			t(err)
		}
	}
}

// Expect begins to count exchanges over an interface at 0 for each of the reasons, so
// that the first failure is an increase.
func (m *Metrics) Expect(over string, reasons ...string) {
	for _, r := range reasons {
		m.splunkErrors.WithLabelValues(over, r)
	}
}

// Took is told how long a stage took.
func (m *Metrics) Took(stage string, d time.Duration) {
	if h, known := m.stageSeconds[stage]; known {
		h.Observe(d.Seconds())
	}
}

// Ended is told of a pass that came to its end; err is nil when nothing failed.
func (m *Metrics) Ended(r models.Result, took time.Duration, err error) {
	result, reason := "ok", ""
	if err != nil {
		result, reason = "failed", reasonOf(r, err)
	}
	m.passes.WithLabelValues(r.Customer.ID, result, reason).Inc()
	m.passSeconds.Observe(took.Seconds())
	m.accuracy.take(r)
	for _, s := range r.Signals {
		m.forecasts.Add(float64(len(s.Forecasts)))
	}
}

// reasonOf is the first failure's short name.
func reasonOf(r models.Result, err error) string {
	if len(r.Errors) > 0 && r.Errors[0].Reason != "" {
		return r.Errors[0].Reason
	}
	return Reason(err)
}

// Sent is told what became of events that were handed to Splunk.
func (m *Metrics) Sent(taken, refused int) {
	m.sent.Add(float64(taken))
	m.refused.Add(float64(refused))
}

// Failed is told of a failed exchange with Splunk over one of its interfaces.
func (m *Metrics) Failed(over string, err error) {
	m.splunkErrors.WithLabelValues(over, Reason(err)).Inc()
}

// Reloaded is told whether the file as it was read at a time came into force.
func (m *Metrics) Reloaded(inForce bool, at time.Time) {
	if !inForce {
		m.reloaded.Set(0)
		return
	}
	m.reloaded.Set(1)
	m.reloadedAt.Set(seconds(at))
}

// seconds is a time as Prometheus has it.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
