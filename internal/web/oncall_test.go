package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/models"
)

// roster is who is on call, in memory: eva for three hours, then nobody for one, then bo.
type roster struct {
	customers []models.Customer
	made      []models.StandIn
	able      []string // nil: nobody
	ended     []string
	refuse    error // what changes it
	fail      error // who reads it
}

func (o *roster) OnCall(_ context.Context, customer string, from, to time.Time) (all []web.Rota, err error) {
	for _, c := range o.customers {
		for _, r := range c.Process.Rotas {
			if c.ID != customer {
				continue
			}
			all = append(all, web.Rota{Rota: r, StandIns: o.made, Able: o.able, Duties: []models.Duty{
				{Contact: "eva", From: from, To: from.Add(3 * time.Hour)}, {From: from.Add(3 * time.Hour), To: from.Add(4 * time.Hour)}, {Contact: "bo", From: from.Add(4 * time.Hour), To: to}}})
		}
	}
	return all, o.fail
}

func (o *roster) Next(_ context.Context, i models.Incident) (*models.NextStep, error) {
	switch i.ID {
	case "nord-1":
		return &models.NextStep{At: asOf.Add(10 * time.Minute), Policy: "p", Step: 2, To: []string{"Eva <E> by room"}}, o.fail
	case "nord-3":
		return &models.NextStep{At: asOf.Add(5 * time.Minute), Policy: "p", Missing: []string{"nobody on call: schedule first"}, Quiet: "moving"}, o.fail
	}
	return nil, o.fail
}

func (o *roster) Cover(_ context.Context, s models.StandIn) error {
	if o.refuse == nil {
		s.ID = "made"
		o.made = append(o.made, s)
	}
	return o.refuse
}

func (o *roster) Uncover(_ context.Context, customer, id string) error {
	if o.refuse == nil {
		o.ended = append(o.ended, customer+"/"+id)
	}
	return o.refuse
}

// staffed has a schedule with both customers, whose clock is two hours before UTC.
func staffed(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, nil)
	for n, id := range []string{"first", "theirs"} {
		p := &h.desk.customers[n].Process
		p.Contacts = []models.Contact{{ID: "eva", Name: "Eva <E>"}, {ID: "bo"}}
		p.Rotas = []models.Rota{{ID: id, Name: "Line of " + id, Zone: time.FixedZone("west", -2*3600), Covers: []models.Cover{{Contact: "bo", From: asOf.Add(24 * time.Hour), To: asOf.Add(30 * time.Hour)}, {From: asOf.Add(-5 * time.Hour), To: asOf}}}}
	}
	h.roster.able = []string{"bo"}
	return h
}

func TestOnCallPage(t *testing.T) {
	h := staffed(t)
	c := h.signedIn("vic")
	status, page := h.get(c, "/oncall")
	require.Equal(t, 200, status)
	for _, words := range []string{
		"Now <b>Eva &lt;E&gt;</b>, until Mon 14 Sep 01:00; then <span class=\"late\">nobody</span>", // in the schedule's zone
		"Nobody is on call Mon 14 Sep 01:00 – Mon 14 Sep 02:00.",
		"<td>Mon 14 Sep 02:00</td><td>Sun 27 Sep 22:00</td><td>bo</td>",
		"bo stands in, Mon 14 Sep 22:00 – Tue 15 Sep 04:00, by the configuration.",
		"waits for the window moving", `Eva &lt;E&gt; by room: <a href="/incidents/nord-1">&lt;script&gt;`, "in 10 min",
	} {
		assert.Contains(t, page, words)
	}
	assert.Equal(t, 1, strings.Count(page, "by the configuration"), "what is over is not shown")
	assert.Regexp(t, `(?s)nobody on call: schedule first.*Eva &lt;E&gt; by room`, page, "what is due first stands first")
	assert.NotContains(t, page, "Line of theirs")
	assert.NotContains(t, page, "Put somebody else in", "a viewer looks")
	_, page = h.get(h.signedIn("all"), "/oncall")
	assert.Contains(t, page, "Line of theirs")
	assert.Contains(t, page, "Put somebody else in")

	h.roster.fail = errors.New("secret disk")
	for _, path := range []string{"/oncall", "/api/v1/oncall"} {
		status, page = h.get(c, path)
		assert.Equal(t, 500, status)
		assert.NotContains(t, page, "secret disk")
	}
}

