//go:build browser

package studio_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
	"foresight/splunk/app/studio"
)

// click is one on a panel, and where it leads.
type click struct {
	panel, to string
	then      string // a condition of the page itself that comes true besides
}

const (
	// ofForesight is a case or the board of Foresight itself.
	ofForesight = `^http://127\.0\.0\.1:8080/(incidents/\S+|actions\?customer=\S+)$`
	// forecasts is the forecast of the signal that the row names.
	forecasts = `^/app/foresight/foresight_forecast\?form\.customer=[a-z-]+&form\.service=[a-z-]+&form\.signal=[a-z-]+$`
)

// clicks are those of each dashboard that leads elsewhere.
var clicks = map[string][]click{
	"foresight_overview": {
		{panel: "viz_late", to: `^/app/foresight/foresight_actions\?form\.customer=(\*|%2A)&form\.service=(\*|%2A)$`},
		{panel: "viz_work", to: ofForesight},
		{panel: "viz_limits", to: forecasts},
		{panel: "viz_peaks", to: forecasts},
		{panel: "viz_setup", to: `^/app/foresight/foresight_health$`},
	},
	"foresight_forecast": {
		{panel: "viz_crossings", to: `^/app/foresight/foresight_actions\?form\.customer=nordbutiken&form\.service=payments$`},
		{panel: "viz_peaks", to: `^/app/foresight/foresight_peaks\?form\.customer=nordbutiken&form\.service=payments$`},
	},
	"foresight_peaks":     {{panel: "viz_list", to: forecasts}},
	"foresight_actions":   {{panel: "viz_due", to: ofForesight}, {panel: "viz_startedlist", to: ofForesight}},
	"foresight_incidents": {{panel: "viz_open", to: ofForesight, then: `new URLSearchParams(location.search).get("form.incident")?.length > 1`}},
	"foresight_accuracy":  {{panel: "viz_each", to: forecasts}},
	"foresight_health":    {{panel: "viz_ages", to: forecasts}},
}

// follow clicks on panels of the dashboard that is shown, and on one link goes on to where it leads: there
// its inputs stand as the row said.
func (s sheet) follow(v studio.View) {
	s.t.Helper()
	require.NotEmpty(s.t, clicks[v.Name], "where clicks on %s lead is tried by nobody", v.Name)
	var link string
	for n, c := range clicks[v.Name] {
		row := value(s, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector('[data-id="%s"] tbody tr')?.innerText ?? ""`, c.panel)))
		s.click(v, c.panel)
		s.waitFor(fmt.Sprintf("foresight.opened.length > %d", n), "a click on "+c.panel+" of "+v.Name+" leads nowhere")
		opened := value(s, chromedp.Evaluate[[]string]("foresight.opened"))[n]
		assert.Regexp(s.t, c.to, opened, c.panel)
		if c.then != "" {
			s.waitFor(c.then, "a click on "+c.panel+" does not show what it should")
		}
		if c.to == forecasts {
			link = opened
			at, err := url.Parse(opened)
			require.NoError(s.t, err)
			assert.Contains(s.t, strings.Fields(row), at.Query().Get("form.signal"), "%s: the signal of the row that was clicked", c.panel)
		}
	}
	if v.Name == "foresight_overview" {
		s.arrive(link)
	}
}

// click clicks on the first row of a panel, or on its number.
func (s sheet) click(v studio.View, panel string) {
	s.t.Helper()
	if v.Definition.Visualizations[panel].Type != "splunk.singlevalue" {
		s.do(chromedp.Click(fmt.Sprintf(`[data-id="%s"] tbody td`, panel)))
		return
	}
	at := value(s, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => { const r = document.querySelector('[data-id="%s"]').getBoundingClientRect(); return [r.x + r.width / 2, r.y + 0.65 * r.height]; })()`, panel)))
	s.do(chromedp.MouseClickXY(at[0], at[1]))
}

// arrive goes where a link leads.
func (s sheet) arrive(link string) {
	s.t.Helper()
	at, err := url.Parse(link)
	require.NoError(s.t, err)
	s.show(s.bench.views[strings.TrimPrefix(at.Path, "/app/foresight/")], "light", "/?"+at.RawQuery)
	shown := value(s, chromedp.Evaluate[string]("document.body.innerText"))
	for name, values := range at.Query() {
		assert.Contains(s.t, shown, values[0], name)
	}
	assert.Contains(s.t, shown, at.Query().Get("form.signal")+": what came, and what will come")
}

// Each dashboard that has a click to another is among those that are tried.
func TestBrowserDashboardsClicksAreTried(t *testing.T) {
	for _, v := range views(t, app.Files()) {
		tried := map[string]bool{}
		for _, c := range clicks[v.Name] {
			require.NotEmptyf(t, v.Definition.Visualizations[c.panel].EventHandlers, "%s %s leads nowhere", v.Name, c.panel)
			for _, h := range v.Definition.Visualizations[c.panel].EventHandlers {
				tried[h.Type] = true
			}
		}
		for id, p := range v.Definition.Visualizations {
			for _, h := range p.EventHandlers {
				assert.Truef(t, tried[h.Type], "%s: no click of the kind of %s (%s) is tried", v.Name, id, h.Type)
			}
		}
	}
}
