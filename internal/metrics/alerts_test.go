package metrics_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const manual = "../../docs/operations.md"

// alert is a rule of deploy/prometheus/alerts.yml.
type alert struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

func alerts(t *testing.T) []alert {
	t.Helper()
	text, err := os.ReadFile("../../deploy/prometheus/alerts.yml")
	require.NoError(t, err)
	var file struct {
		Groups []struct {
			Name  string
			Rules []alert
		}
	}
	require.NoError(t, yaml.UnmarshalWithOptions(text, &file, yaml.Strict()))
	require.Len(t, file.Groups, 1)
	require.NotEmpty(t, file.Groups[0].Rules)
	return file.Groups[0].Rules
}

// measured returns the labels of every metric that there is, by its name.
func measured(t *testing.T) map[string]map[string]bool {
	t.Helper()
	families, err := busy().Registry().Gather()
	require.NoError(t, err)
	all := map[string]map[string]bool{}
	for _, f := range families {
		labels := map[string]bool{}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = true
			}
		}
		all[f.GetName()] = labels
	}
	return all
}

var (
	metricName = regexp.MustCompile(`\b(?:foresight|process|go)_[a-z0-9_]+`)
	// A selector's labels, and those that a sum is taken by.
	labelUsed = regexp.MustCompile(`([a-z_]+)=~?"|by \(([a-z_, ]+)\)`)
)

// An alert asks for metrics and labels that there are, and the manual says what to do.
func TestAlertsAskForWhatThereIs(t *testing.T) {
	have := measured(t)
	text, err := os.ReadFile(manual)
	require.NoError(t, err)
	told := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^### (Foresight\w+)$`).FindAllStringSubmatch(string(text), -1) {
		told[heading[1]] = true
	}
	for _, a := range alerts(t) {
		names := metricName.FindAllString(a.Expr, -1)
		require.NotEmpty(t, names, a.Alert)
		labels := map[string]bool{}
		for _, n := range names {
			require.Contains(t, have, n, "%s asks for a metric that there is not", a.Alert)
			for l := range have[n] {
				labels[l] = true
			}
		}
		for _, used := range labelUsed.FindAllStringSubmatch(a.Expr, -1) {
			for l := range strings.SplitSeq(used[1]+used[2], ",") {
				assert.Contains(t, labels, strings.TrimSpace(l), "%s asks for a label that its metrics have not", a.Alert)
			}
		}
		for _, l := range regexp.MustCompile(`\$labels\.([a-z]+)`).FindAllStringSubmatch(a.Annotations["summary"], -1) {
			assert.True(t, labels[l[1]] || l[1] == "instance", "%s tells a label %s that there is not", a.Alert, l[1])
		}
		assert.Contains(t, []string{"critical", "warning", "info"}, a.Labels["severity"], a.Alert)
		assert.NotEmpty(t, a.Annotations["summary"], a.Alert)
		assert.Equal(t, "docs/operations.md#"+strings.ToLower(a.Alert), a.Annotations["runbook"])
		assert.True(t, told[a.Alert], "%s says nothing of %s", manual, a.Alert)
		delete(told, a.Alert)
	}
	assert.Empty(t, told, "headings in %s of alerts that there are not", manual)
}

// The manual tells of every metric of ours, and of none that is not.
func TestTheManualTellsOfEveryMetric(t *testing.T) {
	text, err := os.ReadFile(manual)
	require.NoError(t, err)
	named := map[string]bool{}
	for _, n := range metricName.FindAllString(string(text), -1) {
		named[n] = true
	}
	have := measured(t)
	for n := range have {
		if strings.HasPrefix(n, "foresight_") {
			assert.True(t, named[n], "%s does not tell of %s", manual, n)
		}
	}
	for n := range named {
		if strings.HasPrefix(n, "foresight_") && n != "foresight_schema" { // a table of the database
			assert.Contains(t, have, n, "%s tells of a metric that there is not", manual)
		}
	}
}
