//go:build browser

package studio_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/app"
	"foresight/internal/demo"
	"foresight/models"
	"foresight/splunk/sandbox"
)

// story is a sandbox in which Foresight has been at work for three months: the demo's customers, asked
// by the real commands on days that the clock stood on, and a night with incidents before Now.
type story struct {
	t      *testing.T
	server *sandbox.Server
	dir    string
	now    time.Time
}

// now is when people look at the dashboards: in the morning of the demo's day.
var now = time.Date(2016, 2, 5, 8, 20, 0, 0, time.UTC)

func day(month time.Month, d, year int) time.Time {
	return time.Date(year, month, d, 7, 0, 0, 0, time.UTC)
}

// process is what the demo's web shop has beside, so that its cases have clocks.
const process = `    process:
      sla:
        - {priority: 1, acknowledge: 15m, update: 1h, resolve: 4h}
        - {priority: 2, acknowledge: 30m, update: 2h, resolve: 8h}
        - {priority: 3, acknowledge: 4h, resolve: 3d}
      redundancy:
        - {id: databases, service: payments, members: [pay-db1, pay-db2]}
    services:
      - id: payments
`

func tell(t *testing.T) *story {
	t.Helper()
	s := &story{t: t, dir: t.TempDir(), now: day(time.November, 13, 2015)}
	var err error
	s.server, err = sandbox.Start(t.Context(), sandbox.Config{Clock: s.clock})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.server.Close()) })
	all, err := demo.All()
	require.NoError(t, err)
	var csv bytes.Buffer
	require.NoError(t, demo.WriteCSV(&csv, all))
	_, err = s.server.AddSeries(&csv, 5*time.Minute, time.UTC)
	require.NoError(t, err)

	everybody := string(demo.Config)
	const first = "    services:\n      - id: payments\n"
	require.Contains(t, everybody, first)
	everybody = strings.Replace(everybody, first, process, 1)
	shop, others, ok := strings.Cut(everybody, "  # Real: one transaction")
	require.True(t, ok, "the web shop comes first, then the real series")
	s.config(shop)
	for ; s.now.Before(day(time.January, 30, 2016)); s.now = s.now.AddDate(0, 0, 7) {
		s.run()
	}
	for s.now = day(time.January, 30, 2016); s.now.Before(day(time.February, 4, 2016)); s.now = s.now.AddDate(0, 0, 1) {
		s.run()
	}
	s.passed()
	s.config(shop + "  # Real: one transaction" + others)
	s.now = day(time.February, 4, 2016)
	s.run()
	s.night()
	s.now = day(time.February, 5, 2016)
	s.run()
	s.now = now
	return s
}

func (s *story) clock() time.Time { return s.now }

func (s *story) config(text string) {
	s.t.Helper()
	for _, folder := range []string{"state", "report"} {
		text = strings.ReplaceAll(text, "{dir: "+folder+"}", "{dir: "+filepath.Join(s.dir, folder)+"}")
	}
	require.NoError(s.t, os.WriteFile(s.path(), []byte(text), 0o600))
}

func (s *story) path() string { return filepath.Join(s.dir, "foresight.yml") }

// foresight does one command's work and returns what it said.
func (s *story) foresight(work func(*app.App) error) string {
	s.t.Helper()
	ready := s.server.Ready()
	env := map[string]string{demo.EnvSearchURL: ready.SearchURL, demo.EnvUsername: ready.Username, demo.EnvPassword: ready.Password,
		demo.EnvHECURL: ready.HECURL, demo.EnvHECToken: ready.HECToken, demo.EnvCAFile: ready.CAFile}
	var out, errs bytes.Buffer
	a := &app.App{In: strings.NewReader(""), Out: &out, Err: &errs, Clock: s.clock, Version: "test", Env: func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	}}
	require.NoErrorf(s.t, work(a), "%s%s", &out, &errs)
	return out.String()
}

