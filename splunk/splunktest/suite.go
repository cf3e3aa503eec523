package splunktest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"testing"
	"time"

	"foresight/models"
	"foresight/splunk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Target is one Splunk as a pair of clients sees it.
type Target struct {
	Search splunk.Searcher
	Send   splunk.Sender
	Index  string // where Send's events land

	// What else the server can be given before it is searched.
	Points func(t *testing.T, points ...Point)       // into the metric index MetricIndex
	Save   func(t *testing.T, name, app, spl string) // keeps a saved search of nobody's; for SavedSearches alone

	MetricIndex string
	Model       string // a data model and dataset of one name, accelerated, of all events of sourcetype foresight:suite
}

// Point is a measurement for a metric index.
type Point struct {
	Time       time.Time
	Metric     string
	Value      float64
	Dimensions map[string]string
}

// Part is a test of the suite.
type Part struct {
	name string
	run  func(*testing.T, *bench)
}

// SavedSearches is the part that not every product has: Splunk Cloud Services keeps no saved searches.
var SavedSearches = Part{"a saved search over the window that is read", savedSearch}

// Suite checks targets, of which each test asks factory for one; it may be the same for
// all. It writes a few hundred events of sourcetype foresight:suite, each test under a
// source of its own, so that it can run against a server that holds other things, and
// the tests beside each other. more are parts that the target's product has beyond what all have.
func Suite(t *testing.T, factory func(t *testing.T) Target, more ...Part) {
	for _, tt := range append([]Part{
		{"nothing found is an empty result", nothingFound},
		{"what is sent is found", sentIsFound},
		{"texts come back as they were sent", textsComeBack},
		{"results of many pages are whole", manyPages},
		{"every measure of an hour", measures},
		{"splits add up to their total", splits},
		{"local days over the night of 25 hours", longNight},
		{"a witness that fell silent", witness},
		{"what was not indexed by then is not seen", indexedBy},
		{"metrics by hour, day and dimension", metrics},
		{"a data model's fields and summaries", dataModel},
		{"events that lie ahead are found", ahead},
		{"doubles are told by their event id", doubles},
		{"searches side by side", sideBySide},
		{"a search that cannot be run is an error", badSearch},
		{"a caller that gives up is let go", givenUp},
	}, more...) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, newBench(t, factory(t)))
		})
	}
}

// bench is one test's corner of the target.
type bench struct {
	Target
	source string
}

func newBench(t *testing.T, target Target) *bench {
	t.Helper()
	return &bench{Target: target, source: "suite-" + rand.Text()}
}

// start is a summer day at local midnight in Stockholm, and a whole hour.
var start = time.Date(2025, 6, 29, 22, 0, 0, 0, time.UTC)

// base is the search for this test's events.
func (b *bench) base() string {
	return fmt.Sprintf(`index="%s" sourcetype="foresight:suite" source="%s"`, b.Index, b.source)
}

// event has an id of its own, as all that Foresight tells has; a server may tell doubles
// by it.
func (b *bench) event(at time.Time, body map[string]any) models.Event {
	return models.Event{Time: at, Sourcetype: "foresight:suite", Source: b.source, Host: "suite", Body: body, EventID: rand.Text()}
}

// fill sends events and waits until they can be found.
func (b *bench) fill(t *testing.T, events ...models.Event) {
	t.Helper()
	rejected, err := b.Send.Send(t.Context(), events)
	require.NoError(t, err)
	require.Empty(t, rejected)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, strconv.Itoa(len(events)), b.count(t, c))
	}, 20*time.Second, 50*time.Millisecond, "events become searchable")
}

func (b *bench) count(t *testing.T, c assert.TestingT) string {
	rows, err := b.Search.Search(t.Context(), splunk.Search{SPL: "search " + b.base() + " | stats count",
		Earliest: start.AddDate(-1, 0, 0), Latest: start.AddDate(5, 0, 0), Label: "count"})
	if !assert.NoError(c, err) || !assert.Len(c, rows.Rows, 1) {
		return ""
	}
	n, err := rows.Rows[0].One("count")
	assert.NoError(c, err)
	return n
}

// rows runs a pipeline over this test's events.
func (b *bench) rows(t *testing.T, pipeline string) []splunk.Row {
	t.Helper()
	rows, err := b.Search.Search(t.Context(), splunk.Search{SPL: "search " + b.base() + pipeline,
		Earliest: start.AddDate(-1, 0, 0), Latest: start.AddDate(5, 0, 0), Label: t.Name()})
	require.NoError(t, err)
	return rows.Rows
}

func (b *bench) fetch(t *testing.T, q models.Query, w models.Window) models.Fetched {
	t.Helper()
	q.ID = "suite"
	if q.Search == "" && q.Saved == nil {
		q.Search = b.base()
	}
	if q.Source == "" {
		q.Source = models.SourceEvents
	}
	got, err := (&splunk.Source{Searcher: b.Search}).Fetch(t.Context(), stockholm(t), q, w)
	require.NoError(t, err)
	return got
}

func stockholm(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	return z
}

// soon bounds what a test waits for.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}
