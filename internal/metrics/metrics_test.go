package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/metrics"
	"foresight/models"
)

var noon = time.Date(2026, 9, 14, 12, 0, 0, 0, time.UTC)

// reasoned is an error with a reason.
type reasoned string

func (e reasoned) Error() string  { return "HTTP 503" }
func (e reasoned) Reason() string { return string(e) }

// busy is a process that has seen everything once.
func busy() *metrics.Metrics {
	m := metrics.New("1.2.3")
	shop := models.Customer{ID: "shop"}
	near, far := models.LeadBands[0], models.LeadBands[2]
	right := func(id string, relative, coverage float64) models.SignalResult {
		return models.SignalResult{Signal: models.Signal{ID: id}, Forecasts: make([]models.Forecast, 2), Accuracy: []models.Accuracy{
			{Measure: models.MeasureTotal, Band: near, Buckets: 30, Relative: relative, Coverage90: coverage},
			{Measure: models.MeasureTotal, Band: near, Override: "campaign", Buckets: 30, Relative: 9, Coverage90: math.NaN()},
			{Measure: models.MeasureTotal, Band: far, Buckets: 10, Relative: math.NaN(), Coverage90: 1},
		}}
	}
	m.Took("fetch", 3*time.Second)
	m.Took("forecast", 200*time.Millisecond)
	m.Took("no such stage", time.Second)
	m.Ended(models.Result{Customer: shop, Signals: []models.SignalResult{right("orders", 3, 0.1)}}, time.Second, nil)
	m.Ended(models.Result{Customer: shop, Signals: []models.SignalResult{right("orders", 0.5, 0.8), right("payments", 1, 1)}}, 20*time.Second, nil)
	m.Ended(models.Result{Customer: shop, Errors: []models.RunError{{Reason: "unauthorized"}}}, time.Second, errors.New("no"))
	m.Ended(models.Result{Customer: shop}, time.Second, fmt.Errorf("reading: %w", reasoned("state_full")))
	m.Sent(500, 2)
	m.Expect(metrics.HEC, "tls", "timeout")
	m.Failed(metrics.Search, fmt.Errorf("searching: %w", reasoned("busy")))
	m.Failed(metrics.HEC, context.DeadlineExceeded)
	m.Failed(metrics.HEC, errors.New("strange"))
	m.Reported("shop", "opened")
	m.Reported("shop", "counted")
	m.Reported("shop", "counted")
	m.Unreported("", "secret")
	m.Reloaded(true, noon)
	m.Read(metrics.Sources{
		Clock:    func() time.Time { return noon },
		Database: func(context.Context) error { return nil },
		Standings: func(context.Context) ([]metrics.Standing, error) {
			return []metrics.Standing{
				{Customer: "shop", Ended: noon.Add(-time.Hour), Complete: noon.Add(-time.Hour), Findings: map[string]int{"overload": 2}, Actions: 3, Late: 1, Unknown: 4},
				{Customer: "bank", Ended: noon.Add(-time.Hour), Failed: true},
				{Customer: "new"},
			}, nil
		},
		Outbox: func(context.Context) (metrics.Outbox, error) {
			return metrics.Outbox{Parcels: 7, Bytes: 4096, Oldest: noon.Add(-2 * time.Minute), Held: "unauthorized", Full: true, Refused: 5}, nil
		},
		Jobs: func(context.Context) (map[string]int, error) {
			return map[string]int{"available": 2, "running": 1}, nil
		},
		Notices: func(context.Context) (map[string]int, error) { return map[string]int{"mail": 3}, nil },
	})
	return m
}

// Names, units and help are as Prometheus wants them.
func TestNamesFollowTheConventions(t *testing.T) {
	problems, err := testutil.GatherAndLint(busy().Registry())
	require.NoError(t, err)
	assert.Empty(t, problems)
}

