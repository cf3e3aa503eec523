package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// searching reports whether a search job of this world is on its way.
func (w *world) searching() bool {
	for _, j := range w.server.Jobs() {
		if j.State == sandbox.StateRunning || j.State == sandbox.StateQueued {
			return true
		}
	}
	return false
}

// Ctrl-C in the middle of a search ends the command within two seconds and leaves
// no search behind.
func TestInterruptEndsTheSearch(t *testing.T) {
	for _, tt := range []struct {
		name, fault string
		args        []string
		signal      os.Signal
		code        int
	}{
		{"run while a search runs", "stuck", []string{"run", "--as-of", "2025-03-01"}, os.Interrupt, app.ExitInterrupted},
		{"run by SIGTERM", "stuck", []string{"run", "--as-of", "2025-03-01"}, syscall.SIGTERM, app.ExitInterrupted},
		{"run while Splunk is slow", "search:slow:30s", []string{"run", "--as-of", "2025-03-01"}, os.Interrupt, app.ExitInterrupted},
		{"check while a search runs", "stuck", []string{"check"}, os.Interrupt, app.ExitInterrupted},
		{"replay while a search runs", "stuck", []string{"replay", "--from", "2025-02-01", "--to", "2025-03-01"}, os.Interrupt, app.ExitInterrupted},
		{"serve while a search runs", "stuck", []string{"serve"}, os.Interrupt, app.ExitFine},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := stocked(t)
			faults, err := sandbox.ParseFaults(tt.fault)
			require.NoError(t, err)
			slow := strings.Contains(tt.fault, "slow")
			if !slow { // a slow server is slow at the login already
				w.server.SetFaults(faults)
			}
			p := start(t, w.dir, w.env, append(tt.args, "-c", w.config())...)
			if slow {
				eventually(t, "the state directory's lock", 20*time.Second, func() bool {
					_, err := os.Stat(filepath.Join(w.dir, "state", "lock"))
					return err == nil
				})
				w.server.SetFaults(faults)
			} else {
				eventually(t, "a search", 20*time.Second, w.searching)
			}
			o := p.signal(tt.signal)
			assert.Equal(t, tt.code, o.code, o)
			assert.NotContains(t, o.err, "panic")
			eventually(t, fmt.Sprintf("the end of every search: %v", w.server.Jobs()), 2*time.Second, func() bool { return !w.searching() })
			assert.Empty(t, w.events(), "an interrupted command says nothing")
		})
	}
}

// many writes a file of n long series: work for minutes.
func many(t *testing.T, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for s := range n {
		rows := daily(t, fmt.Sprintf("s%d", s), "2020-01-01", "2025-01-01", growing)
		_, body, _ := strings.Cut(rows, "\n")
		b.WriteString(body)
	}
	path := filepath.Join(t.TempDir(), "many.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func TestInterruptEndsAForecast(t *testing.T) {
	p := start(t, "", nil, "forecast", many(t, 60), "--horizon", "400", "--country", "SE", "--capacity", "3000")
	eventually(t, "the first series", 30*time.Second, func() bool { return strings.Contains(p.out.String(), "s0,") })
	o := p.signal(os.Interrupt)
	assert.Equal(t, app.ExitInterrupted, o.code, "exit code; stderr: %s", o.err)
	assert.Contains(t, o.err, "interrupted")
}

func TestInterruptEndsADemo(t *testing.T) {
	p := start(t, t.TempDir(), nil, "demo", "--once", "--dir", "d")
	eventually(t, "a forecast on its way", 60*time.Second, func() bool { return strings.Contains(p.out.String(), "forecasting") })
	o := p.signal(os.Interrupt)
	assert.Equal(t, app.ExitInterrupted, o.code, o)
}

func TestInterruptEndsASandbox(t *testing.T) {
	s := startSandbox(t, "--fault", "stuck")
	o := s.signal(os.Interrupt)
	assert.Equal(t, app.ExitFine, o.code, o)
}

// A reader that closes the pipe (`foresight forecast … | head -1`) ends the command
// without noise.
func TestClosedPipeEndsQuietly(t *testing.T) {
	read, write, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, read.Close())
	p := prepare(t, "", nil, "forecast", many(t, 4), "--horizon", "400")
	p.cmd.Stdout = write
	p.start()
	require.NoError(t, write.Close())
	o := p.ended(30 * time.Second)
	assert.Equal(t, app.ExitFailed, o.code, o)
	assert.Empty(t, o.err)
}
