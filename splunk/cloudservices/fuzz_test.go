package cloudservices

import (
	"encoding/json"
	"testing"

	"foresight/splunk/internal/wire"

	"github.com/splunk/splunk-cloud-sdk-go/services/search"
)

// Whatever the service says of a job, it is accepted only if all of it says that the
// result is complete.
func FuzzJob(f *testing.F) {
	for _, s := range []string{
		`{"status":"done","resultsAvailable":5,"messages":[],"maxTime":60,"dispatchTime":"2026-01-01T00:00:00Z","completionTime":"2026-01-01T00:00:01.5Z"}`,
		`{"status":"done","resultsAvailable":0}`, `{"status":"done"}`, `{"status":"failed","resultsAvailable":5}`, `{"status":""}`, `{}`, `null`,
		`{"status":"done","resultsAvailable":5,"messages":[{"type":"ERROR","text":"x"}]}`, `{"status":"done","resultsAvailable":5,"messages":[{}]}`,
		`{"status":"done","resultsAvailable":5,"messages":[{"type":"INFO","text":"Search finalized."}]}`,
	} {
		f.Add(s)
	}
	tenant, err := New(Config{Tenant: "t", ClientID: "c", ClientSecret: clientSecret})
	if err != nil {
		f.Fatal(err)
	}
	c := tenant.Searches(SearchConfig{})
	f.Fuzz(func(t *testing.T, body string) {
		var j search.SearchJob
		if json.Unmarshal([]byte(body), &j) != nil || j.Status == nil || c.judge(anySearch, j) != nil {
			return
		}
		if *j.Status != search.SearchStatusDone || j.ResultsAvailable == nil || *j.ResultsAvailable < 0 || int(*j.ResultsAvailable) > c.config.MaxRows ||
			len(wire.Suspicious(messagesOf(j.Messages))) > 0 {
			t.Fatalf("accepted: %q", body)
		}
	})
}

// A row of whatever shape is read or refused, and a refusal of events never names one
// that was not sent.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"a":"x","b":["y",1,null,true],"c":null,"d":1e300}`, `{"a":{"b":1}}`, `{"a":[["x"]]}`,
		`{"details":{"failedEvents":[{"index":1,"message":"x"}]}}`, `{"details":{"failedEvents":[{"index":-1}]}}`, `{"details":[]}`, `null`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var r map[string]any
		if json.Unmarshal([]byte(body), &r) == nil {
			row, err := rowOf(r)
			if err == nil && len(row) > len(r) {
				t.Fatalf("%q has %d fields", body, len(row))
			}
		}
		for i := range named([]byte(body), 3) {
			if i < 0 || i > 2 {
				t.Fatalf("%q names event %d of 3", body, i)
			}
		}
	})
}