func TestWhatIsMeasured(t *testing.T) {
	want := map[string]string{
		"foresight_database_up": `foresight_database_up 1`,
		"foresight_build_info":  `foresight_build_info{version="1.2.3"} 1`,
		"foresight_passes_total": `foresight_passes_total{customer="shop",reason="",result="ok"} 2
foresight_passes_total{customer="shop",reason="state_full",result="failed"} 1
foresight_passes_total{customer="shop",reason="unauthorized",result="failed"} 1`,
		"foresight_forecasts_total":      `foresight_forecasts_total 6`,
		"foresight_events_sent_total":    `foresight_events_sent_total 500`,
		"foresight_events_refused_total": `foresight_events_refused_total 2`,
		"foresight_splunk_errors_total": `foresight_splunk_errors_total{interface="hec",reason="other"} 1
foresight_splunk_errors_total{interface="hec",reason="timeout"} 1
foresight_splunk_errors_total{interface="hec",reason="tls"} 0
foresight_splunk_errors_total{interface="search",reason="busy"} 1`,
		"foresight_customer_ready": `foresight_customer_ready{customer="bank"} 0
foresight_customer_ready{customer="new"} 0
foresight_customer_ready{customer="shop"} 1`,
		"foresight_last_pass_timestamp_seconds": `foresight_last_pass_timestamp_seconds{customer="bank"} 1.7893836e+09
foresight_last_pass_timestamp_seconds{customer="new"} 0
foresight_last_pass_timestamp_seconds{customer="shop"} 1.7893836e+09`,
		"foresight_last_complete_pass_timestamp_seconds": `foresight_last_complete_pass_timestamp_seconds{customer="bank"} 0
foresight_last_complete_pass_timestamp_seconds{customer="new"} 0
foresight_last_complete_pass_timestamp_seconds{customer="shop"} 1.7893836e+09`,
		"foresight_findings_open": `foresight_findings_open{customer="shop",kind="overload"} 2`,
		"foresight_accuracy_scored_buckets": `foresight_accuracy_scored_buckets{band="1-7",customer="shop"} 60
foresight_accuracy_scored_buckets{band="29-90",customer="shop"} 20`,
		"foresight_accuracy_relative_error_ratio": `foresight_accuracy_relative_error_ratio{band="1-7",customer="shop"} 0.75
# HELP`, // nothing is known of the other band
		"foresight_accuracy_coverage_ratio": `foresight_accuracy_coverage_ratio{band="1-7",customer="shop"} 0.9
foresight_accuracy_coverage_ratio{band="29-90",customer="shop"} 1`,
		"foresight_reports_total": `foresight_reports_total{customer="shop",outcome="counted"} 2
foresight_reports_total{customer="shop",outcome="opened"} 1`,
		"foresight_report_requests_refused_total":                `foresight_report_requests_refused_total{customer="",reason="secret"} 1`,
		"foresight_outbox_parcels":                               `foresight_outbox_parcels 7`,
		"foresight_outbox_size_bytes":                            `foresight_outbox_size_bytes 4096`,
		"foresight_outbox_oldest_age_seconds":                    `foresight_outbox_oldest_age_seconds 120`,
		"foresight_outbox_held":                                  `foresight_outbox_held{reason="unauthorized"} 1`,
		"foresight_outbox_full":                                  `foresight_outbox_full 1`,
		"foresight_outbox_refused_events":                        `foresight_outbox_refused_events 5`,
		"foresight_config_last_reload_successful":                `foresight_config_last_reload_successful 1`,
		"foresight_config_last_reload_success_timestamp_seconds": `foresight_config_last_reload_success_timestamp_seconds 1.7893872e+09`,
		"foresight_jobs": `foresight_jobs{state="available"} 2
foresight_jobs{state="running"} 1`,
		"foresight_notices_late": `foresight_notices_late{channel="mail"} 3`,
	}
	m := busy()
	text := scrape(t, m, nil)
	for name, lines := range want {
		assert.Contains(t, text, lines, name)
	}
	assert.Contains(t, text, `foresight_fetch_duration_seconds_bucket{le="5"} 1`)
	assert.Contains(t, text, `foresight_fetch_duration_seconds_bucket{le="1"} 0`)
	assert.Contains(t, text, `foresight_forecast_duration_seconds_sum 0.2`)
	assert.Contains(t, text, `foresight_pass_duration_seconds_count 4`)
	assert.Contains(t, text, "go_goroutines")

	m.Reloaded(false, noon.Add(time.Hour))
	text = scrape(t, m, nil)
	assert.Contains(t, text, "foresight_config_last_reload_successful 0\n")
	assert.Contains(t, text, want["foresight_config_last_reload_success_timestamp_seconds"], "the one in force is the old one")
}

// A state that cannot be read is said, and hides nothing of the rest.
func TestStateThatCannotBeRead(t *testing.T) {
	m := busy()
	gone := errors.New("database gone")
	m.Read(metrics.Sources{
		Clock:     func() time.Time { return noon },
		Database:  func(context.Context) error { return gone },
		Standings: func(context.Context) ([]metrics.Standing, error) { return nil, gone },
		Outbox:    func(context.Context) (metrics.Outbox, error) { return metrics.Outbox{}, gone },
		Jobs:      func(context.Context) (map[string]int, error) { return nil, gone },
		Notices:   func(context.Context) (map[string]int, error) { return nil, gone },
	})
	var told strings.Builder
	text := scrape(t, m, func(err error) { told.WriteString(err.Error()) })
	assert.Contains(t, text, "foresight_events_sent_total 500")
	assert.Contains(t, text, "foresight_database_up 0")
	for _, absent := range []string{"foresight_customer_ready{", "foresight_outbox_parcels ", "foresight_jobs{", "foresight_notices_late{"} {
		assert.NotContains(t, text, absent, "what is not known is not 0")
	}
	for _, what := range []string{"measuring the customers: database gone", "measuring the outbox: database gone", "measuring the jobs: database gone"} {
		assert.Contains(t, told.String(), what)
	}
}

// Before a source is given nothing is said of it.
func TestNothingIsMadeUp(t *testing.T) {
	text := scrape(t, metrics.New("1"), func(err error) { require.NoError(t, err) })
	assert.NotContains(t, text, "foresight_outbox")
	assert.NotContains(t, text, "foresight_customer")
}

func scrape(t *testing.T, m *metrics.Metrics, onError func(error)) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(onError).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}
