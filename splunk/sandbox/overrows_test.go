package sandbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCommandsOverRows(t *testing.T) {
	s := shop()
	for spl, want := range map[string]string{
		`| eventstats max(n) as top by host | where n=top | table host n`:                    "host=h0 n=8|host=h1 n=9",
		`| eventstats count | head 1 | table n count`:                                        "n=0 count=10",
		`| eventstats avg(n) as mean, count as c by channel | head 2 | table channel mean c`: "channel=web mean=4.5 c=4|channel=app mean=4 c=3",
		`| eventstats count by nothing | head 1 | table n count`:                             "n=0",
		`| sort n | streamstats sum(n) as sofar | where n<4 | table n sofar`:                 "n=0 sofar=0|n=1 sofar=1|n=2 sofar=3|n=3 sofar=6",
		`| sort n | streamstats current=f last(n) as before | where n<3 | table n before`:    "n=0|n=1 before=0|n=2 before=1",
		`| sort n | streamstats window=2 sum(n) as two | where n<4 | table n two`:            "n=0 two=0|n=1 two=1|n=2 two=3|n=3 two=5",
		`| sort n | streamstats current=f window=1 sum(n) as n | table n | head 3`:           "|n=0|n=1", // over its own field
		`| sort n | streamstats count by host | where n>7 | table host count`:                "host=h0 count=5|host=h1 count=5",
		`| chart count over host by channel`:                                                 "host=h0 Web=2 app=1 web=2|host=h1 Web=1 app=2 web=2",
		`| chart sum(n) by host`:                                                             "host=h0 sum(n)=20|host=h1 sum(n)=25",
		`| chart sum(n) by host channel limit=1`:                                             "host=h0 web=6 OTHER=14|host=h1 web=12 OTHER=13",
		`| chart limit=1 useother=f sum(n) over host by channel`:                             "host=h0 web=6|host=h1 web=12",
		`| chart max(n) as top count by host channel usenull=f`:                              "host=h0 top: Web=8 count: Web=2 top: app=4 count: app=1 top: web=6 count: web=2|host=h1 top: Web=5 count: Web=1 top: app=7 count: app=2 top: web=9 count: web=2",
		`| where n<2 | eval k=if(n=0,"x",null()) | chart count over host by k`:               "host=h0 x=1 NULL=0|host=h1 x=0 NULL=1",
		`| where n=0 | mvexpand tags{} | table tags{}`:                                       "tags{}=a|tags{}=b",
		`| where n=0 | mvexpand tags{} limit=1 | table tags{}`:                               "tags{}=a",
		`| where n=0 | rex field=host "(?<letter>[a-z])(?<digit>\d)" | table letter digit`:   "letter=h digit=0",
		`| where n=0 | rex "amount\":(?<euro>\d+)" | table euro`:                             "euro=0",
		`| where n=0 | rex field=host "(?<never>x)|h" | table never n`:                       "n=0",
	} {
		got, err := find(t, s, "search sourcetype=pay "+spl, "", "")
		if assert.NoError(t, err, spl) {
			assert.Equal(t, want, strings.Join(got, "|"), spl)
		}
	}
}

func TestCommandsOverRowsAreRefused(t *testing.T) {
	s := shop()
	for spl, want := range map[string]string{
		`eventstats`:                         "statistical function is missing",
		`eventstats window=2 count`:          "'window' is not supported",
		`eventstats count by`:                "field name is missing",
		`streamstats window=-1 count`:        "is invalid",
		`streamstats window=2 count by host`: "window beside a by clause",
		`streamstats reset_after=x count`:    "not supported",
		`chart count`:                        "'over' or 'by' is missing",
		`chart over host`:                    "statistical function is missing",
		`chart count over host by`:           "field name is missing",
		`chart bins=3 count by host`:         "option bins",
		`chart count over a by b c`:          "not expected",
		`rex field=host`:                     "one pattern in quotes",
		`rex mode=sed "s/a/b/"`:              "'mode' is not supported",
		`rex "(a)"`:                          "names no group",
		`rex "(?<a>"`:                        "cannot be read",
		`mvexpand`:                           "field name is missing",
		`mvexpand a limit=x`:                 "is invalid",
		`mvexpand a b`:                       "not expected",
		`transaction host`:                   "Unknown search command",
		`append [search x]`:                  "Unknown search command",
	} {
		_, err := find(t, s, "search x | "+spl, "", "")
		if assert.Error(t, err, spl) {
			assert.Contains(t, err.Error(), want, spl)
		}
	}
}

