package configs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// with parses base with one change and returns the first customer.
func with(t *testing.T, from, to string) models.Customer {
	t.Helper()
	c, err := configs.Parse("f.yml", []byte(change(t, from, to)), exampleEnv)
	require.NoError(t, err)
	return c.Customers[0]
}

func TestDurations(t *testing.T) {
	const d = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"3y": 3 * 8766 * time.Hour, "1y": 365*d + 6*time.Hour, "2w": 14 * d, "120d": 120 * d, "1.5d": 36 * time.Hour,
		"36h": 36 * time.Hour, "1y26w": 365*d + 6*time.Hour + 182*d, "1d12h30m": 36*time.Hour + 30*time.Minute,
	} {
		got := with(t, "history: 3y", "history: "+text).Services[0].Queries[1].History
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"3", "-1d", "1mon", "d", "''", "300y", "1e9y", "1d 2h", "inf"} {
		_, err := configs.Parse("f.yml", []byte(change(t, "history: 3y", "history: "+text)), exampleEnv)
		assert.ErrorContains(t, err, ".history: ", text)
	}
	assert.Equal(t, time.Duration(0), with(t, "lag: 0s", "lag: 0s").Services[0].Queries[1].Lag, "a lag may be none")
	assert.Equal(t, time.Hour, with(t, "lag: 0s", "lag: 1h").Services[0].Queries[1].Lag)
}

