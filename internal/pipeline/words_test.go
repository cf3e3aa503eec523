package pipeline

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestNumbersForPeople(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 0.01234: "0.0123", 7: "7", 99.96: "100", 1234: "1_230", 11959: "12_000", 10000: "10_000", 1234567: "1_230_000",
		-45678: "-45_700", 1.91e26: "191_000_000_000_000_000_000_000_000", math.Inf(1): "unknown",
	} {
		require.Equal(t, want, strings.ReplaceAll(voice{}.number(x, ""), "\u202f", "_"))
	}
	require.Equal(t, "12.5 %", voice{}.number(12.5, "%"))
}

func TestLimitsInWords(t *testing.T) {
	sums := models.Signal{Unit: "payments", Aggregate: models.AggregateSum}
	require.Equal(t, "500 payments per second", voice{}.limit(sums, 500, models.PerSecond))
	require.Equal(t, "500 payments per 5 minutes", voice{}.limit(sums, 500, models.Per5Min))
	require.Equal(t, "500 payments per day", voice{}.limit(sums, 500, models.PerDay))
	require.Equal(t, "500 payments a bucket", voice{}.limit(sums, 500, models.PerBucket))
	require.Equal(t, "90 %", voice{}.limit(models.Signal{Unit: "%", Aggregate: models.AggregateMean}, 90, models.PerBucket))
	require.Equal(t, "30 days", widthName(30*24*time.Hour+10*time.Hour))
}
