package web

import (
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
		all = append(all, stateWords(s))
	}
	for _, lang := range wording.Languages() {
		for _, words := range all {
			require.True(t, wording.Has(lang, words), "%s: %q", lang, words)
		}
	}
}
