package enterprise

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"foresight/splunk"
)

// flag is a boolean that Splunk writes as true, 1 or "1", by version and format.
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch strings.ToLower(strings.Trim(string(data), `"`)) {
	case "true", "1":
		*f = true
	case "false", "0":
		*f = false
	default:
		return fmt.Errorf("%.20s is no boolean", data)
	}
	return nil
}

// count is a whole number, as such or in quotes.
type count int

// UnmarshalJSON implements json.Unmarshaler.
func (c *count) UnmarshalJSON(data []byte) error {
	n, err := strconv.ParseInt(strings.Trim(string(data), `"`), 10, 64)
	if err != nil || n < 0 {
		return fmt.Errorf("%.20s is no count", data)
	}
	*c = count(n)
	return nil
}

// messages is a list of {type, text}, or an object of lists by type.
type messages []splunk.Message

// UnmarshalJSON implements json.Unmarshaler.
func (m *messages) UnmarshalJSON(data []byte) error {
	var list []struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	if json.Unmarshal(data, &list) == nil {
		*m = nil
		for _, e := range list {
			*m = append(*m, splunk.Message{Type: e.Type, Text: e.Text})
		}
		return nil
	}
	var byType map[string]value
	if err := json.Unmarshal(data, &byType); err != nil {
		return fmt.Errorf("messages are neither a list nor by type")
	}
	*m = nil
	for t, texts := range byType {
		for _, text := range texts {
			*m = append(*m, splunk.Message{Type: t, Text: text})
		}
	}
	return nil
}

// harmless is the one warning that says nothing of the result: the server was slow to
// begin. Whatever else warns makes a result suspect.
var harmless = regexp.MustCompile(`^Configuration initialization for \S+ took longer than expected`)

// suspicious returns the messages that are not plainly harmless: whatever is not INFO
// or DEBUG.
func suspicious(all []splunk.Message) []splunk.Message {
	var bad []splunk.Message
	for _, m := range all {
		switch strings.ToUpper(m.Type) {
		case "INFO", "DEBUG":
		case "WARN":
			if !harmless.MatchString(m.Text) {
				bad = append(bad, m)
			}
		default:
			bad = append(bad, m)
		}
	}
	return bad
}

func join(all []splunk.Message) string {
	texts := make([]string, len(all))
	for i, m := range all {
		texts[i] = strings.ToUpper(m.Type) + " " + m.Text
	}
	return strings.Join(texts, "; ")
}

// value is a field's values: a string, several, or none.
type value []string

// UnmarshalJSON implements json.Unmarshaler.
func (v *value) UnmarshalJSON(data []byte) error {
	*v = nil
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] == '[' {
		var many []json.RawMessage
		if err := json.Unmarshal(data, &many); err != nil {
			return err
		}
		for _, one := range many {
			text, err := scalar(one)
			if err != nil {
				return err
			}
			*v = append(*v, text)
		}
		return nil
	}
	if string(data) == "null" {
		return nil
	}
	text, err := scalar(data)
	*v = value{text}
	return err
}

// scalar reads a string, or a number or boolean as it is written.
func scalar(data []byte) (string, error) {
	if len(data) > 0 && data[0] == '"' {
		var s string
		err := json.Unmarshal(data, &s)
		return s, err
	}
	if len(data) > 0 && (data[0] == '{' || data[0] == '[') {
		return "", fmt.Errorf("an object where a value is expected")
	}
	return string(data), nil
}
