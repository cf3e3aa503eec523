package analytics

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The constants in docs/methods.md are those of the code.
func TestDocumentedConstants(t *testing.T) {
	raw, err := os.ReadFile("../docs/methods.md")
	require.NoError(t, err)
	text := strings.Join(strings.Fields(string(raw)), " ")
	for _, words := range []string{
		fmt.Sprintf("$K = %d$ origins", defaultOrigins),
		fmt.Sprintf(`%v\,\mathrm{median}`, floorShare),
		fmt.Sprintf("p \\in \\{%v, %v, %v, %v\\}", scoredQuantiles[0], scoredQuantiles[1], scoredQuantiles[2], scoredQuantiles[3]),
		fmt.Sprintf("S_{\\min}(1 + %v + 0.2/K)", dropWorse),
		fmt.Sprintf("{t^2 + %v}", biasDoubt),
		fmt.Sprintf("$K_i < %v$", leastIndependent),
		fmt.Sprintf("shrunk to %v, %v and %v", classPrior[usualDay], classPrior[besideFeast], classPrior[christmasWeeks]),
		fmt.Sprintf("$1 + %v/K_i^2$", fewOrigins),
		fmt.Sprintf("Up to %d paths", defaultPaths),
		fmt.Sprintf("(at most %d million values)", maxPathPoints/1_000_000),
		fmt.Sprintf("lower by more than %v %%", 100*leastGain),
		fmt.Sprintf("at least 1/%v of it", 1/maskShare),
		fmt.Sprintf("at least %d times in at least %d separate runs", plateauLeast, plateauRuns),
		fmt.Sprintf("take turns %s times", map[int]string{4: "four"}[liftRounds]),
		fmt.Sprintf("at most $%dc$", liftMost),
		fmt.Sprintf("e^{-\\text{age}/%v} + %v^{k} e^{-(\\Delta/%v)^2/2}", recentDays, yearFades, seasonDays),
		fmt.Sprintf("as if %v more", borrowDay),
		fmt.Sprintf("up to %d days ahead, double seasonal", doubleAhead),
		fmt.Sprintf("one for each %d days of history, up to %d", daysAnOrigin, 2*defaultOrigins),
		fmt.Sprintf("(closed days to Sunday's, %v)", borrowSun),
		fmt.Sprintf("From %d days of history", leastDays),
		fmt.Sprintf("the mixture over %d draws", mixed),
		fmt.Sprintf("at least %d days of finer buckets", minWithin),
		fmt.Sprintf("a mean absolute error of %v %%", 100*lastSpread),
		fmt.Sprintf("weights $%v^{k-1}$", yearsFade),
		fmt.Sprintf("(seasonal window %d;", stlSeasons),
		fmt.Sprintf("period ≤ %d", longestSeason),
		fmt.Sprintf("%v the library) times the median baseline", defaultFactor),
	} {
		assert.Truef(t, strings.Contains(text, words), "docs/methods.md does not say %q", words)
	}
}