func TestDefaults(t *testing.T) {
	c, err := configs.Parse("/etc/foresight/f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, configs.State{Dir: "/etc/foresight/state", Retention: 800 * 24 * time.Hour}, c.State)
	assert.Equal(t, "/etc/foresight/report", c.Report.Dir)
	assert.Equal(t, "127.0.0.1:8080", c.Web.Addr)
	assert.Equal(t, configs.Log{Level: "info", Format: "json"}, c.Log)
	assert.Equal(t, "search", c.Splunk.Search.App)
	assert.Equal(t, "nobody", c.Splunk.Search.Owner)
	assert.Equal(t, time.Minute, c.Splunk.Search.Timeout)
	assert.Equal(t, "foresight", c.Splunk.HEC.Index)
	assert.Equal(t, configs.Batch{Events: 500, Bytes: 1_000_000}, c.Splunk.HEC.Batch)

	cust := c.Customers[0]
	assert.Equal(t, "shop", cust.Name)
	count, gauge, ratio := cust.Services[0].Queries[0], cust.Services[0].Queries[1], cust.Services[0].Queries[2]
	zero := 0.0
	assert.Equal(t, models.Query{
		ID: "share", Schedule: "15 * * * *", Source: models.SourceEvents, Search: "index=payments", Span: models.SpanHour,
		History: 26298 * time.Hour, Overlap: 168 * time.Hour, Lag: 10 * time.Minute, KnownBy: models.KnownByEventTime, Empty: models.EmptyMissing,
		Signal: models.Signal{
			ID: "share", Name: "share", Kind: models.KindRatio, Measure: "sum(bad)", Denominator: "count",
			Aggregate: models.AggregateSum, Min: &zero, LeadTime: models.LeadTime{WorkDays: 20, ApprovalDays: 5}, Risk: 0.2, Horizon: 120 * 24 * time.Hour,
		},
	}, ratio)
	assert.Equal(t, models.KindGauge, gauge.Signal.Kind)
	assert.Equal(t, models.AggregateMax, gauge.Signal.Aggregate)
	assert.Nil(t, gauge.Signal.Min, "a gauge may fall below 0")
	assert.Equal(t, models.EmptyMissing, gauge.Empty)
	assert.Equal(t, models.KindCount, count.Signal.Kind)
	assert.Equal(t, 20, count.Split.Max)
}

func TestDefaultsByMeasure(t *testing.T) {
	for measure, want := range map[string]struct {
		kind      models.Kind
		aggregate models.Aggregate
		empty     models.Empty
	}{
		"count":                            {models.KindCount, models.AggregateSum, models.EmptyZero},
		`count(eval(status="a" OR x > 1))`: {models.KindCount, models.AggregateSum, models.EmptyZero},
		"sum(amount)":                      {models.KindCount, models.AggregateSum, models.EmptyZero},
		`sum("total amount")`:              {models.KindCount, models.AggregateSum, models.EmptyZero},
		"avg(ms)":                          {models.KindGauge, models.AggregateMean, models.EmptyMissing},
		"max(ms)":                          {models.KindGauge, models.AggregateMax, models.EmptyMissing},
		"min(ms)":                          {models.KindGauge, models.AggregateNone, models.EmptyMissing},
		"last(used)":                       {models.KindGauge, models.AggregateLast, models.EmptyMissing},
		"latest(disk.used)":                {models.KindGauge, models.AggregateLast, models.EmptyMissing},
		"dc(user)":                         {models.KindGauge, models.AggregateNone, models.EmptyMissing},
		"p95(ms)":                          {models.KindGauge, models.AggregateNone, models.EmptyMissing},
		"median(items{}.price)":            {models.KindGauge, models.AggregateNone, models.EmptyMissing},
	} {
		text := strings.NewReplacer("source: tstats", "source: events", "measure: max(cpu)", "measure: '"+measure+"'").Replace(base)
		c, err := configs.Parse("f.yml", []byte(text), exampleEnv)
		require.NoError(t, err)
		q := c.Customers[0].Services[0].Queries[1]
		assert.Equal(t, want.kind, q.Signal.Kind, measure)
		assert.Equal(t, want.aggregate, q.Signal.Aggregate, measure)
		assert.Equal(t, want.empty, q.Empty, measure)
		assert.Equal(t, want.aggregate == models.AggregateNone, q.Span == models.SpanDay, measure)
	}
}

func TestScheduleDefaultsBySpan(t *testing.T) {
	q := with(t, "history: 3y", "span: 1d").Services[0].Queries[1]
	assert.Equal(t, "15 2 * * *", q.Schedule)
}

func TestYearlyFreezes(t *testing.T) {
	c := with(t, "{name: winter, from: 12-10, to: 01-07}", "{name: winter, from: 12-10, to: 01-07}\n      - {name: leap, from: 02-29, to: 02-29}")
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, c.Zone) }
	assert.Contains(t, c.Freezes, models.Freeze{Name: "winter", From: day(2026, 12, 10), To: day(2027, 1, 7)})
	assert.Contains(t, c.Freezes, models.Freeze{Name: "leap", From: day(2028, 2, 29), To: day(2028, 2, 29)})
	assert.Contains(t, c.Freezes, models.Freeze{Name: "leap", From: day(2027, 2, 28), To: day(2027, 2, 28)})
	assert.Contains(t, c.Freezes, models.Freeze{Name: "audit", From: day(2026, 10, 5), To: day(2026, 10, 9)})
}

func TestVariables(t *testing.T) {
	vars := env(map[string]string{"SPLUNK_TOKEN": "a", "SPLUNK_HEC_TOKEN": "b", "PORT": "1234", "EMPTY": "", "NESTED": "${PORT}"})
	for text, want := range map[string]string{
		"https://h:${PORT}":               "https://h:1234",
		"https://h:${NO:-99}":             "https://h:99",
		"https://h:${EMPTY:-99}":          "https://h:99",
		"${SCHEME:-https}://h:${PORT:-1}": "https://h:1234",
	} {
		c, err := configs.Parse("f.yml", []byte(change(t, "https://splunk.example.com:8089", text)), vars)
		require.NoError(t, err, text)
		assert.Equal(t, want, c.Splunk.Search.URL)
	}
	c, err := configs.Parse("f.yml", []byte(change(t, "search: index=os", `search: index=os a="$${PORT}" b="${NESTED}" c=$x`)), vars)
	require.NoError(t, err)
	assert.Equal(t, `index=os a="${PORT}" b="${PORT}" c=$x`, c.Customers[0].Services[0].Queries[1].Search, "what a variable holds is not expanded again")
	c, err = configs.Parse("f.yml", []byte(change(t, "max: 20", "max: '${PORT}'")), vars)
	require.NoError(t, err)
	assert.Equal(t, 1234, c.Customers[0].Services[0].Queries[0].Split.Max, "numbers too")
}