func TestFunctionsOfTimesAndMultivalues(t *testing.T) {
	r := &row{set: map[string]value{"mv": multiOf([]string{"z", "x", "z"}), "n": textOf("7")}}
	for src, want := range map[string]string{
		`strptime("2016-03-04","%Y-%m-%d")`:                              "1457049600",
		`strptime("2016-03-04T01:00:00+01:00","%Y-%m-%dT%H:%M:%S%z")`:    "1457049600",
		`strptime("2016-03-04T00:00:00Z","%FT%T%z")`:                     "1457049600",
		`strptime("2016-03-04T00:00:00+0000","%FT%T%z")`:                 "1457049600",
		`strptime("4 Mar 16","%e %b %y")`:                                "1457049600",
		`strptime("2016-03-04 x","%Y-%m-%d")`:                            "",
		`strptime("2016","%Q")`:                                          "",
		`strptime("2016","%")`:                                           "",
		`strptime(missing,"%Y")`:                                         "",
		`strftime(strptime("2016-03-04","%Y-%m-%d"),"%a %d")`:            "Fri 04",
		`tostring(1234567.891,"commas")`:                                 "1,234,567.89",
		`tostring(-1234,"commas")`:                                       "-1,234",
		`tostring(12,"commas")`:                                          "12",
		`tostring(93784,"duration")`:                                     "1+02:03:04",
		`tostring(59.6,"duration")`:                                      "00:01:00",
		`tostring(255,"hex")`:                                            "0xFF",
		`tostring(1,"frob")`:                                             "",
		`tostring("x","commas")`:                                         "",
		`tostring(1=1)`:                                                  "True",
		`mvjoin(mv,", ")`:                                                "z, x, z",
		`mvjoin(mvdedup(mv),"")`:                                         "zx",
		`mvjoin(mvsort(mv),"")`:                                          "xzz",
		`mvjoin(mvappend("a",mv,missing),"")`:                            "azxz",
		`mvjoin(missing,"")`:                                             "",
		`if(isstr("a") AND NOT isstr(n) AND NOT isstr(missing),"t","f")`: "t",
		`ltrim("xxax","x").rtrim("xxax","x").trim("xxax","x")`:           "axxxaa",
	} {
		e, err := parseExpr(src, noon)
		if assert.NoError(t, err, src) {
			assert.Equal(t, want, e(r).text(), src)
		}
	}
}

// TestOverRowsAgreeWithLoops: eventstats and streamstats say what loops over the same rows say.
func TestOverRowsAgreeWithLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStore()
		values := rapid.SliceOfN(rapid.IntRange(-9, 9), 1, 30).Draw(t, "values")
		window := rapid.IntRange(1, 5).Draw(t, "window")
		sum, sofar, last := map[int]int{}, make([]int, len(values)), make([]int, len(values))
		for i, v := range values {
			s.add(Event{Time: noon.Add(time.Duration(i-100) * time.Second), Raw: fmt.Sprintf(`{"i":%d,"v":%d,"k":"k%d"}`, i, v, i%3)})
			sum[i%3] += v
			for j := range i + 1 {
				if j%3 == i%3 {
					sofar[i] += values[j]
				}
				if j > i-window {
					last[i] += values[j]
				}
			}
		}
		p, err := compile(fmt.Sprintf("search * | sort 0 i | eventstats sum(v) as whole by k | streamstats sum(v) as sofar by k | streamstats window=%d sum(v) as last", window), unbounded(noon), noon, knowledge{store: s})
		require.NoError(t, err)
		out, err := p.run(context.Background(), s.snapshot())
		require.NoError(t, err)
		require.Len(t, out.table.rows, len(values))
		for i, r := range out.table.rows {
			for field, want := range map[string]int{"whole": sum[i%3], "sofar": sofar[i], "last": last[i]} {
				got, _ := r.get(field).number()
				require.InDelta(t, want, got, 0, "%s of row %d", field, i)
			}
		}
	})
}
