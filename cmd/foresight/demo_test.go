package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// theDemo is one demo that several tests read: it is shown, looked at in its pages,
// and interrupted. That `--once` ends by itself is a step of .ci/run.
var theDemo struct {
	once  sync.Once
	dir   string
	pages map[string]int // status by path
	outcome
}

func demoed(t *testing.T) (dir string, o outcome) {
	t.Helper()
	theDemo.once.Do(func() {
		theDemo.dir, theDemo.pages, theDemo.code = filepath.Join(scratch, "demo"), map[string]int{}, app.ExitFailed
		p := start(t, scratch, nil, "demo", "--dir", theDemo.dir, "--addr", "127.0.0.1:0")
		address := regexp.MustCompile(`Reports at (http://\S+)`)
		var found []string
		eventually(t, "the address of the reports", 5*time.Minute, func() bool {
			found = address.FindStringSubmatch(p.out.String())
			return found != nil
		})
		for _, page := range []string{"/", "/report/nordbutiken", "/report/chicago-l", "/report/us-wholesale", "/readyz"} {
			theDemo.pages[page], _ = get(t, found[1]+page)
		}
		require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
		theDemo.outcome = p.ended(time.Minute)
	})
	require.Equal(t, app.ExitFine, theDemo.code, theDemo.outcome)
	return theDemo.dir, theDemo.outcome
}

func TestDemoServesItsReports(t *testing.T) {
	t.Parallel()
	demoed(t)
	for page, status := range theDemo.pages {
		assert.Equal(t, http.StatusOK, status, page)
	}
	assert.Len(t, theDemo.pages, 5)
}

func demoEvents(t *testing.T) []indexed {
	t.Helper()
	dir, _ := demoed(t)
	lines, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	require.NoError(t, err)
	return decode(t, lines)
}

func TestDemoLeavesReportsEventsConfigurationAndSeries(t *testing.T) {
	t.Parallel()
	dir, o := demoed(t)
	pages, err := filepath.Glob(filepath.Join(dir, "report", "*.html"))
	require.NoError(t, err)
	var names []string
	for _, p := range pages {
		names = append(names, filepath.Base(p))
		text, err := os.ReadFile(p)
		require.NoError(t, err)
		assert.True(t, bytes.HasPrefix(bytes.ToLower(bytes.TrimSpace(text)), []byte("<!doctype html>")), "%s begins with %.60s", p, text)
		assert.Contains(t, string(text), "</html>", "%s ends early", p)
	}
	assert.Equal(t, []string{"chicago-l.html", "nordbutiken.html", "us-wholesale.html"}, names, "a page a customer")
	for _, name := range []string{"foresight.yml", "series.csv"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.NotZero(t, info.Size(), name)
	}
	events := demoEvents(t)
	assert.Equal(t, []string{"chicago-l", "nordbutiken", "us-wholesale"}, ids(events, "customer"))
	for _, e := range events {
		for _, field := range []string{"event_id", "subject_id", "revision", "as_of", "issued_at", "run_id"} {
			require.NotEmpty(t, e.text(field), "%s of %v", field, e)
		}
	}
	byID(t, events)
	for _, sourcetype := range []string{"foresight:forecast", "foresight:peak", "foresight:overload", "foresight:action", "foresight:run"} {
		assert.NotEmpty(t, sourcetypeOf(events, sourcetype), "no event of %s", sourcetype)
	}
	assert.Contains(t, o.out, "since then")
	assert.Contains(t, o.out, "generated")
}

func sourcetypeOf(events []indexed, sourcetype string) []indexed {
	var some []indexed
	for _, e := range events {
		if e.Sourcetype == sourcetype {
			some = append(some, e)
		}
	}
	return some
}

// The quantiles of every forecast event ascend, and none is negative: what is
// forecast there is counted.
func TestDemoForecastsAreOrderedAndPossible(t *testing.T) {
	t.Parallel()
	forecasts := sourcetypeOf(demoEvents(t), "foresight:forecast")
	require.NotEmpty(t, forecasts)
	for _, e := range forecasts {
		before := 0.0
		for _, q := range []string{"q05", "q10", "q25", "q50", "q75", "q90", "q95"} {
			require.GreaterOrEqual(t, e.number(q), before, "%s of %v", q, e)
			before = e.number(q)
		}
		require.GreaterOrEqual(t, e.number("mean"), 0.0, "%v", e)
	}
}

