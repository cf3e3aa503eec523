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

// A load test runs at a rate where one is forecast, in the customer's language and the signal's unit.
func TestLoadsToTestInWords(t *testing.T) {
	c := models.Customer{Language: "sv", Services: []models.Service{{ID: "shop", Queries: []models.Query{{Signal: models.Signal{ID: "orders", Unit: "köp"}}}}}}
	f := models.Finding{Subject: models.Subject{Service: "shop", Signal: "orders"}}
	require.Empty(t, TestLoad(c, f), "no peak")
	f.Peak = &models.Peak{High: 56_340}
	require.Equal(t, "56_300 köp", strings.ReplaceAll(TestLoad(c, f), "\u202f", "_"))
	f.Peak.BusiestHigh, f.Peak.BusiestWidth = 3679.4, time.Hour
	require.Equal(t, "3_680 köp per timme", strings.ReplaceAll(TestLoad(c, f), "\u202f", "_"))
	c.Language, f.Subject.Signal = "", "another"
	require.Equal(t, "3_680 per hour", strings.ReplaceAll(TestLoad(c, f), "\u202f", "_"))
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
