package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noon is the clock of these tests: a Wednesday.
var noon = time.Date(2026, 3, 18, 12, 0, 0, 0, time.UTC)

// shop is a small index: ten payments a minute apart before 11:10, two of them over
// an hour older, then other texts and times.
func shop() *store {
	s := newStore()
	for i := range 10 {
		at := time.Date(2026, 3, 18, 11, 10-i, 0, 0, time.UTC)
		if i >= 8 {
			at = at.Add(-time.Hour)
		}
		s.add(Event{Time: at, IndexTime: at.Add(time.Minute), Host: fmt.Sprintf("h%d", i%2), Source: "app", Sourcetype: "pay",
			Raw:    fmt.Sprintf(`{"n":%d,"amount":%d.5,"channel":%q,"card":{"kind":"visa"},"tags":["a","b"],"gone":null}`, i, i, []string{"web", "app", "Web"}[i%3]),
			Fields: map[string][]string{"region": {[]string{"north", "south"}[i%2]}, "bytes": {fmt.Sprint(100 * i)}}})
	}
	s.add(
		Event{Time: noon.Add(-time.Minute), IndexTime: noon, Sourcetype: "log", Raw: `level=error msg="disk full" code=7 path=/var/log`},
		Event{Time: noon.Add(-2 * time.Minute), IndexTime: noon, Sourcetype: "log", Raw: `{"note":"å|\"[ ] \\","x":"10"}`},
		Event{Time: noon.Add(60 * 24 * time.Hour), IndexTime: noon, Sourcetype: "plan", Raw: `{"x":1}`},
		Event{Time: noon.Add(-time.Minute), IndexTime: noon, Index: "foresight", Sourcetype: "log", Raw: `other index`},
	)
	return s
}

// find runs a search and returns its rows as "a=1 b=2" in order of the columns.
func find(t *testing.T, s *store, spl, earliest, latest string) ([]string, error) {
	t.Helper()
	b := unbounded(noon)
	for spec, at := range map[string]*float64{earliest: &b.earliest, latest: &b.latest} {
		if spec != "" {
			when, err := parseTime(spec, noon)
			require.NoError(t, err)
			*at = epochOf(when)
		}
	}
	p, err := compile(spl, b, noon, knowledge{store: s})
	if err != nil {
		return nil, err
	}
	out, err := p.run(context.Background(), s.snapshot())
	if err != nil {
		return nil, err
	}
	return lines(out.table), nil
}

