package sandbox

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// pairs finds key=value in text that is not JSON, like Splunk's KV_MODE=auto.
var pairs = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.]*)=(?:"([^"]*)"|([^\s,;"&]+))`)

// extract returns the search-time fields of an event's text: of a JSON object its
// leaves, nested names joined by dots and those of an array marked by {}; of any
// other text its key=value pairs. A JSON null becomes the text "null", as Splunk
// does it.
func extract(raw string) map[string]value {
	trimmed := strings.TrimSpace(raw)
	if strings.HasPrefix(trimmed, "{") {
		dec := json.NewDecoder(strings.NewReader(trimmed))
		dec.UseNumber() // keeps the number's own digits
		var object map[string]any
		if dec.Decode(&object) == nil {
			found := map[string][]string{}
			flatten(found, "", object)
			return multis(found)
		}
	}
	found := map[string][]string{}
	for _, m := range pairs.FindAllStringSubmatch(raw, -1) {
		if _, known := found[m[1]]; !known {
			found[m[1]] = []string{m[2] + m[3]}
		}
	}
	return multis(found)
}

func multis(found map[string][]string) map[string]value {
	out := make(map[string]value, len(found))
	for name, vs := range found {
		out[name] = multiOf(vs)
	}
	return out
}

func flatten(into map[string][]string, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if name != "" {
				key = name + "." + key
			}
			flatten(into, key, inner)
		}
	case []any:
		for _, inner := range v {
			flatten(into, name+"{}", inner)
		}
	default:
		into[name] = append(into[name], scalar(v))
	}
}

// scalar returns a JSON leaf as text.
func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}
