package enterprise

import (
	"fmt"
	"strconv"
	"strings"
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
