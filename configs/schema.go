package configs

import (
	_ "embed" // for Example
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"
)

// Example is the worked example of a configuration file: a Swedish web shop.
//
//go:embed examples/webshop.yml
var Example []byte

// schemaID names the schema; nothing is fetched from there.
const schemaID = "https://foresight.invalid/foresight.schema.json"

// Schema returns the JSON Schema (draft 2020-12) of the configuration file, for
// editors. It is made of the same structs as the file is read into; what it cannot
// say, Load does.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		ExpandedStruct:             true,
		Namer:                      schemaName,
		Mapper:                     schemaType,
	}
	s := r.Reflect(&file{})
	s.ID = schemaID
	s.Title = "Foresight configuration"
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("making the JSON Schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schemaName names a definition: fileQuery is Query.
func schemaName(t reflect.Type) string {
	name := t.Name()
	if len(name) > len("file") && name[:4] == "file" {
		return name[4:]
	}
	return name
}

// schemaType lets a number also be a variable, as every scalar of the file may.
func schemaType(t reflect.Type) *jsonschema.Schema {
	var kind string
	switch t.Kind() {
	case reflect.Int:
		kind = "integer"
	case reflect.Float64:
		kind = "number"
	default:
		return nil
	}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: kind}, {Type: "string", Pattern: `\$\{`}}}
}