func lines(t table) []string {
	var out []string
	for _, r := range t.rows {
		var cells []string
		for _, c := range t.header() {
			if v := r.get(c); !v.isNull() {
				cells = append(cells, c+"="+strings.ReplaceAll(v.text(), "\n", ";"))
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

func TestSearchTerms(t *testing.T) {
	s := shop()
	for terms, want := range map[string]string{
		`sourcetype=pay`:                       "10",
		`sourcetype="pay" host=h0`:             "5",
		`sourcetype=pay AND host=h0`:           "5",
		`sourcetype=PAY`:                       "10", // values have no case
		`sourcetype=pay channel=web`:           "7",  // Web too
		`sourcetype=pay channel=w*`:            "7",
		`sourcetype=pay channel!=web`:          "3",
		`channel!=web`:                         "3", // only events that have the field
		`NOT channel=web`:                      "5",
		`sourcetype=pay n>=3 n<5`:              "2",
		`sourcetype=pay n=3.0`:                 "1",
		`sourcetype=pay NOT (n<8 OR n=9)`:      "1",
		`sourcetype=pay n IN (1, 2, "3")`:      "3",
		`sourcetype=pay NOT n IN (1,2,3)`:      "7",
		`sourcetype=pay card.kind=visa`:        "10",
		`sourcetype=pay tags{}=b`:              "10",
		`sourcetype=pay gone=null`:             "10",
		`region=north`:                         "5",
		`disk`:                                 "1",
		`DISK full`:                            "1",
		`"disk full"`:                          "1",
		`"full disk"`:                          "0",
		`dis`:                                  "0", // whole words
		`dis*`:                                 "1",
		`msg="disk full" code>6`:               "1",
		`note="å|\"[ ] \\"`:                    "1",
		`index=foresight`:                      "1",
		`index=* sourcetype=log`:               "3",
		`sourcetype=log`:                       "2", // no index named: main only
		`*`:                                    "12",
		``:                                     "12",
		`sourcetype=pay n=1 OR n=2 host=h1`:    "1", // OR binds tighter than AND
		`sourcetype=pay earliest=-1h@h`:        "8", // 11:00 to now
		`sourcetype=pay latest=11:00`:          "error",
		`sourcetype=pay latest=-1h@h`:          "2",
		`sourcetype=plan latest=+400d`:         "1",
		`sourcetype=plan`:                      "0",
		`quarantined=true latest=+400d`:        "1",
		`_index_latest=-50m sourcetype=pay`:    "8", // index times 11:09 … and the hour before
		`_index_earliest=-1h sourcetype=pay`:   "8",
		`_time>=0 sourcetype=pay`:              "10",
		`sourcetype=pay OR earliest=-1h`:       "error",
		`sourcetype=pay (`:                     "error",
		`sourcetype=`:                          "error",
		`"open`:                                "error",
		`[search x]`:                           "error",
		"`macro`":                              "error",
		`TERM(x)`:                              "error",
		`AND x`:                                "error",
		`sourcetype=pay earliest=now latest=0`: "error",
	} {
		got, err := find(t, s, "search "+terms+" | stats count", "", "")
		if want == "error" {
			assert.Error(t, err, terms)
			continue
		}
		if assert.NoError(t, err, terms) {
			assert.Equal(t, []string{"count=" + want}, got, terms)
		}
	}
}

func TestCommands(t *testing.T) {
	s := shop()
	for spl, want := range map[string]string{
		`| stats count by host`:                                          "host=h0 count=5|host=h1 count=5",
		`| stats sum(n) avg(n) min(n) max(n) dc(channel) by host`:        "host=h0 sum(n)=20 avg(n)=4 min(n)=0 max(n)=8 dc(channel)=3|host=h1 sum(n)=25 avg(n)=5 min(n)=1 max(n)=9 dc(channel)=3",
		`| stats count(eval(n>4)) as big count(gone) as g range(n)`:      "big=5 g=10 range(n)=9",
		`| stats sum(eval(n*2)) AS "double n"`:                           "double n=90",
		`| stats first(n) last(n) earliest(n) latest(n)`:                 "first(n)=0 last(n)=9 earliest(n)=9 latest(n)=0",
		`| stats perc90(n) p50(n) median(n) values(host)`:                "perc90(n)=8 p50(n)=4 median(n)=5 values(host)=h0;h1",
		`| stats count as c, sum(missing) as m`:                          "c=10",
		`| stats sum(missing) as m`:                                      "",
		`| stats count by nothing`:                                       "",
		`| stats count by tags{}`:                                        "tags{}=a count=10|tags{}=b count=10",
		`| bin _time span=1h | stats count by _time`:                     "_time=1773828000 count=2|_time=1773831600 count=8",
		`| bin span=5 n as five | stats count by five`:                   "five=0 count=5|five=5 count=5",
		`| where n>7 AND host="h0" | table n host`:                       "n=8 host=h0",
		`| where like(channel,"w%") | stats count`:                       "count=4",
		`| eval k=if(n<2,"low","high"), l=upper(k) | stats count by k l`: "k=high l=HIGH count=8|k=low l=LOW count=2",
		`| table n | sort - n | head 2`:                                  "n=9|n=8",
		`| table n | sort 3 n`:                                           "n=0|n=1|n=2",
		`| sort host, -n | dedup host | table host n`:                    "host=h0 n=8|host=h1 n=9",
		`| dedup 2 host | table n`:                                       "n=0|n=1|n=2|n=3",
		`| table n | tail 2`:                                             "n=9|n=8",
		`| table n | reverse | head 1`:                                   "n=9",
		`| rename n as "the n" | table "the n" | head 1`:                 "the n=0",
		`| head 1 | fields host, n | fields - _*`:                        "host=h0 n=0",
		`| head 1 | table n missing | fillnull value=x missing`:          "n=0 missing=x",
		`| search host=h1 n>6 | table n`:                                 "n=7|n=9",
		`| head 1 | eval epoch=_time | table epoch`:                      "epoch=1773832200",
		`| stats count by host | where count > 4 | stats count`:          "count=2",
	} {
		got, err := find(t, s, "search sourcetype=pay "+spl, "", "")
		if !assert.NoError(t, err, spl) {
			continue
		}
		assert.Equal(t, want, strings.Join(got, "|"), spl)
	}
}

func TestCommandsAreRefused(t *testing.T) {
	s := shop()
	for spl, want := range map[string]string{
		`search x | frobnicate x`:                        "Unknown search command 'frobnicate'.",
		`index=main`:                                     "Unknown search command 'index'",
		`search x | join n [search y]`:                   "Unknown search command 'join'.",
		`search x |`:                                     "Missing a search command",
		``:                                               "cannot be empty",
		`search x | stats`:                               "Error in 'stats' command",
		`search x | stats frob(n)`:                       "'frob' is invalid",
		`search x | stats sum`:                           "needs a field",
		`search x | stats count, count`:                  "same name",
		`search x | stats count by`:                      "field name is missing",
		`search x | stats sum(*)`:                        "wildcard",
		`search x | eval n`:                              "Error in 'eval' command",
		`search x | eval n=frob(1)`:                      "'frob' function is unsupported",
		`search x | eval n=if(1)`:                        "arguments to the 'if' function",
		`search x | eval n=(1`:                           "')' is missing",
		`search x | where`:                               "operand is missing",
		`search x | where n ~ 1`:                         "not expected",
		`search x | bin _time span=0h`:                   "span (0h) is invalid",
		`search x | bin _time span=1fortnight`:           "is invalid",
		`search x | bin _time`:                           "needs a field and a span",
		`search x | timechart span=1h`:                   "statistical function is missing",
		`search x | timechart partial=f count`:           "partial",
		`search x | dedup 0 n`:                           "at least 1",
		`search x | head -1`:                             "not a count",
		`search x | tstats count`:                        "Unknown search command 'tstats'",
		`tstats count`:                                   "must be the first command",
		`| tstats sum(amount)`:                           "'amount' is not an index-time field",
		`| tstats count where channel=web`:               "'channel' is not an index-time field",
		`| tstats prestats=t count`:                      "prestats=t is not supported",
		`| tstats count by _time`:                        "_time needs a span",
		`| tstats count by host span=1h`:                 "span needs _time",
		`search x | eval "unbalanced = 1`:                "unbalanced quotes",
		`search x | rename a b`:                          "'as' is missing",
		`search x | sort`:                                "field name is missing",
		`search x | search earliest=-1d`:                 "after the first pipe",
		`search x | eval a=` + strings.Repeat("(", 5000): "nested too deeply",
		`search ` + strings.Repeat("(", 5000):            "nested too deeply",
	} {
		_, err := find(t, s, spl, "", "")
		if assert.Error(t, err, spl) {
			assert.Contains(t, err.Error(), want, spl)
		}
	}
}

func TestTstats(t *testing.T) {
	s := shop()
	s.add(Event{Time: noon.Add(-time.Minute), Raw: "x", Fields: map[string][]string{"n": {"5"}}})
	for spl, want := range map[string][]string{
		`| tstats count where sourcetype=pay by host`:                      {"host=h0 count=5", "host=h1 count=5"},
		`| tstats count sum(bytes) as b where sourcetype=pay region=north`: {"count=5 b=2000"},
		`| tstats summariesonly=f count where index=main sourcetype=pay by _time span=1h`: {
			"_time=1773828000 count=2", "_time=1773831600 count=8"},
		`| tstats count WHERE (sourcetype=pay OR sourcetype=log) BY _time, sourcetype span=1d`: {
			"_time=1773792000 sourcetype=log count=2", "_time=1773792000 sourcetype=pay count=10"},
		`| tstats count where n=5`:                                             {"count=1"}, // a field of its JSON is not seen
		`| tstats count where sourcetype="by where"`:                           {"count=0"},
		`| tstats count where sourcetype=pay earliest=-1h@h`:                   {"count=8"},
		`| tstats count where sourcetype=pay by region | where region="south"`: {"region=south count=5"},
	} {
		got, err := find(t, s, spl, "", "")
		if assert.NoError(t, err, spl) {
			assert.Equal(t, want, got, spl)
		}
	}
}

func TestTimechart(t *testing.T) {
	s := newStore()
	for i, hour := range []int{0, 0, 1, 4, 4, 4} { // 2 and 3 o'clock are empty
		s.add(Event{Time: time.Date(2026, 3, 1, hour, i, 0, 0, time.UTC), Raw: fmt.Sprintf(`{"v":%d,"who":"%c"}`, i, 'a'+i%3)})
	}
	s.add(Event{Time: time.Date(2026, 3, 1, 4, 59, 0, 0, time.UTC), Raw: `{"v":9}`})
	const at = 1772323200
	hour := func(h int, rest string) string { return fmt.Sprintf("_time=%d %s", at+3600*h, rest) }
	for spl, want := range map[string][]string{
		`timechart span=1h count avg(v) as a`:                          {hour(0, "count=2 a=0.5"), hour(1, "count=1 a=2"), hour(2, "count=0"), hour(3, "count=0"), hour(4, "count=4 a=5.25")},
		`timechart span=1h cont=f count`:                               {hour(0, "count=2"), hour(1, "count=1"), hour(4, "count=4")},
		`timechart span=4h count by who`:                               {hour(0, "a=1 b=1 c=1 NULL=0"), hour(4, "a=1 b=1 c=1 NULL=1")},
		`timechart span=4h count by who limit=0 usenull=f`:             {hour(0, "a=1 b=1 c=1"), hour(4, "a=1 b=1 c=1")},
		`timechart span=4h limit=1 usenull=f sum(v) by who`:            {hour(0, "c=2 OTHER=1"), hour(4, "c=5 OTHER=7")},
		`timechart span=4h limit=1 useother=f usenull=f sum(v) by who`: {hour(0, "c=2"), hour(4, "c=5")},
		`timechart span=1d count sum(v) as s by who limit=0 usenull=f`: {hour(0, "count: a=2 s: a=3 count: b=2 s: b=5 count: c=2 s: c=7")},
		`timechart bins=2 count | stats count`:                         {"count=1"},
	} {
		got, err := find(t, s, "search * | "+spl, "", "")
		if assert.NoError(t, err, spl) {
			assert.Equal(t, want, got, spl)
		}
	}
	s.add(Event{Time: time.Unix(0, 0), Raw: `{}`})
	_, err := find(t, s, "search * | timechart span=1m count", "", "")
	assert.ErrorContains(t, err, "more than 50000 buckets")
}

func TestSearchGivesUp(t *testing.T) {
	s := shop()
	p, err := compile("search * | stats count", unbounded(noon), noon, knowledge{store: s})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.run(ctx, s.snapshot())
	assert.ErrorIs(t, err, context.Canceled)
}
