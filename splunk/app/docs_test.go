package app_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
)

// collapsed is a text whose blanks are single spaces.
func collapsed(text string) string { return strings.Join(strings.Fields(text), " ") }

func manual(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/" + name)
	require.NoError(t, err)
	return collapsed(string(text))
}

func TestTheManualTellsOfEveryAlertAndThreshold(t *testing.T) {
	text := manual(t, "splunk-app.md")
	conf, err := app.ReadConf(app.Files(), "default/savedsearches.conf")
	require.NoError(t, err)
	for _, s := range conf {
		assert.Containsf(t, text, "| "+strings.TrimPrefix(s.Name, "Foresight - ")+" |", "docs/splunk-app.md has no line for the alert")
	}
	macros, err := app.ReadMacros(app.Files())
	require.NoError(t, err)
	for name, m := range macros {
		if constant.MatchString(m.Definition) {
			assert.Containsf(t, text, "`"+name+"`", "docs/splunk-app.md says nothing of the macro")
			assert.Containsf(t, text, "`"+m.Definition+"`", "docs/splunk-app.md has another value of %s", name)
		}
	}
	types, err := app.ReadConf(app.Files(), "default/tags.conf")
	require.NoError(t, err)
	for _, s := range types {
		name := strings.TrimPrefix(s.Name, "eventtype=foresight")
		assert.Containsf(t, text, name, "docs/splunk-app.md has no line for the event type")
	}
}

// constant is a definition that people change: a number, a text, an index.
var constant = regexp.MustCompile(`^("[^"]*"|[\d.]+|index=\w+)$`)

// The definitions to paste are the same in the manual and in the app's folder.
func TestDefinitionsToPasteAgreeWithTheManual(t *testing.T) {
	text := manual(t, "splunk-setup.md")
	for _, name := range []string{"indexes", "authorize", "inputs"} {
		conf, err := app.ReadConf(app.Files(), "README/"+name+".conf.example")
		require.NoError(t, err)
		require.NotEmpty(t, conf, name)
		for _, s := range conf {
			assert.Containsf(t, text, "["+s.Name+"]", "docs/splunk-setup.md")
			for _, setting := range s.Settings {
				switch setting.Key {
				case "token", "srchIndexesAllowed": // each place's own
					assert.Contains(t, text, setting.Key+" = ", "docs/splunk-setup.md")
				default:
					assert.Contains(t, text, collapsed(setting.Key+" = "+setting.Value), "docs/splunk-setup.md: %s.conf [%s]", name, s.Name)
				}
			}
		}
	}
}
