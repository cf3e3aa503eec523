package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// splunkSide is a sandbox Splunk with the app, set up as its page does it, beside a serve that it reports to.
type splunkSide struct {
	*world
	site string // of the real serve
	bin  string // the app's scripts
	key  string // of a session
	http *http.Client
	runs int // of searches
}

const (
	signedSecret = "a-secret-of-the-splunk-app"
	appToken     = "a-token-of-the-splunk-app"
)

// withScripts starts both. The scripts run under FORESIGHT_PYTHON; FORESIGHT_APP_LIB is what belongs into the app's lib.
func withScripts(t *testing.T) *splunkSide {
	t.Helper()
	lib := os.Getenv("FORESIGHT_APP_LIB")
	if lib == "" {
		t.Skip("FORESIGHT_APP_LIB is not set: make app-scripts fetches splunklib and sets it")
	}
	w := recent(t)
	w.env["SIGNED_SECRET"], w.env["APP_TOKEN"] = signedSecret, appToken
	hash := strings.TrimSpace(execution{Clock: w.clock, in: "a password of some length\n"}.run(t.Context(), "web", "hash").out)
	_, site := serving(t, w, "    services:\n", `    process:
      integrations:
        - {id: search, kind: signed, secret: {env: SIGNED_SECRET}, service: web}
    services:
`, `web: {addr: "127.0.0.1:0"}`, `web:
  addr: "127.0.0.1:0"
  users:
    - {name: eva, password_hash: "`+hash+`", roles: [{customer: shop, role: operator}]}
  tokens:
    - {name: splunk, secret: {env: APP_TOKEN}, roles: [{customer: shop, role: operator}]}`)
	s := &splunkSide{world: w, site: site}
	app := t.TempDir()
	require.NoError(t, os.CopyFS(app, os.DirFS("../../splunk/app/foresight")))
	lib, err := filepath.Abs(lib)
	require.NoError(t, err)
	require.NoError(t, os.Symlink(lib, filepath.Join(app, "lib")))
	s.bin = filepath.Join(app, "bin")

	pem, err := os.ReadFile(w.server.Ready().CAFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(pem))
	s.http = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(s.http.CloseIdleConnections)
	var login struct{ SessionKey string }
	require.NoError(t, json.Unmarshal(s.ask("/services/auth/login", "username", w.server.Ready().Username, "password", w.server.Ready().Password), &login))
	s.key = login.SessionKey
	s.ask("/servicesNS/nobody/foresight/configs/conf-foresight", "name", "connection")
	s.set("url", site, "integration", "shop/search", "retry_for", "1", "report_timeout", "10")
	s.ask("/servicesNS/nobody/foresight/storage/passwords", "name", "shop/search", "realm", "foresight", "password", signedSecret)
	s.ask("/servicesNS/nobody/foresight/storage/passwords", "name", "token", "realm", "foresight", "password", appToken)
	return s
}

// ask posts a form to splunkd and returns the answer of a success.
func (s *splunkSide) ask(path string, form ...string) []byte {
	s.t.Helper()
	values := url.Values{"output_mode": {"json"}}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.server.Ready().SearchURL+path, strings.NewReader(values.Encode()))
	require.NoError(s.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.key != "" {
		r.Header.Set("Authorization", "Splunk "+s.key)
	}
	status, text := answered(s.t, s.http, r)
	require.Less(s.t, status, 300, "%s: %s", path, text)
	return []byte(text)
}

// set changes what the set-up page keeps.
func (s *splunkSide) set(form ...string) {
	s.t.Helper()
	s.ask("/servicesNS/nobody/foresight/configs/conf-foresight/connection", form...)
}

// secret changes a secret in the password store.
func (s *splunkSide) secret(name, value string) {
	s.t.Helper()
	s.ask("/servicesNS/nobody/foresight/storage/passwords/"+url.PathEscape("foresight:"+name+":"), "password", value)
}

