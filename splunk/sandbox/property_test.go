package sandbox

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestStatsAgreeWithANaiveSum: counts, sums and extremes by bin and host are those of
// a loop over the same events, whatever the order in which they came.
func TestStatsAgreeWithANaiveSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type key struct {
			bin  int64
			host string
		}
		type naive struct{ count, sum, low, high float64 }
		width := rapid.SampledFrom([]int64{60, 900, 3600, 86400}).Draw(t, "width")
		spec := map[int64]string{60: "1m", 900: "15m", 3600: "1h", 86400: "1d"}[width]
		want := map[key]naive{}
		s := newStore()
		for i := range rapid.IntRange(0, 60).Draw(t, "events") {
			at := noon.Unix() - int64(rapid.IntRange(0, 3*86400).Draw(t, "age"))
			host := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "host")
			v := float64(rapid.IntRange(-5, 5).Draw(t, "value"))
			k := key{at / width * width, host}
			n, seen := want[k]
			if !seen {
				n.low, n.high = v, v
			}
			want[k] = naive{n.count + 1, n.sum + v, math.Min(n.low, v), math.Max(n.high, v)}
			s.add(Event{Time: time.Unix(at, 0), Host: host, Raw: fmt.Sprintf(`{"v":%g}`, v)})
			if i%7 == 0 {
				s.snapshot() // some are sorted in already when others come
			}
		}
		p, err := compile("search * | bin _time span="+spec+" | stats count sum(v) as s min(v) as l max(v) as h by _time, host", unbounded(noon.Add(time.Second)), noon, knowledge{store: s})
		require.NoError(t, err)
		out, err := p.run(context.Background(), s.snapshot())
		require.NoError(t, err)
		got := map[key]naive{}
		for _, r := range out.table.rows {
			at := func(name string) float64 { x, _ := r.get(name).number(); return x }
			got[key{int64(at("_time")), r.get("host").text()}] = naive{at("count"), at("s"), at("l"), at("h")}
		}
		require.Equal(t, want, got)
	})
}

// TestSpansTile: a moment lies in its bucket, and the next bucket starts behind it.
func TestSpansTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom([]string{"7s", "5m", "1h", "1d", "1w", "1w@w3", "1mon", "3mon", "1y"}).Draw(t, "span")
		sp, err := parseSpan(spec)
		require.NoError(t, err)
		at := rapid.Float64Range(-1e9, 5e9).Draw(t, "at")
		start := sp.floor(at)
		require.LessOrEqual(t, start, at+1e-6) // times are kept to the microsecond
		require.Greater(t, sp.after(start), at)
		require.Equal(t, start, sp.floor(start))
		require.Equal(t, sp.after(start), sp.floor(sp.after(start)))
	})
}

// TestQuotedTextComesBack: a literal that is escaped as SPL asks is found again, in a
// search term and in eval.
func TestQuotedTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zåÅ |\[\]'"\\=<>(),]{0,12}`).Draw(t, "text")
		literal := `"`
		for _, r := range s {
			if r == '"' || r == '\\' {
				literal += `\`
			}
			literal += string(r)
		}
		literal += `"`
		r := &row{set: map[string]value{"f": textOf(s)}}
		f, err := parseFilter("f="+literal, noon)
		require.NoError(t, err)
		require.True(t, f.match(r))
		e, err := parseExpr("f="+literal, noon)
		require.NoError(t, err)
		require.True(t, e(r).isTrue())
		parts, err := splitPipes("search f=" + literal + " | where f=" + literal + " | stats count")
		require.NoError(t, err)
		require.Len(t, parts, 3)
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		`search index=main sourcetype="a b" (x>1 OR NOT y IN (1,2)) earliest=-1d@d | bin _time span=1h | stats count sum(x) as s by _time, h`,
		`| tstats count sum(b) where index=main by _time span=1h, host`, `search * | timechart span=1d limit=3 avg(x) by y`,
		`search * | eval a=if(x="1|2",strftime(_time,"%F"),substr("abc",-1,2)), b=case(1=1,2) | where like(a,"%") | sort - a | dedup 2 a | head 3`,
		`| makeresults count=3 | eval x='a b'.1e5 | table *`, `search a* "b c" | fields - _raw | rename a as "b c" | fillnull value=0`, `search "\`, `|`, "search \xff | eval a=\"\xff\"",
	} {
		f.Add(seed)
	}
	s := shop()
	all := s.snapshot()
	f.Fuzz(func(t *testing.T, spl string) {
		if len(spl) > 2000 {
			return // the time goes into rows, not into ideas
		}
		p, err := compile(spl, unbounded(noon), noon, knowledge{store: s})
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		if p.made > 100 {
			return
		}
		out, err := p.run(context.Background(), all)
		if err == nil {
			lines(out.table)
		}
	})
}

func FuzzReadEvents(f *testing.F) {
	for _, seed := range []string{`{"event":"x"}{"event":{"a":[1]},"time":"1.5","fields":{"b":["c"]}}`, `[{"event":1}]`, `{"event":"x","fields":[1]}`, `{`, `{"event":"\ud800","time":-1}`} {
		f.Add([]byte(seed))
	}
	s := &Server{store: newStore(), clock: func() time.Time { return noon }, indexes: []string{"main"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := s.readEvents(body)
		require.Equal(t, b.code == 0, hecReply(b.code).status == 200)
		for _, e := range b.events {
			require.NotEmpty(t, e.Raw)
			(&record{Event: e}).extracted()
		}
	})
}

func FuzzLex(f *testing.F) {
	for _, seed := range []string{`a="b\"c" AND (d<=1)`, `'x y'+1.5e-3*.2`, `"`, "é=\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, m := range []mode{modeSearch, modeArgs, modeExpr} {
			tokens, err := lex(src, m)
			if err != nil {
				continue
			}
			at := 0
			for _, tok := range tokens {
				require.GreaterOrEqual(t, tok.pos, at)
				require.GreaterOrEqual(t, tok.end, tok.pos)
				at = tok.end
			}
		}
	})
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"-7d@d", "now", "+400d", "@w1+3h", "1773835200.5", "2026-03-01T00:00:00Z", "@", "-", "+99999999999999999999y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		got, err := parseTime(spec, noon)
		if err == nil {
			require.LessOrEqual(t, got.Year(), 10000)
		}
	})
}

// BenchmarkHourly sums a year of hours out of three years of seven series.
func BenchmarkHourly(b *testing.B) {
	s := newStore()
	const hours = 3 * 8766
	for k := range 7 {
		events := make([]Event, hours)
		for i := range events {
			at := noon.Add(-time.Duration(i+1) * time.Hour)
			events[i] = Event{Time: at, IndexTime: at, Sourcetype: SeriesSourcetype, Raw: fmt.Sprintf(`{"series":"s%d","value":%d}`, k, i)}
		}
		s.add(events...)
	}
	within := unbounded(noon)
	within.earliest = within.latest - 8766*3600
	all := s.snapshot()
	for b.Loop() {
		p, err := compile("search index=main sourcetype=foresight:demo series=s1 | bin _time span=1h | stats sum(value) as v by _time | eval epoch=_time | table epoch v", within, noon, knowledge{store: s})
		require.NoError(b, err)
		out, err := p.run(b.Context(), all)
		require.NoError(b, err)
		require.Len(b, out.table.rows, 8766)
	}
}
