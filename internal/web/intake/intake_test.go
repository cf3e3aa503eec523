package intake

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// counterDesk keeps what it is handed, as the store does.
type counterDesk struct {
	took  []models.Intake
	held  []models.HeldIntake
	beats []string
	heard map[string]bool
	err   error
}

func (d *counterDesk) Take(_ context.Context, in models.Intake) ([]models.Taken, error) {
	if d.err != nil {
		return nil, d.err
	}
	if in.Once != "" && d.heard[in.Once] {
		return nil, models.ErrReplayed
	}
	d.heard[in.Once] = true
	d.took = append(d.took, in)
	return []models.Taken{{Outcome: models.ReportOpened, Incident: "nord-1"}}, nil
}

func (d *counterDesk) Hold(_ context.Context, h models.HeldIntake) error {
	if d.err != nil {
		return d.err
	}
	if d.heard[h.ID] {
		return models.ErrReplayed
	}
	d.heard[h.ID] = true
	d.held = append(d.held, h)
	return nil
}

func (d *counterDesk) Beat(_ context.Context, customer, integration string, _ time.Time) error {
	d.beats = append(d.beats, customer+"/"+integration)
	return d.err
}

// site is a handler with its desk, its clock and what the operator was told.
type site struct {
	http.Handler
	desk   *counterDesk
	now    time.Time
	told   []Refusal
	counts map[string]int // of refusals, by customer and reason
}

const (
	apiSecret    = "secret-of-the-api"
	promSecret   = "secret-of-prometheus"
	grafSecret   = "secret-of-grafana"
	pagerSecret  = "0123456789abcdef0123456789abcdef"
	eventSecret  = "secret-of-events"
	splunkSecret = "secret-of-splunk"
	beatSecret   = "secret-of-the-heartbeat"
	answerSecret = "secret-of-pagerduty's-webhook"
	southSecret  = "secret-of-another-customer"
)

func newSite(change ...func(*models.Integration)) *site {
	nord := models.Customer{ID: "nord", Services: []models.Service{{ID: "shop"}, {ID: "till"}}}
	syd := models.Customer{ID: "syd", Services: []models.Service{{ID: "web"}}}
	s := &site{desk: &counterDesk{heard: map[string]bool{}}, now: noon, counts: map[string]int{}}
	o := Options{Desk: s.desk, Clock: func() time.Time { return s.now }, Refused: func(r Refusal) { s.told = append(s.told, r) }, Count: func(customer, reason string) { s.counts[customer+" "+reason]++ }}
	for _, d := range []struct {
		customer models.Customer
		id       string
		kind     models.IntegrationKind
		secret   string
	}{
		{nord, "own", models.IntegrationAPI, apiSecret}, {nord, "prom", models.IntegrationAlertmanager, promSecret}, {nord, "graf", models.IntegrationGrafana, grafSecret},
		{nord, "pager", models.IntegrationPagerDuty, pagerSecret}, {nord, "events", models.IntegrationCloudEvents, eventSecret}, {nord, "splunk", models.IntegrationSplunk, splunkSecret},
		{nord, "batch", models.IntegrationHeartbeat, beatSecret}, {nord, "answers", models.IntegrationPagerDutyWebhook, answerSecret}, {syd, "prom", models.IntegrationAlertmanager, southSecret},
	} {
		i := models.Integration{ID: d.id, Kind: d.kind, Service: "shop", ServiceFrom: []string{"service"}, ComponentFrom: []string{"component", "instance", "host"}, PerMinute: 600}
		if d.customer.ID == "syd" {
			i.Service = ""
		}
		for _, c := range change {
			c(&i)
		}
		o.Doors = append(o.Doors, Door{Customer: d.customer, Integration: i, Secret: d.secret})
	}
	s.Handler = New(o)
	return s
}

// post sends a body; headers are "Name: value".
func (s *site) post(path, body string, headers ...string) *httptest.ResponseRecorder {
	return s.send(httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)), headers...)
}

