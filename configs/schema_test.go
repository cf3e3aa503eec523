package configs_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

var update = flag.Bool("update", false, "write the golden files anew")

const schemaFile = "foresight.schema.json"

func TestSchemaDoesNotDrift(t *testing.T) {
	got, err := configs.Schema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(schemaFile, got, 0o644))
	}
	want, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "run go test ./configs -update and look at the difference")
}

// compile returns the schema as an independent validator reads it.
func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := configs.Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

// plain reads YAML as an editor does.
func plain(t *testing.T, text []byte) any {
	t.Helper()
	j, err := yaml.YAMLToJSON(text)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	require.NoError(t, err)
	return doc
}

func TestExampleFitsSchema(t *testing.T) {
	require.NoError(t, compile(t).Validate(plain(t, configs.Example)))
	assert.True(t, bytes.HasPrefix(configs.Example, []byte("# yaml-language-server: $schema=../"+schemaFile+"\n")))
}

func TestSchemaRefuses(t *testing.T) {
	s := compile(t)
	for name, change := range map[string][2]string{
		"an unknown key":     {"report: {dir: report}", "reprot: {dir: report}"},
		"a secret as text":   {"token: {env: SPLUNK_TOKEN}", "token: abc"},
		"an unknown span":    {"span: 1h\n", "span: 2h\n"},
		"a date that is not": {"from: 2026-09-05", "from: 5 September"},
		"no customers":       {"customers:", "splunk2:"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, string(configs.Example), change[0])
			text := bytes.Replace(configs.Example, []byte(change[0]), []byte(change[1]), 1)
			assert.Error(t, s.Validate(plain(t, text)))
		})
	}
}
