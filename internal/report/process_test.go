package report_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/report"
	"foresight/models"
)

// processed is a page with a customer's process in it.
func processed(t require.TestingT, p report.Process) string {
	r := fixture()
	r.Customer.Services = []models.Service{{ID: "shop", Name: "Web shop"}, {ID: "till"}}
	drawn, err := report.Draw(r, report.Options{})
	require.NoError(t, err)
	whole, err := drawn.With(p)
	require.NoError(t, err)
	return string(whole)
}

func TestTheProcessInTheReport(t *testing.T) {
	at := fixture().AsOf.Add(12 * time.Hour)
	clock := func(k models.ClockKind, left time.Duration, breached, stopped bool) models.Clock {
		c := models.Clock{Kind: k, Target: time.Hour, Since: at, Deadline: at.Add(left), Breached: breached}
		if stopped {
			c.Stopped = at
		}
		return c
	}
	cases := []models.Incident{
		{ID: "nord-9", Service: "shop", Title: "Orders will cross <their> limit", Level: 3, Priority: 4, State: models.IncidentNew, Opened: at, Plan: []models.Task{
			{ID: "add_capacity", Title: "Add capacity", State: models.TaskOpen, Late: true, LatestStart: at.AddDate(0, 0, -3), NeedBy: at.AddDate(0, 1, 0)},
			{ID: "test", Title: "Load test", Owner: "bo", State: models.TaskStarted, LatestStart: at.AddDate(0, 0, -9), NeedBy: at.AddDate(0, 1, 0)},
			{ID: "done", Title: "Was done", State: models.TaskDone},
		}},
		{ID: "nord-2", Service: "shop", Title: "Disk fails", Level: 2, Priority: 3, State: models.IncidentInProgress, Assignee: "bo", Opened: at, Redundancy: &models.Redundancy{Group: "databases", Members: 2, Needed: 1, Down: []string{"db2"}},
			Clocks: []models.Clock{clock(models.ClockRestore, 5*time.Hour, false, false)}},
		{ID: "nord-3", Service: "shop", Title: "Nobody can pay", Level: 1, Priority: 1, State: models.IncidentNew, Opened: at, Clocks: []models.Clock{clock(models.ClockAcknowledge, -time.Hour, true, false), clock(models.ClockResolve, 2*time.Hour, false, false)}},
		{ID: "nord-1", Service: "till", Title: "Was mended", Level: 1, Priority: 1, State: models.IncidentResolved, Opened: at, Verdict: models.VerdictCameTrue, Review: &models.Review{Due: at.AddDate(0, 0, 9)},
			Clocks: []models.Clock{clock(models.ClockAcknowledge, time.Hour, false, true), clock(models.ClockResolve, time.Hour, false, true)}},
	}
	page := processed(t, report.Process{
		At: at, Cases: cases, Problems: []models.Problem{{ID: "nord-P1", Title: "Pool full", State: models.ProblemKnownError, Cause: "a leak", Around: "restart it", Cases: []string{"nord-1", "nord-3"}}},
		Items:  []models.Item{{Name: "Front", Service: "shop", TLS: "front:443"}, {Name: "Database", Service: "shop", Version: "13", EndOfSupport: at.AddDate(0, 6, 0), Tests: []string{"restore"}}},
		Groups: []models.RedundantGroup{{ID: "databases", Service: "shop", Members: []string{"db1", "db2"}, Needed: 1}, {ID: "nets", Service: "till", Members: []string{"a", "b", "c"}, Needed: 1}},
	})
	for _, want := range []string{
		"1 case of what fails now, 1 of what would take one more failure or a date, 1 of what is foreseen; in 1 a promised time has run out; 1 task is late.",
		"Orders will cross &lt;their&gt; limit", "bo has it", "ran out: acknowledge", "nord-P1: Pool full", "Known error: a leak", "looked at by serve", "end of support 13",
		"databases of Web shop: <span class=\"badge bad\">works, one failure from outage (1 of 2 up)</span> nord-2", "nets of till: all 3 are up", "came true: Was mended (nord-1)", "nord-1, due by",
	} {
		assert.Contains(t, page, want)
	}
	assert.Regexp(t, `(?s)id="cases".*nord-3.*nord-2.*nord-9.*</table>.*id="promises"`, page, "the gravest first")
	assert.Contains(t, page, `Nobody can pay</strong><span class="sub">Web shop<`, "services go by their names")
	assert.Regexp(t, `(?s)acknowledge</td><td data-th="Kept" class="num">1</td><td data-th="Ran out" class="num">1</td><td data-th="Share kept" class="num">50 %`, page)
	assert.Regexp(t, `(?s)resolve</td>.*100 %.*\(nord-3\)`, page)
	assert.Regexp(t, `(?s)id="plan".*Load test.*bo.*Add capacity.*nobody yet`, page, "what was to start first")
	assert.Regexp(t, `(?s)id="register".*Database.*Front`, page, "what has a date first")
	assert.NotContains(t, page, "Was done")
	assert.Less(t, strings.Index(page, `id="todo"`), strings.Index(page, `id="process"`))
}