// run runs a script as Splunk does and wants it to keep its secrets.
func (s *splunkSide) script(name string, in []byte, args ...string) outcome {
	s.t.Helper()
	python := os.Getenv("FORESIGHT_PYTHON")
	if python == "" {
		python = "python3"
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, python, append([]string{filepath.Join(s.bin, name)}, args...)...)
	var out, told bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(in), &out, &told
	c.Env = []string{"PYTHONDONTWRITEBYTECODE=1", "PATH=" + os.Getenv("PATH"), "SPLUNK_HOME=" + s.dir}
	c.Dir = s.dir
	err := c.Run()
	var ended *exec.ExitError
	if err != nil {
		require.ErrorAs(s.t, err, &ended, "running %s", name)
	}
	o := outcome{c.ProcessState.ExitCode(), out.String(), told.String()}
	for _, secret := range []string{signedSecret, appToken, s.key} {
		assert.NotContains(s.t, o.out+o.err, secret, "a secret in the output")
	}
	assert.NotContains(s.t, o.err, "Traceback")
	return o
}

// alert is what Splunk hands to an alert action.
type alert struct {
	Configuration map[string]string `json:"configuration"`
	Result        map[string]string `json:"result"`
	App           string            `json:"app"`
	Owner         string            `json:"owner"`
	SearchName    string            `json:"search_name"`
	SID           string            `json:"sid"`
	ResultsFile   string            `json:"results_file"`
	ResultsLink   string            `json:"results_link"`
	SearchURI     string            `json:"search_uri"`
	ServerHost    string            `json:"server_host"`
	ServerURI     string            `json:"server_uri"`
	SessionKey    string            `json:"session_key"`
}

// search runs a saved search on the sandbox and leaves what Splunk leaves for its actions: the results
// as a compressed file, and the first of them in the payload.
func (s *splunkSide) search(name, spl string) alert {
	s.t.Helper()
	s.runs++
	sid := fmt.Sprintf("scheduler__admin__search__RMD5%d_at_%d_%d", s.runs, time.Now().Unix(), s.runs)
	s.ask("/services/search/v2/jobs", "search", spl, "id", sid, "exec_mode", "blocking", "earliest_time", "0")
	rows := s.ask("/services/search/v2/jobs/"+sid+"/results", "output_mode", "csv", "count", "0")
	dispatch := filepath.Join(s.dir, "dispatch", sid)
	require.NoError(s.t, os.MkdirAll(dispatch, 0o750))
	a := alert{App: "search", Owner: "admin", SearchName: name, SID: sid, ResultsFile: filepath.Join(dispatch, "results.csv.gz"), ServerHost: "sh1", ServerURI: s.server.Ready().SearchURL, SessionKey: s.key,
		ResultsLink: "https://sh1/app/search/@go?sid=" + sid, SearchURI: "/servicesNS/admin/search/saved/searches/" + url.PathEscape(name), Configuration: map[string]string{}, Result: map[string]string{}}
	table, err := csv.NewReader(bytes.NewReader(rows)).ReadAll()
	require.NoError(s.t, err, "%s", rows)
	require.Greater(s.t, len(table), 1, "the search finds something")
	for i, column := range table[0] {
		a.Result[column] = table[1][i]
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(rows)
	require.NoError(s.t, err)
	require.NoError(s.t, z.Close())
	require.NoError(s.t, os.WriteFile(a.ResultsFile, packed.Bytes(), 0o600))
	return a
}

// act runs an alert action on an alert.
func (s *splunkSide) act(action string, a alert) outcome {
	s.t.Helper()
	payload, err := json.Marshal(a)
	require.NoError(s.t, err)
	return s.script("foresight_"+action+".py", payload, "--execute")
}

// read asks serve's interface as the app's token does.
func (s *splunkSide) read(path string, into any) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.site+path, nil)
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+appToken)
	status, text := answered(s.t, http.DefaultClient, r)
	require.Equal(s.t, http.StatusOK, status, text)
	require.NoError(s.t, json.Unmarshal([]byte(text), into))
}

