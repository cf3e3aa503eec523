package splunk

import (
	"maps"
	"slices"
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Buckets come out in order of time and each once, in whichever order they went in.
func TestCellsAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epochs := rapid.SliceOfN(rapid.Int64Range(0, 40), 0, 60).Draw(t, "epochs")
		var added, summed cells
		firsts, sums := map[int64]float64{}, map[int64]float64{}
		for i, epoch := range epochs {
			p := models.Point{Time: epoch * 3600, Value: float64(i), Weight: 1}
			_, had := firsts[p.Time]
			require.Equal(t, !had, added.add(p))
			if !had {
				firsts[p.Time] = p.Value
			}
			summed.merge(p, combineAdd)
			sums[p.Time] += p.Value
		}
		for want, got := range map[*map[int64]float64]cells{&firsts: added, &sums: summed} {
			points := got.points(time.UTC, models.SpanHour, combineAdd)
			require.NotNil(t, points)
			require.Len(t, points, len(*want))
			for i, epoch := range slices.Sorted(maps.Keys(*want)) {
				require.Equal(t, epoch, points[i].Time)
				require.InDelta(t, (*want)[epoch], points[i].Value, 0)
			}
		}
	})
}
