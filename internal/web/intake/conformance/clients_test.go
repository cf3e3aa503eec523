package conformance

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/go-pagerduty"
	"github.com/PagerDuty/go-pagerduty/webhookv3"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
	"github.com/stretchr/testify/require"
)

// PagerDuty's client triggers, acknowledges and resolves one case.
func TestGoPagerDuty(t *testing.T) {
	f := serve(t)
	client := pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint(f.site))
	event := func(action, key string) *pagerduty.V2Event {
		e := &pagerduty.V2Event{RoutingKey: pagerSecret, Action: action, DedupKey: key}
		if action == "trigger" {
			e.Payload = &pagerduty.V2Payload{Summary: "no answer", Source: "till7", Severity: "critical", Details: map[string]any{"since": "noon", "tries": 3}}
		}
		return e
	}
	first, err := client.ManageEventWithContext(t.Context(), event("trigger", ""))
	require.NoError(t, err)
	require.Equal(t, "success", first.Status)
	require.NotEmpty(t, first.DedupKey)
	for range 2 {
		again, err := client.ManageEventWithContext(t.Context(), event("trigger", first.DedupKey))
		require.NoError(t, err)
		require.Equal(t, first.DedupKey, again.DedupKey)
	}
	require.Equal(t, 3, f.only("new").Occurrences)
	_, err = client.ManageEventWithContext(t.Context(), event("acknowledge", first.DedupKey))
	require.NoError(t, err)
	f.only("acknowledged")
	_, err = client.ManageEventWithContext(t.Context(), event("resolve", first.DedupKey))
	require.NoError(t, err)
	c := f.only("resolved")
	require.Equal(t, []any{"till", "till7", "acknowledged resolved"}, []any{c.Service, c.Facts[0].Component, c.states()})

	wrong := event("trigger", "x")
	wrong.RoutingKey = "fedcba9876543210fedcba9876543210"
	_, err = client.ManageEventWithContext(t.Context(), wrong)
	var refused pagerduty.APIError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusBadRequest, refused.StatusCode)
	require.False(t, refused.Temporary(), "it must not be tried again")
	require.Len(t, f.cases(), 1)
}

// What people do in PagerDuty with what Foresight opened there they have done here: its webhooks are signed as
// PagerDuty's own library wants them, and name the alert by the key that it was opened under.
func TestPagerDutysWebhook(t *testing.T) {
	keys := make(chan string, 10)
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event pagerduty.V2Event
		if json.NewDecoder(r.Body).Decode(&event) == nil && event.Action == "trigger" {
			keys <- event.DedupKey
		}
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write([]byte(`{"status":"success","message":"Event processed"}`))
	}))
	defer there.Close()
	f := serve(t, "PD_URL="+there.URL)
	client := pagerduty.NewClient("", pagerduty.WithV2EventsAPIEndpoint(f.site))
	_, err := client.ManageEventWithContext(t.Context(), &pagerduty.V2Event{RoutingKey: pagerSecret, Action: "trigger", DedupKey: "a", Payload: &pagerduty.V2Payload{Summary: "no answer", Source: "till7", Severity: "critical"}})
	require.NoError(t, err)
	var key string
	eventually(t, "the page in PagerDuty", func() bool {
		select {
		case key = <-keys:
		default:
		}
		return key != ""
	}, f.log)
	says := func(id, kind, secret string) int {
		body := fmt.Sprintf(`{"event":{"id":%q,"event_type":%q,"resource_type":"incident","occurred_at":%q,"agent":{"id":"P1","summary":"Eva Ek","type":"user_reference"},"data":{"id":"Q1","type":"incident","incident_key":%q}}}`,
			id, kind, time.Now().UTC().Format(time.RFC3339Nano), key)
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.site+"/api/v1/intake/pagerduty_webhook/nord/answers", strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("X-PagerDuty-Signature", "v1="+hex.EncodeToString(mac.Sum(nil)))
		if secret == answerSecret {
			require.NoError(t, webhookv3.VerifySignature(r, secret), "as PagerDuty signs")
		}
		reply, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer reply.Body.Close() //nolint:errcheck // only its status is read
		return reply.StatusCode
	}
	require.Equal(t, http.StatusUnauthorized, says("1", "incident.acknowledged", promSecret))
	require.Equal(t, http.StatusOK, says("1", "incident.acknowledged", answerSecret))
	f.only("acknowledged")
	require.Equal(t, http.StatusConflict, says("1", "incident.acknowledged", answerSecret))
	require.Equal(t, http.StatusOK, says("2", "incident.resolved", answerSecret))
	require.Equal(t, "acknowledged resolved", f.only("resolved").states())
}

// The CloudEvents SDK sends binary and structured events; the same event twice counts once.
func TestCloudEventsSDK(t *testing.T) {
	f := serve(t)
	to := f.site + "/api/v1/intake/cloudevents/nord/events"
	client, err := cloudevents.NewClientHTTP(cloudevents.WithTarget(to), cloudevents.WithHeader("Authorization", "Bearer "+eventSecret))
	require.NoError(t, err)
	event := func(id, kind string) cloudevents.Event {
		e := cloudevents.NewEvent()
		e.SetID(id)
		e.SetSource("/sensors/räck 7")
		e.SetType(kind)
		require.NoError(t, e.SetData(cloudevents.ApplicationJSON, map[string]any{"title": "too hot", "component": "rack7", "degrees": 41.5}))
		return e
	}
	status := func(result error) int {
		var r *cehttp.Result
		require.True(t, cloudevents.ResultAs(result, &r), "%v", result)
		return r.StatusCode
	}
	binary, structured := cloudevents.WithEncodingBinary(t.Context()), cloudevents.WithEncodingStructured(t.Context())
	require.Equal(t, http.StatusOK, status(client.Send(binary, event("1", "hot"))))
	require.Equal(t, http.StatusConflict, status(client.Send(binary, event("1", "hot"))))
	require.Equal(t, http.StatusConflict, status(client.Send(structured, event("1", "hot"))))
	require.Equal(t, http.StatusOK, status(client.Send(structured, event("2", "hot"))))
	c := f.only("new")
	require.Equal(t, []any{"mail", "rack7", 2}, []any{c.Service, c.Facts[0].Component, c.Occurrences})
	result := client.Send(structured, event("3", "hot.resolved"))
	require.True(t, cloudevents.IsACK(result), "%v", result)
	f.only("resolved")

	stranger, err := cloudevents.NewClientHTTP(cloudevents.WithTarget(to), cloudevents.WithHeader("Authorization", "Bearer "+promSecret))
	require.NoError(t, err)
	result = stranger.Send(binary, event("4", "hot"))
	require.True(t, cloudevents.IsNACK(result))
	require.Equal(t, http.StatusUnauthorized, status(result))
	require.Len(t, f.cases(), 1)
}