// incidents are the cases of a level, whatever their state.
func (s *splunkSide) incidents(level int) []models.Incident {
	s.t.Helper()
	var found struct{ Incidents []models.Incident }
	s.read(fmt.Sprintf("/api/v1/incidents?state=all&level=%d", level), &found)
	return found.Incidents
}

const paperSearch = `search index=main sourcetype="foresight:demo" series=orders | stats count max(value) AS largest BY series | rename series AS host | eval note="åäö 漢字"`

// An alert that fires in Splunk is one case; fired again, it is one case with two occurrences; sent
// again, it is not counted.
func TestAppReportsAnAlert(t *testing.T) {
	s := withScripts(t)
	first := s.search("Papper slut i kassan åäö", paperSearch)
	first.Configuration = map[string]string{"level": "2", "title": "No paper in $result.host$: 漢字", "impact": "3", "component": "$result.host$"}
	dry := first
	dry.Configuration = map[string]string{"dry": "1"}
	o := s.act("report", dry)
	require.Equal(t, 0, o.code, o)
	assert.Contains(t, o.err, `result="it would be taken"`)
	require.Empty(t, s.incidents(2))

	o = s.act("report", first)
	require.Equal(t, 0, o.code, o)
	assert.Regexp(t, `^INFO search="Papper slut i kassan åäö" sid=scheduler__\S+ id=splunk-[0-9a-f]{40} integration=shop/search tries=1 result="opened shop-\d+"\n$`, o.err)
	cases := s.incidents(2)
	require.Len(t, cases, 1)
	c := cases[0]
	assert.Equal(t, []any{"No paper in orders: 漢字", "web", models.GradeLow, 1}, []any{c.Title, c.Service, c.Impact, c.Occurrences})
	assert.Contains(t, c.Detail, "note: åäö 漢字")
	assert.Contains(t, c.Detail, first.ResultsLink)

	again := s.act("report", first)
	require.Equal(t, 0, again.code, again)
	assert.Contains(t, again.err, `result="it was taken before"`)
	second := s.search(first.SearchName, paperSearch)
	second.Configuration = first.Configuration
	o = s.act("report", second)
	require.Equal(t, 0, o.code, o)
	assert.Contains(t, o.err, `result="counted `+c.ID+`"`)
	cases = s.incidents(2)
	require.Len(t, cases, 1)
	assert.Equal(t, 2, cases[0].Occurrences)
	assert.Len(t, cases[0].Facts, 1)

	over := s.search(first.SearchName, paperSearch)
	over.Configuration = map[string]string{"status": "resolved", "component": "$result.host$"}
	o = s.act("report", over)
	require.Equal(t, 0, o.code, o)
	assert.Contains(t, o.err, `result="resolved `+c.ID+`"`)
}

func TestAppReportsEachResult(t *testing.T) {
	s := withScripts(t)
	a := s.search("Many", `search index=main sourcetype="foresight:demo" series=orders | head 3 | eval host="till"._time | table host value`)
	a.Configuration = map[string]string{"rows": "each", "level": "2"}
	o := s.act("report", a)
	require.Equal(t, 0, o.code, o)
	assert.Equal(t, 3, strings.Count(o.err, "opened"), o.err)
	assert.Len(t, s.incidents(2), 3)
	// Far too much is cut to what is taken.
	a = s.search("Large", paperSearch)
	a.Configuration = map[string]string{"level": "2"}
	a.Result["blob"] = strings.Repeat("å", 5<<20)
	o = s.act("report", a)
	require.Equal(t, 0, o.code, o)
	assert.Contains(t, o.err, "opened")
}