// What must start next is the plan's first task, though the forecast's own action begins later; what was done
// meanwhile goes, and what was begun is said to be.
func TestTheHeadCountsThePlans(t *testing.T) {
	r := fixture()
	own := r.Actions[0]
	for n := range r.Actions {
		r.Actions[n].Late = false
	}
	drawn, err := report.Draw(r, report.Options{})
	require.NoError(t, err)
	var alone bytes.Buffer
	require.NoError(t, drawn.HTML(&alone))
	assert.NotContains(t, alone.String(), "The plans of cases")

	start := r.AsOf.AddDate(0, 0, -10)
	plan := []models.Task{
		{ID: "own", Action: own.Subject.ID(), Title: own.Title, State: models.TaskStarted, LatestStart: own.LatestStart, NeedBy: own.NeedBy},
		{ID: "order", Action: "order", Title: "Order <machines>", State: models.TaskOpen, LatestStart: start, NeedBy: own.NeedBy},
	}
	of := report.Process{At: r.AsOf, Cases: []models.Incident{{ID: "nord-9", Level: 3, State: models.IncidentNew, Plan: plan}}}
	whole, err := drawn.With(of)
	require.NoError(t, err)
	page := string(whole)
	by := start.Format("2 Jan 2006")
	assert.Regexp(t, `<p class="lead">\d pieces of work to do; the next must start by [^<]*`+regexp.QuoteMeta(by), page)
	assert.Regexp(t, `have 1 piece of work beside; “Order &lt;machines&gt;” \(nord-9\) must start by `+regexp.QuoteMeta(by), page)
	assert.Contains(t, page, `<span class="badge">begun</span>`)

	of.Cases[0].Plan[1].Late = true
	of.Cases[0].Plan[0].State = models.TaskDone
	whole, err = drawn.With(of)
	require.NoError(t, err)
	assert.Contains(t, string(whole), "for 1 of them the last day to start has passed")
	assert.NotContains(t, string(whole), `<span class="badge">begun</span>`)
}

func TestAProcessWithoutCases(t *testing.T) {
	page := processed(t, report.Process{At: fixture().AsOf})
	assert.Contains(t, page, "No case is open.")
	for _, id := range []string{`id="cases"`, `id="promises"`, `id="plan"`, `id="register"`} {
		assert.NotContains(t, page, id)
	}
}

// Every promised time is counted once, as kept, run out or running, and nothing that people wrote becomes HTML.
func TestEveryPromiseIsCountedOnce(t *testing.T) {
	at := fixture().AsOf
	rapid.Check(t, func(t *rapid.T) {
		kept, broken := 0, 0
		var cases []models.Incident
		for n := range rapid.IntRange(0, 8).Draw(t, "cases") {
			c := models.Clock{Kind: models.ClockResolve, Target: time.Hour, Breached: rapid.Bool().Draw(t, "breached")}
			if rapid.Bool().Draw(t, "stopped") {
				c.Stopped = at
			} else {
				c.Since, c.Deadline = at, at.Add(time.Duration(n)*time.Hour)
			}
			switch {
			case c.Breached:
				broken++
			case !c.Stopped.IsZero():
				kept++
			}
			title := rapid.String().Draw(t, "title") + "<script>x"
			cases = append(cases, models.Incident{ID: "c", Title: title, Level: models.Level(1 + n%3), State: models.IncidentNew, Clocks: []models.Clock{c}})
		}
		page := processed(t, report.Process{At: at, Cases: cases})
		require.NotContains(t, page, "<script")
		if len(cases) > 0 {
			require.Contains(t, page, `data-th="Kept" class="num">`+strconv.Itoa(kept)+`</td><td data-th="Ran out" class="num">`+strconv.Itoa(broken)+`</td>`)
		}
	})
}
