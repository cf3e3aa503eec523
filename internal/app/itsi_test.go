package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk/sandbox"
)

// scheduled is the calendar's keeper at a sandbox with ITSI, and a foreseen overload of the service web.
type scheduled struct {
	*itsi
	server *sandbox.Server
	kept   *store.Store
	now    *time.Time
	said   *bytes.Buffer
}

func newScheduled(t *testing.T) scheduled {
	t.Helper()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	server, client := sandboxed(t, clock)
	cfg := agreed(now)
	cfg.Splunk.ITSI = &configs.ITSI{At: 22 * time.Hour, For: 4 * time.Hour, Tasks: []string{"add_capacity"}}
	c := &cfg.Customers[0]
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	c.Zone = zone
	c.Process.Windows = []models.Maintenance{
		{ID: "move", Name: "new database", Services: []string{"web"}, From: now.Add(48 * time.Hour), To: now.Add(50 * time.Hour)},
		{ID: "disk", Name: "a disk", Services: []string{"web"}, Components: []string{"db1"}, From: now.Add(48 * time.Hour), To: now.Add(50 * time.Hour)},
		{ID: "old", Name: "over", Services: []string{"web"}, From: now.Add(-50 * time.Hour), To: now.Add(-48 * time.Hour)},
		{ID: "till", Name: "not known to ITSI", Services: []string{"till"}, From: now.Add(48 * time.Hour), To: now.Add(50 * time.Hour)},
	}
	for n := range c.Services {
		if c.Services[n].ID == "web" {
			c.Services[n].ITSI = "key-of-web"
		}
	}
	kept := openStore(t)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	log := &bytes.Buffer{}
	return scheduled{&itsi{kept: kept, cfg: cfg, calendar: client, clock: clock, log: zerolog.New(log)}, server, kept, &now, log}
}

// foresees says an overload's action, to be finished by a day.
func (s scheduled) foresees(t *testing.T, state models.State, month time.Month, day int) {
	t.Helper()
	need := time.Date(2026, month, day, 0, 0, 0, 0, s.cfg.Customers[0].Zone)
	subject := models.Subject{Customer: "shop", Service: "web", Signal: "orders", Kind: "add_capacity", Episode: "base"}
	a := &models.Action{Subject: subject, Finding: "f", State: state, Title: "Add capacity", Reason: "orders will exceed it", NeedBy: need, AsOf: *s.now}
	_, err := s.kept.Commit(t.Context(), models.Batch{Customer: "shop", RunID: need.String() + string(state), AsOf: *s.now, Ran: models.Ran{RunID: need.String() + string(state), Customer: "shop", Started: *s.now},
		Said: []models.Said{{Subject: subject.ID(), Query: "web/orders", Revision: need.String(), AsOf: *s.now, State: state, Action: a}}})
	require.NoError(t, err)
}

// there are the windows of ITSI, "title from to".
func (s scheduled) there() (all map[string]sandbox.MaintenanceWindow, work sandbox.MaintenanceWindow) {
	all = s.server.MaintenanceWindows()
	for title, w := range all {
		if strings.HasSuffix(title, "Add capacity") {
			work = w
		}
	}
	return all, work
}

