package app_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/apptest"
)

// The manual's foresight_history is an expression, which Splunk works out first: for the signal that it
// names it gives the reader's own search, for every other what the app's own macro gives.
func TestTheManualsHistoryChoosesASearchBySignal(t *testing.T) {
	text, err := os.ReadFile("../../docs/splunk-app.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```ini\n(\\[foresight_history\\(3\\)\\].*?)```").FindSubmatch(text)
	require.NotNil(t, block)
	conf, err := app.ParseConf(strings.NewReader(string(block[1])))
	require.NoError(t, err)
	require.Len(t, conf, 1)
	eval, _ := conf[0].Get("iseval")
	require.Equal(t, "1", eval)
	definition, _ := conf[0].Get("definition")

	index := apptest.Start(t)
	search := func(customer, service, signal string) string {
		t.Helper()
		filled := strings.NewReplacer("$customer$", customer, "$service$", service, "$signal$", signal).Replace(definition)
		r, err := index.Run(t.Context(), "| makeresults | eval spl="+filled+" | table spl", apptest.Range{})
		require.NoError(t, err)
		require.Len(t, r.Rows, 1)
		return r.Rows[0][0]
	}
	own := search("nordbutiken", "payments", "transactions")
	assert.Equal(t, "index=web sourcetype=payments | timechart span=1d sum(amount) AS came", own)

	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	shipped, err := macros.Expand("`foresight_history(nordbutiken, orders, orders)`")
	require.NoError(t, err)
	assert.Equal(t, shipped, search("nordbutiken", "orders", "orders"))
}
