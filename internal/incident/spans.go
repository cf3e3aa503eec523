package incident

import (
	"fmt"
	"time"
)

// lasting writes how long something lasts, for people: "1 h 59 min", to the minute; what is shorter than
// one, to the second.
func lasting(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", d.Round(time.Second)/time.Second)
	}
	d = d.Round(time.Minute)
	hours, minutes := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d min", hours, minutes)
}
