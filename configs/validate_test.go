package configs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

// base is a right file with a line for each thing that a mistake is made of.
const base = `splunk:
  search:
    url: https://splunk.example.com:8089
    token: {env: SPLUNK_TOKEN}
  hec:
    url: https://splunk.example.com:8088
    token: {env: SPLUNK_HEC_TOKEN}
customers:
  - id: shop
    country: SE
    zone: Europe/Stockholm
    lead_time: {work_days: 20, approval_days: 5}
    calendar:
      events:
        - {name: sale, from: 2026-05-01, to: 2026-05-03}
        - {name: fair, dates: [2026-05-01]}
    freezes:
      - {name: winter, from: 12-10, to: 01-07}
      - {name: audit, from: 2026-10-05, to: 2026-10-09}
    services:
      - id: payments
        queries:
          - id: transactions
            schedule: "15 * * * *"
            search: index=payments
            span: 1h
            known_by: eventtime
            empty: witness
            witness: {search: index=heartbeat, span: 15m}
            split: {by: method, max: 20}
            signal:
              measure: count
              min: 0
              max: 1000
              risk: 0.2
              horizon: 120d
              capacity:
                - {id: old, from: 2024-01-01, limit: 40, per: 1s, headroom: 0.2}
                - {id: new, from: 2026-01-01, limit: 60, per: 1s}
              peak_factor: {mean: 2, spread: 0.1}
          - id: cpu
            source: tstats
            search: index=os
            history: 3y
            lag: 0s
            signal: {id: load, measure: max(cpu), driver: payments/transactions}
          - id: share
            search: index=payments
            signal: {measure: sum(bad), denominator: count}
`

// change makes one mistake in base.
func change(t *testing.T, from, to string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(base, from), "%q must stand in base once", from)
	return strings.Replace(base, from, to, 1)
}

