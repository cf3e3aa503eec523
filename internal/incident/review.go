package incident

import (
	"fmt"
	"strings"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

// ReviewDone keeps what was learnt from a case, once it has been resolved; a later text takes the
// place of an earlier one, and the timeline tells of both.
func ReviewDone(i models.Incident, a Act, r Rules) (models.Incident, []models.Entry, error) {
	if strings.TrimSpace(a.Text) == "" {
		return i, nil, fmt.Errorf("reviewing case %s: %w", i.ID, errNoText)
	}
	if i.State.Open() || i.State == models.IncidentCanceled {
		return i, nil, &NotNowError{State: i.State, Verb: "review"}
	}
	w, err := change(i, a, r)
	if err != nil {
		return i, nil, err
	}
	review := models.Review{Text: a.Text, Done: w.at}
	if i.Review != nil {
		review.Due = i.Review.Due
	}
	w.i.Review = &review
	w.add(models.EntryReview, "", "done", r.say().T("the review is written"))
	done, entries := w.done()
	return done, entries, nil
}

// ReviewTemplate is a review to be filled in (Markdown), with what the timeline knows already.
func ReviewTemplate(i models.Incident, timeline []models.Entry, zone *time.Location, lang string) string {
	say := wording.In(lang)
	at := func(t time.Time) string {
		if t.IsZero() {
			return say.T("not yet")
		}
		return t.In(zone).Format("2006-01-02 15:04 MST")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n", i.ID, i.Title)
	b.WriteString(say.T("Service %s, level %d, priority %d. Opened %s, resolved %s, reported %d times.", i.Service, int(i.Level), int(i.Priority), at(i.Opened), at(i.Resolved), i.Occurrences) + "\n")
	var late []string
	for _, c := range i.Clocks {
		if c.Breached {
			late = append(late, say.T(string(c.Kind)))
		}
	}
	if len(late) > 0 {
		b.WriteString(say.T("The time to %s ran out.", strings.Join(late, ", ")) + "\n")
	}
	if i.Verdict != "" {
		b.WriteString(say.T("It had been foreseen: %s.", say.T(strings.ReplaceAll(i.Verdict, "_", " "))) + "\n")
	}
	for _, q := range []string{say.T("What happened, and whom it hurt"), say.T("Why (causes, not culprits)"), say.T("What helped, and what was in the way"), say.T("Would a forecast, a spare or an upgrade have prevented it?"), say.T("What is done about it (who, by when)")} {
		fmt.Fprintf(&b, "\n## %s\n\n…\n", q)
	}
	b.WriteString("\n## " + say.T("Timeline") + "\n\n")
	for _, e := range timeline {
		line := fmt.Sprintf("- %s %s: %s", at(e.At), e.By, say.T(string(e.Kind)))
		switch from, to := say.Change(e); {
		case from != "":
			line += " " + from + " → " + to
		case to != "":
			line += " " + to
		}
		if e.Text != "" {
			line += ": " + e.Text
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}
