package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// aShelf is a shelf of a shop with two queries on a database of the test's own.
func aShelf(t *testing.T) (*shelf, *store.Store) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	query := func(id string) models.Query {
		return models.Query{ID: id, Span: models.SpanDay, Signal: models.Signal{ID: id, Name: "signal of " + id, Unit: "orders", Aggregate: models.AggregateSum}}
	}
	shop := models.Customer{ID: "shop", Name: "Shop", Zone: zone, Services: []models.Service{{ID: "pay", Queries: []models.Query{query("q1"), query("q2")}}}}
	return shelfOn(t, s, shop), s
}

func shelfOn(t *testing.T, s *store.Store, customers ...models.Customer) *shelf {
	t.Helper()
	shown := newShelf(s, func() time.Time { return issued }, zerolog.Nop())
	shown.keep(customers, t.TempDir())
	return shown
}

var issued = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// passes commits a pass over a query that found one signal, and one action by its title.
func passes(t *testing.T, s *store.Store, query, title string, asOf time.Time) {
	t.Helper()
	subject := models.Subject{Customer: "shop", Service: "pay", Signal: query, Kind: "add_capacity"}
	r := models.Result{RunID: title, AsOf: asOf, IssuedAt: asOf.Add(12 * time.Hour),
		Signals: []models.SignalResult{{Service: models.Service{ID: "pay"}, Query: models.Query{ID: query}, Signal: models.Signal{ID: query}, Span: models.SpanDay, Err: "too short"}},
		Actions: []models.Action{{Subject: subject, State: models.StateOpen, Title: title, AsOf: asOf}}}
	_, err := s.Commit(t.Context(), models.Batch{Customer: "shop", RunID: title, AsOf: asOf, Ran: models.Ran{RunID: title, Customer: "shop"},
		Showings: []models.Showing{{Query: "pay/" + query, Ended: r.IssuedAt, Passed: true, Result: r}}})
	require.NoError(t, err)
}

