package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

const answerPath = "/api/v1/intake/pagerduty_webhook/nord/answers"

// answerBody is PagerDuty's own example, cut short.
const answerBody = `{"event":{"id":"01CEKEQ9WG","event_type":"incident.acknowledged","resource_type":"incident","occurred_at":"2026-11-25T11:59:30.169Z",
 "agent":{"html_url":"https://acme.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","summary":"Tenex Engineer","type":"user_reference"},"client":{"name":"PagerDuty"},
 "data":{"id":"PGR0VU2","type":"incident","number":2,"status":"acknowledged","incident_key":"nord-7.0123abcd","title":"A little bump in the road","priority":null}}}`

func answerSign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

func TestPagerDutysWebhook(t *testing.T) {
	s := newSite()
	signed := func(body string) string { return "X-PagerDuty-Signature: " + answerSign(answerSecret, body) }
	w := s.post(answerPath, answerBody, signed(answerBody))
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, models.Report{Customer: "nord", Source: "PagerDuty", Paged: "nord-7.0123abcd", By: "Tenex Engineer", At: noon, Taken: true}, s.only(t))
	require.Equal(t, 409, s.post(answerPath, answerBody, signed(answerBody)).Code, "each once")

	end := strings.NewReplacer("incident.acknowledged", "incident.resolved", "01CEKEQ9WG", "02", `"agent":{"html_url":"https://acme.pagerduty.com/users/PLH1HKV","id":"PLH1HKV","summary":"Tenex Engineer","type":"user_reference"}`, `"agent":null`).Replace(answerBody)
	w = s.post(answerPath, end, "X-PagerDuty-Signature: "+answerSign("the secret before", end)+","+answerSign(answerSecret, end))
	require.Equal(t, 200, w.Code, w.Body)
	require.Equal(t, []any{"PagerDuty", true, false}, []any{s.desk.took[1].Reports[0].By, s.desk.took[1].Reports[0].Cleared, s.desk.took[1].Reports[0].Taken})
	for _, other := range []string{"pagey.ping", "incident.triggered", "incident.annotated"} {
		body := strings.Replace(answerBody, "incident.acknowledged", other, 1)
		require.Equal(t, 200, s.post(answerPath, body, signed(body)).Code, other)
	}
	body := strings.Replace(answerBody, "nord-7.0123abcd", "", 1)
	require.Equal(t, 200, s.post(answerPath, body, signed(body)).Code, "an incident of somebody else's")
	require.Len(t, s.desk.took, 2)
	require.Empty(t, s.counts["nord malformed"])
}

func TestPagerDutysWebhookIsRefused(t *testing.T) {
	old := strings.Replace(answerBody, "2026-11-25T11:59", "2026-11-24T23:59", 1)
	ahead := strings.Replace(answerBody, "2026-11-25T11:59", "2026-11-25T12:06", 1)
	untimed := strings.Replace(answerBody, "occurred_at", "at", 1)
	large := `{"event":"` + strings.Repeat("x", mostBytes) + `"}`
	for name, c := range map[string]struct {
		path, body, signature string
		want                  int
	}{
		"unsigned":               {answerPath, answerBody, "", 401},
		"another's secret":       {answerPath, answerBody, answerSign(promSecret, answerBody), 401},
		"another body":           {answerPath, answerBody + " ", answerSign(answerSecret, answerBody), 401},
		"another version":        {answerPath, answerBody, "v0" + strings.TrimPrefix(answerSign(answerSecret, answerBody), "v1"), 401},
		"not hexadecimal":        {answerPath, answerBody, "v1=xyz", 401},
		"the bare secret":        {answerPath + "/" + answerSecret, answerBody, "", 401},
		"another customer's":     {strings.Replace(answerPath, "nord", "syd", 1), answerBody, answerSign(answerSecret, answerBody), 401},
		"half a day old":         {answerPath, old, answerSign(answerSecret, old), 401},
		"ahead of the clock":     {answerPath, ahead, answerSign(answerSecret, ahead), 401},
		"without a time":         {answerPath, untimed, answerSign(answerSecret, untimed), 400},
		"not JSON":               {answerPath, "{", answerSign(answerSecret, "{"), 400},
		"a webhook of version 2": {answerPath, `{"messages":[]}`, answerSign(answerSecret, `{"messages":[]}`), 400},
		"oversized":              {answerPath, large, answerSign(answerSecret, large), 413},
	} {
		s := newSite()
		var headers []string
		if c.signature != "" {
			headers = append(headers, "X-PagerDuty-Signature: "+c.signature)
		}
		for range 3 {
			require.Equal(t, c.want, s.post(c.path, c.body, headers...).Code, name)
		}
		require.Empty(t, s.desk.took, name)
		require.Len(t, s.told, 1, "%s: said once", name)
		s.now = noon.Add(2 * time.Hour)
	}
}
