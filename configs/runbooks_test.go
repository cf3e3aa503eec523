package configs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// guided is base with runbooks and problems.
var guided = strings.Replace(base, "    services:\n", `    process:
      problems: {after: 4, within: 14d}
      runbooks:
        - {id: overload, name: Too much load, kinds: [overload, upgrade], services: [SERVICE], file: load.md}
        - id: rest
          text: |
            Call **Eva**.
    services:
`, 1)

func TestRunbooks(t *testing.T) {
	text, service := ofItsService(t, guided)
	dir := t.TempDir()
	file := filepath.Join(dir, "f.yml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "load.md"), []byte("# Load\n"), 0o600))
	cfg, err := configs.Parse(file, []byte(text), exampleEnv)
	require.NoError(t, err)
	p := cfg.Customers[0].Process
	assert.Equal(t, []models.Runbook{
		{ID: "overload", Name: "Too much load", Kinds: []string{models.KindOverload, models.KindUpgrade}, Services: []string{service}, Text: "# Load\n"},
		{ID: "rest", Name: "rest", Text: "Call **Eva**.\n"},
	}, p.Runbooks)
	assert.Equal(t, []any{4, 14 * 24 * time.Hour}, []any{p.ProblemAfter, p.ProblemWithin})

	for content, want := range map[string]string{
		" ": "says nothing", strings.Repeat("x", 65<<10): "has more than 64 KB", "\xff": "is not UTF-8",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "load.md"), []byte(content), 0o600))
		_, err = configs.Parse(file, []byte(text), exampleEnv)
		require.ErrorContains(t, err, "runbooks[0].file: the runbook "+want)
	}
}

func TestOneMistakeOfARunbook(t *testing.T) {
	text, service := ofItsService(t, strings.Replace(guided, "file: load.md", "text: Buy more", 1))
	const p = "customers[0].process"
	oneMistake(t, text, exampleEnv, []mistake{
		{"text: Buy more", "file: nowhere.md", p + ".runbooks[0].file: open ", "nowhere.md: no such file or directory; mend the path"},
		{"text: Buy more", "text: Buy more, file: x.md", p + ".runbooks[0]: both file and text", "keep one"},
		{", text: Buy more", "", p + ".runbooks[0]: the runbook says nothing", "write what to do"},
		{"kinds: [overload", "kinds: [overlod", p + `.runbooks[0].kinds: "overlod" is not known`, `"overload"?`},
		{"services: [" + service + "]", "services: [x]", p + `.runbooks[0].services: "x" is not known`, service},
		{"id: rest", "id: overload", p + `.runbooks[1].id: "overload" is the id of`, "its own"},
		{"after: 4", "after: 1", p + ".problems.after: 1 times are not between", "how many"},
		{"within: 14d", "within: 91d", p + ".problems.within: cases that are over", "90d"},
	})
}
