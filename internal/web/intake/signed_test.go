package intake

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/notify"
	"foresight/models"
)

const (
	signedPath = "/api/v1/intake/signed/nord/search"
)

// vouched are the headers of a request that is signed as our own webhooks are.
func vouched(secret string, at time.Time, body string) []string {
	return []string{fmt.Sprintf("%s: %d", notify.HeaderTimestamp, at.Unix()), notify.HeaderSignature + ": " + notify.Sign(secret, at, []byte(body))}
}

func newSignedSite(change ...func(*models.Integration)) *site {
	return newSite(append(change, func(i *models.Integration) {
		if i.ID == "batch" { // takes the heartbeat's place
			i.ID, i.Kind, i.PerMinute = "search", models.IntegrationSigned, 3
		}
	})...)
}

func TestSignedReports(t *testing.T) {
	s := newSignedSite(func(i *models.Integration) {
		i.Rules = []models.LabelRule{{Label: "tier", Value: "gold", Urgency: models.GradeHigh}}
	})
	body := `{"id":"sid-0001","reports":[
		{"service":"till","component":"till7","key":"search/No paper","title":"No paper åäö","detail":"since noon","level":2,"impact":3,"labels":{"tier":"gold","severity":"critical"}},
		{"key":"search/Slow","title":"Slow","labels":{"host":"web1","severity":"info"}}]}`
	w := s.post(signedPath, body, vouched(beatSecret, noon, body)...)
	require.Equal(t, 200, w.Code, w.Body)
	require.Len(t, s.desk.took, 1)
	require.Equal(t, []models.Report{
		{Customer: "nord", Service: "till", Component: "till7", Key: "search/No paper", Keyed: true, Source: "search", Title: "No paper åäö", Detail: "since noon", Level: 2, Impact: 3, Urgency: 1, At: noon},
		{Customer: "nord", Service: "shop", Component: "web1", Key: "search/Slow", Keyed: true, Source: "search", Title: "Slow", Impact: 3, Urgency: 3, At: noon},
	}, s.desk.took[0].Reports)

	// The same request again, signed anew as a retry is, is not counted again; another is.
	again := s.post(signedPath, body, vouched(beatSecret, noon.Add(2*time.Minute), body)...)
	require.Equal(t, 409, again.Code, again.Body)
	other := strings.Replace(body, "sid-0001", "sid-0002", 1)
	require.Equal(t, 200, s.post(signedPath, other, vouched(beatSecret, noon, other)...).Code)
	require.Len(t, s.desk.took, 2)
}

func TestADryRequestChangesNothing(t *testing.T) {
	s := newSignedSite()
	body := `{"id":"sid-0001","dry":true,"reports":[{"title":"x"}]}`
	w := s.post(signedPath, body, vouched(beatSecret, noon, body)...)
	require.Equal(t, 200, w.Code, w.Body)
	require.JSONEq(t, `{"taken":[],"dry":true}`, w.Body.String())
	require.Empty(t, s.desk.took)
	bad := `{"id":"sid-0001","dry":true,"reports":[{"title":"x","service":"nowhere"}]}`
	w = s.post(signedPath, bad, vouched(beatSecret, noon, bad)...)
	require.Equal(t, 400, w.Code)
	require.Contains(t, w.Body.String(), `report 1: the customer has no service`)
}

func TestSignedRequestsRefused(t *testing.T) {
	const good = `{"id":"sid-0001","reports":[{"title":"x"}]}`
	for name, c := range map[string]struct {
		body    string
		headers []string // nil: rightly signed
		status  int
		text    string
	}{
		"no signature":       {good, []string{bearer(beatSecret)}, 401, "signed requests only"},
		"another secret":     {good, vouched(promSecret, noon, good), 401, "secret"},
		"another body":       {good + " ", vouched(beatSecret, noon, good), 401, "secret"},
		"another time":       {good, append(vouched(beatSecret, noon, good), "X-Foresight-Timestamp: 1"), 401, "secret"},
		"old":                {good, vouched(beatSecret, noon.Add(-6*time.Minute), good), 401, "5 minutes"},
		"ahead":              {good, vouched(beatSecret, noon.Add(6*time.Minute), good), 401, "5 minutes"},
		"no JSON":            {"x", nil, 400, "breaks at byte"},
		"a field too many":   {`{"id":"sid-0001","reports":[{"titel":"x"}]}`, nil, 400, "titel"},
		"short id":           {`{"id":"sid","reports":[{"title":"x"}]}`, nil, 400, "3 characters"},
		"no id":              {`{"reports":[{"title":"x"}]}`, nil, 400, "0 characters"},
		"no reports":         {`{"id":"sid-0001"}`, nil, 400, "no reports"},
		"no title":           {`{"id":"sid-0001","reports":[{"detail":"x"}]}`, nil, 400, "title is empty"},
		"foreseen":           {`{"id":"sid-0001","reports":[{"title":"x","level":3}]}`, nil, 400, "level is 1"},
		"another customer":   {`{"id":"sid-0001","reports":[{"title":"x","customer":"syd"}]}`, nil, 403, "another customer"},
		"too many":           {`{"id":"sid-0001","reports":[` + strings.Repeat(`{"title":"x"},`, 100) + `{"title":"x"}]}`, nil, 413, "100 at most"},
		"too large":          {`{"id":"sid-0001","reports":[{"title":"` + strings.Repeat("x", mostBytes) + `"}]}`, nil, 413, "2048 KB"},
		"an end without key": {`{"id":"sid-0001","reports":[{"title":"x","status":"resolved"}]}`, nil, 400, "key of the alarm"},
	} {
		s := newSignedSite()
		headers := c.headers
		if headers == nil {
			headers = vouched(beatSecret, noon, c.body)
		}
		w := s.post(signedPath, c.body, headers...)
		require.Equal(t, c.status, w.Code, "%s: %s", name, w.Body)
		require.Contains(t, w.Body.String(), c.text, name)
		require.Empty(t, s.desk.took, name)
		require.NotContains(t, w.Body.String(), beatSecret, name)
	}
	s := newSignedSite()
	require.Equal(t, 401, s.post(signedPath+"/"+beatSecret, good).Code, "a secret at the end of the address lets nobody in")
	for range 3 {
		s.post(signedPath, good, vouched(beatSecret, noon, good)...)
	}
	require.Equal(t, 429, s.post(signedPath, good, vouched(beatSecret, noon, good)...).Code)
}
