package regress

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of prior strengths in docs/methods.md is that of the code.
func TestDocumentedStrengths(t *testing.T) {
	text, err := os.ReadFile("../../docs/methods.md")
	require.NoError(t, err)
	rows := map[block]string{
		blockLevel: "level", blockSlope: "slope, a year", blockBend: "bends of the slope", blockStep: "level steps",
		blockShift: "detected shifts", blockWeekday: "weekday", blockWeekend: "Saturday, Sunday in", blockYear: "year",
		blockMonthDay: "day of month", blockPayday: "payday", blockDecember: "20 December", blockRamp: "ramps to 24 December",
		blockLead: "the 30 days before", blockClass: "class of occasion", blockLarge: "each public holiday", blockSmall: "each retail day",
		blockOwn: "each own event",
	}
	require.Len(t, rows, int(numBlocks), "every block has a row")
	for b, name := range rows {
		s := strengths[b]
		bounds := fmt.Sprintf("≤ %v", s.most)
		switch {
		case s.fixed:
			bounds = "fixed"
		case s.least > 0:
			bounds = fmt.Sprintf("%v – %v", s.least, s.most)
		}
		want := fmt.Sprintf("| %v | %s |", s.sd, bounds)
		found := false
		for _, line := range strings.Split(string(text), "\n") {
			found = found || strings.HasPrefix(line, "| "+name) && strings.HasSuffix(line, want)
		}
		assert.Truef(t, found, "docs/methods.md has no row %q that ends in %q", name, want)
	}
}
