package agenda_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"foresight/internal/agenda"
	"foresight/internal/store"
	"foresight/models"
)

var now = time.Date(2026, 9, 10, 8, 0, 0, 0, time.UTC)

func customer(t *testing.T) models.Customer {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, zone) }
	return models.Customer{
		ID: "nord", Name: "Nord; AB, \"x\"", Zone: zone,
		Freezes: []models.Freeze{{Name: "Christmas trade", From: day(12, 10), To: day(12, 31)}, {Name: "of old", From: day(1, 1), To: day(1, 2)}},
		Process: models.Process{Windows: []models.Maintenance{{ID: "move", Name: "new\ndatabase, at last", From: day(10, 1).Add(22 * time.Hour), To: day(10, 2).Add(4 * time.Hour)}}},
	}
}

// said is an overload that needs work, and a peak, each a day later than the last time.
func said(c models.Customer, moved int) map[string]models.Said {
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d+moved, 0, 0, 0, 0, c.Zone) }
	return map[string]models.Said{
		"nord:shop:orders:add_capacity": {State: models.StateOpen, Action: &models.Action{Finding: "f", Title: "Add capacity", Reason: "orders will exceed it", LatestStart: day(10, 20), NeedBy: day(11, 27)}},
		"nord:shop:orders:peak":         {State: models.StateOpen, Finding: &models.Finding{Title: "Black Friday", Peak: &models.Peak{Date: day(11, 27)}}},
		"nord:shop:orders:old":          {State: models.StateWithdrawn, Finding: &models.Finding{Title: "no more", Peak: &models.Peak{Date: day(11, 28)}}},
		"nord:shop:orders:done":         {State: models.StateOpen, Action: &models.Action{Title: "done", Work: models.TaskDone, LatestStart: day(10, 20), NeedBy: day(11, 27)}},
	}
}

// parsed reads a feed as its readers do, by title.
func parsed(t *testing.T, feed []byte) map[string]*ics.VEvent {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(string(feed), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75, "lines are folded: %q", line)
		require.NotContains(t, line, "\n")
	}
	cal, err := ics.ParseCalendar(bytes.NewReader(feed))
	require.NoError(t, err)
	all := map[string]*ics.VEvent{}
	for _, e := range cal.Events() {
		all[ics.FromText(e.GetProperty(ics.ComponentPropertySummary).Value)] = e
	}
	return all
}

func value(e *ics.VEvent, p ics.ComponentProperty) string { return e.GetProperty(p).Value }

