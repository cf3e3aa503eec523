package studio

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// viewsDir is where an app keeps its dashboards.
const viewsDir = "default/data/ui/views"

// View is a dashboard: a view file that holds a definition for Dashboard Studio.
type View struct {
	Name       string // of the file, and in addresses
	Label      string
	Definition Definition
	JSON       json.RawMessage // the definition as it stands
}

// Definition is what is checked of a dashboard's definition, in the classic form of one layout that
// Splunk before tabs knows too.
type Definition struct {
	Title          string                   `json:"title"`
	Description    string                   `json:"description"`
	Inputs         map[string]Visualization `json:"inputs"`
	Defaults       Defaults                 `json:"defaults"`
	DataSources    map[string]DataSource    `json:"dataSources"`
	Visualizations map[string]Visualization `json:"visualizations"`
	Layout         Layout                   `json:"layout"`
}

// Defaults are the values that tokens have before anybody chose one.
type Defaults struct {
	Tokens struct {
		Default map[string]struct{ Value string } `json:"default"`
	} `json:"tokens"`
}

// DataSource is a search of a dashboard.
type DataSource struct {
	Type    string                     `json:"type"`
	Name    string                     `json:"name"`
	Options map[string]json.RawMessage `json:"options"`
}

// Query returns the search and its time range; texts that are not there are empty.
func (d DataSource) Query() (query, earliest, latest string) {
	var span struct{ Earliest, Latest string }
	_ = json.Unmarshal(d.Options["query"], &query)          // what is not a text is no query
	_ = json.Unmarshal(d.Options["queryParameters"], &span) // the same
	return query, span.Earliest, span.Latest
}

// Visualization is a panel or, with a token among its options, an input.
type Visualization struct {
	Type            string                     `json:"type"`
	Title           string                     `json:"title"`
	Description     string                     `json:"description"`
	DataSources     map[string]string          `json:"dataSources"` // by role: primary, annotation
	Options         map[string]json.RawMessage `json:"options"`
	Context         map[string]json.RawMessage `json:"context"`
	EventHandlers   []EventHandler             `json:"eventHandlers"`
	ShowLastUpdated bool                       `json:"showLastUpdated"`
}

// Token is what an input sets; "" for a panel.
func (v Visualization) Token() string {
	var token string
	_ = json.Unmarshal(v.Options["token"], &token) // none is none
	return token
}

// EventHandler is what a click does.
type EventHandler struct {
	Type    string `json:"type"`
	Options struct {
		App       string `json:"app"`
		Dashboard string `json:"dashboard"`
		URL       string `json:"url"`
		Tokens    []struct{ Token, Key, Value string }
	} `json:"options"`
}

// Layout says where what stands.
type Layout struct {
	Type         string          `json:"type"`
	Options      json.RawMessage `json:"options"`
	Structure    []Place         `json:"structure"`
	GlobalInputs []string        `json:"globalInputs"`
}

// Place is where a panel stands.
type Place struct {
	Item     string `json:"item"`
	Type     string `json:"type"`
	Position struct{ X, Y, W, H int }
}

// Read reads the dashboards of an app's folder, in order of their names; pages in Simple XML are not
// among them. What a definition has
// that this package does not know is left to Splunk's own schema.
func Read(files fs.FS) ([]View, error) {
	names, err := fs.Glob(files, viewsDir+"/*.xml")
	if err != nil {
		return nil, fmt.Errorf("listing the views: %w", err)
	}
	var views []View
	for _, name := range names {
		v, ok, err := readView(files, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if ok {
			views = append(views, v)
		}
	}
	return views, nil
}

// readView reads one file; false: it is no dashboard of Dashboard Studio.
func readView(files fs.FS, name string) (View, bool, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return View{}, false, err //nolint:wrapcheck // the caller names the file
	}
	var file struct {
		XMLName    xml.Name
		Version    string `xml:"version,attr"`
		Label      string `xml:"label"`
		Definition string `xml:"definition"`
	}
	if err := xml.Unmarshal(raw, &file); err != nil {
		return View{}, false, fmt.Errorf("reading the view: %w", err)
	}
	if file.XMLName.Local != "dashboard" || file.Version != "2" {
		return View{}, false, nil
	}
	v := View{Name: strings.TrimSuffix(path.Base(name), ".xml"), Label: file.Label, JSON: json.RawMessage(bytes.TrimSpace([]byte(file.Definition)))}
	if err := json.Unmarshal(v.JSON, &v.Definition); err != nil {
		return View{}, false, fmt.Errorf("reading the definition: %w", err)
	}
	return v, true, nil
}

// Modern returns the definition in the form that Splunk has had since dashboards have tabs, and that
// alone its schema accepts.
func (v View) Modern() (json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(v.JSON, &all); err != nil {
		return nil, fmt.Errorf("reading the definition of %s: %w", v.Name, err)
	}
	var classic map[string]json.RawMessage
	if err := json.Unmarshal(all["layout"], &classic); err != nil {
		return nil, fmt.Errorf("reading the layout of %s: %w", v.Name, err)
	}
	inputs := classic["globalInputs"]
	delete(classic, "globalInputs")
	layout, err := json.Marshal(map[string]any{
		"globalInputs": inputs, "layoutDefinitions": map[string]any{"layout_1": classic},
		"tabs": map[string]any{"items": []map[string]string{{"layoutId": "layout_1", "label": v.Label}}},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the layout of %s: %w", v.Name, err)
	}
	all["layout"] = layout
	modern, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("writing the definition of %s: %w", v.Name, err)
	}
	return modern, nil
}

// Searches are those of a dashboard: their names in order, and the searches.
func (v View) Searches() ([]string, map[string]DataSource) {
	return slices.Sorted(maps.Keys(v.Definition.DataSources)), v.Definition.DataSources
}
