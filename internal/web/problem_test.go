package web_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/models"
)

// What is known of a problem is written down on the page of any of its cases, by whoever may work on them; nobody
// overwrites another silently, and what was written is not lost.
func TestAProblemOnItsCasesPage(t *testing.T) {
	h := newHouse(t, nil)
	h.desk.guide = models.Guide{Problem: &models.Problem{ID: "nord-P1", Title: "Pool full", State: models.ProblemKnownError, Cause: "a leak", Around: "restart", Version: 4, Cases: []string{"nord-1"}}}
	_, page := h.get(h.signedIn("vic"), "/incidents/nord-1")
	assert.NotContains(t, page, "Write it down", "a viewer looks")
	c := h.signedIn("eva")
	_, page = h.get(c, "/incidents/nord-1")
	assert.Contains(t, page, `<textarea name="cause" rows="2">a leak</textarea>`)
	assert.NotContains(t, page, "Open the problem again")

	wrote := map[string]string{"seen": "4", "cause": "a leak of <handles>", "around": "restart", "text": "found it"}
	status, _ := h.post(c, "/incidents/nord-1/problem/write", wrote)
	assert.Equal(t, 303, status)
	status, _ = h.post(c, "/incidents/nord-1/problem/resolve", map[string]string{"seen": "4", "cause": "a leak", "around": "restart", "text": "2.1 mends it"})
	assert.Equal(t, 303, status)
	require.Equal(t, []web.ProblemAct{
		{Problem: "nord-P1", By: "eva", Seen: 4, Cause: "a leak of <handles>", Text: "found it"}, // what is as it was stays
		{Problem: "nord-P1", By: "eva", Seen: 4, Text: "2.1 mends it", To: models.ProblemResolved},
	}, h.desk.found)

	wrote["seen"] = "3"
	status, page = h.post(c, "/incidents/nord-1/problem/write", wrote)
	assert.Equal(t, 409, status)
	assert.Contains(t, page, "the problem record has changed")
	assert.Contains(t, page, "a leak of &lt;handles&gt;</textarea>")
	wrote["seen"] = ""
	status, page = h.post(c, "/incidents/nord-1/problem/write", wrote)
	assert.Equal(t, 422, status)
	assert.Contains(t, page, "which version of the problem record")
	h.desk.refuseAct = web.RefusedError{Err: models.Refuse("say why: others will read it in the timeline")}
	status, page = h.post(c, "/incidents/nord-1/problem/resolve", map[string]string{"seen": "4"})
	assert.Equal(t, 422, status)
	assert.Contains(t, page, "Nothing was done: say why")
	for path, want := range map[string]int{"/incidents/nord-1/problem/burn": 404, "/incidents/syd-1/problem/write": 404} {
		status, _ = h.post(c, path, wrote)
		assert.Equal(t, want, status, path)
	}
	status, _ = h.post(h.signedIn("vic"), "/incidents/nord-1/problem/write", wrote)
	assert.Equal(t, 403, status)
	h.desk.refuseAct, h.desk.guide = nil, models.Guide{}
	status, _ = h.post(c, "/incidents/nord-1/problem/write", wrote)
	assert.Equal(t, 404, status, "it is no problem's case")
	assert.Len(t, h.desk.found, 2)

	var did []string
	for _, d := range h.deeds {
		if d.Of == "nord-P1" {
			did = append(did, d.Who+" "+d.Did+" "+d.Customer)
		}
	}
	assert.Contains(t, did, "eva write nord")
	assert.Contains(t, did, "eva resolve nord")
}
