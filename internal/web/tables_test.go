package web

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/internal/wording"
)

// What is chosen from tables is in every language too.
func TestTablesAreInEveryLanguage(t *testing.T) {
	var all []string
	for _, words := range levels {
		all = append(all, words)
	}
	for _, g := range boardGroups {
		all = append(all, g.Name)
		if g.Text != "" {
			all = append(all, g.Text)
		}
	}
	for _, words := range verbWords {
		all = append(all, words)
	}
	for _, words := range tried {
		all = append(all, words)
	}
	for _, s := range allStates {
		all = append(all, s.Words())
	}
	for _, lang := range wording.Languages() {
		for _, words := range all {
			require.True(t, wording.Has(lang, words), "%s: %q", lang, words)
		}
	}
}

// What a page says to people goes through the catalogue: outside of tags and actions a template has no words of its own.
func TestTemplatesHaveNoBareWords(t *testing.T) {
	entries, err := files.ReadDir(".")
	require.NoError(t, err)
	require.Greater(t, len(entries), 10)
	action, tag, word := regexp.MustCompile(`(?s)\{\{.*?\}\}`), regexp.MustCompile(`(?s)<[^>]*>`), regexp.MustCompile(`[A-Za-zÅÄÖåäö]{2,}`)
	spoken := regexp.MustCompile(`(?:placeholder|aria-label|title|alt)="([^"]*)"`)
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		require.NoError(t, err)
		bare := action.ReplaceAllString(string(text), "")
		said := tag.ReplaceAllString(bare, " ")
		for _, attribute := range spoken.FindAllStringSubmatch(bare, -1) {
			said += " " + attribute[1]
		}
		for _, w := range word.FindAllString(said, -1) {
			require.Contains(t, []string{"Foresight", "UTC"}, w, `%s: say it by {{t "…"}}, and in internal/wording/sv.json`, e.Name())
		}
	}
}
