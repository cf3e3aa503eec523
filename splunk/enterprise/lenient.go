package enterprise

import (
	"fmt"
	"strconv"
	"strings"
	"time"
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

// amount is a quantity, as a number or in quotes. What is neither, or below zero, is none: nothing hangs on it.
type amount float64

// UnmarshalJSON implements json.Unmarshaler.
func (a *amount) UnmarshalJSON(data []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64)
	if err != nil || !(x >= 0 && x <= 1e12) {
		x = 0
	}
	*a = amount(x)
	return nil
}

// seconds is the amount as a length of time; of more than a hundred years it is a hundred.
func (a amount) seconds() time.Duration {
	return time.Duration(min(float64(a), 36525*24*3600) * float64(time.Second))
}
