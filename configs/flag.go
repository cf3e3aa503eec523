package configs

import (
	"fmt"

	"github.com/invopop/jsonschema"
)

// flag is true or false.
type flag bool

func (f *flag) parse(text string) error {
	switch text {
	case "true":
		*f = true
	case "false":
		*f = false
	default:
		return fmt.Errorf("%q is neither true nor false; write one of them", text)
	}
	return nil
}

// JSONSchema describes a flag to editors.
func (flag) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "boolean"}, {Type: "string", Pattern: `\$\{`}}}
}
