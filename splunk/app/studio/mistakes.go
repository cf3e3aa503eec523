package studio

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"foresight/splunk/app"
)

// searchOptions are those that Dashboard Studio knows of a ds.search; its schema takes any.
var searchOptions = []string{"query", "queryParameters", "refresh", "refreshType", "enableSmartSources"}

// Mistakes are what Splunk's schema does not find in an app's dashboards: names that lead nowhere,
// searches and panels that nobody shows, and what every panel of ours owes its reader.
func Mistakes(views []View) []string {
	known := map[string]View{}
	for _, v := range views {
		known[v.Name] = v
	}
	var all []string
	for _, v := range views {
		c := checker{view: v, known: known}
		c.sources()
		c.panels()
		c.layout()
		c.tokens()
		for _, m := range c.found {
			all = append(all, v.Name+": "+m)
		}
	}
	return all
}

type checker struct {
	view  View
	known map[string]View
	found []string
}

func (c *checker) say(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// sources checks that each search is one, and is used.
func (c *checker) sources() {
	d := c.view.Definition
	used := map[string]bool{}
	for _, group := range []map[string]Visualization{d.Visualizations, d.Inputs} {
		for _, id := range slices.Sorted(maps.Keys(group)) {
			for _, source := range group[id].DataSources {
				used[source] = true
				if _, ok := d.DataSources[source]; !ok {
					c.say("%s shows the data source %s, which is not there", id, source)
				}
			}
		}
	}
	names, sources := c.view.Searches()
	for _, name := range names {
		s := sources[name]
		query, earliest, latest := s.Query()
		switch {
		case s.Type != "ds.search":
			c.say("%s is a %s; older Splunk and the tests know ds.search", name, s.Type)
		case strings.TrimSpace(query) == "":
			c.say("%s has no query", name)
		case earliest == "" || latest == "":
			c.say("%s has no time range of its own: without latest it misses what lies in the future", name)
		case !used[name]:
			c.say("nothing shows the data source %s", name)
		}
		for _, option := range slices.Sorted(maps.Keys(s.Options)) {
			if !slices.Contains(searchOptions, option) {
				c.say("%s has the option %s, which a ds.search does not know", name, option)
			}
		}
	}
}

// panels checks what each panel owes its reader, and where its clicks lead.
func (c *checker) panels() {
	d := c.view.Definition
	for _, id := range slices.Sorted(maps.Keys(d.Visualizations)) {
		v := d.Visualizations[id]
		if len(v.DataSources) > 0 {
			if v.Title == "" {
				c.say("%s has no title", id)
			}
			if !v.ShowLastUpdated {
				c.say("%s does not say when its data was refreshed: showLastUpdated", id)
			}
			hint := v.Description
			if v.Type != "splunk.singlevalue" {
				_, hint, _ = strings.Cut(hint, "Empty")
			}
			if !advice.MatchString(hint) {
				c.say("%s does not say what to do about its number, or when it is empty: \"Empty: …\" in its description", id)
			}
		}
		for _, h := range v.EventHandlers {
			c.click(id, h)
		}
	}
}

// advice is a word that tells a reader what to do, or that nothing need be done.
var advice = regexp.MustCompile(`(?i)\b(good|nothing to do|acknowledge|act|add|be ready|choose|click|do|freeze|give|let|list|look|mark|mend|order|plan|raise|read|repeat|run|see|set|staff|start|tell|test|wait|write)\b`)

func (c *checker) click(id string, h EventHandler) {
	if h.Type != "drilldown.linkToDashboard" {
		return
	}
	to, ok := c.known[h.Options.Dashboard]
	if !ok || h.Options.App != app.Name {
		c.say("a click on %s leads to %s of %s, which is not there", id, h.Options.Dashboard, h.Options.App)
		return
	}
	takes := map[string]bool{}
	for _, input := range to.Definition.Inputs {
		takes[input.Token()] = true
	}
	for _, t := range h.Options.Tokens {
		if !takes[t.Token] {
			c.say("a click on %s hands %s to %s, which has no such input", id, t.Token, to.Name)
		}
	}
}

// layout checks that each panel and input stands in one place, and panels stand on none other.
func (c *checker) layout() {
	d := c.view.Definition
	if d.Layout.Type != "grid" {
		c.say("the layout is %q, not the grid that fits any window", d.Layout.Type)
	}
	stands := map[string]int{}
	for i, p := range d.Layout.Structure {
		stands[p.Item]++
		if _, ok := d.Visualizations[p.Item]; !ok {
			c.say("the layout places %s, which is not there", p.Item)
		}
		for _, q := range d.Layout.Structure[:i] {
			a, b := p.Position, q.Position
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				c.say("%s stands on %s", p.Item, q.Item)
			}
		}
	}
	for _, id := range d.Layout.GlobalInputs {
		stands[id]++
		if _, ok := d.Inputs[id]; !ok {
			c.say("the layout places the input %s, which is not there", id)
		}
	}
	for _, ids := range [][]string{slices.Sorted(maps.Keys(d.Visualizations)), slices.Sorted(maps.Keys(d.Inputs))} {
		for _, id := range ids {
			if stands[id] != 1 {
				c.say("%s stands in %d places", id, stands[id])
			}
		}
	}
}

