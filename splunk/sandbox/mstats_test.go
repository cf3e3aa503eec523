package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// gauges are points of two hosts at two hours, with two measurements each, one of them twice, and an event beside them.
func gauges() *store {
	s := newStore()
	for i, host := range []string{"a", "b"} {
		for hour := range 2 {
			e := Event{Metric: true, Index: "metrics", Time: noon.Add(time.Duration(hour-2)*time.Hour + 5*time.Minute), IndexTime: noon, Host: host, Raw: "metric",
				Fields: map[string][]string{"metric_name:cpu.load": {[]string{"10", "20", "30", "40"}[2*i+hour]}, "metric_name:cpu.free": {"1.5"}, "role": {"web"}}}
			s.add(e)
			if i == 1 && hour == 1 {
				s.add(e)
			}
		}
	}
	s.add(Event{Index: "metrics", Time: noon.Add(-time.Hour), IndexTime: noon, Raw: "an event", Fields: map[string][]string{"metric_name:cpu.load": {"1000"}}})
	return s
}

func TestMstats(t *testing.T) {
	s := gauges()
	for spl, want := range map[string][]string{
		`| mstats max(cpu.load) AS top min(cpu.free) where index=metrics`:                                 {"top=40 min(cpu.free)=1.5"},
		`| mstats count(cpu.load) as n sum(cpu.load) as s WHERE index=metrics host=b`:                     {"n=3 s=110"},
		`| mstats max("cpu.load") as m where index=metrics by host`:                                       {"host=a m=20", "host=b m=40"},
		`| mstats max(cpu.load) as m where index=metrics role=web host=a span=1h`:                         {"_time=1773828000 m=10", "_time=1773831600 m=20"},
		`| mstats max(cpu.load) as m where index=metrics by host span=1d`:                                 {"_time=1773792000 host=a m=20", "_time=1773792000 host=b m=40"},
		`| mstats max(_value) as m where index=metrics metric_name=cpu.* by metric_name`:                  {"metric_name=cpu.free m=1.5", "metric_name=cpu.load m=40"},
		`| mstats max(_value) as m where index=metrics metric_name="cpu.load" host=a`:                     {"m=20"},
		`| mstats max(other.metric) as m where index=metrics by host`:                                     nil,
		`| mstats max(cpu.load) as m where index=main`:                                                    nil,
		`| mstats max(cpu.load) as m where cpu.load=10`:                                                   nil, // the default index is none of metrics
		`| mstats latest(cpu.load) as l where index=metrics by host | stats sum(l) as s`:                  {"s=60"},
		`| mstats max(cpu.load) as m where index=metrics earliest=-90m by host | where m>30 | table host`: {"host=b"},
		`search index=metrics | table _raw`:                                                               {"_raw=an event"},
		`| tstats count where index=metrics`:                                                              {"count=1"},
	} {
		got, err := find(t, s, spl, "-1d", "")
		require.NoError(t, err, spl)
		require.Equal(t, want, got, spl)
	}
}

func TestMstatsRefuses(t *testing.T) {
	for spl, words := range map[string]string{
		`search x | mstats max(a)`:                         "Unknown search command 'mstats'",
		`mstats max(a)`:                                    "must be the first command",
		`| mstats`:                                         "statistical function is missing",
		`| mstats count where index=metrics`:               "needs a metric",
		`| mstats max(eval(a+1))`:                          "eval inside",
		`| mstats prestats=t max(a)`:                       "prestats=t is not supported",
		`| mstats max(a) max(_value)`:                      "may not be mixed",
		`| mstats max(a) where metric_name=a`:              "needs functions of _value",
		`| mstats max(a) by _time span=1h`:                 "_time may not stand",
		`| mstats max(a) where "whole words"`:              "words without a field",
		`| mstats max(a) where index=metrics span=1parsec`: "parsec",
	} {
		_, err := find(t, gauges(), spl, "-1d", "")
		require.ErrorContains(t, err, words, spl)
	}
}