func TestOperatorsPutOthersIn(t *testing.T) {
	h := staffed(t)
	form := map[string]string{"contact": "bo", "from": "2026-09-14T18:00", "to": "2026-09-15T08:00", "reason": " ill <b> "}
	for name, want := range map[string]int{"vic": 403, "eva": 303, "all": 303} {
		status, text := h.post(h.signedIn(name), "/oncall/nord/first/cover", form)
		assert.Equal(t, want, status, name+text)
	}
	require.Len(t, h.roster.made, 2)
	west := h.desk.customers[0].Process.Rotas[0].Zone
	want := models.StandIn{ID: "made", Customer: "nord", Rota: "first", Reason: "ill <b>", By: h.roster.made[0].By, Cover: models.Cover{Contact: "bo", From: time.Date(2026, 9, 14, 18, 0, 0, 0, west), To: time.Date(2026, 9, 15, 8, 0, 0, 0, west)}}
	assert.Equal(t, want, h.roster.made[0], "times are the schedule's")
	c := h.signedIn("eva")
	_, page := h.get(c, "/oncall")
	assert.Contains(t, page, "bo stands in, Mon 14 Sep 18:00 – Tue 15 Sep 08:00")
	assert.Contains(t, page, "ill &lt;b&gt;")
	assert.Contains(t, page, `<option value="bo">`)
	assert.NotContains(t, page, `<option value="eva"`, "who cannot be told is not offered")
	assert.Contains(t, page, `action="/oncall/nord/first/made/uncover"`)
	status, _ := h.post(c, "/oncall/nord/first/made/uncover", nil)
	assert.Equal(t, 303, status)
	assert.Equal(t, []string{"nord/made"}, h.roster.ended)

	for path, want := range map[string]int{"/oncall/syd/theirs/cover": 404, "/oncall/syd/theirs/made/uncover": 404, "/oncall/nord/theirs/cover": 404, "/oncall/nowhere/first/cover": 404} {
		status, text := h.post(c, path, form)
		assert.Equal(t, want, status, path)
		assert.NotContains(t, text, "Line of theirs")
	}
	status, _ = h.post(c, "/oncall/nord/first/cover", form, "Sec-Fetch-Site", "cross-site")
	assert.Equal(t, 403, status)
	for field, value := range map[string]string{"from": "tomorrow", "to": "", "reason": strings.Repeat("x", 201)} {
		wrong := map[string]string{"contact": "bo", "from": "2026-09-14T18:00", "to": "2026-09-15T08:00", "reason": "keep <me>"}
		wrong[field] = value
		status, text := h.post(c, "/oncall/nord/first/cover", wrong)
		assert.Equal(t, 422, status, field)
		assert.Contains(t, text, `<option value="bo" selected>`, "what was written is not lost")
	}
	h.roster.refuse = web.RefusedError{Err: errors.New("kim cannot be told")}
	status, text := h.post(c, "/oncall/nord/first/cover", form)
	assert.Equal(t, 422, status)
	assert.Contains(t, text, "Nothing was changed: kim cannot be told.")
	assert.Len(t, h.roster.made, 2)

	var did []string
	for _, d := range h.deeds {
		if d.Customer == "nord" {
			did = append(did, strings.TrimSpace(d.Who+" "+d.Did+" "+d.Of+" "+d.Refused))
		}
	}
	assert.Contains(t, did, `eva cover nord/first: "bo" from 2026-09-14T18:00 to 2026-09-15T08:00`)
	assert.Contains(t, did, "eva uncover nord/first: made")
	assert.Contains(t, did, "vic post /oncall/nord/first/cover may not")
}

func TestAPISaysWhoIsOnCall(t *testing.T) {
	h := staffed(t)
	status, text := h.program("/api/v1/oncall", "")
	require.Equal(t, 200, status, text)
	var answer struct{ Duties []map[string]string }
	require.NoError(t, json.Unmarshal([]byte(strings.TrimSpace(text)), &answer))
	require.Len(t, answer.Duties, 3, "of the program's customers")
	assert.Equal(t, map[string]string{"customer": "nord", "schedule": "first", "contact": "eva", "name": "Eva <E>", "from": "2026-09-14T00:00:00Z", "to": "2026-09-14T03:00:00Z"}, answer.Duties[0])
	assert.Empty(t, answer.Duties[1]["contact"])
}
