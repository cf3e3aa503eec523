package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// only is the one report that the desk has taken.
func (s *site) only(t *testing.T) models.Report {
	t.Helper()
	require.Len(t, s.desk.took, 1)
	require.Len(t, s.desk.took[0].Reports, 1)
	return s.desk.took[0].Reports[0]
}

func TestOurOwnJSON(t *testing.T) {
	s := newSite()
	w := s.post("/api/v1/reports", `{"service":"till","component":"till7","key":"paper","title":"no paper","detail":"since noon","impact":3,"urgency":1}`, bearer(apiSecret))
	require.Equal(t, 200, w.Code, w.Body)
	require.JSONEq(t, `{"taken":[{"outcome":"opened","case":"nord-1"}]}`, w.Body.String())
	require.Equal(t, models.Report{
		Customer: "nord", Service: "till", Component: "till7", Key: "paper", Keyed: true, Source: "own", Title: "no paper", Detail: "since noon", Impact: 3, Urgency: 1, At: noon,
	}, s.only(t))
	s = newSite()
	require.Equal(t, 200, s.post("/api/v1/reports", `{"customer":"nord","service":"till","title":"cannot pay","by":"eva"}`, bearer(apiSecret)).Code)
	require.Equal(t, "eva", s.only(t).By)
	s = newSite()
	require.Equal(t, 200, s.post("/api/v1/reports", `{"key":"paper","status":"resolved"}`, bearer(apiSecret)).Code)
	require.True(t, s.only(t).Cleared)
	s = newSite()
	require.Equal(t, 200, s.post("/api/v1/reports", `{"key":"paper","status":"acknowledged"}`, bearer(apiSecret)).Code)
	require.True(t, s.only(t).Taken)
}

func TestAlertmanagersWebhook(t *testing.T) {
	for _, secret := range [][]string{{promPath, bearer(promSecret)}, {promPath + "/" + promSecret}} {
		s := newSite()
		w := s.post(secret[0], promBody, secret[1:]...)
		require.Equal(t, 200, w.Code, w.Body)
		require.Equal(t, []models.Intake{{Customer: "nord", Integration: "prom", At: noon, Reports: []models.Report{
			{
				Customer: "nord", Service: "till", Component: "db1:9100", Key: "f1", Keyed: true, Source: "prom", Title: "disk of db1 is full",
				Detail: "2 % left\nhttps://wiki/disk\nhttps://prom/graph", Impact: 1, Urgency: 1, At: noon,
			},
			{Customer: "nord", Service: "shop", Key: "f2", Keyed: true, Source: "prom", Title: "Slow", Impact: 3, Urgency: 3, At: noon, Cleared: true},
		}}}, s.desk.took)
	}
	s := newSite()
	r := httptest.NewRequest(http.MethodPost, promPath, strings.NewReader(promBody))
	r.SetBasicAuth("anybody", promSecret)
	require.Equal(t, 200, s.send(r).Code)
	// The only service of a customer needs no naming.
	require.Equal(t, 200, s.post("/api/v1/intake/alertmanager/syd/prom", promBody, bearer(southSecret)).Code)
	require.Equal(t, "web", s.desk.took[1].Reports[0].Service)
}

func TestRulesOfLabels(t *testing.T) {
	s := newSite(func(i *models.Integration) {
		i.Rules = []models.LabelRule{
			{Label: "alertname", Value: "Slow", Impact: models.GradeHigh, Service: "till"},
			{Label: "alertname", Component: "balancer", Urgency: models.GradeLow},
			{Label: "alertname", Value: "Slow", Service: "shop"},
			{Label: "absent", Over: true},
		}
	})
	s.post(promPath, promBody, bearer(promSecret))
	first, second := s.desk.took[0].Reports[0], s.desk.took[0].Reports[1]
	require.Equal(t, []any{"till", "balancer", models.GradeHigh, models.GradeLow, false}, []any{first.Service, first.Component, first.Impact, first.Urgency, first.Cleared})
	require.Equal(t, []any{"till", "", models.GradeHigh, models.GradeLow}, []any{second.Service, second.Component, second.Impact, second.Urgency}, "the first rule that says it holds; an end goes by its key")
	s = newSite(func(i *models.Integration) { i.Rules = []models.LabelRule{{Label: "alertname", Over: true}} })
	s.post(promPath, promBody, bearer(promSecret))
	require.True(t, s.desk.took[0].Reports[0].Cleared)
}

func sign(secret string, at time.Time, body string) []string {
	stamp := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + ":" + body))
	return []string{timestampHeader + ": " + stamp, signatureHeader + ": " + hex.EncodeToString(mac.Sum(nil))}
}

