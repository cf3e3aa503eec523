package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// signalsAQuery is the total of a query and the hosts that it is split by.
const signalsAQuery = 100

// aCustomer is how many signals a customer has at most: a customer's page shows them all.
const aCustomer = 1000

// scaleConfig has as many daily signals, three years of each, so many a query.
func scaleConfig(url, state string, signals, each int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `splunk:
  search: {url: %[1]q, token: {env: TOKEN}}
  hec: {url: %[1]q, token: {env: TOKEN}}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
%s
customers:
`, url, state)
	for q := range signals / each {
		if q%(aCustomer/each) == 0 {
			fmt.Fprintf(&b, `  - id: customer-%04d
    country: SE
    zone: UTC
    services:
      - id: hosts
        queries:
`, q)
		}
		fmt.Fprintf(&b, `          - {id: q%04d, search: "index=main query=q%04d", span: 1d, split: {by: host, max: %d}, signal: {measure: sum(value)}}
`, q, q, each)
	}
	return b.String()
}

// cost is what a command took.
type cost struct {
	signals  int
	wall     time.Duration
	cpu      time.Duration
	memory   int64 // bytes at most
	database int64 // bytes
	events   int
}

func (c cost) row(command string) string {
	database := "–" // PostgreSQL's
	if c.database > 0 {
		database = fmt.Sprintf("%.0f MB", float64(c.database)/1e6)
	}
	return fmt.Sprintf("| %s | %d | %.1f | %.0f | %.0f MB | %s | %d |", command, c.signals, float64(c.signals)/c.wall.Seconds(),
		1000*c.each(), float64(c.memory)/1e6, database, c.events)
}

// each is the CPU seconds of a signal.
func (c cost) each() float64 { return c.cpu.Seconds() / float64(c.signals) }

// scales are the numbers of signals to measure.
func scales(t *testing.T) []int {
	t.Helper()
	text := os.Getenv("FORESIGHT_SCALE")
	if text == "" {
		t.Skip("a benchmark of minutes to an hour: make bench-scale runs it, with the numbers of signals")
	}
	var all []int
	for size := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(size)
		require.NoError(t, err)
		require.Zero(t, n%signalsAQuery, "FORESIGHT_SCALE is numbers of signals, each of whole queries of %d", signalsAQuery)
		all = append(all, n)
	}
	return all
}

// scaleFigure prints a line of the table that .ci/figures puts into a document.
func scaleFigure(block, line string) { fmt.Println("figures " + block + ": " + line) }

const scaleHead = "| command | signals | signals/s | CPU ms a signal | memory | database | events |"
const scaleRule = "|---|---|---|---|---|---|---|"

// What many signals take: `make bench-scale`. The CPU's time a signal must not grow with
// their number; what the lean Splunk takes is not counted.
func TestScale(t *testing.T) {
	sizes := scales(t)
	scaleFigure("scale", scaleHead)
	scaleFigure("scale", scaleRule)
	costs := map[string][]cost{}
	told := func(command string, c cost) {
		scaleFigure("scale", c.row(command))
		costs[command] = append(costs[command], c)
	}
	for _, n := range sizes {
		s := startLean(t, signalsAQuery-1)
		dir := scaleDir(t, s, n, "")
		told("`serve`, a first day", serveAll(t, s, n, []string{dir})[0])
	}
	for _, n := range sizes {
		if n > runMost {
			break // run has one pass, all of which is in memory; serve has one a query
		}
		s := startLean(t, signalsAQuery-1)
		dir := scaleDir(t, s, n, "")
		told("`run`, a first day", pass(t, s, dir, n, "2026-03-02"))
		told("`run`, the next day", pass(t, s, dir, n, "2026-03-03"))
	}
	for command, c := range costs {
		small, large := c[0], c[len(c)-1]
		require.LessOrEqual(t, large.each(), 1.25*small.each(), "CPU a signal of %s, of %d beside %d", command, large.signals, small.signals)
	}
}

// runMost is the most signals that run is measured with.
const runMost = 1000

// scaleDir is a folder with a configuration of n signals.
func scaleDir(t *testing.T, s *leanSplunk, n int, state string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "foresight.yml"), []byte(scaleConfig(s.URL, state, n, s.parts+1)), 0o600))
	return dir
}

// serveAll starts serve in each folder, waits until all n signals' forecasts have been
// told, and returns what each process took.
func serveAll(t *testing.T, s *leanSplunk, n int, dirs []string, env ...string) []cost {
	t.Helper()
	vars := map[string]string{"TOKEN": "x"}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		vars[name] = value
	}
	began := time.Now()
	var all []*process
	for _, dir := range dirs {
		args := []string{"serve", "-c", filepath.Join(dir, "foresight.yml")}
		if len(dirs) > 1 || len(env) > 0 {
			args = append(args, "--workers", "1")
		}
		p := prepare(t, dir, vars, args...)
		p.start()
		all = append(all, p)
	}
	eventually(t, fmt.Sprintf("the forecasts of %d signals", n), 3*time.Hour, func() bool { return s.seen() >= n })
	wall := time.Since(began)
	events, forecasts := s.taken()
	require.Equal(t, n, forecasts, "forecasts told")
	var costs []cost
	for i, p := range all {
		o := p.signal(syscall.SIGTERM)
		require.Equal(t, app.ExitFine, o.code, o)
		costs = append(costs, p.cost(t, dirs[i], n, wall, events))
	}
	return costs
}

// cost reads what a process took that has ended.
func (p *process) cost(t *testing.T, dir string, signals int, wall time.Duration, events int) cost {
	t.Helper()
	usage, known := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, known)
	c := cost{signals: signals, wall: wall, events: events,
		cpu: p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime(), memory: usage.Maxrss * 1024}
	if info, err := os.Stat(filepath.Join(dir, "state", "foresight.db")); err == nil { // else it is PostgreSQL
		c.database = info.Size()
	}
	return c
}

// pass runs the real program once and measures it.
func pass(t *testing.T, s *leanSplunk, dir string, signals int, asOf string) cost {
	t.Helper()
	p := prepare(t, dir, map[string]string{"TOKEN": "x"}, "run", "-c", filepath.Join(dir, "foresight.yml"), "--as-of", asOf)
	began := time.Now()
	p.start()
	o := p.ended(2 * time.Hour)
	require.Equal(t, app.ExitFine, o.code, o)
	wall := time.Since(began)
	events, forecasts := s.taken()
	require.Equal(t, signals, forecasts, "forecasts that the run event tells of")
	return p.cost(t, dir, signals, wall, events)
}
