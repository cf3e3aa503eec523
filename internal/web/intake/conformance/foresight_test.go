package conformance

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The integrations' secrets.
const (
	promSecret  = "a-secret-of-prometheus"
	pagerSecret = "0123456789abcdef0123456789abcdef"
	eventSecret = "a-secret-of-the-events"

	answerSecret = "a-secret-of-pagerduty's-webhook"
)

// configuration is a customer of three services; there is no Splunk, which the process needs not.
const configuration = `splunk:
  search: {url: "http://127.0.0.1:9", token: {env: TOKEN}}
  hec: {url: "http://127.0.0.1:9", token: {env: TOKEN}}
web: {addr: "127.0.0.1:0"}
run: {missed: skip}
customers:
  - id: nord
    zone: Europe/Stockholm
    channels:
      - {id: pd, kind: pagerduty, url: "${PD_URL:-http://127.0.0.1:9}", secret: {env: PAGER_SECRET}}
    process:
      policies:
        - {id: all, steps: [{channel: pd}]}
      integrations:
        - {id: prom, kind: alertmanager, secret: {env: PROM_SECRET}}
        - {id: pager, kind: pagerduty, secret: {env: PAGER_SECRET}, service: till}
        - {id: answers, kind: pagerduty_webhook, secret: {env: ANSWER_SECRET}}
        - {id: events, kind: cloudevents, secret: {env: EVENT_SECRET}, service: mail}
    services:
      - {id: shop, queries: [{id: orders, schedule: "0 6 1 1 *", search: index=orders, span: 1d}]}
      - {id: till, queries: [{id: tills, schedule: "0 6 1 1 *", search: index=tills, span: 1d}]}
      - {id: mail, queries: [{id: mails, schedule: "0 6 1 1 *", search: index=mails, span: 1d}]}
`

// foresight is a running serve.
type foresight struct {
	t      *testing.T
	binary string
	config string
	env    []string
	site   string // http://host:port
	log    *words
}

// words is a stream that tests may read while it is written.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// serve starts foresight; its program is that of FORESIGHT.
func serve(t *testing.T, env ...string) *foresight {
	t.Helper()
	binary := os.Getenv("FORESIGHT")
	if binary == "" {
		t.Skip("FORESIGHT names no program: make intake builds and names it")
	}
	dir := t.TempDir()
	f := &foresight{t: t, binary: binary, config: filepath.Join(dir, "foresight.yml"), log: &words{},
		env: append(os.Environ(), "TOKEN=none", "PROM_SECRET="+promSecret, "PAGER_SECRET="+pagerSecret, "EVENT_SECRET="+eventSecret, "ANSWER_SECRET="+answerSecret)}
	f.env = append(f.env, env...)
	require.NoError(t, os.WriteFile(f.config, []byte(configuration), 0o600))
	run(t, f.log, exec.Command(binary, "serve", "-c", f.config), f.env)
	listening := regexp.MustCompile(`"addr":"([^"]+)"`)
	eventually(t, "foresight's address", func() bool {
		found := listening.FindStringSubmatch(f.log.String())
		if found != nil {
			f.site = "http://" + found[1]
		}
		return found != nil
	}, f.log)
	return f
}

// run starts a program that ends with the test.
func run(t *testing.T, log *words, cmd *exec.Cmd, env []string) {
	t.Helper()
	cmd.Env, cmd.Stdout, cmd.Stderr = env, log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			_ = cmd.Process.Kill()
			t.Errorf("%s did not end:\n%s", cmd.Path, log)
		}
	})
}

func eventually(t *testing.T, what string, is func() bool, log *words) {
	t.Helper()
	end := time.Now().Add(40 * time.Second)
	for !is() {
		if time.Now().After(end) {
			require.FailNowf(t, "it does not come", "%s\n%s", what, log)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// kase is a case with its timeline, as `foresight incident export` prints it.
type kase struct {
	ID          string `json:"id"`
	Service     string `json:"service"`
	Title       string `json:"title"`
	State       string `json:"state"`
	Impact      int    `json:"impact"`
	Occurrences int    `json:"occurrences"`
	Facts       []struct {
		Component string `json:"component"`
	} `json:"facts"`
	Timeline []struct {
		Kind string `json:"kind"`
		To   string `json:"to"`
		Text string `json:"text"`
	}
}

// cases are all, the first opened first.
func (f *foresight) cases() []kase {
	f.t.Helper()
	cmd := exec.Command(f.binary, "incident", "export", "--all", "-c", f.config)
	cmd.Env = f.env
	out, err := cmd.CombinedOutput()
	require.NoError(f.t, err, string(out))
	var all []kase
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 10<<20)
	for lines.Scan() {
		var c kase
		require.NoError(f.t, json.Unmarshal(lines.Bytes(), &c), lines.Text())
		all = append(all, c)
	}
	return all
}

// only waits for the one case, in a state.
func (f *foresight) only(state string) (c kase) {
	f.t.Helper()
	eventually(f.t, "one case that is "+state, func() bool {
		all := f.cases()
		if len(all) == 1 {
			c = all[0]
		}
		return c.State == state
	}, f.log)
	return c
}

// states are what the case went through.
func (c kase) states() string {
	var all []string
	for _, e := range c.Timeline {
		if e.Kind == "state" {
			all = append(all, e.To)
		}
	}
	return strings.Join(all, " ")
}