func TestGrafanaSigns(t *testing.T) {
	const path = "/api/v1/intake/grafana/nord/graf"
	s := newSite()
	require.Equal(t, 200, s.post(path, promBody, sign(grafSecret, noon.Add(-4*time.Minute), promBody)...).Code)
	require.Equal(t, "f1", s.desk.took[0].Reports[0].Key)
	require.Equal(t, 200, s.post(path, promBody, bearer(grafSecret)).Code, "a token does too")
	plain := hmac.New(sha256.New, []byte(grafSecret))
	plain.Write([]byte(promBody))
	for name, c := range map[string]struct {
		headers []string
		body    string
		status  int
		text    string
	}{
		"replayed":       {sign(grafSecret, noon.Add(-4*time.Minute), promBody), promBody, 409, "taken before"},
		"old":            {sign(grafSecret, noon.Add(-6*time.Minute), promBody), promBody, 401, "5 minutes"},
		"ahead":          {sign(grafSecret, noon.Add(6*time.Minute), promBody), promBody, 401, "5 minutes"},
		"another body":   {sign(grafSecret, noon, promBody), promBody + " ", 401, "secret"},
		"another secret": {sign(promSecret, noon, promBody), promBody, 401, "secret"},
		"another time":   {append(sign(grafSecret, noon, promBody), timestampHeader+": 1"), promBody, 401, "secret"},
		"no time":        {[]string{signatureHeader + ": " + hex.EncodeToString(plain.Sum(nil))}, promBody, 401, timestampHeader},
		"no signature":   {[]string{signatureHeader + ": zz"}, promBody, 401, "secret"},
		"both wrong":     {append(sign(promSecret, noon, promBody), bearer(promSecret)), promBody, 401, "secret"},
	} {
		w := s.post(path, c.body, c.headers...)
		require.Equal(t, c.status, w.Code, name)
		require.Contains(t, w.Body.String(), c.text, name)
	}
	require.Len(t, s.desk.took, 2)
}

func TestPagerDuty(t *testing.T) {
	s := newSite()
	w := s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","event_action":"trigger","dedup_key":"srv01/http","client_url":"https://m",
		"payload":{"summary":"no answer","source":"srv01","severity":"critical","component":"http","group":"g","custom_details":{"service":"till","load":0.75}}}`)
	require.Equal(t, 202, w.Code, w.Body)
	require.JSONEq(t, `{"status":"success","message":"Event processed","dedup_key":"srv01/http"}`, w.Body.String())
	r := s.only(t)
	require.Equal(t, []any{"srv01/http", "till", "http", models.GradeHigh, models.GradeHigh}, []any{r.Key, r.Service, r.Component, r.Impact, r.Urgency})
	require.Contains(t, r.Detail, "load: 0.75")
	for _, action := range []string{"acknowledge", "resolve"} {
		require.Equal(t, 202, s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","event_action":"`+action+`","dedup_key":"srv01/http"}`).Code)
	}
	require.True(t, s.desk.took[1].Reports[0].Taken)
	require.True(t, s.desk.took[2].Reports[0].Cleared)

	for want, event := range map[string]string{
		"'event_action' is invalid":         `"event_action":"page"`,
		"'dedup_key' is missing":            `"event_action":"resolve"`,
		"'payload' is missing":              `"event_action":"trigger"`,
		"'payload.summary' is missing":      `"event_action":"trigger","payload":{"source":"s","severity":"info"}`,
		"'payload.source' is missing":       `"event_action":"trigger","payload":{"summary":"s","severity":"info"}`,
		"'payload.severity' is invalid":     `"event_action":"trigger","payload":{"summary":"s","source":"s","severity":"fatal"}`,
		"maximum is 255 characters":         `"event_action":"resolve","dedup_key":"` + strings.Repeat("k", 256) + `"`,
		"JSON that is expected":             `"event_action":7`,
		"'event_action' is invalid (must b": `"event_action":""`,
	} {
		w := s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`",`+event+`}`)
		require.Equal(t, 400, w.Code, want)
		require.Contains(t, w.Body.String(), `"status":"invalid event"`)
		require.Contains(t, w.Body.String(), want)
	}
	require.Len(t, s.desk.took, 3)
}

// An event without a key gets the same one each time, with which it can be resolved.
func TestPagerDutyGivesAKey(t *testing.T) {
	s := newSite()
	event := `{"routing_key":"` + pagerSecret + `","event_action":"trigger","payload":{"summary":"x","source":"h","severity":"warning"}}`
	first, second := s.post("/v2/enqueue", event).Body.String(), s.post("/v2/enqueue", event).Body.String()
	require.Equal(t, first, second)
	require.Contains(t, first, `"dedup_key":"`+s.desk.took[0].Reports[0].Key+`"`)
	require.Len(t, s.desk.took, 2, "the same again is an occurrence, not a replay")
}

