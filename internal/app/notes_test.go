package app

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/incident"
	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/app"
	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"
)

// written is a reader of notes at a sandbox that has the app's collection, with one open case, shop-1.
type written struct {
	*notes
	server *sandbox.Server
	search *enterprise.SearchClient
	now    *time.Time
	said   *bytes.Buffer
}

func newWritten(t *testing.T) written {
	t.Helper()
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	server, search := sandboxed(t, clock, func(c *enterprise.SearchConfig) { c.App, c.Owner = "foresight", "anna" })
	server.AddCollection("foresight", "foresight_notes")
	kept := openStore(t)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	log := &bytes.Buffer{}
	n := &notes{counter: counter{kept, agreed(now), clock}, records: search, in: splunk.Collection{App: "foresight", Name: "foresight_notes"}, wake: func() {}, log: zerolog.New(log)}
	_, _, err := n.report(t.Context(), incident.Report{Customer: "shop", Service: "web", Key: "fan", Source: "nagios", Title: "fan", At: now})
	require.NoError(t, err)
	now = now.Add(10 * time.Minute)
	return written{n, server, search, &now, log}
}

// writes runs the app's macro, as a person in Splunk does.
func (w written) writes(t *testing.T, macro string) {
	t.Helper()
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	spl, err := macros.Expand("| `" + macro + "`")
	require.NoError(t, err)
	_, err = w.search.Search(t.Context(), splunk.Search{SPL: spl, Earliest: w.now.Add(-time.Hour), Latest: *w.now})
	require.NoError(t, err)
}

// puts writes a record as it is.
func (w written) puts(t *testing.T, r splunk.Record) {
	t.Helper()
	require.NoError(t, w.search.SaveRecords(t.Context(), w.in, []splunk.Record{r}))
}

// rows are the collection's records by state and answer.
func (w written) rows(t *testing.T) map[string]string {
	t.Helper()
	all, err := w.search.Records(t.Context(), w.in, "", 0, 1000)
	require.NoError(t, err)
	out := map[string]string{}
	for _, r := range all {
		out[text(r["text"])] = strings.TrimSpace(text(r["state"]) + " " + text(r["answer"]))
	}
	return out
}

func (w written) timeline(t *testing.T) (i models.Incident, lines []string) {
	t.Helper()
	i, all, err := w.kept.Incident(t.Context(), "shop-1")
	require.NoError(t, err)
	for _, e := range all {
		if e.By != incident.Foresight && e.Text != "" {
			lines = append(lines, e.By+": "+e.Text)
		}
	}
	return i, lines
}

// What people write in Splunk is in the case once, with who and when, and they see that it is.
func TestNotesFromSplunkReachTheCaseOnce(t *testing.T) {
	w := newWritten(t)
	w.writes(t, `foresight_note("shop-1", "spare fan is on its way")`)
	w.writes(t, `foresight_ack("shop-1", "I take it")`)
	other := *w.notes // another process
	require.NoError(t, w.round(t.Context()))
	require.NoError(t, other.round(t.Context()))
	require.NoError(t, w.round(t.Context()))
	i, lines := w.timeline(t)
	require.ElementsMatch(t, []string{"anna: spare fan is on its way (in Splunk, 2026-11-25T09:10:00Z)", "anna: I take it (in Splunk, 2026-11-25T09:10:00Z)"}, lines)
	require.Equal(t, []any{models.IncidentAcknowledged, "anna"}, []any{i.State, i.Assignee})
	require.Equal(t, map[string]string{"spare fan is on its way": "applied", "I take it": "applied"}, w.rows(t))

	rows, err := w.search.Records(t.Context(), w.in, "", 0, 10)
	require.NoError(t, err)
	rows[0]["state"] = "new" // somebody edits what was applied
	w.puts(t, rows[0])
	*w.now = w.now.Add(48 * time.Hour)
	require.NoError(t, w.round(t.Context()))
	_, again := w.timeline(t)
	require.Equal(t, lines, again, "an id is applied once, for ever")
	require.Equal(t, "applied", w.rows(t)[text(rows[0]["text"])])
}

