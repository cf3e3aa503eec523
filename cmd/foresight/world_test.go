package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/splunk/sandbox"
)

// world is a sandbox Splunk, a folder with a configuration, and the real commands.
type world struct {
	t      *testing.T
	dir    string
	server *sandbox.Server
	env    map[string]string
	now    time.Time // what the clock says; zero: the real one
}

// newWorld starts a sandbox on loopback that ends with the test.
func newWorld(t *testing.T) *world {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	r := server.Ready()
	return &world{t: t, dir: t.TempDir(), server: server, env: map[string]string{
		"FORESIGHT_SEARCH_URL": r.SearchURL, "FORESIGHT_USERNAME": r.Username, "FORESIGHT_PASSWORD": r.Password,
		"FORESIGHT_HEC_URL": r.HECURL, "FORESIGHT_HEC_TOKEN": r.HECToken, "FORESIGHT_CA_FILE": r.CAFile,
		"FORESIGHT_SCS_URL": r.SCSURL, "FORESIGHT_SCS_TENANT": r.SCSTenant, "FORESIGHT_SCS_CLIENT": r.SCSClientID, "FORESIGHT_SCS_SECRET": r.SCSClientSecret,
	}}
}

// head is the configuration's part about the sandbox.
const head = `splunk:
  search:
    url: ${FORESIGHT_SEARCH_URL}
    username: ${FORESIGHT_USERNAME}
    password: {env: FORESIGHT_PASSWORD}
    ca_file: ${FORESIGHT_CA_FILE}
  hec:
    url: ${FORESIGHT_HEC_URL}
    token: {env: FORESIGHT_HEC_TOKEN}
    ca_file: ${FORESIGHT_CA_FILE}
web: {addr: "127.0.0.1:0"}
log: {level: warn}
`

// shop is a customer with one daily series that grows towards its limit.
const shop = `customers:
  - id: shop
    country: SE
    zone: Europe/Stockholm
    lead_time: {work_days: 10}
    services:
      - id: web
        queries:
          - id: orders
            schedule: "15 2 * * *"
            search: index=main sourcetype="foresight:demo" series=orders
            span: 1d
            history: 56w
            empty: missing
            signal:
              unit: orders
              measure: sum(value)
              capacity:
                - {id: base, from: 2020-01-01, limit: 1300, per: 1d}
`

// configure writes the configuration. Of each pair of edits the first text, which
// must be there, becomes the second.
func (w *world) configure(customers string, edits ...string) {
	w.t.Helper()
	text := head + customers
	for i := 0; i < len(edits); i += 2 {
		require.Contains(w.t, text, edits[i], "the configuration to edit")
		text = strings.ReplaceAll(text, edits[i], edits[i+1])
	}
	require.NoError(w.t, os.WriteFile(w.config(), []byte(text), 0o600))
}

func (w *world) config() string { return filepath.Join(w.dir, "foresight.yml") }

// outcome is how a command ended.
type outcome struct {
	code     int
	out, err string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit code %d\n--- out\n%s\n--- err\n%s", o.code, o.out, o.err)
}

// foresight runs a command to its end, within a deadline, and wants it to keep the
// sandbox's secrets.
func (w *world) foresight(args ...string) outcome {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
	defer cancel()
	o := execution{Clock: w.clock, env: w.env}.run(ctx, args...)
	for _, secret := range []string{w.server.Ready().Password, w.server.Ready().HECToken, w.server.Ready().SCSClientSecret} {
		assert.NotContains(w.t, o.out+o.err, secret, "a secret in the output")
	}
	return o
}

// plain runs a command that needs no Splunk.
func plain(t *testing.T, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return execution{Clock: time.Now}.run(ctx, args...)
}

// execution is the outside world of one command.
type execution struct {
	Clock func() time.Time
	env   map[string]string
	in    string
}

// run runs a command in this process to its end.
func (e execution) run(ctx context.Context, args ...string) outcome {
	var out, errs bytes.Buffer
	a := &app.App{In: strings.NewReader(e.in), Out: &out, Err: &errs, Clock: e.Clock, Version: "test", Env: func(name string) (string, bool) {
		v, ok := e.env[name]
		return v, ok
	}}
	code := execute(ctx, a, args)
	return outcome{code, out.String(), errs.String()}
}