func standingOf(t *testing.T, s *shelf) web.Standing {
	t.Helper()
	all, err := s.Customers(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

func titles(s web.Standing) []string {
	var all []string
	for _, a := range s.Actions {
		all = append(all, a.Title)
	}
	return all
}

func TestAPassOverOneQueryKeepsTheOthers(t *testing.T) {
	shown, s := aShelf(t)
	day := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	_, there, err := shown.Report(t.Context(), "shop")
	require.NoError(t, err)
	require.False(t, there)
	require.Equal(t, 2, standingOf(t, shown).Pending)

	passes(t, s, "q2", "old b", day)
	passes(t, s, "q1", "old a", day)
	passes(t, s, "q2", "new b", day.AddDate(0, 0, 1))
	passes(t, s, "q1", "of an earlier day", day.AddDate(0, 0, -1))
	now := standingOf(t, shown)
	require.Equal(t, []string{"old a", "new b"}, titles(now))
	require.Equal(t, day.Add(12*time.Hour), now.Complete, "when the one that has waited longest was last in order")
	require.Empty(t, now.Run.Error)
	require.Zero(t, now.Pending)
	require.Equal(t, 2, now.Unknown)

	// A query that fails keeps its last forecast, with the failure beside it; when it is
	// well again the failure goes.
	shown.failed(t.Context(), "shop", "pay/q2", day.AddDate(0, 0, 1), errors.New("Splunk is busy"))
	now = standingOf(t, shown)
	require.Equal(t, "Splunk is busy", now.Run.Error)
	require.Equal(t, []string{"old a", "new b"}, titles(now))
	passes(t, s, "q1", "new a", day.AddDate(0, 0, 1))
	require.Equal(t, "Splunk is busy", standingOf(t, shown).Run.Error, "another query's success says nothing of it")
	passes(t, s, "q2", "newest b", day.AddDate(0, 0, 1))
	now = standingOf(t, shown)
	require.Empty(t, now.Run.Error)
	require.Equal(t, []string{"new a", "newest b"}, titles(now))
}

// The front page and the figures for Prometheus count what plans ask for, each piece once.
func TestPlansAreWorkToDo(t *testing.T) {
	shown, s := aShelf(t)
	passes(t, s, "q1", "buy a server", issued)
	own := models.Subject{Customer: "shop", Service: "pay", Signal: "q1", Kind: "add_capacity"}
	plan := []models.Task{{ID: "add_capacity", Action: own.ID(), Title: "buy a server", State: models.TaskOpen}, {ID: "order", Action: "order", Title: "order it", State: models.TaskOpen, Late: true}}
	require.NoError(t, s.ChangeIncidents(t.Context(), "shop", issued, func(_ []models.Incident, id string) (models.Turn, error) {
		return models.Turn{Incidents: []models.Incident{{ID: id, Customer: "shop", State: models.IncidentNew, Version: 1, Plan: plan}}}, nil
	}))
	measured, err := standings(shown)(t.Context())
	require.NoError(t, err)
	require.Len(t, measured, 1)
	require.Equal(t, 2, measured[0].Actions)
	require.Equal(t, 1, measured[0].Late)
	page, _, err := shown.Report(t.Context(), "shop")
	require.NoError(t, err)
	require.Contains(t, string(page.HTML), "2 pieces of work to do; for 1 of them the last day to start has passed.")
}

// Every process shows what any of them has found out, and draws a page once for all its readers.
func TestPagesFollowTheDatabase(t *testing.T) {
	shown, s := aShelf(t)
	passes(t, s, "q1", "buy a server", issued.AddDate(0, 0, -1))
	other := shelfOn(t, s, shown.customers...)
	for _, one := range []*shelf{shown, other} {
		page, there, err := one.Report(t.Context(), "shop")
		require.NoError(t, err)
		require.True(t, there)
		require.Contains(t, string(page.HTML), "buy a server")
		before, _ := one.last("shop")
		_, _, err = one.Report(t.Context(), "shop")
		require.NoError(t, err)
		after, _ := one.last("shop")
		require.Same(t, before.Drawn, after.Drawn)
	}
	passes(t, s, "q1", "buy two servers", issued)
	page, _, err := other.Report(t.Context(), "shop")
	require.NoError(t, err)
	require.Contains(t, string(page.HTML), "buy two servers")
	_, there, err := other.Report(t.Context(), "nobody")
	require.NoError(t, err)
	require.False(t, there)

	// While the database is away the last page stays.
	require.NoError(t, s.Close())
	page, there, err = other.Report(t.Context(), "shop")
	require.NoError(t, err)
	require.True(t, there)
	require.Contains(t, string(page.HTML), "buy two servers")
	other.failed(t.Context(), "shop", "pay/q1", issued, errors.New("the disk is full"))
	require.Equal(t, "the disk is full", other.standing(other.customers[0], nil).Run.Error, "which the database could not take")
}

func TestFilesFollowTheDatabase(t *testing.T) {
	shown, s := aShelf(t)
	file := filepath.Join(shown.dir, "shop.html")
	shown.failed(t.Context(), "shop", "pay/q1", issued, errors.New("Splunk is busy"))
	require.NoError(t, shown.printNews(t.Context()))
	require.NoFileExists(t, file, "of what shows no signal")
	passes(t, s, "q1", "buy a server", issued)
	require.NoError(t, shown.printNews(t.Context()))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "buy a server")
	require.NoError(t, os.Remove(file))
	require.NoError(t, shown.printNews(t.Context()))
	require.NoFileExists(t, file, "without news")
}

// A process of several is second with a day's pass at times: then nothing of it is kept.
func TestTheDaysPassIsOnce(t *testing.T) {
	_, s := aShelf(t)
	passes(t, s, "q1", "first", issued)
	second := models.Batch{Customer: "shop", RunID: "second", AsOf: issued, Once: true, Ran: models.Ran{RunID: "second", Customer: "shop"},
		Said:     []models.Said{{Subject: "x"}},
		Showings: []models.Showing{{Query: "pay/q1", Ended: issued, Passed: true}}}
	_, err := s.Commit(t.Context(), second)
	require.ErrorIs(t, err, store.ErrPassed)
	said, err := s.Said(context.Background(), "shop")
	require.NoError(t, err)
	require.Empty(t, said)
	passed, err := s.Passed(t.Context(), "shop")
	require.NoError(t, err)
	require.Equal(t, map[string]time.Time{"pay/q1": issued}, passed)

	second.AsOf = issued.AddDate(0, 0, 1)
	_, err = s.Commit(t.Context(), second)
	require.NoError(t, err)
}

func TestZoned(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	at := time.Date(2026, 3, 28, 0, 0, 0, 0, time.FixedZone("", 3600))
	f := []models.Finding{{AsOf: at, Peak: &models.Peak{Date: at}, Overload: nil}}
	zoned(&f, zone)
	require.Equal(t, "2026-03-29T00:00:00+01:00", f[0].AsOf.AddDate(0, 0, 1).Format(time.RFC3339))
	require.Equal(t, "2026-03-30T00:00:00+02:00", f[0].Peak.Date.AddDate(0, 0, 2).Format(time.RFC3339))
	var none time.Time
	zoned(&none, zone)
	require.True(t, none.IsZero())
}