func TestAppSaysWhyNothingIsReported(t *testing.T) {
	s := withScripts(t)
	a := s.search("Why", paperSearch)
	a.Configuration = map[string]string{"level": "2"}
	refused := func(name string, code int, words string) {
		t.Helper()
		o := s.act("report", a)
		assert.Equal(t, code, o.code, "%s: %s", name, o)
		assert.Contains(t, o.err, "ERROR ", name)
		assert.Contains(t, o.err, words, name)
		assert.Equal(t, 1, strings.Count(o.err, "\n"), "one line: %s", o.err)
	}
	s.secret("shop/search", "another-secret-altogether")
	refused("a wrong secret", 2, "does not let the app in: the secret is missing or is not this integration's")
	s.secret("shop/search", signedSecret)
	s.server.HidePasswords(true)
	refused("no right to read secrets", 2, "capability list_storage_passwords")
	s.server.HidePasswords(false)
	s.set("integration", "shop/nothing")
	refused("no such integration", 2, "no secret of the integration shop/nothing")
	s.set("integration", "shop")
	refused("half an integration", 2, "write CUSTOMER/ID")
	s.set("integration", "shop/search", "url", "http://127.0.0.1:1")
	refused("a server that is down", 4, "cannot be reached at http://127.0.0.1:1: Connection refused")
	s.set("url", "http://foresight.example.com")
	refused("http to elsewhere", 2, "use https")
	silent := silentServer(t)
	s.set("url", silent.URL, "report_timeout", "0.3")
	refused("a server that is silent", 4, "did not answer within 0.3 seconds")
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	s.set("url", secure.URL, "report_timeout", "10")
	refused("a certificate of nobody", 2, "is not trusted")
	s.set("url", s.site)
	a.Configuration["service"] = "nowhere"
	refused("no such service", 3, `the customer has no service "nowhere"`)
	assert.Empty(t, s.incidents(2))
	o := s.script("foresight_report.py", nil)
	assert.Equal(t, 1, o.code, o)
	assert.Contains(t, o.err, "FATAL Splunk calls this script with --execute")
	o = s.script("foresight_report.py", []byte("{"), "--execute")
	assert.Equal(t, 1, o.code, o)
}

// silentServer takes requests and answers none.
func silentServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server learns that its client has gone once it has read all
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	return s
}

// An answer that is lost leads to another try, which is not another occurrence. A CA of one's own is trusted by its certificate.
func TestAppTriesAgain(t *testing.T) {
	s := withScripts(t)
	target, err := url.Parse(s.site)
	require.NoError(t, err)
	var tries atomic.Int32
	flaky := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		on := r.Clone(r.Context())
		on.URL, on.RequestURI = target.ResolveReference(r.URL), ""
		answer, err := http.DefaultClient.Do(on)
		if !assert.NoError(t, err) {
			return
		}
		defer answer.Body.Close() //nolint:errcheck // only read
		if tries.Load() == 2 {
			panic(http.ErrAbortHandler) // it was taken, and nobody is told
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	}))
	defer flaky.Close()
	ca := pemOf(flaky.Certificate())
	s.set("url", flaky.URL, "ca", strings.ReplaceAll(ca, "\n", " "), "retry_for", "60")
	a := s.search("Flaky", paperSearch)
	a.Configuration = map[string]string{"level": "2"}
	o := s.act("report", a)
	require.Equal(t, 0, o.code, o)
	assert.Contains(t, o.err, `tries=3 result="it was taken before"`)
	cases := s.incidents(2)
	require.Len(t, cases, 1)
	assert.Equal(t, 1, cases[0].Occurrences)
}