func (w *world) clock() time.Time {
	if w.now.IsZero() {
		return time.Now()
	}
	return w.now
}

// run takes one pass as of a day and wants it to succeed; an empty day is now.
func (w *world) run(day string, more ...string) outcome {
	w.t.Helper()
	args := append([]string{"run", "-c", w.config()}, more...)
	if day != "" {
		args = append(args, "--as-of", day)
	}
	o := w.foresight(args...)
	require.Equal(w.t, app.ExitFine, o.code, o)
	return o
}

// load puts tidy CSV into the sandbox, zone being that of its wall-clock times.
func (w *world) load(csv, zone string) {
	w.t.Helper()
	_, err := w.server.AddSeries(strings.NewReader(csv), 5*time.Minute, location(w.t, zone))
	require.NoError(w.t, err)
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func date(t *testing.T, day string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	require.NoError(t, err)
	return d
}

// daily writes a series as CSV, a row a day from one day to before another.
func daily(t *testing.T, series, from, to string, value func(day int, date time.Time) float64) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("series,time,value\n")
	for n, d := 0, date(t, from); d.Before(date(t, to)); n, d = n+1, d.AddDate(0, 0, 1) {
		b.WriteString(series + "," + d.Format(time.DateOnly) + "," + strconv.FormatFloat(value(n, d), 'f', -1, 64) + "\n")
	}
	return b.String()
}

// growing has a week, small noise, and one order more every day.
func growing(n int, d time.Time) float64 {
	week := [7]float64{-40, 60, 20, 0, 10, 30, -80}[d.Weekday()]
	return 800 + float64(n) + week + float64(n*7919%23) - 11
}

// indexed is one event of the index foresight.
type indexed struct {
	Time       float64
	Sourcetype string
	Event      map[string]any
}

func (e indexed) text(field string) string {
	s, _ := e.Event[field].(string)
	return s
}

func (e indexed) number(field string) float64 {
	x, ok := e.Event[field].(float64)
	if !ok {
		return -1
	}
	return x
}

// events returns what the index foresight holds of the sourcetypes, of all when
// none is named, in order of arrival within one time.
func (w *world) events(sourcetypes ...string) []indexed {
	w.t.Helper()
	var b bytes.Buffer
	require.NoError(w.t, w.server.WriteEvents(&b, func(e sandbox.Event) bool {
		return e.Index == "foresight" && (len(sourcetypes) == 0 || slices.Contains(sourcetypes, e.Sourcetype))
	}))
	return decode(w.t, b.Bytes())
}

func decode(t *testing.T, lines []byte) []indexed {
	t.Helper()
	var all []indexed
	for n, line := range bytes.Split(bytes.TrimSpace(lines), []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		var e indexed
		require.NoError(t, json.Unmarshal(line, &e), "line %d: %s", n+1, line)
		all = append(all, e)
	}
	return all
}

// said is an event without what differs from one sending to the next.
func (e indexed) said() string {
	body := maps.Clone(e.Event)
	for _, moving := range []string{"issued_at", "run_id", "duration_s"} {
		delete(body, moving)
	}
	text, _ := json.Marshal(body) // what came from JSON goes back
	return e.Sourcetype + " " + string(text)
}

// byID dedups events on their id and wants every copy to say the same.
func byID(t *testing.T, events []indexed) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, e := range events {
		id := e.text("event_id")
		require.NotEmpty(t, id, "an event without event_id: %v", e)
		if before, twice := all[id]; twice {
			require.Equal(t, before, e.said(), "two events of one event_id differ")
		}
		all[id] = e.said()
	}
	return all
}

// of returns the events with a field of a given text.
func of(events []indexed, field, text string) []indexed {
	var some []indexed
	for _, e := range events {
		if e.text(field) == text {
			some = append(some, e)
		}
	}
	return some
}

// ids returns a field's distinct texts, sorted.
func ids(events []indexed, field string) []string {
	seen := map[string]bool{}
	for _, e := range events {
		if s := e.text(field); s != "" {
			seen[s] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// eventually waits for a condition, without sleeping through it.
func eventually(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, within, 10*time.Millisecond, "%s within %s", what, within)
}
