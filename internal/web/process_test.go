package web_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web"
	"foresight/models"
)

// desk is the incident process in memory, with two customers.
type desk struct {
	customers []models.Customer
	cases     []models.Incident
	timeline  map[string][]models.Entry
	acts      []web.Act
	reports   []models.Report
	refuse    error
	refuseAct error // what changes a case
	found     []web.ProblemAct
	guide     models.Guide
}

func newDesk() *desk {
	now := asOf
	d := &desk{timeline: map[string][]models.Entry{}, customers: []models.Customer{
		{ID: "nord", Name: "Nord <AB>", Zone: time.UTC, Services: []models.Service{{ID: "shop", Name: "Web & shop"}, {ID: "till"}}, Process: models.Process{
			Groups:  []models.RedundantGroup{{ID: "databases", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}, {ID: "nets", Service: "till", Members: []string{"a", "b", "c"}, Needed: 1}},
			Windows: []models.Maintenance{{ID: "w", Name: "New <switch>", Services: []string{"till"}, From: now.Add(-time.Hour), To: now.Add(time.Hour)}, {ID: "past", Name: "Long past", From: now.AddDate(0, -1, 0), To: now.AddDate(0, -1, 1)}},
		}},
		{ID: "syd", Name: "Syd", Zone: time.UTC, Services: []models.Service{{ID: "web"}}},
	}}
	d.cases = []models.Incident{
		{ID: "nord-1", Customer: "nord", Service: "shop", Title: "<script>alert(1)</script>", Detail: "line one\n<b>two</b>", Level: 1, State: models.IncidentNew, Impact: 1, Urgency: 1, Priority: 1,
			Opened: now.Add(-2 * time.Hour), Changed: now.Add(-time.Hour), Version: 3, Entries: 2, Occurrences: 4, Facts: []models.Fact{{Fingerprint: "f", Source: "user", Title: "<i>pay</i>", Firing: true, Count: 4, First: now, Last: now}},
			Clocks: []models.Clock{{Kind: models.ClockAcknowledge, Target: 15 * time.Minute, Since: now.Add(-2 * time.Hour), Deadline: now.Add(-105 * time.Minute)}, {Kind: models.ClockResolve, Target: 4 * time.Hour, Since: now, Deadline: now.Add(2 * time.Hour)}}},
		{ID: "nord-2", Customer: "nord", Service: "shop", Title: "Disk fails", Level: 2, State: models.IncidentInProgress, Assignee: "bo", Version: 1, Changed: now, Redundancy: &models.Redundancy{Group: "databases", Members: 2, Needed: 1, Down: []string{"db2"}},
			Facts: []models.Fact{{Fingerprint: "g", Source: "splunk", Component: "db1", Title: "Disk fails", Firing: true, Count: 4, First: now, Last: now}}},
		{ID: "nord-3", Customer: "nord", Service: "shop", Title: "Overload foreseen", Level: 3, State: models.IncidentNew, Version: 7, Entries: 4, Changed: now, Plan: []models.Task{
			{ID: "capacity", Title: "Add <capacity>", Owner: "eva", State: models.TaskOpen, LatestStart: now.AddDate(0, 0, -1), NeedBy: now.AddDate(0, 1, 0), Late: true, StillHelps: "rent some"},
			{ID: "test", Title: "Load test", State: models.TaskOpen, LatestStart: now.AddDate(0, 0, 9), After: []string{"capacity"}},
			{ID: "limits", Title: "Raise limits", State: models.TaskStarted, LatestStart: now.AddDate(0, 0, 3)},
			{ID: "staff", Title: "Staff it", State: models.TaskDone, At: now.AddDate(0, 0, -2)},
			{ID: "old", Title: "Done long ago", State: models.TaskDone, At: now.AddDate(0, -3, 0)}}},
		{ID: "nord-4", Customer: "nord", Service: "till", Title: "Was closed", Level: 1, State: models.IncidentClosed, Version: 1, Changed: now},
		{ID: "syd-1", Customer: "syd", Service: "web", Title: "Secret of Syd", Level: 1, State: models.IncidentNew, Version: 1, Changed: now, Plan: []models.Task{{ID: "t", Title: "Task of Syd", State: models.TaskOpen}}},
	}
	d.timeline["nord-1"] = []models.Entry{{Incident: "nord-1", Seq: 1, At: now.Add(-2 * time.Hour), By: "eva", Kind: models.EntryOpened, To: "1"},
		{Incident: "nord-1", Seq: 2, At: now.Add(-time.Hour), By: "<u>kim</u>", Kind: models.EntryNote, Text: "<img src=x>"}}
	return d
}

func (d *desk) Customers() []models.Customer { return d.customers }

func (d *desk) Incidents(_ context.Context, f models.IncidentFilter) (found []models.Incident, err error) {
	for _, i := range d.cases {
		if (f.Customer == "" || f.Customer == i.Customer) && (f.Service == "" || f.Service == i.Service) && (f.Level == 0 || f.Level == i.Level) && (f.States == nil || slices.Contains(f.States, i.State)) {
			found = append(found, i)
		}
	}
	return found, d.refuse
}