// Alertmanager calls itself the source; what it is about stands in the details.
func TestPagerDutyOfAlertmanager(t *testing.T) {
	s := newSite()
	s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","event_action":"trigger","dedup_key":"k","payload":{"summary":"x","source":"Alertmanager","severity":"error","custom_details":
		{"num_firing":"2","resolved":[],"firing":[{"status":"firing","labels":{"service":"till","instance":"db1","severity":"critical"}},{"status":"firing","labels":{"service":"till","instance":"db2","severity":"critical"}}]}}}`)
	r := s.only(t)
	require.Equal(t, []any{"till", "", models.GradeHigh}, []any{r.Service, r.Component, r.Impact}, "what both have alike")
	s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","event_action":"resolve","dedup_key":"k","payload":{"summary":"x","source":"Alertmanager","severity":"error","custom_details":
		{"num_firing":"0","firing":[],"resolved":[{"status":"resolved","labels":{"service":"till","instance":"db1"}}]}}}`)
	require.Empty(t, s.desk.took[1].Reports[0].Component, "what ends is what has the key, whichever component is left to name")
}

func TestCloudEvents(t *testing.T) {
	const path = "/api/v1/intake/cloudevents/nord/events"
	headers := []string{bearer(eventSecret), "Content-Type: application/json", "ce-specversion: 1.0", "ce-id: 1", "ce-source: /sensors/%2561", "ce-type: com.example.hot", "ce-subject: r%C3%A4ck 7"}
	s := newSite()
	w := s.post(path, `{"title":"too hot","component":"rack7","severity":"error","degrees":41.5}`, headers...)
	require.Equal(t, 200, w.Code, w.Body)
	r := s.only(t)
	require.Equal(t, []any{"too hot", "rack7", models.GradeMedium, models.GradeHigh}, []any{r.Title, r.Component, r.Impact, r.Urgency})
	require.Contains(t, r.Detail, "degrees: 41.5")

	// The same source and id is the same event, whatever else it says.
	w = s.post(path, `{"specversion":"1.0","id":"1","source":"/sensors/a","type":"com.example.hot"}`, bearer(eventSecret), "Content-Type: application/cloudevents+json; charset=utf-8")
	require.Equal(t, 409, w.Code)
	require.Len(t, s.desk.took, 1)
	require.Equal(t, reasonReplayed, s.told[0].Reason)

	// A batch is taken event by event; its end has the key of its beginning.
	w = s.post(path, `[{"specversion":"1.0","id":"1","source":"/sensors/a","type":"com.example.hot"},{"specversion":"1.0","id":"2","source":"/sensors/a","type":"com.example.hot.resolved","subject":"räck 7"}]`,
		bearer(eventSecret), "Content-Type: application/cloudevents-batch+json")
	require.Equal(t, 200, w.Code, w.Body)
	require.Len(t, s.desk.took, 2)
	over := s.desk.took[1].Reports[0]
	require.True(t, over.Cleared)
	require.Equal(t, r.Key, over.Key)

	s = newSite()
	require.Equal(t, 200, s.post(path, `plain words`, append(headers, "Content-Type: text/plain")...).Code)
	require.Equal(t, []string{"com.example.hot räck 7", "plain words"}, []string{s.only(t).Title, s.only(t).Detail})
}

func TestSplunksWebhook(t *testing.T) {
	const path = "/api/v1/intake/splunk/nord/splunk/" + splunkSecret
	s := newSite()
	body := func(sid, host string) string {
		return `{"result":{"host":"` + host + `","service":"till","severity":"warning","tag":["a","b"],"_raw":"x"},"sid":"` + sid + `","results_link":"https://splunk/r","search_name":"Errors of tills","owner":"admin","app":"search"}`
	}
	w := s.post(path, body("scheduler_1", "till7"))
	require.Equal(t, 200, w.Code, w.Body)
	r := s.only(t)
	require.Equal(t, []any{"till", "till7", "Errors of tills", models.GradeMedium}, []any{r.Service, r.Component, r.Title, r.Impact})
	require.Contains(t, r.Detail, "https://splunk/r")
	require.Contains(t, r.Detail, "tag: a, b")
	require.NotContains(t, r.Detail, "_raw")
	require.Equal(t, 409, s.post(path, body("scheduler_1", "till7")).Code, "sent twice")
	require.Equal(t, 200, s.post(path, body("scheduler_1", "till8")).Code, "another result of the same search")
	require.Equal(t, 200, s.post(path, body("scheduler_2", "till7")).Code)
	require.NotEqual(t, r.Fingerprint(), s.desk.took[1].Reports[0].Fingerprint())
	require.Equal(t, r.Fingerprint(), s.desk.took[2].Reports[0].Fingerprint(), "fires again")
	s = newSite()
	require.Equal(t, 200, s.post(path, strings.Replace(body("1", "h"), `"Errors of tills"`, "null", 1)).Code)
	require.Equal(t, "an alert of search", s.only(t).Title)
}

