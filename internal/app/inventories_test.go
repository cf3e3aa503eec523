package app

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/incident"
	"foresight/models"
	"foresight/splunk"
)

// lookup answers searches with rows, or not.
type lookup struct {
	rows  []splunk.Row
	err   error
	asked []splunk.Search
}

func (l *lookup) Search(_ context.Context, s splunk.Search) (splunk.Rows, error) {
	l.asked = append(l.asked, s)
	return splunk.Rows{Rows: l.rows}, l.err
}

// What a search finds is in force like what is configured; while it fails what was known stays, which is a
// case from the second time on until it is answered again.
func TestInventoriesKeepWhatTheyKnow(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	cfg := agreed(now)
	c := &cfg.Customers[0]
	c.Process.Inventories = []models.Inventory{{ID: "pairs", Of: models.InventoryGroups, Search: "index=cmdb", Service: "web", Back: 24 * time.Hour, Every: time.Hour}}
	kept, splunkd, log := openStore(t), &lookup{}, &bytes.Buffer{}
	defer kept.Close() //nolint:errcheck // the test is over
	splunkd.rows = []splunk.Row{{"group": {"db"}, "member": {"db1"}}, {"group": {"db"}, "member": {"db2"}}}
	desk := counter{kept, cfg, func() time.Time { return now }}
	v := &inventories{desk, splunkd, func() {}, zerolog.New(log), &foundNow{}}
	w := &inventories{desk, splunkd, func() {}, zerolog.New(log), &foundNow{}} // another process
	round := func(later time.Duration) {
		now = now.Add(later)
		v.round(t.Context())
		w.round(t.Context())
	}
	round(0)
	require.Len(t, splunkd.asked, 1, "one of both asks")
	require.Equal(t, splunk.Search{SPL: "search index=cmdb", Earliest: now.Add(-24 * time.Hour), Latest: now, Label: "inventory pairs"}, splunkd.asked[0])
	fails := func(host string) models.Incident {
		i, _, err := desk.report(t.Context(), incident.Report{Customer: "shop", Service: "web", Component: host, Key: host, Source: "nagios", Title: "fan", At: now})
		require.NoError(t, err)
		return i
	}
	require.Equal(t, models.LevelProactive, fails("db2").Level, "the group is known to what comes in")
	require.Len(t, caseDesk{desk, nil, w.seen}.Customers()[0].Process.Groups, 1, "and to the pages")

	splunkd.err = errors.New("the lookup is gone")
	round(59 * time.Minute)
	require.Len(t, splunkd.asked, 1)
	round(time.Minute)
	open := func() []models.Incident {
		all, err := kept.Incidents(t.Context(), models.IncidentFilter{Customer: "shop", States: openStates})
		require.NoError(t, err)
		return all
	}
	require.Len(t, splunkd.asked, 2)
	require.Len(t, open(), 1, "once may be a hiccup")
	round(10 * time.Minute)
	require.Len(t, open(), 2)
	require.Equal(t, "The search of the inventory pairs fails", open()[0].Title)
	require.Contains(t, open()[0].Detail, "asking Splunk: the lookup is gone. What was found at 2026-11-25T09:00:00Z stays in force.")
	require.Equal(t, models.LevelReactive, fails("db1").Level, "what was known is in force")

	splunkd.err, splunkd.rows = nil, nil
	round(10 * time.Minute)
	require.Len(t, open(), 2, "an empty answer is none")
	splunkd.rows = []splunk.Row{{"group": {"db"}, "member": {"db1", "db2", "db3"}}, {"group": {"x"}}}
	round(10 * time.Minute)
	require.Len(t, open(), 1, "answered again")
	round(time.Hour)
	found, err := kept.Found(t.Context(), "shop")
	require.NoError(t, err)
	require.Len(t, found[0].Groups[0].Members, 3)
	require.Equal(t, []any{0, "", now}, []any{found[0].Failed, found[0].Error, found[0].At})
	for words, times := range map[string]int{"the inventory's search fails": 1, "is answered again": 1, "not understood": 1} {
		require.Equal(t, times, strings.Count(log.String(), words), "%s: %s", words, log)
	}
}
