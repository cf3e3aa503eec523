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

// down is base with outages of a service and of its signal.
var down = strings.Replace(strings.Replace(base, "        queries:\n", `        outages:
          - {from: 2026-03-04, to: 2026-03-05, reason: power cut}
        queries:
`, 1), "            signal:\n", `            signal:
              outages:
                - {from: "2026-05-01T22:00", to: "2026-05-02T04:30:00+02:00", reason: new database}
`, 1)

func TestOutagesOfServiceAndSignal(t *testing.T) {
	cfg, err := configs.Parse("f.yml", []byte(down), exampleEnv)
	require.NoError(t, err)
	c := cfg.Customers[0]
	got := c.Services[0].Queries[0].Signal.Outages
	require.Len(t, got, 2)
	at := func(m time.Month, d, h, mi int) time.Time { return time.Date(2026, m, d, h, mi, 0, 0, c.Zone) }
	assert.Equal(t, models.Outage{From: at(3, 4, 0, 0), To: at(3, 5, 0, 0), Reason: "power cut"}, got[0])
	assert.True(t, got[1].From.Equal(at(5, 1, 22, 0)))
	assert.True(t, got[1].To.Equal(at(5, 2, 4, 30)), "%s", got[1].To)
}

func TestOneMistakeOfAnOutage(t *testing.T) {
	const s = "customers[0].services[0]"
	oneMistake(t, down, exampleEnv, []mistake{
		{"from: 2026-03-04, ", "", s + ".outages[0].from: when it began is missing", "2026-03-04T22:00"},
		{"to: 2026-03-05, ", "", s + ".outages[0].to: when it ended is missing", "2026-03-05T04:00"},
		{"to: 2026-03-05", "to: 2026-03-04", s + ".outages[0].to: it ends where it begins", "write 2026-03-05 for the whole day"},
		{"to: 2026-03-05", "to: 2026-03-01", s + ".outages[0].to: 2026-03-01 00:00 is not after from", "swap"},
		{"from: 2026-03-04", "from: 4 March", s + `.outages[0].from: "4 March" is not a moment`, "2026-03-04T22:00"},
		{"from: 2026-03-04", "from: 0026-03-04", s + `.outages[0].from: "0026-03-04" is not between`, "mend the year"},
		{", reason: power cut", "", s + ".outages[0].reason: the outage has no reason", "recognise"},
		{`to: "2026-05-02T04:30:00+02:00"`, `to: "2026-05-01T20:00Z"`, s + ".queries[0].signal.outages[0].to: ", "swap or mend"},
		{"reason: new database", "reson: new database", s + ".queries[0].signal.outages[0].reson: unknown key", `did you mean "reason"?`},
	})
}
