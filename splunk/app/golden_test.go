package app_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app/apptest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// shown is how many rows of a result its golden file has; how many there are it says.
const shown = 12

// Every search of the app runs on the sandbox and finds what its golden file says.
func TestSearchesFindTheGoldenRows(t *testing.T) {
	index := apptest.Start(t)
	kept := map[string]bool{}
	for _, s := range apptest.Searches(t) {
		t.Run(s.Slug(), func(t *testing.T) {
			file := filepath.Join("testdata", "searches", s.Slug()+".txt")
			kept[file] = true
			r, err := index.Run(t.Context(), s.Expanded(t), s.Range)
			require.NoError(t, err, s.Where)
			got := render(r)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoErrorf(t, err, "make golden writes it")
			require.Truef(t, alike(string(want), got), "%s differs; look at it and run make golden\nwant\n%s\ngot\n%s", file, want, got)
		})
	}
	files, err := filepath.Glob("testdata/searches/*.txt")
	require.NoError(t, err)
	for _, file := range files {
		assert.Truef(t, kept[file], "%s is of a search that the app no longer has: remove it", file)
	}
}

// Alerts are worth their name: over these events each finds something, and not all there is.
func TestSavedSearchesFindWhatTheyShould(t *testing.T) {
	index := apptest.Start(t)
	found := map[string][]string{}
	for _, s := range apptest.Searches(t) {
		if !strings.HasPrefix(s.Where, "savedsearches.conf") {
			continue
		}
		r, err := index.Run(t.Context(), s.Expanded(t), s.Range)
		require.NoError(t, err, s.Where)
		for _, row := range r.Rows {
			found[s.Slug()] = append(found[s.Slug()], strings.Join(row, " "))
		}
	}
	one := func(slug, want string, not ...string) {
		t.Helper()
		all := strings.Join(found["savedsearches-conf-foresight-"+slug], "\n")
		assert.Contains(t, all, want, slug)
		for _, n := range not {
			assert.NotContains(t, all, n, slug)
		}
	}
	one("action-due-soon", "provider_limits", "load_test", "order:", "on_call", "freeze", "returns")
	one("action-late", "load_test", "provider_limits", "orders:add_capacity")
	one("overload-probable", "2016-04-25", "us-wholesale")
	one("forecast-missing", "returns", "transactions")
	one("run-missing-or-failed", "harbour", "us-wholesale", "nordbutiken")
	one("run-missing-or-failed", "ferries tickets/sales: 503 from Splunk")
	one("data-missing", "Returns", "Orders")
	one("accuracy-drift", "orders:drift:total", "1-7")
	one("accuracy-drift", "91-400 Only 71 %")
	assert.Len(t, found["savedsearches-conf-foresight-action-due-soon"], 1, "each action once, though its event came twice")
}

// render writes a result for people: a line for the columns, one a row.
func render(r apptest.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows\n%s\n", len(r.Rows), strings.Join(r.Fields, " | "))
	for _, row := range r.Rows[:min(shown, len(r.Rows))] {
		fmt.Fprintln(&b, strings.TrimRight(strings.ReplaceAll(strings.Join(row, " | "), "\n", "; "), " "))
	}
	return b.String()
}

// alike compares two renderings; numbers may differ by a thousandth, which is more than processors
// differ in their last digits and less than anybody acts on.
func alike(want, got string) bool {
	a, b := strings.FieldsFunc(want, isBlank), strings.FieldsFunc(got, isBlank)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, errX := strconv.ParseFloat(a[i], 64)
		y, errY := strconv.ParseFloat(b[i], 64)
		if a[i] != b[i] && (errX != nil || errY != nil || math.Abs(x-y) > 1e-3*max(math.Abs(x), math.Abs(y))) {
			return false
		}
	}
	return true
}

func isBlank(r rune) bool { return r == ' ' || r == '\n' }

func TestGoldenRowsAreComparedStrictly(t *testing.T) {
	assert.True(t, alike("1 rows\na 1000.1", "1 rows\na 1000.2"))
	assert.False(t, alike("1 rows\na 1000", "1 rows\na 1002"))
	assert.False(t, alike("1 rows\na b", "1 rows\na c"))
	assert.False(t, alike("1 rows\na", "2 rows\na"))
	assert.False(t, alike("1 rows\na", "1 rows\na b"))
}
