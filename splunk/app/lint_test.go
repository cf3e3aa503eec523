package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/apptest"
)

func TestSearchesAvoidTheTraps(t *testing.T) {
	for _, s := range apptest.Searches(t) {
		for _, trap := range apptest.Lint(s.Expanded(t), s.Range) {
			assert.Failf(t, s.Where, "%s\n%s", trap, s.SPL)
		}
		if strings.Contains(s.SPL, "sourcetype=foresight:") {
			called, err := app.Called(s.SPL)
			require.NoError(t, err, s.Where)
			assert.Containsf(t, called, "foresight_index", "%s names its index itself: let the macro do it", s.Where)
			assert.NotContains(t, s.SPL, "index=", s.Where)
			assert.NotContainsf(t, s.SPL, `"/actions`, "%s says itself where an action's page is: let the macro foresight_work_page do it", s.Where)
		}
	}
}

// Each trap is found in a search that falls into it.
func TestTrapsAreFound(t *testing.T) {
	day := apptest.Range{Earliest: "-25h", Latest: "now"}
	ahead := apptest.Range{Earliest: "@d", Latest: "+400d@d"}
	for _, c := range []struct {
		spl  string
		r    apptest.Range
		want string
	}{
		{`search sourcetype=foresight:action | dedup event_id | join subject_id [search x]`, day, "a subsearch"},
		{`search sourcetype=foresight:action | dedup event_id | append [search x]`, day, "append: it cuts"},
		{`search index=x | transaction host`, day, "transaction: it cuts"},
		{`search sourcetype=foresight:forecast | dedup event_id | timechart span=1d max(q50) by signal`, ahead, "without limit"},
		{`search sourcetype=foresight:run | dedup event_id | chart count by customer, service`, day, "chart"},
		{`search sourcetype=foresight:action | dedup event_id | sort due | table due`, day, "sort without a count"},
		{`search sourcetype=foresight:action | dedup event_id | sort 0 - as_of, customer | table due`, day, "the year alone"},
		{`search sourcetype=foresight:run | dedup event_id | top error`, day, "top without limit keeps ten values"},
		{`search sourcetype=foresight:run | dedup event_id | timechart max(errors)`, day, "timechart without a span"},
		{`search sourcetype=foresight:run | dedup event_id | timechart span=1d count`, day, "begins amid a bucket"},
		{`search sourcetype=foresight:run | dedup event_id | timechart span=24h max(errors)`, day, "timechart of 24 hours"},
		{`search sourcetype=foresight:run | dedup event_id | bin _time span=86400s | stats count by _time`, day, "bin of 24 hours"},
		{`search sourcetype=foresight:action | table due`, day, "no dedup event_id"},
		{`search sourcetype=foresight:action`, day, "no dedup event_id"},
		{`search sourcetype=foresight:run | stats sum(errors) by customer`, day, "stats before dedup"},
		{`search sourcetype=foresight:run | stats count`, day, "stats before dedup"},
		{`search sourcetype=foresight:run | stats count by customer | where count>1 | table customer`, day, "stats before dedup"},
		{`search sourcetype=foresight:action state=open | dedup event_id | dedup subject_id`, day, "state is asked for before"},
		{`search sourcetype=foresight:incident level=* | dedup event_id | dedup subject_id`, day, "level is asked for before"},
		{`search sourcetype=foresight:action | where late="true" | dedup event_id`, day, "late is asked for before"},
		{`search sourcetype=foresight:forecast | dedup event_id | table q50`, day, "misses the points of forecasts"},
		{`search sourcetype=foresight:action | dedup event_id | table due`, apptest.Range{Earliest: "-24h", Latest: "now"}, "misses what is said once a day"},
		{`search sourcetype=foresight:action | dedup event_id | table due`, apptest.Range{Earliest: "-60m@m", Latest: "now"}, "misses what is said once a day"},
		{`search sourcetype=foresight:action | dedup event_id | table due`, apptest.Range{}, "no time range"},
	} {
		assert.Contains(t, strings.Join(apptest.Lint(c.spl, c.r), "; "), c.want, c.spl)
	}
	for spl, r := range map[string]apptest.Range{
		`search sourcetype=foresight:run | stats count by customer | table customer`:                                                             day,
		`search sourcetype=foresight:run | stats max(_time) as last latest(errors) as errors by customer`:                                        day,
		`search sourcetype=foresight:action | dedup event_id | sort 0 -str(as_of) | dedup subject_id | where state="open [or not]" | sort 5 due`: day,
		`search sourcetype=foresight:incident | dedup event_id | search level=1 | sort 0 _time | table level`:                                    day,
		`search sourcetype=foresight:incident | dedup event_id | sort 0 _time | dedup incident_id | search level=1 | table level`:                day,
		`search sourcetype=foresight:run | dedup event_id | chart max(errors) AS "worse by far, as it were" by customer`:                         day,
		`search sourcetype=foresight:forecast overload_probability=* | dedup event_id | timechart span=1d limit=0 max(q50) by signal`:            ahead,
		`search sourcetype=foresight:run | dedup event_id | timechart span=1d count`:                                                             {Earliest: "-30d@d", Latest: "now"},
		`search sourcetype=foresight:run | dedup event_id | eval _time=_time+43200 | timechart span=1d count`:                                    day,
		`search index=main | timechart span=1h count`:                                                                                            {},
	} {
		assert.Empty(t, apptest.Lint(spl, r), spl)
	}
}
