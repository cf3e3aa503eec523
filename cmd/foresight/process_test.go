package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/splunk/sandbox"
)

// theBinary is the program, built once for the tests to whom a process matters.
var theBinary struct {
	once sync.Once
	path string
	out  []byte
	err  error
}

func binary(t *testing.T) string {
	t.Helper()
	b := &theBinary
	b.once.Do(func() {
		b.path = filepath.Join(scratch, "foresight.bin")
		b.out, b.err = exec.Command("go", "build", "-o", b.path, ".").CombinedOutput()
	})
	require.NoError(t, b.err, "%s", b.out)
	return b.path
}

// process is the program at work.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  buffer
	err  buffer
	done chan struct{} // closed when it has ended
}

// buffer is written by one goroutine and read by another.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// start starts the program with nothing in its environment but env. It ends with
// the test at the latest.
func start(t *testing.T, dir string, env map[string]string, args ...string) *process {
	t.Helper()
	p := prepare(t, dir, env, args...)
	p.start()
	return p
}

// prepare is start without the starting.
func prepare(t *testing.T, dir string, env map[string]string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary(t), args...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, &p.out, &p.err
	p.cmd.Env = []string{"TMPDIR=" + t.TempDir()}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	return p
}

func (p *process) start() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Start())
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // its code is read from the state
	}()
	p.t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // fails when it has ended
		<-p.done
	})
}

// ended waits for the end and returns how it ended.
func (p *process) ended(within time.Duration) outcome {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(within):
		require.FailNow(p.t, "the process has not ended", "%s within %s\n--- out\n%s\n--- err\n%s", p.cmd, within, p.out.String(), p.err.String())
	}
	return outcome{p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// signal sends a signal and wants the end within two seconds.
func (p *process) signal(s os.Signal) outcome {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
	return p.ended(2 * time.Second)
}

// sandboxed is a sandbox in a process of its own.
type sandboxed struct {
	*process
	ready sandbox.Ready
	env   map[string]string // what it prints for a shell
}

func startSandbox(t *testing.T, args ...string) sandboxed {
	t.Helper()
	s := sandboxed{process: start(t, "", nil, append([]string{"sandbox"}, args...)...), env: map[string]string{}}
	// The two streams are copied side by side: the one may come before the other.
	eventually(t, "the sandbox's line of JSON and its hints", 30*time.Second, func() bool {
		hints := s.err.String()
		return strings.Contains(s.out.String(), "\n") && strings.Contains(hints, "FORESIGHT_CA_FILE='") && strings.HasSuffix(hints, "\n")
	})
	out := s.out.String()
	require.Equal(t, 1, strings.Count(out, "\n"), "one line of JSON: %s", out)
	require.NoError(t, json.Unmarshal([]byte(out), &s.ready))
	for line := range strings.Lines(s.err.String()) {
		if assignment, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			name, value, _ := strings.Cut(assignment, "=")
			s.env[name] = strings.Trim(value, "'")
		}
	}
	return s
}

// events asks the sandbox, as any client of Splunk could, for what its index holds.
func (s sandboxed) events(sourcetype string) []indexed {
	s.t.Helper()
	pem, err := os.ReadFile(s.ready.CAFile)
	require.NoError(s.t, err)
	roots := x509.NewCertPool()
	require.True(s.t, roots.AppendCertsFromPEM(pem))
	client := http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	form := url.Values{"search": {`search index=foresight sourcetype="` + sourcetype + `" | table _raw`}, "output_mode": {"json"}, "earliest_time": {"0"}}
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.ready.SearchURL+"/services/search/v2/jobs/export", strings.NewReader(form.Encode()))
	require.NoError(s.t, err)
	r.Header.Set("Authorization", "Bearer "+s.ready.SearchToken)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	reply, err := client.Do(r)
	require.NoError(s.t, err)
	defer reply.Body.Close() //nolint:errcheck // only read
	require.Equal(s.t, http.StatusOK, reply.StatusCode)
	var all []indexed
	lines := bufio.NewScanner(reply.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			Preview bool
			Result  map[string]string
		}
		require.NoError(s.t, json.Unmarshal(lines.Bytes(), &row), "%s", lines.Text())
		if row.Preview || row.Result == nil {
			continue
		}
		e := indexed{Sourcetype: sourcetype}
		require.NoError(s.t, json.Unmarshal([]byte(row.Result["_raw"]), &e.Event))
		all = append(all, e)
	}
	require.NoError(s.t, lines.Err())
	return all
}