// closed are the days of spring 2016 on which nobody in Sweden works, by hand:
// Good Friday, Easter Monday, 1 May (a Sunday), Ascension Day, National Day,
// Midsummer's Eve.
var closed = map[string]bool{"2016-03-25": true, "2016-03-28": true, "2016-05-05": true, "2016-06-06": true, "2016-06-24": true}

// startBy counts lead working days back from the day of need, by hand: not on
// weekends, not on closed days, not in the demo's freeze at the quarter's end. The
// work takes the lead days before the day of need, and begins on the first of them.
func startBy(t *testing.T, need string, lead int) string {
	t.Helper()
	d := date(t, need)
	for lead > 0 {
		d = d.AddDate(0, 0, -1)
		day := d.Format(time.DateOnly)
		weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
		frozen := day >= "2016-03-29" && day <= "2016-04-01"
		if !weekend && !closed[day] && !frozen {
			lead--
		}
	}
	return d.Format(time.DateOnly)
}

func TestDemoFindsThePlantedOverloadAndDatesItsAction(t *testing.T) {
	t.Parallel()
	_, o := demoed(t)
	events := demoEvents(t)
	overloads := of(sourcetypeOf(events, "foresight:overload"), "signal", "transactions")
	require.Len(t, overloads, 1, "the overload that the generator plants")
	over := overloads[0]
	ahead := date(t, over.text("date_p50")).Sub(date(t, "2016-02-05")).Hours() / 24
	assert.InDelta(t, 80, ahead, 5, "days ahead of %v", over) // planted on the payday of 25 April, 80 days after 5 February
	assert.Equal(t, "open", over.text("state"))
	assert.Equal(t, "base-2016", over.text("capacity_step"))

	actions := of(sourcetypeOf(events, "foresight:action"), "finding_id", over.text("finding_id"))
	require.Len(t, actions, 1, "the overload's action")
	a := actions[0]
	assert.Equal(t, over.text("need_by"), a.text("due"))
	assert.InDelta(t, 30, a.number("lead_time_days"), 0) // 25 and 5 for approval
	assert.Equal(t, startBy(t, a.text("due"), 30), a.text("latest_start"), "%v", a)
	assert.Equal(t, false, a.Event["late"])
	assert.Contains(t, o.out, "Payments will cross its limit of 10\u202f000 payments per hour around 25 April 2016")
	assert.Contains(t, o.out, "start by "+date(t, a.text("latest_start")).Format("Mon 2 Jan 2006")+" (30 working days)")
	assert.Contains(t, o.out, "since then: crossed on Mon 25 April 2016")
}

func TestDemoNamesChristmasAndMothersDay(t *testing.T) {
	t.Parallel()
	peaks := sourcetypeOf(demoEvents(t), "foresight:peak")
	for _, want := range []struct{ event, from, to string }{
		{"Christmas", "2016-12-15", "2016-12-24"},
		{"Mother's Day", "2016-05-26", "2016-05-29"}, // Sweden: the last Sunday of May
	} {
		for _, signal := range []string{"transactions", "orders"} {
			some := of(of(peaks, "event", want.event), "signal", signal)
			require.Len(t, some, 1, "%s of %s", want.event, signal)
			day := some[0].text("date")
			assert.True(t, day >= want.from && day <= want.to, "%s of %s is said to peak on %s", want.event, signal, day)
			assert.Greater(t, some[0].number("factor"), 1.2)
			assert.GreaterOrEqual(t, some[0].number("times_seen"), 3.0)
		}
	}
}

func TestDemoSeesNoOverloadWhereCapacityIsAlreadyOrdered(t *testing.T) {
	t.Parallel()
	_, o := demoed(t)
	events := demoEvents(t)
	assert.Empty(t, of(sourcetypeOf(events, "foresight:overload"), "service", "orders"))
	assert.Empty(t, of(of(sourcetypeOf(events, "foresight:action"), "service", "orders"), "kind", "add_capacity"))
	assert.Contains(t, o.out, "no overload within 120 days")
}
