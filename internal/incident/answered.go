package incident

import "foresight/models"

// answered takes what a person did with the alert that a channel opened for a case: to acknowledge it
// there is to acknowledge the case, and to end it there resolves the case. What was done here already,
// and what is of no open case, is dropped.
func answered(r Report, cases []models.Incident, rules Rules) (models.Incident, []models.Entry, Outcome) {
	act := Act{At: r.At, By: who(r), Text: rules.say().T("acknowledged in %s", r.Source)}
	for n := range cases {
		i := cases[n]
		if !i.State.Open() || !opened(i, r.Paged) {
			continue
		}
		verb, outcome := Acknowledge, Taken
		if r.Cleared {
			verb, outcome, act.Text = Resolve, Resolves, rules.say().T("resolved in %s", r.Source)
		}
		if verb == Acknowledge && i.State != models.IncidentNew {
			if i.Escalation.Due.IsZero() {
				return models.Incident{}, nil, Dropped
			}
			now, entries, err := Note(i, act, rules) // it had been taken before it came to this level: whoever answers now stops the paging
			return or(now, entries, outcome, err)
		}
		now, entries, err := Do(i, verb, act, rules)
		return or(now, entries, outcome, err)
	}
	return models.Incident{}, nil, Dropped
}

// or drops what cannot be done: the case is not in the state that the channel believes.
func or(i models.Incident, entries []models.Entry, outcome Outcome, err error) (models.Incident, []models.Entry, Outcome) {
	if err != nil {
		return models.Incident{}, nil, Dropped
	}
	return i, entries, outcome
}

// opened reports whether a key is of the alert that a page of the case opened. That of a clock's alert is not:
// to see that a promise runs out is not to take the case.
func opened(i models.Incident, key string) bool {
	if i.Escalation == nil {
		return false
	}
	for _, t := range i.Escalation.Told {
		if t.Key == "" && KeyOf(i.ID, t.Channel, t.To) == key {
			return true
		}
	}
	return false
}
