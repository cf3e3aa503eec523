//go:build browser

package studio_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
)

// schema holds definitions against Splunk's own schema and returns what it says.
func schema(t *testing.T, definitions map[string][]byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	args := []string{tools(t, "validate.mjs")}
	for name, text := range definitions {
		file := filepath.Join(dir, name+".json")
		require.NoError(t, os.WriteFile(file, text, 0o600))
		args = append(args, file)
	}
	out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput()
	return string(out), err
}

func TestBrowserDashboardsFitSplunksSchema(t *testing.T) {
	definitions := map[string][]byte{}
	for _, v := range views(t, app.Files()) {
		modern, err := v.Modern()
		require.NoError(t, err)
		definitions[v.Name] = modern
	}
	out, err := schema(t, definitions)
	assert.NoError(t, err, out)

	good, err := smallViews(t, "Small", "Small")[0].Modern()
	require.NoError(t, err)
	for _, c := range []struct{ old, replacement, want string }{
		{`"title":"One"`, `"title":1`, "/visualizations/viz_one/title must be string"},
		{`"columnFormat"`, `"columnFormt"`, "viz_one has the option columnFormt, which splunk.table does not know"},
		{`"splunk.table"`, `"splunk.tables"`, "viz_one is a splunk.tables, which Splunk's packages do not have"},
	} {
		require.Contains(t, string(good), c.old)
		out, err = schema(t, map[string][]byte{"spoilt": []byte(strings.Replace(string(good), c.old, c.replacement, 1))})
		require.Error(t, err, c.replacement)
		assert.Contains(t, out, "spoilt: "+c.want)
	}
}
