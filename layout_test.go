// Package layout holds the tests of the whole tree's structure.
package layout

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "foresight/"

// mayImport says which of our packages each package may import; a trailing "/..."
// stands for a package and everything under it. Data flow one way: leaves ←
// adapters and spine ← app ← cmd. Test files are free.
var mayImport = map[string][]string{
	"models":                     {},
	"analytics":                  {"analytics/..."},
	"configs":                    {"models", "analytics/calendar"},
	"splunk":                     {"models"},
	"splunk/internal/wire":       {"splunk"},
	"splunk/enterprise":          {"models", "splunk", "splunk/internal/wire"},
	"splunk/cloudservices":       {"models", "splunk", "splunk/internal/wire"},
	"splunk/sandbox":             {"models", "splunk"},
	"splunk/splunktest":          {"models", "splunk"},
	"splunk/sandbox/sandboxtest": {"splunk/sandbox", "splunk/splunktest"},
	"splunk/app":                 {},
	// What tests alone import: the app's searches, and a server to run them on.
	"splunk/app/apptest": {"models", "splunk/app", "splunk/app/studio", "splunk/sandbox", "internal/app"},
	// What tests alone import: its dashboards.
	"splunk/app/studio": {"splunk/app"},
	"internal/pipeline": {"models", "analytics/...", "internal/wording"},
	"internal/tidy":     {"models"},
	"internal/store":    {"models"},
	// What tests alone import: a database schema, a browser.
	"internal/pgtest":      {},
	"internal/browsertest": {},
	"internal/deliver":     {"models", "internal/notify"},
	"internal/schedule":    {"models", "internal/store"},
	"internal/incident":    {"models", "analytics/calendar", "internal/wording"},
	"internal/agenda":      {"models", "internal/wording"},
	"internal/notify":      {"models", "internal/wording"},
	"internal/wording":     {"models"},
	"internal/report":      {"models", "internal/wording"},
	"internal/web":         {"models", "internal/wording", "internal/web/access", "internal/web/sso"},
	"internal/web/sso":     {},
	"internal/web/access":  {"models"},
	"internal/web/intake":  {"models"},
	"internal/metrics":     {"models"},
	"internal/demo":        {"models"},
	"internal/app":         {"models", "analytics/...", "configs", "splunk/...", "internal/..."},
	"cmd/foresight":        {"internal/app", "internal/tidy", "configs", "models"},
}

// analyticsLayers are the engine's own layers: the root combines its subpackages,
// and of those calendar, detect and decompose are shared.
var analyticsLayers = map[string][]string{
	"analytics":           {"analytics/..."},
	"analytics/calendar":  {},
	"analytics/smoothing": {},
	"analytics/decompose": {},
	"analytics/detect":    {},
	"analytics/backtest":  {"analytics/decompose"},
	"analytics/regress":   {"analytics/calendar", "analytics/detect"},
	"analytics/drive":     {"analytics/detect"},
	"analytics/reconcile": {},
	// These members adjust for a season by the shared decompositions.
	"analytics/theta":      {"analytics/decompose"},
	"analytics/levelshape": {"analytics/decompose"},
	// Counts that are mostly zero have no season to take out.
	"analytics/intermittent": {},
	// What the tests of all of them draw from; no code that ships imports it.
	"analytics/internal/anyseries": {},
}

// pure packages touch neither clock, files nor network.
var pure = []string{"models", "analytics"}

func TestLayout(t *testing.T) {
	for dir, imports := range packages(t) {
		rules, known := rulesOf(dir)
		require.Truef(t, known, "package %s is not in the layout: say in layout_test.go (and docs/architecture.md) what it is for and whom it may import", dir)
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if !isOurs {
				continue
			}
			require.Truef(t, allowed(rules, ours), "package %s imports %s: data flow one way (docs/architecture.md); move the line, or declare an interface where it is needed", dir, ours)
		}
	}
}

func TestPurePackagesDoNoIO(t *testing.T) {
	for dir, imports := range packages(t) {
		if !slices.ContainsFunc(pure, func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") }) {
			continue
		}
		for _, banned := range []string{"os", "net", "net/http", "io/fs", "log", "os/exec"} {
			require.NotContainsf(t, imports, banned, "package %s is pure: no I/O, no logs; hand it what it needs", dir)
		}
	}
}

func TestOnlyTheRootReadsTheClock(t *testing.T) {
	for _, file := range sources(t) {
		dir := path.Dir(file)
		if dir == "internal/app" || dir == "cmd/foresight" || strings.HasPrefix(dir, "splunk/") || dir == "splunk" {
			continue // the composition root; adapters have it as the default of a field
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotContainsf(t, string(text), "time.Now(", "%s reads the clock: time is an argument", file)
	}
}

func rulesOf(dir string) ([]string, bool) {
	if rules, known := analyticsLayers[dir]; known {
		return rules, true
	}
	rules, known := mayImport[dir]
	return rules, known
}

func allowed(rules []string, imported string) bool {
	return slices.ContainsFunc(rules, func(r string) bool {
		tree, all := strings.CutSuffix(r, "/...")
		return imported == r || all && (imported == tree || strings.HasPrefix(imported, tree+"/"))
	})
}

// packages returns the imports of every package's non-test files.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, file := range sources(t) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		dir := path.Dir(file)
		all[dir] = append(all[dir], "")[:len(all[dir])]
		for _, i := range parsed.Imports {
			all[dir] = append(all[dir], strings.Trim(i.Path.Value, `"`))
		}
	}
	return all
}

// sources lists the non-test Go files of the module.
func sources(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != "." || d.Name() == "testdata" || p == "splunk/conformance" || p == "internal/web/intake/conformance") {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			files = append(files, filepath.ToSlash(p))
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// Two landings that took the same number make a state that nobody can open; each runs this.
func TestEveryMigrationHasItsOwnNumber(t *testing.T) {
	all, err := os.ReadDir("internal/store/migrations")
	require.NoError(t, err)
	for n, entry := range all {
		number, _, _ := strings.Cut(entry.Name(), "_")
		require.Equalf(t, fmt.Sprintf("%05d", n+1), number, "%s: the steps of the schema are numbered one after the other; give the one that came last the next free number", entry.Name())
	}
}