func (s *story) run() {
	s.t.Helper()
	s.foresight(func(a *app.App) error {
		return a.Run(s.t.Context(), s.path(), app.RunOptions{AsOf: s.now.Format(time.DateOnly)})
	})
}

var caseID = regexp.MustCompile(`(?m)^(\S+) opened:`)

// reports brings in a fault or an alarm and returns its case.
func (s *story) reports(at string, o app.OpenOptions) string {
	s.t.Helper()
	s.at(at)
	o.Customer = cmp.Or(o.Customer, "nordbutiken")
	said := s.foresight(func(a *app.App) error { return a.IncidentOpen(s.t.Context(), s.path(), o) })
	found := caseID.FindStringSubmatch(said)
	require.NotNil(s.t, found, said)
	return found[1]
}

func (s *story) acts(at, id, what string, o app.ActOptions) {
	s.t.Helper()
	s.at(at)
	s.foresight(func(a *app.App) error { return a.IncidentAct(s.t.Context(), s.path(), id, what, o) })
}

// at sets the clock to a time of the night before now, such as "04 21:10".
func (s *story) at(clock string) {
	s.t.Helper()
	at, err := time.Parse("2006-01-02 15:04", "2016-02-"+clock)
	require.NoError(s.t, err)
	s.now = at
}

// passed ends the cases of peaks and limits whose day has come; people do that.
func (s *story) passed() {
	s.t.Helper()
	said := s.foresight(func(a *app.App) error { return a.IncidentList(s.t.Context(), s.path(), app.ListOptions{}) })
	ended := 0
	for _, found := range regexp.MustCompile(`(?m)^(\S+) .*\bnew\b.* (?:2015|January 2016)\b`).FindAllStringSubmatch(said, -1) {
		ended++
		s.foresight(func(a *app.App) error {
			return a.IncidentAct(s.t.Context(), s.path(), found[1], "cancel", app.ActOptions{By: "eva", Text: "its day has passed"})
		})
	}
	require.NotZero(s.t, ended, said)
}

// night is what happens to people between the last two runs.
func (s *story) night() {
	s.t.Helper()
	cart := s.reports("04 09:12", app.OpenOptions{Service: "orders", Title: "Carts are lost at checkout", Impact: 2, Urgency: 1, By: "service desk"})
	s.acts("04 09:20", cart, "ack", app.ActOptions{By: "eva"})
	s.acts("04 10:02", cart, "start", app.ActOptions{By: "eva", Text: "a cache node restarts again and again"})
	s.acts("04 11:40", cart, "resolve", app.ActOptions{By: "eva", Text: "the node is out of the pool"})
	s.reports("04 17:30", app.OpenOptions{Service: "payments", Component: "pay-db2", Key: "fan", Source: "monitoring", Title: "pay-db2: a fan failed", Impact: 2, Urgency: 2})
	slow := s.reports("04 22:48", app.OpenOptions{Service: "orders", Title: "Order confirmations are an hour late", Impact: 2, Urgency: 2, By: "service desk"})
	s.acts("04 23:05", slow, "ack", app.ActOptions{By: "bo"})
	s.reports("05 06:30", app.OpenOptions{Customer: "chicago-l", Service: "gates", Title: "Fare gates at Addison let nobody through", Impact: 1, Urgency: 2, By: "service desk"})
	s.now = s.now.Add(time.Minute)
	s.foresight(func(a *app.App) error {
		return a.ActionMove(s.t.Context(), s.path(), s.firstTask(), models.TaskStarted, app.ActOptions{By: "platform team"})
	})
}

// firstTask is the first task of what must be done before payments cross their limit.
func (s *story) firstTask() string {
	s.t.Helper()
	said := s.foresight(func(a *app.App) error { return a.ActionList(s.t.Context(), s.path(), app.ListOptions{}) })
	found := regexp.MustCompile(`(?m)^(\S+/\S+) .* 2016-04-25 `).FindStringSubmatch(said)
	require.NotNil(s.t, found, said)
	return found[1]
}