// A work's window is made once, moves under its key, and goes with its reason.
func TestWindowsFollowThePlan(t *testing.T) {
	s := newScheduled(t)
	s.server.InstallITSI()
	s.foresees(t, models.StateOpen, time.December, 10)
	round := func() (map[string]sandbox.MaintenanceWindow, sandbox.MaintenanceWindow) {
		other := *s.itsi // another process
		require.NoError(t, s.round(t.Context()))
		require.NoError(t, other.round(t.Context()))
		return s.there()
	}
	all, first := round()
	require.Len(t, all, 2, "of windows those of whole services that ITSI knows, and that are to come")
	move := all["Foresight shop/window/move: new database"]
	require.Equal(t, []any{[]string{"key-of-web"}, s.now.Add(48 * time.Hour), s.now.Add(50 * time.Hour)}, []any{move.Services, move.From, move.To})
	require.Equal(t, time.Date(2026, 12, 9, 21, 0, 0, 0, time.UTC), first.From, "22:00 in Stockholm, the night before")
	require.Equal(t, first.From.Add(4*time.Hour), first.To)

	s.foresees(t, models.StateOpen, time.December, 15)
	all, moved := round()
	require.Len(t, all, 2)
	require.Equal(t, []any{first.Key, first.From.AddDate(0, 0, 5)}, []any{moved.Key, moved.From})

	s.foresees(t, models.StateWithdrawn, time.December, 15)
	all, _ = round()
	require.Len(t, all, 1)
	*s.now = s.now.Add(72 * time.Hour)
	all, _ = round()
	require.Len(t, all, 1, "what is over stays there")
	kept, err := s.kept.KeptWindows(t.Context())
	require.NoError(t, err)
	require.Empty(t, kept, "and is no longer ours to move")
	require.Empty(t, s.said.String())
}

// What was made while the answer was lost is found by its title; what somebody removed there is made again;
// without ITSI it is said once, and all is tried again.
func TestWindowsWhenITSIDoesNotAnswer(t *testing.T) {
	s := newScheduled(t)
	s.foresees(t, models.StateOpen, time.December, 10)
	require.NoError(t, s.round(t.Context()))
	require.NoError(t, s.round(t.Context()))
	require.Equal(t, 1, strings.Count(s.said.String(), "cannot be kept in ITSI"), s.said)
	require.Contains(t, s.said.String(), "SA-ITOA")

	s.server.InstallITSI()
	require.NoError(t, s.round(t.Context()))
	require.Contains(t, s.said.String(), "kept in ITSI again")
	_, made := s.there()
	kept, err := s.kept.KeptWindows(t.Context())
	require.NoError(t, err)
	for ref := range kept { // the process ended before it kept the key
		require.NoError(t, s.kept.ForgetWindow(t.Context(), ref))
	}
	require.NoError(t, s.round(t.Context()))
	all, again := s.there()
	require.Len(t, all, 2)
	require.Equal(t, made.Key, again.Key)

	require.NoError(t, s.calendar.RemoveWindow(t.Context(), made.Key))
	require.NoError(t, s.calendar.RemoveWindow(t.Context(), made.Key), "what is not there is removed")
	s.foresees(t, models.StateOpen, time.December, 11)
	require.NoError(t, s.round(t.Context()))
	all, again = s.there()
	require.Len(t, all, 2)
	require.NotEqual(t, made.Key, again.Key)
}

// The plan of a case is followed task by task: only work on the system has a window.
func TestWindowsOfCases(t *testing.T) {
	s := newScheduled(t)
	s.server.InstallITSI()
	need := time.Date(2026, 12, 10, 0, 0, 0, 0, s.cfg.Customers[0].Zone)
	put := func(state models.TaskState) {
		require.NoError(t, s.kept.ChangeIncidents(t.Context(), "shop", *s.now, func([]models.Incident, string) (models.Turn, error) {
			return models.Turn{Incidents: []models.Incident{{ID: "shop-1", Customer: "shop", Service: "web", Title: "orders", State: models.IncidentNew, Finding: "f", Changed: *s.now,
				Plan: []models.Task{{ID: "add_capacity", Title: "Add capacity", NeedBy: need, State: state}, {ID: "order", Title: "Order", NeedBy: need, State: models.TaskOpen}}}}}, nil
		}))
	}
	put(models.TaskOpen)
	s.foresees(t, models.StateOpen, time.December, 10) // of the same finding: the case has taken it up
	require.NoError(t, s.round(t.Context()))
	all, work := s.there()
	require.Len(t, all, 2)
	require.Equal(t, "Foresight shop/work/shop-1/add_capacity: Add capacity", work.Title, "the title leads with the window's name: customer, work, case, task")
	put(models.TaskDone)
	require.NoError(t, s.round(t.Context()))
	all, _ = s.there()
	require.Len(t, all, 1)
}
