package main

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

var (
	style   = regexp.MustCompile(`(?s)<style>.*?</style>`)
	spoken  = regexp.MustCompile(`(?:aria-label|data-th)="([^"]*)"`) // what a screen reader says
	tag     = regexp.MustCompile(`<[^>]*>`)
	inNoWay = regexp.MustCompile(`(?i)\b(the|is|are|was|will|would|of|and|not|by|to|from|with|that|this|which|until|since|each|days?|weeks?|months?|unknown|likely|limit|forecast)\b`)
	names   = strings.NewReplacer("Singles Day", "", "Memorial Day", "", "Labor Day", "")
)

// The demo's web shop by hand, of a customer who reads Swedish: nothing of what it is told is in English but names.
func TestTheDemosReportInSwedish(t *testing.T) {
	t.Parallel()
	demo, _ := demoed(t)
	dir := t.TempDir()
	whole, err := os.ReadFile(filepath.Join(demo, "foresight.yml"))
	require.NoError(t, err)
	config, _, found := bytes.Cut(whole, []byte("  # Real: one transaction a passenger"))
	require.True(t, found, "the demo's configuration has changed")
	config = bytes.Replace(config, []byte("  - id: nordbutiken\n"), []byte("  - id: nordbutiken\n    language: sv\n"), 1)
	require.Contains(t, string(config), "language: sv")
	path := filepath.Join(dir, "foresight.yml")
	require.NoError(t, os.WriteFile(path, config, 0o600))
	s := startSandbox(t, "--data", filepath.Join(demo, "series.csv"))
	o := execution{Clock: time.Now, env: s.env}.run(t.Context(), "run", "-c", path, "--as-of", "2016-02-05")
	require.Equal(t, app.ExitFine, o.code, o)

	page, err := os.ReadFile(filepath.Join(dir, "report", "nordbutiken.html"))
	require.NoError(t, err)
	text := spoken.ReplaceAllString(style.ReplaceAllString(string(page), ""), ">$1<")
	for _, line := range strings.Split(tag.ReplaceAllString(text, "\n"), "\n") {
		assert.NotRegexp(t, inNoWay, names.Replace(html.UnescapeString(line)))
	}
	for _, sourcetype := range []string{"foresight:overload", "foresight:action", "foresight:peak"} {
		for _, e := range s.events(sourcetype) {
			assert.NotRegexp(t, inNoWay, names.Replace(e.text("title")))
		}
	}
	assert.NotEmpty(t, s.events("foresight:overload"))
}
