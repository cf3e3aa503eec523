package wire

import "time"

// OrDefault replaces what is not positive.
func OrDefault[T int | int64 | time.Duration](x, otherwise T) T {
	if x <= 0 {
		return otherwise
	}
	return x
}