func TestTheFeed(t *testing.T) {
	c := customer(t)
	cases := []models.Incident{{ID: "nord-7", Title: "Overload of orders", Finding: "g", Plan: []models.Task{
		{ID: "test", Title: "Load test", Owner: "QA", LatestStart: time.Date(2026, 11, 2, 0, 0, 0, 0, c.Zone), NeedBy: time.Date(2026, 11, 20, 0, 0, 0, 0, c.Zone)},
		{ID: "over", Title: "Staff it", State: models.TaskDone, NeedBy: time.Date(2026, 11, 20, 0, 0, 0, 0, c.Zone)},
	}}}
	kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	feed := func(c models.Customer, said map[string]models.Said, at time.Time) []byte {
		all, err := kept.Appointments(t.Context(), c.ID, agenda.Of(c, said, cases, at), at)
		require.NoError(t, err)
		return agenda.Write(c, all)
	}
	first := feed(c, said(c, 0), now)
	events := parsed(t, first)
	var titles []string
	for title := range events {
		titles = append(titles, title)
	}
	require.ElementsMatch(t, []string{"new\ndatabase, at last", "Freeze: Christmas trade", "Peak: Black Friday", "Start now at the latest: Add capacity", "Must be done: Add capacity",
		"Start now at the latest: Load test (QA)", "Must be done: Load test (QA)"}, titles)
	window := events["new\ndatabase, at last"]
	require.Equal(t, []string{"20261001T200000Z", "20261002T020000Z"}, []string{value(window, ics.ComponentPropertyDtStart), value(window, ics.ComponentPropertyDtEnd)})
	freeze := events["Freeze: Christmas trade"]
	require.Equal(t, []string{"20261210", "20270101"}, []string{value(freeze, ics.ComponentPropertyDtStart), value(freeze, ics.ComponentPropertyDtEnd)}, "the first day after")
	start := events["Start now at the latest: Add capacity"]
	require.Equal(t, []string{"20261020", "0", "CONFIRMED"}, []string{value(start, ics.ComponentPropertyDtStart), value(start, ics.ComponentPropertySequence), value(start, ics.ComponentPropertyStatus)})

	require.Equal(t, string(first), string(feed(c, said(c, 0), now.Add(time.Hour))), "nothing has changed")

	// The forecast moves: the same entries, re-dated. A window is taken off the plan.
	c.Process.Windows = nil
	events = parsed(t, feed(c, said(c, 1), now.Add(24*time.Hour)))
	require.Len(t, events, 7)
	moved := events["Start now at the latest: Add capacity"]
	require.Equal(t, start.Id(), moved.Id())
	require.Equal(t, []string{"20261021", "1", "20260911T080000Z"}, []string{value(moved, ics.ComponentPropertyDtStart), value(moved, ics.ComponentPropertySequence), value(moved, ics.ComponentPropertyDtstamp)})
	require.Equal(t, "0", value(events["Freeze: Christmas trade"], ics.ComponentPropertySequence))
	off := events["new\ndatabase, at last"]
	require.Equal(t, []string{window.Id(), "CANCELLED", "1"}, []string{off.Id(), value(off, ics.ComponentPropertyStatus), value(off, ics.ComponentPropertySequence)})

	// It comes back, under the same id and a higher number.
	events = parsed(t, feed(customer(t), said(c, 1), now.Add(25*time.Hour)))
	require.Equal(t, []string{"CONFIRMED", "2"}, []string{value(events["new\ndatabase, at last"], ics.ComponentPropertyStatus), value(events["new\ndatabase, at last"], ics.ComponentPropertySequence)})

	// What is over is shown for a while and then no more; it is not called off.
	events = parsed(t, feed(customer(t), said(c, 1), time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, []string{"CONFIRMED", "2"}, []string{value(events["new\ndatabase, at last"], ics.ComponentPropertyStatus), value(events["new\ndatabase, at last"], ics.ComponentPropertySequence)})
	events = parsed(t, feed(customer(t), said(c, 1), time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC)))
	require.NotContains(t, events, "new\ndatabase, at last")
	require.NoError(t, kept.Close())
}

// Work that is in a case's plan is not in the calendar twice.
func TestAPlanTakesTheActionsPlace(t *testing.T) {
	c := customer(t)
	cases := []models.Incident{{ID: "nord-7", Finding: "f", Plan: []models.Task{{ID: "add", Title: "Add capacity", NeedBy: time.Date(2026, 11, 27, 0, 0, 0, 0, c.Zone)}}}}
	work := 0
	for _, a := range agenda.Of(c, said(c, 0), cases, now) {
		if a.Kind == "need" || a.Kind == "start" {
			work++
		}
	}
	require.Equal(t, 1, work)
}

// The feed speaks the customer's language, and its entries stay the same ones.
func TestTheFeedSpeaksTheCustomersLanguage(t *testing.T) {
	c := customer(t)
	english := agenda.Of(c, said(c, 0), nil, now)
	c.Language = "sv"
	var titles []string
	for n, a := range agenda.Of(c, said(c, 0), nil, now) {
		require.Equal(t, english[n].UID, a.UID)
		titles = append(titles, a.Title)
	}
	require.Subset(t, titles, []string{"Ändringsstopp: Christmas trade", "Topp: Black Friday", "Börja senast nu: Add capacity"})
}