func (d *desk) Incident(_ context.Context, id string) (models.Incident, []models.Entry, error) {
	for _, i := range d.cases {
		if i.ID == id {
			return i, d.timeline[id], d.refuse
		}
	}
	return models.Incident{}, nil, fmt.Errorf("reading: %w", web.ErrUnknown)
}

func (d *desk) Guide(context.Context, models.Incident) (models.Guide, error) {
	return d.guide, d.refuse
}

func (d *desk) Verbs(s models.IncidentState) []string {
	if s.Done() {
		return nil
	}
	return []string{"ack", "start", "hold", "resolve", "cancel"}
}

func (d *desk) Report(_ context.Context, r models.Report) (models.Incident, models.Outcome, error) {
	d.reports = append(d.reports, r)
	return d.cases[0], models.ReportJoined, d.refuse
}

func (d *desk) ActOnProblem(_ context.Context, a web.ProblemAct) error {
	if err := cmp.Or(d.refuse, d.refuseAct); err != nil {
		return err
	}
	if a.Seen != d.guide.Problem.Version {
		return fmt.Errorf("acting: %w", web.ErrChanged)
	}
	d.found = append(d.found, a)
	return nil
}

func (d *desk) Act(_ context.Context, a web.Act) (models.Incident, error) {
	if err := cmp.Or(d.refuse, d.refuseAct); err != nil {
		return models.Incident{}, err
	}
	for _, i := range d.cases {
		if i.ID == a.Incident && a.Seen != 0 && a.Seen != i.Version {
			return i, fmt.Errorf("acting: %w", web.ErrChanged)
		}
	}
	d.acts = append(d.acts, a)
	d.timeline[a.Incident] = append(d.timeline[a.Incident], models.Entry{Incident: a.Incident, Seq: len(d.timeline[a.Incident]) + 1, At: asOf, By: a.By, Kind: models.EntryNote, Text: a.Text})
	return models.Incident{ID: a.Incident}, nil
}

func deskPages(d *desk, o web.Options) http.Handler {
	o.Process, o.Clock = d, func() time.Time { return asOf }
	return web.New(board(), o)
}

func TestIncidentsPage(t *testing.T) {
	h := deskPages(newDesk(), web.Options{})
	for query, want := range map[string][]string{
		"":                         {"nord-1", "nord-2", "nord-3", "syd-1"},
		"?customer=nord&level=2":   {"nord-2"},
		"?service=web":             {"syd-1"},
		"?state=all&service=till":  {"nord-4"},
		"?state=closed":            {"nord-4"},
		"?customer=nowhere":        nil,
		"?state=new&customer=nord": {"nord-1", "nord-3"},
		"?customer=&service=&level=&state=open&level=": {"nord-1", "nord-2", "nord-3", "syd-1"},
	} {
		w := ask(h, "GET", "/incidents"+query)
		require.Equal(t, 200, w.Code, query)
		for _, id := range []string{"nord-1", "nord-2", "nord-3", "nord-4", "syd-1"} {
			assert.Equal(t, slices.Contains(want, id), strings.Contains(w.Body.String(), `href="/incidents/`+id+`"`), "%s %s", query, id)
		}
	}
	page := ask(h, "GET", "/incidents?customer=nord").Body.String()
	for _, words := range []string{"&lt;script&gt;alert(1)", "Nord &lt;AB&gt;", "Web &amp; shop", "acknowledge 1 h 45 min too late", "reported 4 times", `<option value="nord" selected>`} {
		assert.Contains(t, page, words)
	}
	assert.NotContains(t, page, "<script")
	for _, query := range []string{"?level=4", "?level=x", "?state=lost"} {
		assert.Equal(t, 400, ask(h, "GET", "/incidents"+query).Code, query)
	}
}

func TestCasePage(t *testing.T) {
	d := newDesk()
	h := deskPages(d, web.Options{Version: "1.2.3"})
	page := ask(h, "GET", "/incidents/nord-1").Body.String()
	for _, words := range []string{"Foresight 1.2.3.", "level 1 reactive", "priority 1", "&lt;img src=x&gt;", "&lt;u&gt;kim&lt;/u&gt;", "&lt;b&gt;two&lt;/b&gt;", "15 min", "in 2 h", "Nobody has it"} {
		assert.Contains(t, page, words)
	}
	assert.NotContains(t, page, "<script")
	assert.NotContains(t, page, "<img")
	assert.Regexp(t, `(?s)<b>note</b>.*<b>opened</b>`, page, "the latest first")
	group := ask(h, "GET", "/incidents/nord-2").Body.String()
	assert.Contains(t, group, "works, one failure from outage: 1 of 2 up, 1 needed; down: db2")
	assert.Contains(t, group, "db2: Disk fails", "what is down, not what was first")
	assert.Contains(t, ask(h, "GET", "/incidents/nord-3").Body.String(), "Add &lt;capacity&gt;")
	assert.Equal(t, 404, ask(h, "GET", "/incidents/nord-9").Code)
	d.refuse = fmt.Errorf("secret disk")
	for _, path := range []string{"/incidents", "/incidents/nord-1", "/actions", "/services"} {
		w := ask(h, "GET", path)
		assert.Equal(t, 500, w.Code, path)
		assert.NotContains(t, w.Body.String(), "secret disk")
	}
}

