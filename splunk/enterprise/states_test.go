package enterprise

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"

	"foresight/splunk"

	"github.com/stretchr/testify/assert"
)

// Every dispatchState that Splunk documents, and one that it does not: whether the client
// waits when it sees it, and how the search ends when it stays so.
func TestEveryDispatchState(t *testing.T) {
	for _, tt := range []struct {
		state  string
		waits  bool
		reason string // of the error if nothing else comes; "" for a result
	}{
		{"QUEUED", true, splunk.ReasonTimeout},
		{"PARSING", true, splunk.ReasonTimeout},
		{"RUNNING", true, splunk.ReasonTimeout},
		{"PAUSE", true, splunk.ReasonTimeout},
		{"FINALIZING", true, splunk.ReasonTimeout},
		{"DONE", false, ""},
		{"FAILED", false, splunk.ReasonFailed},
		{"INTERNAL_CANCEL", false, splunk.ReasonIncomplete},
		{"USER_CANCEL", false, splunk.ReasonIncomplete},
		{"BAD_INPUT_CANCEL", false, splunk.ReasonIncomplete},
		{"QUIT", false, splunk.ReasonIncomplete},
		{"SOMETHING_NEW", false, splunk.ReasonIncomplete},
	} {
		t.Run(tt.state, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStub(5)
				s.job["dispatchState"] = tt.state
				rows, err := client(t, s).Search(t.Context(), anySearch)
				assert.Equal(t, tt.reason, splunk.ReasonOf(err), err)
				assert.Equal(t, tt.waits, s.count("GET /services/search/v2/jobs/") > 3, "it is looked at again")
				if tt.reason == "" {
					assert.Len(t, rows.Rows, 5)
				} else {
					assert.Empty(t, rows.Rows)
					assert.ErrorContains(t, err, wordOf(tt.state))
				}
			})
			if !tt.waits {
				return
			}
			synctest.Test(t, func(t *testing.T) { // DONE comes later
				s := newStub(5)
				before := maps.Clone(s.job)
				before["dispatchState"] = tt.state
				s.status = first(3, func(*http.Request, url.Values) (*http.Response, error) {
					return saysJSON(200, map[string]any{"entry": []any{map[string]any{"content": before}}}), nil
				}, s.status)
				rows, err := client(t, s).Search(t.Context(), anySearch)
				assert.NoError(t, err)
				assert.Len(t, rows.Rows, 5)
			})
			synctest.Test(t, func(t *testing.T) { // and its process may die meanwhile
				s := newStub(5)
				s.job["dispatchState"], s.job["isZombie"] = tt.state, true
				_, err := client(t, s).Search(t.Context(), anySearch)
				assert.Equal(t, splunk.ReasonIncomplete, splunk.ReasonOf(err), err)
			})
		})
	}
}

// wordOf is what an error says of a state.
func wordOf(state string) string {
	if state == "FAILED" {
		return "the search failed"
	}
	return state
}
