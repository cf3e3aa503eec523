package sandbox

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpressions(t *testing.T) {
	r := &row{set: map[string]value{"n": textOf("7"), "s": textOf("web"), "f": textOf("2.5"), "a.b": textOf("dotted"),
		"_time": numberOf(1773835200), "mv": multiOf([]string{"x", "y", "z"}), "word": textOf("10")}}
	for src, want := range map[string]string{
		`1+2*3`:                                "7",
		`(1+2)*3`:                              "9",
		`-n+1`:                                 "-6",
		`7 % 4`:                                "3",
		`n/2`:                                  "3.5",
		`n/0`:                                  "",
		`1e3+.5`:                               "1000.5",
		`0.1+0.2`:                              "0.30000000000000004",
		`s."-".n`:                              "web-7",
		`s+"x"`:                                "webx",
		`s+1`:                                  "",
		`n+f`:                                  "9.5",
		`'a.b'`:                                "dotted",
		`missing+1`:                            "",
		`if(n>2,"big","small")`:                "big",
		`if(n>20,"big","small")`:               "small",
		`if(word>9,"number","text")`:           "number", // both look like numbers
		`if(missing=1,"t","f")`:                "f",
		`if(NOT missing=1,"t","f")`:            "t",
		`if(n=7 AND s="web" OR s="x","t","f")`: "t",
		`if(n=7 XOR s="web","t","f")`:          "f",
		`if(s IN ("app","web"),"t","f")`:       "t",
		`if(in(s,"app"),"t","f")`:              "f",
		`if(s LIKE "w_b","t","f")`:             "t",
		`if(match(s,"^w.b$"),"t","f")`:         "t",
		`if(s!="web","t","f")`:                 "f",
		`if(s=="WEB","t","f")`:                 "f", // eval knows case
		`case(n<5,"low",n<10,"mid",true(),"high")`: "mid",
		`case(n<5,"low")`:                          "",
		`coalesce(missing,null(),s)`:               "web",
		`floor(2.7).ceil(2.1).ceiling(2)`:          "232",
		`round(2.567,2)`:                           "2.57",
		`round(-2.5)`:                              "-3",
		`abs(-3)`:                                  "3",
		`pow(2,10)`:                                "1024",
		`sqrt(-1)`:                                 "",
		`log(1000)`:                                "3",
		`log(8,2)`:                                 "3",
		`ln(exp(2))`:                               "2",
		`tonumber("12")+1`:                         "13",
		`tonumber("ff",16)`:                        "255",
		`tonumber("x")`:                            "",
		`tostring(12).""`:                          "12",
		`len("åäö")`:                               "3",
		`upper(s).lower("ABC")`:                    "WEBabc",
		`substr("abcdef",2,3)`:                     "bcd",
		`substr("abcdef",-2)`:                      "ef",
		`trim("  a ")`:                             "a",
		`min(3,1,"2")`:                             "1",
		`max(3,1,"b")`:                             "b", // text is above numbers
		`mvindex(mv,1)`:                            "y",
		`mvindex(mv,-1)`:                           "z",
		`mvcount(mv)`:                              "3",
		`mvindex(split("a,b,c",","),0,1)`:          "a\nb",
		`replace("2026-03","(\d+)-(\d+)","\2/\1")`:     "03/2026",
		`strftime(_time,"%Y-%m-%d %H:%M:%S %a %j %%")`: "2026-03-18 12:00:00 Wed 077 %",
		`strftime(1.5,"%s.%3N")`:                       "1.500",
		`relative_time(_time,"@d")`:                    "1773792000",
		`now()`:                                        "1773835200",
		`if(isnull(missing) AND isnotnull(n),"t","f")`: "t",
		`nullif(n,7)`:                                  "",
		`"a \"quote\" and \\ slash"`:                   `a "quote" and \ slash`,
	} {
		e, err := parseExpr(src, noon)
		if assert.NoError(t, err, src) {
			assert.Equal(t, want, e(r).text(), src)
		}
	}
}

