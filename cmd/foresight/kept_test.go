package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// What is kept can be listed, before the first run too.
func TestRunsAreListed(t *testing.T) {
	t.Parallel()
	w := stocked(t)
	list := func(args ...string) string {
		o := w.foresight(append([]string{"store", "runs", "-c", w.config()}, args...)...)
		require.Equal(t, app.ExitFine, o.code, o)
		return o.out
	}
	assert.Empty(t, list())
	assert.NoDirExists(t, w.dir+"/state", "listing makes nothing")
	w.run("2025-03-01")
	w.configure(shop, "series=orders", "series=ordres")
	fails(t, w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01"), app.ExitFailed, "returned nothing")

	lines := strings.Split(strings.TrimSpace(list()), "\n")
	require.Len(t, lines, 4, lines)
	assert.Regexp(t, `^\S+Z?\S* +shop +2025-03-01 +\S+ +1 +0 +1 +- +1$`, lines[1])
	assert.Regexp(t, `^\S+ +shop +2025-03-01 +\S+ +1 +1 +\d{3} +100.0 % +0$`, lines[2])
	assert.Contains(t, lines[3], "fetch web/orders: ")
	assert.Len(t, strings.Split(strings.TrimSpace(list("--last", "1", "--customer", "shop")), "\n"), 3)
	fails(t, w.foresight("store", "runs", "-c", w.config(), "--customer", "other"), app.ExitUsage, "no such customer; there are shop")
	fails(t, w.foresight("store", "runs", "-c", w.config(), "--last", "0"), app.ExitUsage, "--last 0")
	fails(t, w.foresight("store", "runs", "extra"), app.ExitUsage, "extra")

	// Without Splunk's secrets, but not without the database's.
	delete(w.env, "FORESIGHT_HEC_TOKEN")
	assert.Contains(t, list(), "shop")
	w.configure(shop, "web: {", "state: {url: {env: FORESIGHT_STATE_URL}}\nweb: {")
	fails(t, w.foresight("store", "runs", "-c", w.config()), app.ExitUsage, "state.url: environment variable FORESIGHT_STATE_URL is not set")

	entries, err := os.ReadDir(w.dir + "/state")
	require.NoError(t, err)
	assert.Len(t, entries, 2, "the database and its lock, %v", entries)
}

// A later run asks Splunk for the last days only, and says what one that read
// everything would have said.
func TestLaterRunsReadTheLastDaysOnly(t *testing.T) {
	t.Parallel()
	kept, whole := stocked(t), stocked(t)
	whole.configure(shop, "history: 56w", "history: 56w\n            overlap: 56w")
	searches := map[*world][]int{}
	for _, day := range []string{"2025-02-27", "2025-02-28", "2025-03-01"} {
		for _, w := range []*world{kept, whole} {
			before := len(w.server.Jobs())
			w.run(day)
			searches[w] = append(searches[w], len(w.server.Jobs())-before)
		}
	}
	saying(t, kept.events())
	assert.Equal(t, byID(t, whole.events()), byID(t, kept.events()))
	// A search for each winter, the summer and the two days of 23 and 25 hours between them; the
	// second winter in two, a year from the beginning.
	assert.Equal(t, []int{6, 6, 6}, searches[whole])
	assert.Equal(t, []int{6, 1, 1}, searches[kept])

	// Another search is read whole.
	kept.configure(shop, "series=orders", `series="orders"`)
	before := len(kept.server.Jobs())
	kept.run("2025-03-01")
	assert.Equal(t, 6, len(kept.server.Jobs())-before)
}
