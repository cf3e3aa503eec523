package app

import (
	"bytes"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/sandbox"
)

// alarmed is a verifier against a real client and the sandbox, with a clock of its own.
type alarmed struct {
	*verifier
	server *sandbox.Server
	kept   *store.Store
	now    *atomic.Pointer[time.Time] // the sandbox's jobs look at it too
	log    *bytes.Buffer
}

func newAlarmed(t *testing.T) alarmed {
	t.Helper()
	now, start := new(atomic.Pointer[time.Time]), time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	now.Store(&start)
	clock := func() time.Time { return *now.Load() }
	server, client := sandboxed(t, clock)
	kept := openStore(t)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	desk, err := newReception(kept, agreed(start), clock, func() {})
	require.NoError(t, err)
	log := &bytes.Buffer{}
	return alarmed{&verifier{kept: kept, jobs: client, desk: desk, held: desk.held, clock: clock, log: zerolog.New(log)}, server, kept, now, log}
}

// comes holds an alert of the saved search Errors of the app tills.
func (a alarmed) comes(t *testing.T, id, sid string, change ...func(*models.AlertClaim)) {
	t.Helper()
	c := models.AlertClaim{SID: sid, Search: "Errors", App: "tills", Owner: "anna"}
	for _, f := range change {
		f(&c)
	}
	require.NoError(t, a.desk.Hold(t.Context(), models.HeldIntake{ID: id, Claim: c, Held: a.clock(), Remote: "192.0.2.7", Intake: models.Intake{
		Customer: "shop", Integration: "alerts", At: a.clock(), Once: id,
		Reports: []models.Report{{Customer: "shop", Service: "web", Key: id, Keyed: true, Source: "alerts", Title: id, Detail: "of " + id, At: a.clock()}},
	}}))
}

// later lets time pass and asks.
func (a alarmed) later(t *testing.T, d time.Duration) {
	t.Helper()
	now := a.clock().Add(d)
	a.now.Store(&now)
	require.NoError(t, a.round(t.Context()))
}

// facts are those of the cases there are.
func (a alarmed) facts(t *testing.T) (titles []string) {
	t.Helper()
	all, err := a.kept.Incidents(t.Context(), models.IncidentFilter{Customer: "shop"})
	require.NoError(t, err)
	for _, i := range all {
		for _, f := range i.Facts {
			titles = append(titles, f.Title)
		}
	}
	return titles
}

func (a alarmed) refusals(t *testing.T) (why []string) {
	t.Helper()
	all, err := a.kept.Deeds(t.Context(), models.DeedFilter{Refused: true, Most: 100})
	require.NoError(t, err)
	for _, d := range all {
		why = append(why, d.Refused)
		require.Equal(t, []string{"integration alerts", "192.0.2.7", "shop"}, []string{d.Who, d.Remote, d.Customer})
	}
	return why
}

func TestAnAlertThatIsTrueBecomesACase(t *testing.T) {
	a := newAlarmed(t)
	sid, err := a.server.Dispatch("Errors", "tills", "anna", "| makeresults")
	require.NoError(t, err)
	a.comes(t, "true", sid)
	require.Empty(t, a.facts(t), "not before Splunk was asked")
	a.later(t, 0)
	require.Equal(t, []string{"true"}, a.facts(t))
	a.later(t, time.Hour)
	i, _, err := a.kept.Incident(t.Context(), "shop-1")
	require.NoError(t, err)
	require.Equal(t, 1, i.Occurrences, "once")
	require.Empty(t, a.refusals(t))
}

// Whoever knows the address and a sid may still not say of another search, app or owner.
func TestAnAlertThatIsNotTrueIsRefusedOnce(t *testing.T) {
	a := newAlarmed(t)
	sid, err := a.server.Dispatch("Errors", "tills", "anna", "| makeresults")
	require.NoError(t, err)
	a.comes(t, "another search", sid, func(c *models.AlertClaim) { c.Search = "Others" })
	a.comes(t, "another app", sid, func(c *models.AlertClaim) { c.App = "search" })
	a.comes(t, "another owner", sid, func(c *models.AlertClaim) { c.Owner = "eva" })
	a.comes(t, "no name", sid, func(c *models.AlertClaim) { c.Search = "" })
	a.comes(t, "no sid", "../../server/info")
	a.comes(t, "unknown", "scheduler__anna__tills__1")
	a.later(t, 0)
	require.Len(t, a.refusals(t), 4, "a search head may not know a new job yet")
	for range 9 {
		a.later(t, 15*time.Second)
	}
	require.Len(t, a.refusals(t), 6)
	a.later(t, time.Hour)
	require.Len(t, a.refusals(t), 6)
	require.Empty(t, a.facts(t))
	require.Equal(t, 6, strings.Count(a.log.String(), "is refused"), a.log)
	require.Contains(t, a.log.String(), `is of the saved search \"Errors\" in Splunk, and not of \"Others\"`)
}

// A search that somebody began by hand is no alert's.
func TestASearchOfNoAlert(t *testing.T) {
	said := models.AlertClaim{SID: "1", Search: "Errors", App: "tills", Owner: "anna"}
	require.Equal(t, `the search 1 has no saved search in Splunk, so that it is not of "Errors"`, differs(said, splunk.AlertJob{App: "tills", Owner: "anna"}))
	require.Empty(t, differs(said, splunk.AlertJob{Saved: "Errors", App: "tills", Owner: "anna"}))
}

// While Splunk cannot be asked alerts are held; when it answers again those it still knows are
// verified, and those whose jobs have expired meanwhile come into a case that says so.
func TestAlertsAreHeldWhileSplunkIsAway(t *testing.T) {
	a := newAlarmed(t)
	sid, err := a.server.Dispatch("Errors", "tills", "anna", "| makeresults")
	require.NoError(t, err)
	old, err := a.server.Dispatch("Errors", "tills", "anna", "| makeresults")
	require.NoError(t, err)
	faults, err := sandbox.ParseFaults("search:busy")
	require.NoError(t, err)
	a.server.SetFaults(faults)
	a.comes(t, "still known", sid)
	a.comes(t, "expired", old)
	a.comes(t, "false", sid, func(c *models.AlertClaim) { c.App = "search" })
	for range 40 {
		a.later(t, 15*time.Second)
	}
	require.Empty(t, a.facts(t))
	require.Empty(t, a.refusals(t))
	require.Equal(t, 1, strings.Count(a.log.String(), "cannot be asked"), a.log)
	a.server.SetFaults(nil)
	a.server.Forget(old)
	a.later(t, 15*time.Second)
	require.ElementsMatch(t, []string{"still known", "expired"}, a.facts(t))
	require.Len(t, a.refusals(t), 1)
	require.Equal(t, 1, strings.Count(a.log.String(), "verified again"), a.log)
	require.Contains(t, a.log.String(), "taken unverified")
}