func TestNorwayIsACountry(t *testing.T) {
	assert.Equal(t, "NO", with(t, "country: SE", "country: NO").Country)
}

func TestHalfHourZone(t *testing.T) {
	text := strings.NewReplacer("zone: Europe/Stockholm", "zone: Asia/Kolkata", "span: 1h", "span: 30m",
		"search: index=os", "search: index=os\n            span: 15m", "search: index=payments\n            signal", "search: index=payments\n            span: 1d\n            signal").Replace(base)
	_, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	assert.NoError(t, err)
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"own.csv", "ca.pem"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	text := strings.NewReplacer("    calendar:", "    calendar:\n      files: [own.csv]",
		"    url: https://splunk.example.com:8089", "    url: https://splunk.example.com:8089\n    ca_file: ca.pem").Replace(base)
	file := filepath.Join(dir, "f.yml")
	require.NoError(t, os.WriteFile(file, []byte("state: {dir: /var/lib/foresight}\n"+text), 0o600))
	c, err := configs.Load(file, exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, map[string][]string{"shop": {filepath.Join(dir, "own.csv")}}, c.EventFiles)
	assert.Equal(t, filepath.Join(dir, "ca.pem"), c.Splunk.Search.CAFile)
	assert.Equal(t, "/var/lib/foresight", c.State.Dir)
	assert.Equal(t, filepath.Join(dir, "report"), c.Report.Dir)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	f.Add(configs.Example)
	f.Add([]byte("a: &x [*x, *x]\n"))
	f.Add([]byte("splunk: {search: {url: ${A:-b}}}\ncustomers: [{}, null, 1]\n"))
	f.Add([]byte("customers:\n- services:\n  - queries:\n    - schedule: TZ=x\n      span: 1h\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := configs.Parse("fuzz/f.yml", data, exampleEnv)
		if (c == nil) == (err == nil) {
			t.Fatalf("either a configuration or an error, not %v and %v", c, err)
		}
		if err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Fatal("an error without words")
		}
	})
}

func TestWaysToSplunk(t *testing.T) {
	c, err := configs.Parse("/etc/foresight/f.yml", []byte(change(t, "    url: https://splunk.example.com:8089\n",
		"    url: https://splunk.example.com:8089\n    proxy: {url: http://proxy.example.com:3128, username: me, password: {env: SPLUNK_TOKEN}}\n")), exampleEnv)
	require.NoError(t, err)
	w := c.Splunk.Search.Way
	assert.Equal(t, []string{"http://proxy.example.com:3128", "me"}, []string{w.Proxy, w.ProxyUser})
	assert.True(t, w.ProxyPassword.IsSet())
	assert.Equal(t, configs.Way{}, c.Splunk.HEC.Way)
}

func TestDeployments(t *testing.T) {
	of := func(url, more string) configs.Deployment {
		t.Helper()
		c, err := configs.Parse("f.yml", []byte(strings.Replace(change(t, "https://splunk.example.com:8089", url), "splunk:\n", "splunk:\n"+more, 1)), exampleEnv)
		require.NoError(t, err)
		return c.Splunk.Deployment
	}
	assert.Equal(t, configs.DeploymentEnterprise, of("https://splunk.example.com:8089", ""))
	assert.Equal(t, configs.DeploymentCloud, of("https://acme.splunkcloud.com:8089", ""))
	assert.Equal(t, configs.DeploymentCloud, of("https://splunk.example.com:8089", "  deployment: splunk_cloud\n"), "by a private name")
	assert.Equal(t, configs.DeploymentEnterprise, of("https://acme.splunkcloud.com:8089", "  deployment: enterprise\n"))
}