// What is not permitted is refused where the writer, the case and the administrator can see it.
func TestNotesThatAreRefusedAreKept(t *testing.T) {
	w := newWritten(t)
	w.puts(t, splunk.Record{"_key": "1", "incident_id": "shop-99", "verb": "note", "text": "where is it", "by": "eva"})
	w.puts(t, splunk.Record{"_key": "2", "incident_id": "shop-1", "verb": "close", "text": "shut it", "by": "eva"})
	w.puts(t, splunk.Record{"_key": "3", "incident_id": " shop-1 ", "verb": " ACK", "text": "mine"}) // by nobody, of no state
	w.puts(t, splunk.Record{"_key": "4", "incident_id": "shop-1", "verb": "ack", "text": "no, mine", "by": "foresight"})
	w.puts(t, splunk.Record{"_key": "5", "incident_id": "shop-1", "text": strings.Repeat("å", 5000), "by": "eva", "at": "2026-11-25T08:00:00+01:00"})
	w.puts(t, splunk.Record{"_key": "6"})
	require.NoError(t, w.round(t.Context()))
	require.NoError(t, w.round(t.Context()))
	rows := w.rows(t)
	require.Equal(t, `refused there is no case "shop-99"`, rows["where is it"])
	require.Contains(t, rows["shut it"], `refused “close” is not taken from Splunk`)
	require.Equal(t, "applied", rows["mine"])
	require.Contains(t, rows["no, mine"], "refused")
	i, timeline, err := w.kept.Incident(t.Context(), "shop-1")
	require.NoError(t, err)
	require.Equal(t, models.IncidentAcknowledged, i.State)
	words := ""
	for _, e := range timeline {
		words += e.By + ": " + e.Text + "\n"
	}
	require.Equal(t, 1, strings.Count(words, "foresight: eva wrote in Splunk: close shut it. It was refused: "), words)
	require.Contains(t, words, "somebody in Splunk: mine (in Splunk)")
	require.Equal(t, 1, strings.Count(words, "… (in Splunk, 2026-11-25T07:00:00Z)"))
	deeds, err := w.kept.Deeds(t.Context(), models.DeedFilter{Refused: true, Most: 100})
	require.NoError(t, err)
	require.Len(t, deeds, 4)
}

// Notes wait while Splunk is away; where answers cannot be written back they are applied all the same, once.
func TestNotesWhileSplunkIsAwayOrLocked(t *testing.T) {
	w := newWritten(t)
	w.writes(t, `foresight_note("shop-1", "first")`)
	w.server.LockCollections(true)
	for range 3 {
		require.NoError(t, w.round(t.Context()))
	}
	require.Equal(t, map[string]string{"first": "new"}, w.rows(t))
	_, lines := w.timeline(t)
	require.Len(t, lines, 1)
	require.Equal(t, 1, strings.Count(w.said.String(), "cannot be told"), w.said)
	w.server.LockCollections(false)
	require.NoError(t, w.round(t.Context()))
	require.Equal(t, map[string]string{"first": "applied"}, w.rows(t))
	_, lines = w.timeline(t)
	require.Len(t, lines, 1)

	missing := *w.notes
	missing.in.Name = "nothing"
	require.NoError(t, missing.round(t.Context()))
	require.NoError(t, missing.round(t.Context()))
	require.Equal(t, 1, strings.Count(w.said.String(), "cannot be read"), w.said)
	require.Contains(t, w.said.String(), "install the app foresight, whose collections.conf has [nothing]")
}

// More notes than one request holds are all read, also those behind ones that stay unanswered.
func TestManyNotes(t *testing.T) {
	w := newWritten(t)
	records := make([]splunk.Record, notesAtOnce+50)
	for k := range records {
		records[k] = splunk.Record{"incident_id": "nowhere", "text": "x", "state": "new"}
	}
	require.NoError(t, w.search.SaveRecords(t.Context(), w.in, records))
	w.server.LockCollections(true)
	require.NoError(t, w.round(t.Context()))
	deeds, err := w.kept.Deeds(t.Context(), models.DeedFilter{Refused: true, Most: 10_000})
	require.NoError(t, err)
	require.Len(t, deeds, len(records))
}
