package configs_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

// withITSI is base with one service that ITSI knows.
func withITSI(t *testing.T) string {
	t.Helper()
	text := strings.Replace(base, "  hec:", "  itsi: {}\n  hec:", 1)
	require.Equal(t, 1, strings.Count(text, "        queries:\n"), "base has one service")
	return strings.Replace(text, "        queries:\n", "        itsi: 8f2c-key\n        queries:\n", 1)
}

func TestITSI(t *testing.T) {
	text := withITSI(t)
	cfg, err := configs.Parse("f.yml", []byte(text), exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, &configs.ITSI{At: 22 * time.Hour, For: 4 * time.Hour, Tasks: []string{"add_capacity"}}, cfg.Splunk.ITSI)
	assert.Equal(t, "8f2c-key", cfg.Customers[0].Services[0].ITSI)
	assert.NoError(t, compile(t).Validate(plain(t, []byte(text))))
	cfg, err = configs.Parse("f.yml", []byte(strings.Replace(text, "itsi: {}", `itsi: {at: "00:30", for: 90m, tasks: [load_test]}`, 1)), exampleEnv)
	require.NoError(t, err)
	assert.Equal(t, &configs.ITSI{At: 30 * time.Minute, For: 90 * time.Minute, Tasks: []string{"load_test"}}, cfg.Splunk.ITSI)
	cfg, err = configs.Parse("f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
	assert.Nil(t, cfg.Splunk.ITSI)
}

func TestOneMistakeOfITSI(t *testing.T) {
	oneMistake(t, withITSI(t), exampleEnv, []mistake{
		{"        itsi: 8f2c-key\n", "", "splunk.itsi: no service has an itsi", "name the _key"},
		{"itsi: 8f2c-key", "itsi: 'a/b'", `customers[0].services[0].itsi: "a/b" cannot be the _key`, "copy it"},
		{"itsi: {}", "itsi: {for: 48h}", "splunk.itsi.for: a window of 48h", "write 1m to 24h"},
		{"itsi: {}", "itsi: {at: noon}", `splunk.itsi.at: "noon" is not a time of day`, "08:00"},
	})
}