// What is to be verified is held, and reaches no case by itself.
func TestSplunksAlertsAreHeldUntilTheyAreVerified(t *testing.T) {
	const path = "/api/v1/intake/splunk/nord/splunk/" + splunkSecret
	s := newSite(func(i *models.Integration) { i.Verify = true })
	body := `{"result":{"host":"till7","service":"till"},"sid":"scheduler_1","results_link":"https://splunk/r","search_name":"Errors of tills","owner":"admin","app":"search"}`
	w := s.post(path, body)
	require.Equal(t, 200, w.Code, w.Body)
	require.JSONEq(t, `{"taken":[{"outcome":"held"}]}`, w.Body.String())
	require.Empty(t, s.desk.took)
	require.Len(t, s.desk.held, 1)
	h := s.desk.held[0]
	require.Equal(t, models.AlertClaim{SID: "scheduler_1", Search: "Errors of tills", App: "search", Owner: "admin"}, h.Claim)
	require.Equal(t, []any{"till7", noon, "192.0.2.1"}, []any{h.Intake.Reports[0].Component, h.Held, h.Remote})
	require.Equal(t, 409, s.post(path, body).Code, "sent twice")
	s.desk.err = models.ErrTooMany
	require.Equal(t, 503, s.post(path, strings.Replace(body, "till7", "till8", 1)).Code)
	require.Equal(t, 401, s.post("/api/v1/intake/splunk/nord/splunk/wrong", body).Code)
}

func TestHeartbeatsAreHeard(t *testing.T) {
	s := newSite()
	require.Equal(t, 200, s.post("/api/v1/heartbeat/"+beatSecret, "").Code)
	require.Equal(t, 200, s.send(httptest.NewRequest(http.MethodGet, "/api/v1/heartbeat/"+beatSecret, nil)).Code)
	require.Equal(t, []string{"nord/batch", "nord/batch"}, s.desk.beats)
}

// Whatever is sent, it is taken whole with bounded text of the integration's own customer, or
// refused for good.
func TestWhateverIsSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSite()
		value := rapid.OneOf(rapid.Just("firing"), rapid.Just("till"), rapid.StringN(0, 40, 400), rapid.Just(strings.Repeat("é\x00\n", 9000)))
		quoted := func() string { return fmt.Sprintf("%q", value.Draw(t, "value")) }
		alert := `{"status":` + quoted() + `,"labels":{"alertname":` + quoted() + `,"service":` + quoted() + `,"instance":` + quoted() + `},"annotations":{"summary":` + quoted() + `,"description":` + quoted() + `},"fingerprint":` + quoted() + `}`
		var w *httptest.ResponseRecorder
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			w = s.post(promPath, `{"alerts":[`+alert+`]}`, bearer(promSecret))
		case 1:
			w = s.post("/api/v1/intake/splunk/nord/splunk/"+splunkSecret, `{"sid":"1","search_name":`+quoted()+`,"result":{"host":`+quoted()+`}}`)
		case 2:
			w = s.post("/v2/enqueue", `{"routing_key":"`+pagerSecret+`","event_action":"trigger","dedup_key":`+quoted()+`,"payload":{"summary":`+quoted()+`,"source":`+quoted()+`,"severity":"info","custom_details":{"firing":[`+alert+`]}}}`)
		case 3:
			w = s.post("/api/v1/intake/cloudevents/nord/events", value.Draw(t, "body"), bearer(eventSecret), "ce-specversion: 1.0", "ce-id: 1", "ce-source: s", "ce-type: t")
		case 4:
			w = s.post("/api/v1/reports", value.Draw(t, "body"), bearer(apiSecret))
		}
		if w.Code >= 400 {
			require.Less(t, w.Code, 500)
			require.Empty(t, s.desk.took)
			return
		}
		for _, r := range s.desk.took[0].Reports {
			require.Equal(t, "nord", r.Customer)
			require.LessOrEqual(t, len(r.Title), mostTitle+3)
			require.LessOrEqual(t, len(r.Component), mostName+3)
			require.LessOrEqual(t, len(r.Detail), mostDetail+3)
			require.NotContains(t, r.Title+r.Detail+r.Component, "\x00")
			require.NotEmpty(t, r.Title)
			require.Contains(t, []string{"shop", "till"}, r.Service)
		}
	})
}
