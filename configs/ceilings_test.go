package configs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/models"
)

// full is base with the ceilings of a signal.
var full = strings.Replace(base, "            signal:\n", `            signal:
              ceilings:
                - {value: 900, to: 2025-10-31}
                - {value: 1400, from: 2025-11-01}
`, 1)

func TestCeilingsOfASignal(t *testing.T) {
	cfg, err := configs.Parse("f.yml", []byte(full), exampleEnv)
	require.NoError(t, err)
	c := cfg.Customers[0]
	november := time.Date(2025, 11, 1, 0, 0, 0, 0, c.Zone)
	assert.Equal(t, []models.Ceiling{{Value: 900, To: november}, {Value: 1400, From: november}}, c.Services[0].Queries[0].Signal.Ceilings)
}

func TestOneMistakeOfACeiling(t *testing.T) {
	const s = "customers[0].services[0].queries[0].signal.ceilings"
	oneMistake(t, full, exampleEnv, []mistake{
		{"value: 900, ", "", s + "[0].value: the ceiling has no value", "the most"},
		{"value: 900", "value: -1", s + "[0].value: -1 is not above 0", "the most"},
		{"value: 1400", "value: high", s + `[1].value: "high" is not a number`, "1500"},
		{"to: 2025-10-31", "to: 2025-10-31, from: 2025-11-30", s + "[0].to: 2025-10-31 lies before from", "swap"},
		{"to: 2025-10-31", "until: 2025-10-31", s + "[0].until: unknown key", "use one of"},
	})
}