func TestTimeModifiers(t *testing.T) {
	now := time.Date(2026, 3, 18, 12, 34, 56, 0, time.UTC) // a Wednesday
	for spec, want := range map[string]string{
		"now": "2026-03-18T12:34:56Z", "now()": "2026-03-18T12:34:56Z", "0": "1970-01-01T00:00:00Z", "1773835200": "2026-03-18T12:00:00Z",
		"1773835200.5": "2026-03-18T12:00:00.5Z",
		"-1h":          "2026-03-18T11:34:56Z", "-1h@h": "2026-03-18T11:00:00Z", "@h": "2026-03-18T12:00:00Z", "-7d@d": "2026-03-11T00:00:00Z",
		"+400d": "2027-04-22T12:34:56Z", "-1mon@mon": "2026-02-01T00:00:00Z", "@y": "2026-01-01T00:00:00Z", "@q": "2026-01-01T00:00:00Z",
		"@w": "2026-03-15T00:00:00Z", "@w1": "2026-03-16T00:00:00Z", "@w7": "2026-03-15T00:00:00Z", "-1d@d+2h": "2026-03-17T02:00:00Z",
		"-30": "2026-03-18T12:34:26Z", "-d": "2026-03-17T12:34:56Z", "-15minutes": "2026-03-18T12:19:56Z", "now-1d": "2026-03-17T12:34:56Z",
		"2026-03-01T00:00:00Z": "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000+01:00": "2026-02-28T23:00:00Z", "03/01/2026:06:00:00": "2026-03-01T06:00:00Z",
		"": "", "yesterday": "", "-1fortnight": "", "@": "", "-1d@": "", "rt-1h": "", "-99999999999d": "", "nowish": "", "1e30": "",
	} {
		got, err := parseTime(spec, now)
		if want == "" {
			assert.Error(t, err, spec)
			continue
		}
		if assert.NoError(t, err, spec) {
			assert.Equal(t, want, got.Format(time.RFC3339Nano), spec)
		}
	}
}

func TestSpans(t *testing.T) {
	at := epochOf(time.Date(2026, 3, 18, 12, 34, 56, 0, time.UTC))
	for spec, want := range map[string]string{
		"10s": "2026-03-18T12:34:50Z", "5m": "2026-03-18T12:30:00Z", "1h": "2026-03-18T12:00:00Z", "1d": "2026-03-18T00:00:00Z",
		"1w": "2026-03-12T00:00:00Z" /* a Thursday */, "1w@w1": "2026-03-16T00:00:00Z", "1mon": "2026-03-01T00:00:00Z", "3mon": "2026-01-01T00:00:00Z",
		"1q": "2026-01-01T00:00:00Z", "1y": "2026-01-01T00:00:00Z", "7": "2026-03-18T12:34:56Z",
		"": "", "0h": "", "-1h": "", "1x": "", "1d@h": "", "2w@w1": "", "1h@": "2026-03-18T12:00:00Z",
	} {
		sp, err := parseSpan(spec)
		if want == "" {
			assert.Error(t, err, spec)
			continue
		}
		require.NoError(t, err, spec)
		assert.Equal(t, want, fromEpoch(sp.floor(at)).Format(time.RFC3339), spec)
	}
}

func TestWild(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{{"*", "", true}, {"a*c", "ABC", true}, {"a*c", "ab", false}, {"*b*b*", "abab", true}, {"", "", true}, {"", "x", false},
		{"a*b*c", "axbxbxc", true}, {"å*", "Åke", true}, {"**", "x", true}, {"a*a", "a", false}} {
		assert.Equal(t, c.want, wild(c.pattern, c.s), "%q %q", c.pattern, c.s)
	}
}

func TestExtract(t *testing.T) {
	for raw, want := range map[string]map[string]string{
		`{"a":1.50,"b":{"c":true,"d":[1,{"e":"x"}]},"n":null}`: {"a": "1.50", "b.c": "true", "b.d{}": "1", "b.d{}.e": "x", "n": "null"},
		`k=v quoted="a b" k=second`:                            {"k": "v", "quoted": "a b"},
		`{broken k=v`:                                          {"k": "v"},
		`just words`:                                           {},
		``:                                                     {},
	} {
		got := map[string]string{}
		for name, v := range extract(raw) {
			got[name] = v.text()
		}
		assert.Equal(t, want, got, raw)
	}
}
