package configs_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/configs"
)

const referenceFile = "../docs/configuration.md"

// The manual's page on the file is made of the schema, so that it cannot drift.
func TestReferenceDoesNotDrift(t *testing.T) {
	text, err := configs.Schema()
	require.NoError(t, err)
	var schema yaml.MapSlice // JSON is YAML, and a MapSlice keeps the order of keys
	require.NoError(t, yaml.UnmarshalWithOptions(text, &schema, yaml.UseOrderedMap()))
	r := reference{defs: get(schema, "$defs")}
	r.b.WriteString(referenceHead)
	r.object("The file", strings.TrimPrefix(str(schema, "$ref"), "#/$defs/"), schema)
	got := r.b.String()
	if *update {
		require.NoError(t, os.WriteFile(referenceFile, []byte(got), 0o644))
	}
	want, err := os.ReadFile(referenceFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run go test ./configs -update and look at the difference")
	for _, key := range []string{"`splunk`", "`empty`", "`peak_factor`", "`known_by`", "`approval_days`"} {
		assert.Contains(t, got, key)
	}
}

// The description of country names exactly the countries that the calendar knows.
func TestCountryNamesTheCountries(t *testing.T) {
	text, err := configs.Schema()
	require.NoError(t, err)
	known := calendar.Countries()
	last := len(known) - 1
	assert.Contains(t, string(text), "holidays: "+strings.Join(known[:last], ", ")+" or "+known[last]+"; leave out")
}

const referenceHead = `# The configuration file

YAML with strict keys: an unknown key is an error that names file, line and the key meant.
Start from the worked example, [configs/examples/webshop.yml](../configs/examples/webshop.yml).
Any value may hold ` + "`${NAME}`" + ` or ` + "`${NAME:-default}`" + ` from the environment. Secrets never stand in the
file: ` + "`{env: NAME}`" + ` or ` + "`{file: path}`" + `. Durations are written ` + "`90s, 10m, 36h, 120d, 2w, 3y`" + ` (a year
is 365.25 days). Paths are relative to the file. Ids never change; names may. YAML anchors,
aliases and tags are not taken.

This page is made of the JSON Schema, [configs/foresight.schema.json](../configs/foresight.schema.json).
`

// reference writes one table an object, depth first.
type reference struct {
	b    strings.Builder
	defs yaml.MapSlice
	done map[string]bool
}

func (r *reference) object(title, name string, schema yaml.MapSlice) {
	if name != "" {
		schema = get(r.defs, name)
	}
	required := map[string]bool{}
	if list, ok := value(schema, "required").([]any); ok {
		for _, k := range list {
			required[fmt.Sprint(k)] = true
		}
	}
	fmt.Fprintf(&r.b, "\n## %s\n\n| key | what it says |\n|---|---|\n", title)
	type below struct{ title, name string }
	var next []below
	for _, p := range get(schema, "properties") {
		key, s := fmt.Sprint(p.Key), p.Value.(yaml.MapSlice)
		what := str(s, "description")
		if words := enum(s); words != "" {
			what += " One of " + words + "."
		}
		if required[key] {
			what += " **Required.**"
		}
		fmt.Fprintf(&r.b, "| `%s` | %s |\n", key, strings.TrimSpace(what))
		ref := str(s, "$ref") + str(get(s, "items"), "$ref")
		if def := strings.TrimPrefix(ref, "#/$defs/"); def != "" && len(get(get(r.defs, def), "properties")) > 0 {
			suffix := ""
			if len(get(s, "items")) > 0 {
				suffix = "[]"
			}
			next = append(next, below{strings.TrimPrefix(title+".", "The file.") + key + suffix, def})
		}
	}
	if r.done == nil {
		r.done = map[string]bool{}
	}
	for _, n := range next {
		if !r.done[n.name] {
			r.done[n.name] = true
			r.object(n.title, n.name, nil)
		}
	}
}

// enum lists the words of an enumeration, wherever in the schema they stand.
func enum(s yaml.MapSlice) string {
	list, _ := value(s, "enum").([]any)
	if alternatives, ok := value(s, "anyOf").([]any); ok && list == nil {
		for _, a := range alternatives {
			if words := enum(a.(yaml.MapSlice)); words != "" {
				return words
			}
		}
	}
	var words []string
	for _, w := range list {
		words = append(words, fmt.Sprintf("`%v`", w))
	}
	return strings.Join(words, ", ")
}

func value(s yaml.MapSlice, key string) any {
	for _, item := range s {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

func get(s yaml.MapSlice, key string) yaml.MapSlice {
	m, _ := value(s, key).(yaml.MapSlice)
	return m
}

func str(s yaml.MapSlice, key string) string {
	text, _ := value(s, key).(string)
	return text
}
