package studio_test

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/studio"
)

const viewFile = "default/data/ui/views/%s.xml"

func views(t *testing.T, files fs.FS) []studio.View {
	t.Helper()
	all, err := studio.Read(files)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

func TestTheDashboardsHaveNoMistakes(t *testing.T) {
	t.Parallel()
	all := views(t, app.Files())
	var names []string
	for _, v := range all {
		names = append(names, v.Name)
		assert.Equal(t, v.Label, v.Definition.Title, v.Name)
	}
	assert.ElementsMatch(t, []string{"foresight_overview", "foresight_forecast", "foresight_peaks", "foresight_actions", "foresight_incidents", "foresight_accuracy", "foresight_health"}, names)
	assert.Empty(t, studio.Mistakes(all))
}

// Each view is in the navigation, and the overview is what one sees first.
func TestTheNavigationHasEveryDashboard(t *testing.T) {
	t.Parallel()
	nav, err := fs.ReadFile(app.Files(), "default/data/ui/nav/default.xml")
	require.NoError(t, err)
	for _, v := range views(t, app.Files()) {
		assert.Contains(t, string(nav), fmt.Sprintf(`<view name="%s"`, v.Name))
	}
	assert.Regexp(t, `<view name="foresight_overview"\s+default="true"`, string(nav))
	for _, named := range regexp.MustCompile(`<view name="(\w*foresight_\w+)"`).FindAllStringSubmatch(string(nav), -1) {
		_, err := fs.Stat(app.Files(), fmt.Sprintf(viewFile, named[1]))
		assert.NoError(t, err)
	}
}

// small is a dashboard without a mistake.
const small = `<dashboard version="2"><label>Small</label><definition><![CDATA[{
  "title": "Small",
  "inputs": {"input_who": {"type": "input.dropdown", "options": {"token": "who", "defaultValue": "*"}}},
  "dataSources": {"ds_one": {"type": "ds.search", "options": {"query": "index=x who=$who|s$", "queryParameters": {"earliest": "-1d", "latest": "now"}}}},
  "visualizations": {"viz_one": {"type": "splunk.table", "title": "One", "description": "Empty: look.", "dataSources": {"primary": "ds_one"}, "showLastUpdated": true,
    "options": {"columnFormat": {"a": {"data": "> table | seriesByName(\"a\")"}}},
    "eventHandlers": [{"type": "drilldown.linkToDashboard", "options": {"app": "foresight", "dashboard": "small", "tokens": [{"token": "who", "value": "row._who.value"}]}}]}},
  "layout": {"type": "grid", "structure": [{"item": "viz_one", "type": "block", "position": {"x": 0, "y": 0, "w": 1200, "h": 100}}], "globalInputs": ["input_who"]}
}]]></definition></dashboard>`

func smallViews(t *testing.T, old, replacement string) []studio.View {
	t.Helper()
	require.Contains(t, small, old)
	return views(t, fstest.MapFS{fmt.Sprintf(viewFile, "small"): {Data: []byte(strings.Replace(small, old, replacement, 1))}})
}

func TestEachMistakeIsFound(t *testing.T) {
	t.Parallel()
	require.Empty(t, studio.Mistakes(smallViews(t, "Small", "Small")))
	for _, c := range []struct{ old, replacement, want string }{
		{`{"primary": "ds_one"}`, `{"primary": "ds_two"}`, "viz_one shows the data source ds_two, which is not there"},
		{`{"primary": "ds_one"}`, `{}`, "nothing shows the data source ds_one"},
		{`"type": "ds.search"`, `"type": "ds.chain"`, "ds_one is a ds.chain"},
		{`index=x who=$who|s$`, ` `, "ds_one has no query"},
		{`, "latest": "now"`, ``, "ds_one has no time range of its own"},
		{`"queryParameters"`, `"refrsh": "5m", "queryParameters"`, "the option refrsh, which a ds.search does not know"},
		{`"title": "One", `, ``, "viz_one has no title"},
		{`"showLastUpdated": true`, `"showLastUpdated": false`, "does not say when its data was refreshed"},
		{`Empty: look.`, `Look.`, "viz_one does not say what to do about its number, or when it is empty"},
		{`Empty: look.`, `Empty: none.`, "viz_one does not say what to do about its number, or when it is empty"},
		{`"dashboard": "small"`, `"dashboard": "big"`, "leads to big of foresight, which is not there"},
		{`{"token": "who", "value"`, `{"token": "whom", "value"`, "hands whom to small, which has no such input"},
		{`"value": "row._who.value"`, `"value": "nobody"`, "the token nobody is set by nothing"},
		{`$who|s$`, `$whom|s$`, "the token $whom|s$ is set by nothing"},
		{`"type": "grid"`, `"type": "absolute"`, "not the grid"},
		{`"item": "viz_one"`, `"item": "viz_two"`, "the layout places viz_two, which is not there"},
		{`"item": "viz_one"`, `"item": "viz_two"`, "viz_one stands in 0 places"},
		{`"globalInputs": ["input_who"]`, `"globalInputs": []`, "input_who stands in 0 places"},
		{`"globalInputs": ["input_who"]`, `"globalInputs": ["input_who", "input_two"]`, "the layout places the input input_two, which is not there"},
		{`"structure": [`, `"structure": [{"item": "viz_one", "position": {"x": 10, "y": 10, "w": 5, "h": 5}}, `, "viz_one stands on viz_one"},
	} {
		assert.Contains(t, strings.Join(studio.Mistakes(smallViews(t, c.old, c.replacement)), "\n"), c.want, c.replacement)
	}
}

func TestWhatPanelsAskOfASearch(t *testing.T) {
	t.Parallel()
	assert.Equal(t, map[string][]string{"ds_one": {"_who", "a"}}, smallViews(t, "Small", "Small")[0].Wants())
}

// What panels ask of a search by name is among what it answers, which the golden rows say.
func TestSearchesAnswerWhatPanelsAsk(t *testing.T) {
	t.Parallel()
	for _, v := range views(t, app.Files()) {
		for source, fields := range v.Wants() {
			text, err := os.ReadFile("../testdata/searches/" + strings.ReplaceAll(v.Name+"-xml-"+source, "_", "-") + ".txt")
			require.NoError(t, err)
			answered := strings.Split(strings.Split(string(text), "\n")[1], " | ")
			assert.Subset(t, answered, fields, "%s %s", v.Name, source)
		}
	}
}

func TestWhatIsNoDashboard(t *testing.T) {
	t.Parallel()
	read := func(text string) ([]studio.View, error) {
		return studio.Read(fstest.MapFS{fmt.Sprintf(viewFile, "small"): {Data: []byte(text)}})
	}
	for _, simple := range []string{strings.Replace(small, `version="2"`, `version="1.1"`, 1), `<form version="1.1"/>`} {
		found, err := read(simple)
		require.NoError(t, err)
		assert.Empty(t, found, "a page in Simple XML is left to others")
	}
	for bad, want := range map[string]string{strings.Replace(small, `"title"`, `title`, 1): "reading the definition", "<form": "reading the view"} {
		_, err := read(bad)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "small.xml")
	}
}

// The modern form has the classic layout under a tab, and nothing else is changed.
func TestTheModernForm(t *testing.T) {
	t.Parallel()
	modern, err := smallViews(t, "Small", "Small")[0].Modern()
	require.NoError(t, err)
	assert.Contains(t, string(modern), `"layout":{"globalInputs":["input_who"],"layoutDefinitions":{"layout_1":{"structure":[{"item":"viz_one"`)
	assert.Contains(t, string(modern), `"tabs":{"items":[{"label":"Small","layoutId":"layout_1"}]}`)
	assert.Contains(t, string(modern), `"showLastUpdated":true`)
}
