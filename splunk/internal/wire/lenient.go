package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"foresight/splunk"
)

// Messages is a list of {type, text}, or an object of lists by type.
type Messages []splunk.Message

// UnmarshalJSON implements json.Unmarshaler.
func (m *Messages) UnmarshalJSON(data []byte) error {
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
	var byType map[string]Value
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

// Suspicious returns the messages that are not plainly harmless: whatever is not INFO
// or DEBUG.
func Suspicious(all []splunk.Message) []splunk.Message {
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

// SafeSID is a search id that can stand in a path.
var SafeSID = regexp.MustCompile(`^[A-Za-z0-9_.@-]{1,200}$`)

// BadSearch are the words of failures that lie in the search itself.
var BadSearch = regexp.MustCompile(`(?i)error in '|unknown search command|unable to parse|syntax|mismatched|unbalanced|invalid (argument|function|option)|not supported`)

// MendSearch is what to do about such a search, before its SPL.
const MendSearch = "correct the query, or let the search user read what it names; the SPL is "

// Join puts messages on one line, each after its type.
func Join(all []splunk.Message) string {
	texts := make([]string, len(all))
	for i, m := range all {
		texts[i] = strings.ToUpper(m.Type) + " " + m.Text
	}
	return strings.Join(texts, "; ")
}

// Value is a field's values: a string, several, or none.
type Value []string

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(data []byte) error {
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
	*v = Value{text}
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
