package incident

import (
	"time"

	"foresight/internal/wording"
)

// voice says things of cases in a language.
type voice struct{ wording.Voice }

// lasting writes how long something lasts, for people: "1 h 59 min", to the minute; what is shorter than
// one, to the second.
func (v voice) lasting(d time.Duration) string {
	if d < time.Minute {
		return v.T("%d s", int(d.Round(time.Second)/time.Second))
	}
	d = d.Round(time.Minute)
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return v.T("%d min", minutes)
	case minutes == 0:
		return v.T("%d h", hours)
	}
	return v.T("%d h %d min", hours, minutes)
}

// moment writes one for people.
func (v voice) moment(t time.Time) string { return v.Date(t, v.T("2006-01-02T15:04:05Z07:00")) }

// Lasting writes how long something lasts, for people.
func Lasting(say wording.Voice, d time.Duration) string { return voice{say}.lasting(d) }