// token is a use of a token: $name$, $name|filter$.
var token = regexp.MustCompile(`\$([A-Za-z_][\w.:× ]*?)(?:\|\w+)?\$`)

// tokens checks that each token is set by something.
func (c *checker) tokens() {
	d := c.view.Definition
	set := map[string]bool{}
	for _, input := range d.Inputs {
		set[input.Token()] = true
	}
	for name := range d.Defaults.Tokens.Default {
		set[name] = true
	}
	clicks := map[string]bool{}
	for id, v := range d.Visualizations {
		for _, h := range v.EventHandlers {
			for _, t := range h.Options.Tokens {
				if h.Type == "drilldown.setToken" && !set[t.Token] {
					c.say("a click on %s sets the token %s, which has no default: its searches would wait for a click", id, t.Token)
				}
				clicks[t.Value] = true
			}
		}
	}
	used := map[string]string{}
	for _, part := range []any{d.DataSources, d.Visualizations, d.Inputs} {
		for _, found := range token.FindAllStringSubmatch(text(part), -1) {
			used[found[1]] = found[0]
		}
	}
	for value := range clicks {
		if value != "" {
			used[value] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		if !set[name] && !strings.HasPrefix(name, "row.") && !strings.HasPrefix(name, "click.") && !strings.HasPrefix(name, "env:") {
			c.say("the token %s is set by nothing", used[name])
		}
	}
}

// text is a part of a definition as it was written: > stays >.
func text(part any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(part) // it was JSON a moment ago
	return b.String()
}

// named is a field of a search that a panel's options or clicks ask for.
var named = regexp.MustCompile(`> (?:primary|table|annotation) \| seriesByName\(\\?["']([^"'\\]+)\\?["']\)|row\.([^"$]+?)\.value`)

// Wants are the fields that panels ask of each data source by name: seriesByName of an option, and
// row.….value of a click. A search that answers without them leaves its panel blank.
func (v View) Wants() map[string][]string {
	want := map[string][]string{}
	for _, group := range []map[string]Visualization{v.Definition.Visualizations, v.Definition.Inputs} {
		for _, panel := range group {
			for _, found := range named.FindAllStringSubmatch(text([]any{panel.Options, panel.Context, panel.EventHandlers}), -1) {
				source := panel.DataSources["primary"]
				if strings.Contains(found[0], "> annotation") {
					source = panel.DataSources["annotation"]
				}
				field := found[1] + found[2]
				if !slices.Contains(want[source], field) {
					want[source] = append(want[source], field)
				}
			}
		}
	}
	for _, fields := range want {
		slices.Sort(fields)
	}
	return want
}