func TestActionsBoard(t *testing.T) {
	page := ask(deskPages(newDesk(), web.Options{}), "GET", "/actions?customer=nord").Body.String()
	assert.Regexp(t, `(?s)<h2>Late .*Add &lt;capacity&gt;.*rent some.*<h2>Due .*Load test.*after Add &lt;capacity&gt;.*<h2>Started .*Raise limits.*<h2>Done .*Staff it`, page)
	assert.NotContains(t, page, "Done long ago")
	assert.NotContains(t, page, "Task of Syd")
	assert.Contains(t, page, "1 day ago")
	assert.Contains(t, page, "in 9 days")
}

func TestServicesPage(t *testing.T) {
	page := ask(deskPages(newDesk(), web.Options{}), "GET", "/services").Body.String()
	assert.Regexp(t, `(?s)Web &amp; shop.*something fails.*databases: works, one failure from outage \(1 of 2 up.*till.*nothing is open.*nets: all are up.*Now: New &lt;switch&gt;`, page)
	assert.NotContains(t, page, "Long past")
	assert.NotContains(t, page, "Was closed")
}

// A runbook is Markdown of which nothing runs in a browser; a problem says what is known.
func TestCasePageGuides(t *testing.T) {
	d := newDesk()
	h := deskPages(d, web.Options{})
	d.guide = models.Guide{
		Problem: &models.Problem{ID: "nord-P1", Title: "<i>pool</i> full", State: models.ProblemKnownError, Cases: []string{"nord-1", "nord-4"}, Cause: "a leak", Around: "restart <it>"},
		Runbook: &models.Runbook{Name: "Pools & so on", Text: "# First\n\n- [ ] look\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n<script>alert(2)</script>\n\n[run](javascript:alert(1)) [wiki](https://wiki.example.com/pool) <img src=x onerror=alert(1)>"},
	}
	page := ask(h, "GET", "/incidents/nord-1").Body.String()
	for _, words := range []string{"It comes back: nord-P1", "&lt;i&gt;pool&lt;/i&gt; full (known error)", "restart &lt;it&gt;", `href="/incidents/nord-4"`, "Runbook: Pools &amp; so on", "<h1", "<strong>2</strong>", `href="https://wiki.example.com/pool"`} {
		assert.Contains(t, page, words)
	}
	for _, words := range []string{"&lt;script&gt;alert(2)&lt;/script&gt;", "&lt;img src=x onerror=alert(1)&gt;"} {
		assert.Equal(t, 1, strings.Count(page, words), "shown as it was written, once: %s", words)
	}
	for _, words := range []string{"<script", "javascript:", "<img", "raw HTML omitted"} {
		assert.NotContains(t, page, words)
	}
	answer := ask(h, "GET", "/api/v1/incidents/nord-1").Body.String()
	for _, words := range []string{`"problem":{"id":"nord-P1"`, `"workaround":"restart \u003cit\u003e"`, `"runbook":"# First`} {
		assert.Contains(t, answer, words)
	}
}

// Whatever HTML a runbook has: no word of it is lost, none twice, and no tag of it is one of the page's.
func TestNothingOfARunbookIsLost(t *testing.T) {
	d := newDesk()
	h := deskPages(d, web.Options{})
	for _, text := range []string{
		"<div>\nfirst **restart** &lt;it&gt;\n</div>\n\nthen wait", "a <b>bold</b> restart", "<!-- restart\n\nlater -->\nthen", "<script>\nrestart()\n</script>\nthen", "<pre>restart</pre>",
		"<?php restart ?>\nthen", "<![CDATA[ restart ]]>", "<!DOCTYPE restart>", "- <u>restart</u>\n  <table>x", "<div>restart", "> <div>restart\n> </div>",
	} {
		d.guide = models.Guide{Runbook: &models.Runbook{Name: "r", Text: text}}
		_, section, found := strings.Cut(ask(h, "GET", "/incidents/nord-1").Body.String(), `<section class="runbook">`)
		require.True(t, found)
		section, _, _ = strings.Cut(section, "</section>")
		assert.Equal(t, 1, strings.Count(section, "restart"), "%q: %s", text, section)
		assert.NotRegexp(t, `<(div|b|script|\?|!|u|table|pre)\b`, section, text)
		for _, tag := range []string{"<div>", "<b>", "<script>", "<u>", "<pre>", "</div>"} {
			assert.Equal(t, strings.Count(text, tag), strings.Count(section, strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(tag)), "%s in %q: %s", tag, text, section)
		}
	}
}
