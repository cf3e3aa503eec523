package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// The title says no more than the paths do: what one future in three brings is not said to be coming.
func TestATitleMatchesItsProbability(t *testing.T) {
	h := history{signal: models.Signal{Name: "Orders", Unit: "orders"}}
	day := func(n int) time.Time { return time.Date(2026, 12, n, 0, 0, 0, 0, time.UTC) }
	o := models.Overload{Limit: 100, Per: models.PerBucket, NeedBy: day(1)}
	require.Regexp(t, `^Orders may cross its limit of .* by 1 December 2026$`, overloadTitle(h, o))
	o.Expected = day(5)
	require.Regexp(t, `^Orders is likely to cross its limit of .* around 5 December 2026$`, overloadTitle(h, o))
	o.Late = day(9)
	require.Regexp(t, `^Orders will cross its limit of .* around 5 December 2026$`, overloadTitle(h, o))
}