// The work that a forecast asks for is started and completed by alerts, each once.
func TestAppChangesCasesAndActions(t *testing.T) {
	s := withScripts(t)
	var tasks struct {
		Actions []struct {
			models.Task
			Incident string
		}
	}
	eventually(t, "the plan of what the first pass foresees", 60*time.Second, func() bool {
		s.read("/api/v1/actions?level=3", &tasks)
		return len(tasks.Actions) > 0
	})
	task := tasks.Actions[0]
	for n := range tasks.Actions {
		if len(tasks.Actions[n].After) == 0 {
			task = tasks.Actions[n]
		}
	}
	a := s.search("Bought", paperSearch)
	for _, step := range []struct{ verb, told string }{
		{"ack", `of=` + task.Incident + ` tries=1 result="done"`}, {"ack", "it is acknowledged already"},
		{"start", `of=` + task.Incident + "/" + task.ID + ` tries=1 result="done"`}, {"start", "it is started already"}, {"done", `result="done"`}, {"done", "it is done already"},
	} {
		a.Configuration = map[string]string{"verb": step.verb, "action_id": task.Action, "text": "ordered åäö"}
		if step.verb == "ack" {
			a.Configuration["incident"], a.Configuration["action_id"] = task.Incident, ""
		}
		o := s.act("act", a)
		require.Equal(t, 0, o.code, "%s: %s", step.verb, o)
		assert.Contains(t, o.err, step.told)
	}
	var found struct {
		Incident models.Incident
		Timeline []models.Entry
	}
	s.read("/api/v1/incidents/"+task.Incident, &found)
	assert.Equal(t, models.IncidentAcknowledged, found.Incident.State)
	by := map[string]int{}
	for _, e := range found.Timeline {
		if strings.HasSuffix(e.Text, "ordered åäö") {
			by[e.By]++
		}
	}
	assert.Equal(t, map[string]int{"splunk": 3}, by, "%+v", found.Timeline)
	a.Configuration = map[string]string{"verb": "done", "action_id": "nothing"}
	assert.Equal(t, 3, s.act("act", a).code)
	s.secret("token", "another-token-altogether")
	o := s.act("act", a)
	assert.Equal(t, 2, o.code, o)
	assert.Contains(t, o.err, "does not let the app in: the bearer token is missing or is not known")
}

// The test button of the set-up page, by the handler that Splunk keeps running: it says of each part whether it works, and changes nothing.
func TestAppTestsItsSetUp(t *testing.T) {
	s := withScripts(t)
	// Of Splunk's own Python there is only the class that the handler is made of.
	stub := filepath.Join(s.bin, "splunk", "persistconn")
	require.NoError(t, os.MkdirAll(stub, 0o750))
	for name, text := range map[string]string{"__init__.py": "", "../__init__.py": "", "application.py": "class PersistentServerConnectionApplication:\n    pass\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(stub, name), []byte(text), 0o600))
	}
	driver := "import json, sys\nimport foresight_check\nprint(json.dumps(foresight_check.Check('', '').handle(sys.stdin.read())))\n"
	require.NoError(t, os.WriteFile(filepath.Join(s.bin, "driver.py"), []byte(driver), 0o600))
	request, err := json.Marshal(map[string]any{"method": "POST", "server": map[string]string{"rest_uri": s.server.Ready().SearchURL, "hostname": "sh1"}, "session": map[string]string{"user": "admin", "authtoken": s.key}})
	require.NoError(t, err)
	check := func() (found []string) {
		o := s.script("driver.py", request)
		require.Equal(t, 0, o.code, o)
		var reply struct {
			Status  int
			Payload struct{ Checks []struct{ Part, Text string } }
		}
		require.NoError(t, json.Unmarshal([]byte(o.out), &reply))
		require.Equal(t, 200, reply.Status)
		for _, c := range reply.Payload.Checks {
			found = append(found, c.Part+": "+c.Text)
		}
		return found
	}
	assert.Equal(t, []string{"reports: works", "forecasts and actions: works"}, check())
	s.secret("shop/search", "another-secret-altogether")
	found := check()
	assert.Contains(t, found[0], "reports: Foresight does not let the app in")
	assert.Equal(t, "forecasts and actions: works", found[1])
	s.set("url", "")
	assert.Contains(t, strings.Join(check(), ""), "settings: the app is not set up")
	assert.Empty(t, s.incidents(1))
	assert.Empty(t, s.incidents(2))
}