func TestBaseIsRight(t *testing.T) {
	_, err := configs.Parse("f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
}

func TestOneMistake(t *testing.T) {
	const q, s = "customers[0].services[0].queries", "customers[0].services[0].queries[0].signal"
	for _, c := range []struct {
		name, from, to string
		want           string // place, key and the beginning of the words
		mend           string
	}{
		{"unknown key", "    country: SE", "    counrty: SE", "f.yml:10:5: customers[0].counrty: unknown key", `did you mean "country"?`},
		{"unknown key, nothing near", "    country: SE", "    xyzzyxyzzy: SE", "f.yml:10:5: customers[0].xyzzyxyzzy: unknown key", "use one of: calendar, channels, country, freezes"},
		{"unknown key in braces", "lead_time: {work_days: 20,", "lead_time: {workdays: 20,", "f.yml:12:17: customers[0].lead_time.workdays: unknown key", `did you mean "work_days"?`},
		{"duplicate key", "    country: SE", "    country: SE\n    country: NO", "f.yml:11:5: customers[0].country: the key is given twice, first in line 10", "delete one"},
		{"text where a list belongs", "    freezes:\n      - {name: winter, from: 12-10, to: 01-07}\n      - {name: audit, from: 2026-10-05, to: 2026-10-09}", "    freezes: none", "customers[0].freezes: is text, not a list", `"- "`},
		{"list where text belongs", "    country: SE", "    country: [SE]", "f.yml:10:14: customers[0].country: is a list, not a single value", "key's line"},
		{"text where a group belongs", "    lead_time: {work_days: 20, approval_days: 5}", "    lead_time: 20", "customers[0].lead_time: is a single value, not a group of keys", "key: value"},
		{"text in a number", "work_days: 20", "work_days: twenty", `customers[0].lead_time.work_days: "twenty" is not a whole number`, "such as 20"},
		{"not a number", "risk: 0.2", "risk: .nan", s + `.risk: ".nan" is not a number`, "0.2"},
		{"alias", "    country: SE", "    country: &c SE", "customers[0].country: YAML anchors", "write the value out"},
		{"bad duration", "history: 3y", "history: 3 years", q + `[1].history: "3 years" is not a duration`, "3y"},
		{"no duration at all", "horizon: 120d", "horizon: 0d", s + `.horizon: "0d" is no time at all`, "longer than 0"},
		{"bad date", "from: 2026-05-01, to: 2026-05-03", "from: 2026-02-30, to: 2026-05-03", `customers[0].calendar.events[0].from: "2026-02-30" is not a date`, "2026-12-24"},
		{"bad day of every year", "from: 12-10", "from: 13-10", `customers[0].freezes[0].from: "13-10" is not a day of every year`, "12-24"},

		{"missing token", "    token: {env: SPLUNK_TOKEN}\n", "", "f.yml:2:3: splunk.search.token: the token is missing", "{env: NAME}"},
		{"unset token", "{env: SPLUNK_TOKEN}", "{env: NOT_SET}", "splunk.search.token: environment variable NOT_SET is not set", "export it"},
		{"literal token", "{env: SPLUNK_TOKEN}", "hunter2", "splunk.search.token: a secret stands in the file", "{env: NAME} or {file: path}"},
		{"literal token in braces", "{env: SPLUNK_TOKEN}", "{hunter2}", "splunk.search.token: a secret has the keys env and file only", "{env: NAME}"},
		{"literal token as a name", "{env: SPLUNK_TOKEN}", "{env: hunter2-1}", "splunk.search.token: env is not the name of a variable", "variable's name"},
		{"token file that is not there", "{env: SPLUNK_TOKEN}", "{file: none}", "splunk.search.token: open ", "create the file"},
		{"two sources", "{env: SPLUNK_TOKEN}", "{env: SPLUNK_TOKEN, file: x}", "splunk.search.token: both env and file are given", "keep one"},
		{"no source", "{env: SPLUNK_TOKEN}", "{}", "splunk.search.token: no source", "{env: NAME}"},
		{"token and username", "    token: {env: SPLUNK_TOKEN}", "    token: {env: SPLUNK_TOKEN}\n    username: me", "splunk.search: both a token and a username", "keep the token"},
		{"no password", "    token: {env: SPLUNK_TOKEN}", "    username: me", "splunk.search.username: there is no password", "password: {env: NAME}"},
		{"no username", "    token: {env: SPLUNK_TOKEN}", "    password: {env: SPLUNK_TOKEN}", "splunk.search.password: there is no username", "username: NAME"},
		{"missing HEC token", "    token: {env: SPLUNK_HEC_TOKEN}\n", "", "splunk.hec.token: the token is missing", "{env: NAME}"},
		{"relative URL", "https://splunk.example.com:8089", "splunk.example.com", `f.yml:3:5: splunk.search.url: "splunk.example.com" is not an address`, "https://splunk.example.com:8089"},
		{"other scheme", "https://splunk.example.com:8088", "ftp://splunk.example.com", "splunk.hec.url: \"ftp://splunk.example.com\" begins with neither", "https://"},
		{"missing URL", "    url: https://splunk.example.com:8088\n", "", "splunk.hec.url: the address is missing", "8088"},
		{"URL with a password", "https://splunk.example.com:8089", "https://me:hunter2@splunk.example.com", "splunk.search.url: the address holds a user or password", "take it out"},
		{"missing variable", "https://splunk.example.com:8089", "https://${SPLUNK_HOST}:8089", "splunk.search.url: environment variable SPLUNK_HOST is not set", "${SPLUNK_HOST:-value}"},
		{"broken variable", "https://splunk.example.com:8089", "https://${SPLUNK HOST}", `splunk.search.url: "${SPLUNK HOST}" is not ${NAME}`, "$${"},
		{"CA file that is not there", "    url: https://splunk.example.com:8089", "    url: https://splunk.example.com:8089\n    ca_file: none.pem", "splunk.search.ca_file: stat ", "mend the path"},
		{"certificate that is not there", "  hec:", "  hec:\n    cert_file: none.pem\n    key_file: none.key", "splunk.hec.cert_file: stat ", "mend the path"},
		{"certificate without a key", "  hec:", "  hec:\n    cert_file: validate_test.go", "splunk.hec.cert_file: there is no key_file", "both"},
		{"key without a certificate", "  hec:", "  hec:\n    key_file: validate_test.go", "splunk.hec.key_file: there is no cert_file", "both"},
		{"search head", "    url: https://splunk.example.com:8089\n", "    url: https://splunk.example.com:8089\n    failover: [sh2]\n", `splunk.search.failover[0]: "sh2" is not an address`, "https://splunk2.example.com:8089"},
		{"search head twice", "    url: https://splunk.example.com:8089\n", "    url: https://splunk.example.com:8089\n    failover: [\"https://splunk.example.com:8089\"]\n", `splunk.search.failover[0]: "https://splunk.example.com:8089" is there already`, "once"},
		{"deployment", "splunk:\n", "splunk:\n  deployment: cloud\n", `splunk.deployment: "cloud" is not known`, "enterprise, splunk_cloud"},
		{"proxy", "  hec:", "  hec:\n    proxy: {url: proxy.example.com}", `splunk.hec.proxy.url: "proxy.example.com" is no address of a proxy`, "http://proxy"},
		{"proxy with a password", "  hec:", "  hec:\n    proxy: {url: \"http://me:hunter2@proxy\"}", "splunk.hec.proxy.url: the address holds a user or password", "take it out"},
		{"proxy's user alone", "  hec:", "  hec:\n    proxy: {url: none, username: me}", "splunk.hec.proxy.username: there is no password", "{env: NAME}"},
		{"proxy's password alone", "  hec:", "  hec:\n    proxy: {url: none, password: {env: SPLUNK_TOKEN}}", "splunk.hec.proxy.password: there is no username", "username"},
		{"index name", "  hec:", "  hec:\n    index: My Index", "splunk.hec.index: \"My Index\" cannot be an index", "lower case"},
		{"metric index name", "  hec:", "  hec:\n    metric_index: My Index", "splunk.hec.metric_index: \"My Index\" cannot be an index", "lower case"},
		{"metrics among events", "  hec:", "  hec:\n    metric_index: foresight", "splunk.hec.metric_index: it is the index of the events", "name another"},
		{"notes of no app", "  hec:", "  notes: {app: a/b}\n  hec:", "splunk.notes.app: \"a/b\" cannot be one", "use letters"},
		{"notes too often", "  hec:", "  notes: {every: 1s}\n  hec:", "splunk.notes.every: people do not write that often", "10s or more"},
		{"batch of none", "  hec:", "  hec:\n    batch: {events: -1}", "splunk.hec.batch.events: a batch of -1 events", "1 or more"},
		{"outbox too small", "splunk:", "outbox: {max_bytes: 100}\nsplunk:", "outbox.max_bytes: 100 bytes", "1000000"},
		{"batch too small", "  hec:", "  hec:\n    batch: {bytes: 10}", "splunk.hec.batch.bytes: 10 bytes", "10000"},
		{"log level", "splunk:", "log: {level: infos}\nsplunk:", `log.level: "infos" is not known`, `did you mean "info"?`},
		{"log format", "splunk:", "log: {format: xml}\nsplunk:", `log.format: "xml" is not known`, "json, console"},
		{"workers", "splunk:", "run: {workers: -1}\nsplunk:", "run.workers: -1 workers", "0 for one per CPU"},
		{"retention", "splunk:", "state: {retention: 30d}\nsplunk:", "state.retention: accuracy", "write 90d or more"},
		{"web address", "splunk:", "web: {addr: nowhere}\nsplunk:", `web.addr: "nowhere" is not host:port`, "127.0.0.1:8080"},
		{"metrics address", "splunk:", "web: {metrics_addr: \"9090\"}\nsplunk:", `web.metrics_addr: "9090" is not host:port`, "127.0.0.1:9090"},
		{"metrics at the pages' address", "splunk:", "web: {addr: \"127.0.0.1:80\", metrics_addr: \"127.0.0.1:80\"}\nsplunk:", `web.metrics_addr: "127.0.0.1:80" is the address of the pages`, "leave it out"},

		{"missing id", "  - id: shop\n    country", "  - country", "customers[0].id: the id is missing", "never changes"},
		{"bad id", "- id: shop", "- id: The Shop", `f.yml:9:5: customers[0].id: "The Shop" is not an id`, "lower case"},
		{"same query id", "- id: cpu", "- id: transactions", q + "[1].id: \"transactions\" is the id of " + q + "[0] too", "its own"},
		{"same signal id", "{id: load,", "{id: transactions,", q + "[1].signal.id: \"transactions\" is the id of " + q + "[0] too", "its own"},
		{"same capacity id", "{id: new,", "{id: old,", s + ".capacity[1].id: \"old\" is the id of", "its own"},
		{"unknown country", "country: SE", "country: ZZ", `customers[0].country: the public holidays of "ZZ" are not known`, "SE"},
		{"missing zone", "    zone: Europe/Stockholm\n", "", "customers[0].zone: the zone is missing", "Europe/Stockholm"},
		{"local zone", "zone: Europe/Stockholm", "zone: Local", "customers[0].zone: the zone is missing", "Europe/Stockholm"},
		{"unknown zone", "zone: Europe/Stockholm", "zone: Mars/Olympus", `f.yml:11:5: customers[0].zone: unknown time zone "Mars/Olympus"`, "Europe/Stockholm"},
		{"half-hour zone", "zone: Europe/Stockholm", "zone: Asia/Kolkata", q + "[0].span: buckets of 1h do not end at midnight in Asia/Kolkata, which lies +05:30 off UTC", "use 30m"},
		{"event without a day", "from: 2026-05-01, to: 2026-05-03", "known_from: 2026-01-01", "customers[0].calendar.events[0].from: the event has no day", "dates"},
		{"event with both", "dates: [2026-05-01]", "dates: [2026-05-01], from: 2026-05-01", "customers[0].calendar.events[1]: both dates and from/to", "keep one"},
		{"event that ends before", "to: 2026-05-03", "to: 2026-04-03", "customers[0].calendar.events[0].to: 2026-04-03 lies before from, 2026-05-01", "swap"},
		{"event without a name", "{name: sale, from", "{from", "customers[0].calendar.events[0].name: the event has no name", "one effect"},
		{"event file that is not there", "    calendar:", "    calendar:\n      files: [none.csv]", "customers[0].calendar.files[0]: stat ", "mend the path"},
		{"freeze that ends before", "to: 2026-10-09", "to: 2026-10-01", "customers[0].freezes[1].to: 2026-10-01 lies before from", "swap"},
		{"freeze of two kinds", "to: 2026-10-09", "to: 10-09", "customers[0].freezes[1]: one end is a date", "both alike"},
		{"freeze without an end", ", to: 2026-10-09", "", "customers[0].freezes[1]: from and to must both be given", "every year"},
		{"freeze without a name", "{name: audit, from", "{from", "customers[0].freezes[1].name: the freeze has no name", "for people"},
		{"lead time below 0", "work_days: 20", "work_days: -1", "customers[0].lead_time.work_days: -1 is not between", "working days"},
		{"approval below 0", "approval_days: 5", "approval_days: -5", "customers[0].lead_time.approval_days: -5 is not between", "working days"},
		{"capacity without a lead time", "    lead_time: {work_days: 20, approval_days: 5}\n", "", s + ".lead_time: there is a capacity but no lead time", "work_days: 20"},

		{"bad cron", "15 * * * *", "61 * * * *", q + `[0].schedule: "61 * * * *" is not a cron spec`, "five fields"},
		{"cron of six fields", "15 * * * *", "0 15 * * * *", q + `[0].schedule: "0 15 * * * *" is not a cron spec`, "five fields"},
		{"cron that never comes", "15 * * * *", "0 0 30 2 *", q + `[0].schedule: "0 0 30 2 *" never comes`, "mend the day"},
		{"cron with a zone", "15 * * * *", "TZ=UTC", q + `[0].schedule: "TZ=UTC" names a zone`, "take it out"},
		{"source", "source: tstats", "source: stats", q + `[1].source: "stats" is not known`, `did you mean "tstats"?`},
		{"distinct metrics", "source: tstats\n            search: index=os\n            history: 3y\n            lag: 0s\n            signal: {id: load, measure: max(cpu),", "source: mstats\n            search: index=os\n            signal: {id: load, measure: dc(cpu),", q + "[1].signal.measure: a metric index counts no distinct", "split"},
		{"no metric", "source: tstats\n            search: index=os\n            history: 3y\n            lag: 0s\n            signal: {id: load, measure: max(cpu),", "source: mstats\n            search: index=os\n            signal: {id: load, measure: count,", q + "[1].signal.measure: mstats wants a metric", "avg(cpu.usage)"},
		{"fine percentile of tstats", "            lag: 0s\n            signal: {id: load, measure: max(cpu),", "            signal: {id: load, measure: p99.9(cpu),", q + "[1].signal.measure: tstats has percentiles of whole numbers", "source: events"},
		{"data model of events", "source: tstats", "source: events\n            data_model: {name: Web}", q + "[1].data_model: a data model is read by tstats", "leave source out"},
		{"data model's name", "source: tstats", "data_model: {name: Web Traffic}", q + `[1].data_model.name: "Web Traffic" is no id`, "Settings"},
		{"saved search of tstats", "source: tstats", "source: tstats\n            saved_search: {name: Load}", q + "[1].saved_search: a saved search is a source of its own", "source: saved"},
		{"saved without a search", "source: tstats", "source: saved", q + "[1].saved_search: source: saved needs one", "{name"},
		{"saved search with a quote", "source: tstats", "saved_search: {name: 'a\" | delete'}", q + `[1].saved_search.name: "a\" | delete" cannot stand in a search`, "copy"},
		{"data model's name", "source: tstats", "data_model: {name: 'Web | delete'}", q + `[1].data_model.name: "Web | delete" is no id of a data model`, "letters"},
		{"saved search's owner alone", "source: tstats", "saved_search: {name: Load, owner: me}", q + "[1].saved_search.app: an owner is looked for in an app", "app: NAME"},
		{"saved search's app", "source: tstats", "saved_search: {name: Load, app: ../x}", q + `[1].saved_search.app: "../x" is no name of an app`, "letters"},
		{"witness source", "span: 15m}", "span: 15m, source: saved}", q + `[0].witness.source: "saved" is not known`, "events, tstats"},
		{"witness without a metric", "span: 15m}", "span: 15m, source: mstats}", q + `[0].witness.metric: "" is no name of a metric`, "cpu.usage"},
		{"witness with a metric", "span: 15m}", "span: 15m, source: events, metric: up}", q + "[0].witness.metric: metrics are heard by mstats", "leave source out"},
		{"empty search", "search: index=os", "search: ' '", q + "[1].search: the search is empty", "index="},
		{"search with a pipe", "search: index=os", "search: index=os | stats count", q + "[1].search: it goes on after a pipe", "first pipe"},
		{"search with a macro", "search: index=os", "search: '`web` \"a`b\"'", q + "[1].search: it has a macro or comment", "write its terms out"},
		{"search with a single quote", "search: index=os", `search: "index=os user='a'"`, q + "[1].search: it has a single quote outside a string", "double quotes"},
		{"search with a subsearch", "search: index=os", "search: 'index=os [ search index=web | fields host ]'", q + "[1].search: it has a subsearch", "summary index"},
		{"search with its command", "search: index=os", "search: search index=os", q + "[1].search: it begins with the command search", "take the word out"},
		{"open quote", "search: index=os", `search: index=os "a`, q + "[1].search: a quotation mark is not closed", "close it"},
		{"span", "span: 1h", "span: 2h", q + `[0].span: "2h" is not known`, "did you mean"},
		{"history", "history: 3y", "history: 1h", q + "[1].history: less than a day", "3y"},
		{"known_by", "known_by: eventtime", "known_by: now", q + `[0].known_by: "now" is not known`, "eventtime, indextime"},
		{"known_by of tstats", "source: tstats", "source: tstats\n            known_by: indextime", q + "[1].known_by: indextime is known of events only", "source: events"},
		{"empty", "empty: witness", "empty: hole", q + `[0].empty: "hole" is not known`, "zero, missing, witness"},
		{"no witness", "            witness: {search: index=heartbeat, span: 15m}\n", "", q + "[0].witness: empty: witness needs one", "witness: {search"},
		{"witness unheard", "empty: witness", "empty: zero", q + "[0].witness: a witness is heard with empty: witness only", "take the witness out"},
		{"witness search", "{search: index=heartbeat, span: 15m}", "{search: '| tstats count', span: 15m}", q + "[0].witness.search: it goes on after a pipe", "first pipe"},
		{"witness span", "{search: index=heartbeat, span: 15m}", "{search: index=heartbeat, span: 1w}", q + `[0].witness.span: "1w" is not known`, "did you mean"},
		{"split by nothing", "{by: method, max: 20}", "{max: 20}", q + "[0].split.by: the field has no name", "write one"},
		{"split by a quote", "{by: method, max: 20}", "{by: 'a\"b', max: 20}", q + "[0].split.by: \"a\\\"b\" cannot be a field", "alias"},
		{"split max", "{by: method, max: 20}", "{by: method, max: -1}", q + "[0].split.max: -1 is not between", "how many"},

		{"measure", "measure: max(cpu)", "measure: most(cpu)", q + `[1].signal.measure: "most(cpu)" is not a measure`, "max(f)"},
		{"measure without a field", "measure: max(cpu)", "measure: max", q + `[1].signal.measure: "max" is not a measure`, "max(f)"},
		{"measure left open", "measure: max(cpu)", "measure: max(cpu", q + `[1].signal.measure: "max(cpu" is not a measure`, "max(f)"},
		{"measure of two fields", "measure: max(cpu)", "measure: max(cpu load)", q + `[1].signal.measure: "cpu load" is not the name of one field`, "quotes"},
		{"our own prefix", "measure: max(cpu)", "measure: max(fs_cpu)", q + `[1].signal.measure: "fs_cpu" begins with fs_`, "alias"},
		{"kind", "measure: max(cpu),", "measure: max(cpu), kind: meter,", q + `[1].signal.kind: "meter" is not known`, "count, gauge"},
		{"count that does not add up", "measure: max(cpu),", "measure: max(cpu), kind: count,", q + "[1].signal.kind: max(cpu) does not add up", "kind: gauge"},
		{"gauge that adds up", "measure: count\n", "measure: count\n              kind: gauge\n", s + ".kind: count adds up", "kind: count"},
		{"cumulative mean", "measure: max(cpu),", "measure: avg(cpu), kind: cumulative,", q + "[1].signal.kind: a counter that grows is read as last(f)", "mend the measure"},
		{"ratio without a denominator", "measure: sum(bad), denominator: count", "measure: sum(bad), kind: ratio", q + "[2].signal.denominator: a ratio needs one", "count or sum(f)"},
		{"denominator that does not add up", "denominator: count", "denominator: avg(x)", q + "[2].signal.denominator: a ratio's denominator must add up", "sum(f)"},
		{"numerator that does not add up", "measure: sum(bad)", "measure: dc(bad)", q + "[2].signal.measure: a ratio's numerator must add up", "sum(f)"},
		{"denominator of a count", "measure: sum(bad), denominator", "kind: count, measure: sum(bad), denominator", q + "[2].signal.denominator: only a ratio has one", "kind: ratio"},
		{"aggregate", "measure: max(cpu),", "measure: max(cpu), aggregate: total,", q + `[1].signal.aggregate: "total" is not known`, "sum, mean"},
		{"aggregate that does not fit", "measure: max(cpu),", "measure: max(cpu), aggregate: sum,", q + "[1].signal.aggregate: max(cpu) cannot be combined by sum", "use max"},
		{"percentile combined", "measure: max(cpu),", "measure: p95(cpu), aggregate: mean,", q + "[1].signal.aggregate: p95(cpu) cannot be combined by mean", "use none"},
		{"percentile 0", "measure: max(cpu)", "measure: p0(cpu)", q + `[1].signal.measure: "p0(cpu)" is not a measure`, "p95(f)"},
		{"percentile of hours", "            lag: 0s\n            signal: {id: load, measure: max(cpu),", "            span: 1h\n            signal: {id: load, measure: p99.9(cpu),", q + "[1].signal.measure: a day of p99.9(cpu) cannot be made of buckets of 1h", "span: 1d"},
		{"eval by tstats", "measure: max(cpu)", "measure: count(eval(a=1))", q + "[1].signal.measure: tstats knows no eval", "source: events"},
		{"min above max", "min: 0", "min: 2000", s + ".max: 1000 is not above min, 2000", "mend one"},
		{"risk", "risk: 0.2", "risk: 20", s + ".risk: 20 is not between 0 and 1", "0.2"},
		{"horizon", "horizon: 120d", "horizon: 1h", s + ".horizon: less than a day ahead", "120d"},
		{"horizon beyond the forecasts", "horizon: 120d", "horizon: 401d", s + ".horizon: forecasts end after 400d", "write 400d or less"},
		{"unknown driver", "driver: payments/transactions", "driver: payments/transaction", q + `[1].signal.driver: there is no signal "payments/transaction"`, `did you mean "payments/transactions"?`},
		{"drives itself", "driver: payments/transactions", "driver: payments/load", q + `[1].signal.driver: the signal drives itself, by way of "payments/load"`, "take one driver out"},
		{"drives round about", "measure: count\n", "measure: count\n              driver: payments/load\n", s + `.driver: the signal drives itself, by way of "payments/load"`, "take one driver out"},
		{"capacity out of order", "{id: new, from: 2026-01-01", "{id: new, from: 2024-01-01", s + ".capacity[1].from: 2024-01-01 is not after the step before, 2024-01-01", "order of time"},
		{"capacity without a day", "{id: new, from: 2026-01-01,", "{id: new,", s + ".capacity[1].from: the day is missing", "first day"},
		{"no limit", "limit: 60, ", "", s + ".capacity[1].limit: the limit is missing", "bears"},
		{"limit left open", "limit: 60", "limit: ", s + ".capacity[1].limit: the limit is missing", "bears"},
		{"limit", "limit: 60", "limit: 0", s + ".capacity[1].limit: 0 is not above 0", "bears"},
		{"headroom", "headroom: 0.2", "headroom: 20", s + ".capacity[0].headroom: 20 is not a share", "0.2 for a fifth"},
		{"per", "limit: 60, per: 1s", "limit: 60, per: 2s", s + `.capacity[1].per: "2s" is not known`, "did you mean"},
		{"per finer than the bucket", "              peak_factor: {mean: 2, spread: 0.1}\n", "", s + ".capacity[0].per: a limit per 1s is finer than the buckets of 1h", "peak_factor: {mean"},
		{"per of a gauge", "measure: max(cpu),", "measure: max(cpu), capacity: [{id: a, from: 2024-01-01, limit: 9, per: 1s}],", q + "[1].signal.capacity[0].per: a limit on a gauge", "per: bucket"},
		{"peak factor", "{mean: 2, spread: 0.1}", "{mean: 0.5, spread: 0.1}", s + ".peak_factor.mean: 0.5 is below 1", "1 or more"},
		{"peak spread", "{mean: 2, spread: 0.1}", "{mean: 2, spread: -0.1}", s + ".peak_factor.spread: -0.1 is below 0", "standard deviation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := configs.Parse("f.yml", []byte(change(t, c.from, c.to)), exampleEnv)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.Contains(t, err.Error(), c.mend)
			assert.Regexp(t, `^f\.yml:\d+:\d+: `, err.Error())
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestWholeFileMistakes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f.yml:1:1: the file is empty"},
		{"only a comment", "# nothing\n", "f.yml:1:1: the file is empty"},
		{"text", "hello\n", "f.yml:1:1: is text, not a group of keys"},
		{"broken YAML", "splunk:\n  search: [\n", "mend the YAML"},
		{"a tab", "splunk:\n\tsearch: 1\n", "f.yml:2:1: "},
		{"two documents", base + "---\n" + base, "a second document begins"},
		{"no customers", base[:strings.Index(base, "customers:")] + "customers: []\n", "customers: no customer is given"},
		{"no services", change(t, base[strings.Index(base, "    services:"):], ""), "customers[0].services: no service is given"},
		{"no queries", change(t, base[strings.Index(base, "        queries:"):], ""), "customers[0].services[0].queries: no query is given"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := configs.Parse("f.yml", []byte(c.text), exampleEnv)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.NotContains(t, err.Error(), "\n", "nothing more can be said")
		})
	}
}

func TestManyMistakesAtOnce(t *testing.T) {
	text := strings.NewReplacer("country: SE", "country: ZZ", "span: 1h", "spann: 1h", "limit: 60", "limit: -1", "- id: cpu", "- id: transactions").Replace(base)
	_, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	var errs configs.Errors
	require.ErrorAs(t, err, &errs)
	require.Len(t, errs, 4)
	for i := 1; i < len(errs); i++ {
		assert.LessOrEqual(t, errs[i-1].Line, errs[i].Line, "from the top down")
	}
	assert.Len(t, strings.Split(err.Error(), "\n"), 4)
}

// What cannot be read is said once, not also that it is missing.
func TestNoSecondErrorOfOneMistake(t *testing.T) {
	for _, c := range [][2]string{
		{"risk: 0.2", "risk: .nan"},
		{"from: 2026-05-01, to", "from: 2026-02-30, to"},
		{"from: 12-10", "from: 13-10"},
		{"https://splunk.example.com:8089", "https://${SPLUNK_HOST}:8089"},
		{"{env: SPLUNK_TOKEN}", "hunter2"},
		{"{env: SPLUNK_TOKEN}", "{evn: SPLUNK_TOKEN}"},
		{"work_days: 20", "work_days: -1"},
		{"work_days: 20", "work_days: many"},
		{"empty: witness", "empty: hole"},
	} {
		_, err := configs.Parse("f.yml", []byte(change(t, c[0], c[1])), exampleEnv)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "\n", c[1])
	}
}

func TestMissingFile(t *testing.T) {
	_, err := configs.Load(filepath.Join(t.TempDir(), "none.yml"), exampleEnv)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.Contains(t, err.Error(), "reading configuration")
}
