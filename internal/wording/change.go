package wording

import (
	"fmt"
	"strings"

	"foresight/models"
)

// Change says from what to what a timeline's entry leads. The entry's own words for it are the same in every language,
// since programs go by them.
func (v Voice) Change(e models.Entry) (from, to string) {
	switch e.Kind {
	case models.EntryState:
		return v.named(models.IncidentState(e.From).Words()), v.named(models.IncidentState(e.To).Words())
	case models.EntryTask:
		return v.named(models.TaskState(e.From).Words()), v.named(models.TaskState(e.To).Words())
	case models.EntryClock:
		return v.named(e.From), v.clock(e.To)
	case models.EntryReview:
		if e.To == "due" {
			return "", v.T("review|due")
		}
		return "", v.named(e.To)
	case models.EntryRedundancy:
		up, of := 0, 0
		if n, err := fmt.Sscanf(e.To, "%d of %d up", &up, &of); n == 2 && err == nil {
			return "", v.T("%d of %d up", up, of)
		}
	case models.EntryNotified, models.EntrySuppressed:
		return v.ofClock(e.From), v.step(e.To)
	case models.EntryOpened:
		return "", v.T("level %s", e.To)
	case models.EntryJudged, models.EntryPlan:
		return v.named(e.From), v.named(strings.ReplaceAll(e.To, "_", " "))
	default: // names, numbers and dates
	}
	return strings.ReplaceAll(e.From, "_", " "), strings.ReplaceAll(e.To, "_", " ")
}

// named says one of the models' words; what is none stays.
func (v Voice) named(word string) string {
	if word == "" {
		return ""
	}
	return v.T(word)
}

// clock says what became of a clock.
func (v Voice) clock(what string) string {
	switch what {
	case "warned":
		return v.T("clock|warned")
	case "breached":
		return v.T("breached")
	}
	return what
}

// ofClock says of which clock people are told, and what; of others who or what kept them from it.
func (v Voice) ofClock(from string) string {
	if kind, what, two := strings.Cut(from, " "); two && (what == "warned" || what == "breached") {
		return v.named(kind) + " " + v.clock(what)
	}
	return strings.ReplaceAll(from, "_", " ")
}

// step names a step of an escalation; who was told stays as it is.
func (v Voice) step(to string) string {
	n := 0
	if got, err := fmt.Sscanf(to, "step %d", &n); got == 1 && err == nil && to == fmt.Sprintf("step %d", n) {
		return v.T("step %d", n)
	}
	return to
}