func (s *site) send(r *http.Request, headers ...string) *httptest.ResponseRecorder {
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func bearer(secret string) string { return "Authorization: Bearer " + secret }

const promPath = "/api/v1/intake/alertmanager/nord/prom"

const promBody = `{"version":"4","groupKey":"{}:{}","status":"firing","receiver":"foresight","newField":1,"alerts":[
	{"status":"firing","labels":{"alertname":"DiskFull","instance":"db1:9100","severity":"critical","service":"till"},
	 "annotations":{"summary":"disk of db1 is full","description":"2 % left","runbook_url":"https://wiki/disk"},"startsAt":"2026-11-25T11:59:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://prom/graph","fingerprint":"f1"},
	{"status":"resolved","labels":{"alertname":"Slow","severity":"info"},"annotations":{},"fingerprint":"f2"}]}`

// What cannot be let in changes nothing, is answered for good, and is told to the operator once.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		request func(s *site) *httptest.ResponseRecorder
		status  int
		reason  string
	}{
		{"no secret", func(s *site) *httptest.ResponseRecorder { return s.post(promPath, promBody) }, 401, reasonSecret},
		{"a wrong secret", func(s *site) *httptest.ResponseRecorder {
			return s.post(promPath, promBody, bearer("secret-of-prometheuz"))
		}, 401, reasonSecret},
		{"another customer's secret", func(s *site) *httptest.ResponseRecorder { return s.post(promPath, promBody, bearer(southSecret)) }, 401, reasonSecret},
		{"another kind's secret", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"title":"x"}`, bearer(promSecret))
		}, 401, reasonSecret},
		{"an integration that is not there", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/alertmanager/nord/nobody", promBody, bearer(promSecret))
		}, 401, reasonSecret},
		{"a kind with an address of its own", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/api/nord/own", promBody, bearer(apiSecret))
		}, 401, reasonSecret},
		{"a report for another customer", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"customer":"syd","title":"x","service":"web"}`, bearer(apiSecret))
		}, 403, reasonCustomer},
		{"an event of another customer", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/cloudevents/nord/events", `{"specversion":"1.0","id":"1","source":"s","type":"t","data":{"customer":"syd"}}`, bearer(eventSecret), "Content-Type: application/cloudevents+json")
		}, 403, reasonCustomer},
		{"too large", func(s *site) *httptest.ResponseRecorder {
			return s.post(promPath, strings.Repeat(" ", mostBytes+1), bearer(promSecret))
		}, 413, reasonSize},
		{"too large for PagerDuty", func(s *site) *httptest.ResponseRecorder {
			return s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","x":"`+strings.Repeat("x", pagerBytes)+`"}`)
		}, 413, reasonSize},
		{"no JSON", func(s *site) *httptest.ResponseRecorder { return s.post(promPath, `{"alerts":`, bearer(promSecret)) }, 400, reasonMalformed},
		{"more than one object", func(s *site) *httptest.ResponseRecorder { return s.post(promPath, promBody+"{}", bearer(promSecret)) }, 400, reasonMalformed},
		{"no alerts", func(s *site) *httptest.ResponseRecorder { return s.post(promPath, `{"alerts":[]}`, bearer(promSecret)) }, 400, reasonMalformed},
		{"an alert without a state", func(s *site) *httptest.ResponseRecorder {
			return s.post(promPath, `{"alerts":[{"labels":{"alertname":"a"}}]}`, bearer(promSecret))
		}, 400, reasonMalformed},
		{"an alert without a name", func(s *site) *httptest.ResponseRecorder {
			return s.post(promPath, `{"alerts":[{"status":"firing"}]}`, bearer(promSecret))
		}, 400, reasonMalformed},
		{"an unknown field of ours", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"titel":"x"}`, bearer(apiSecret))
		}, 400, reasonMalformed},
		{"a service that is not there", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"title":"x","service":"web"}`, bearer(apiSecret))
		}, 400, reasonMalformed},
		{"an end of nothing", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"title":"x","status":"resolved"}`, bearer(apiSecret))
		}, 400, reasonMalformed},
		{"a grade that is none", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/reports", `{"title":"x","impact":4}`, bearer(apiSecret))
		}, 400, reasonMalformed},
		{"a routing key that is nobody's", func(s *site) *httptest.ResponseRecorder {
			return s.post("/v2/enqueue", `{"routing_key":"fedcba9876543210fedcba9876543210","event_action":"trigger","payload":{"summary":"x","source":"h","severity":"error"}}`)
		}, 400, reasonSecret},
		{"an old event", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/cloudevents/nord/events", `{}`, bearer(eventSecret), "ce-specversion: 0.3", "ce-id: 1", "ce-source: s", "ce-type: t")
		}, 400, reasonMalformed},
		{"an event without an id", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/cloudevents/nord/events", `{}`, bearer(eventSecret), "ce-specversion: 1.0", "ce-source: s", "ce-type: t")
		}, 400, reasonMalformed},
		{"no alert of Splunk", func(s *site) *httptest.ResponseRecorder {
			return s.post("/api/v1/intake/splunk/nord/splunk/"+splunkSecret, `{}`)
		}, 400, reasonMalformed},
		{"a heart that is nobody's", func(s *site) *httptest.ResponseRecorder { return s.post("/api/v1/heartbeat/"+splunkSecret, ``) }, 401, reasonSecret},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite()
			for range 3 {
				w := c.request(s)
				require.Equal(t, c.status, w.Code, w.Body)
				require.Equal(t, "application/json", w.Header().Get("Content-Type"))
				require.NotContains(t, w.Body.String(), "secret-of")
			}
			require.Empty(t, s.desk.took)
			require.Empty(t, s.desk.beats)
			require.Len(t, s.told, 1, "once, not once a request")
			require.Equal(t, c.reason, s.told[0].Reason)
			s.now = s.now.Add(quiet)
			c.request(s)
			require.Len(t, s.told, 2)
			require.Equal(t, 2, s.told[1].Earlier)
		})
	}
}

// One reason or one integration that is told of hides no other.
func TestRefusalsAreToldOfEach(t *testing.T) {
	s := newSite()
	s.post(promPath, promBody)
	s.post(promPath, "", bearer(promSecret))
	s.post("/api/v1/intake/grafana/nord/graf", promBody)
	require.Len(t, s.told, 3)
	require.Equal(t, Refusal{Customer: "nord", Integration: "prom", Reason: reasonSecret, Text: errSecret.text, Remote: "192.0.2.1"}, s.told[0])
}

func TestOnlyPost(t *testing.T) {
	s := newSite()
	for _, path := range []string{promPath, "/api/v1/reports", "/v2/enqueue"} {
		w := s.send(httptest.NewRequest(http.MethodGet, path, nil), bearer(promSecret))
		require.Equal(t, http.StatusMethodNotAllowed, w.Code)
		require.Contains(t, w.Header().Get("Allow"), "POST")
	}
}

// An integration that floods is asked to wait; the others are not.
func TestRateLimit(t *testing.T) {
	s := newSite(func(i *models.Integration) {
		if i.ID == "pager" || i.Kind == models.IntegrationGrafana {
			i.PerMinute = 2
		}
	})
	event := `{"routing_key":"` + pagerSecret + `","event_action":"trigger","dedup_key":"k","payload":{"summary":"x","source":"h","severity":"error"}}`
	require.Equal(t, 202, s.post("/v2/enqueue", event).Code)
	require.Equal(t, 202, s.post("/v2/enqueue", event).Code)
	w := s.post("/v2/enqueue", event)
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), "throttle exceeded")
	require.Equal(t, 200, s.post(promPath, promBody, bearer(promSecret)).Code)
	s.now = s.now.Add(30 * time.Second)
	require.Equal(t, 202, s.post("/v2/enqueue", event).Code, "half a minute lets one of two in")
	require.Len(t, s.desk.took, 4)
}

// A state that cannot be written is our trouble: the sender is to come again.
func TestTroubleIsNotTheSenders(t *testing.T) {
	s := newSite()
	s.desk.err = errors.New("disk full: /var/lib/db")
	w := s.post(promPath, promBody, bearer(promSecret))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.NotContains(t, w.Body.String(), "disk full")
	require.Equal(t, http.StatusServiceUnavailable, s.post("/api/v1/heartbeat/"+beatSecret, "").Code)
	require.Len(t, s.told, 2, "of each integration")
	require.Equal(t, reasonState, s.told[0].Reason)
	require.ErrorIs(t, s.told[0].Err, s.desk.err)
	s.post(promPath, promBody, bearer(promSecret))
	require.Len(t, s.told, 2, "once, and not once a request")
	require.Equal(t, map[string]int{"nord state": 3}, s.counts)
	s.desk.err = models.ErrTooMany
	w = s.post(promPath, promBody, bearer(promSecret))
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
}

// A sender that does not wait is no trouble of ours.
func TestASenderThatHasGone(t *testing.T) {
	s := newSite()
	s.desk.err = context.Canceled
	gone, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequest(http.MethodPost, promPath, strings.NewReader(promBody)).WithContext(gone)
	s.send(r, bearer(promSecret))
	require.Equal(t, map[string]int{"nord gone": 1}, s.counts)
}
