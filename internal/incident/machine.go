package incident

import (
	"slices"

	"foresight/models"
)

// Verb is what a person, or a rule, does to a case.
type Verb string

// Words are the verb as people give it.
func (v Verb) Words() string { return string(v) }

// The verbs that move a case from state to state.
const (
	Acknowledge Verb = "ack"
	Start       Verb = "start"
	Hold        Verb = "hold"
	Resolve     Verb = "resolve"
	Close       Verb = "close"
	Reopen      Verb = "reopen"
	Cancel      Verb = "cancel"
)

// step is one arrow of the machine.
type step struct {
	from models.IncidentState
	verb Verb
	to   models.IncidentState
}

// steps are all arrows. What a person does from further back walks through the states
// between (see path); only a rule resolves what nobody has taken.
var steps = []step{
	{models.IncidentNew, Acknowledge, models.IncidentAcknowledged},
	{models.IncidentNew, Cancel, models.IncidentCanceled},
	{models.IncidentAcknowledged, Start, models.IncidentInProgress},
	{models.IncidentAcknowledged, Hold, models.IncidentOnHold},
	{models.IncidentAcknowledged, Resolve, models.IncidentResolved},
	{models.IncidentAcknowledged, Cancel, models.IncidentCanceled},
	{models.IncidentInProgress, Hold, models.IncidentOnHold},
	{models.IncidentInProgress, Resolve, models.IncidentResolved},
	{models.IncidentInProgress, Cancel, models.IncidentCanceled},
	{models.IncidentOnHold, Start, models.IncidentInProgress},
	{models.IncidentOnHold, Resolve, models.IncidentResolved},
	{models.IncidentOnHold, Cancel, models.IncidentCanceled},
	{models.IncidentResolved, Close, models.IncidentClosed},
	{models.IncidentResolved, Reopen, models.IncidentInProgress},
}

// path lists the arrows that a verb takes a case along: one, or from new the
// acknowledgement first.
func path(from models.IncidentState, verb Verb) ([]step, error) {
	for _, s := range steps {
		if s.from == from && s.verb == verb {
			return []step{s}, nil
		}
	}
	if from == models.IncidentNew && slices.Contains([]Verb{Start, Hold, Resolve}, verb) {
		rest, err := path(models.IncidentAcknowledged, verb)
		return append([]step{steps[0]}, rest...), err
	}
	return nil, &NotNowError{State: from, Verb: verb}
}

// NotNowError says that a verb is not for a case's state.
type NotNowError struct {
	State models.IncidentState
	Verb  Verb
}

// Error implements error.
func (e *NotNowError) Error() string { return e.why().Error() }

// Unwrap returns it for people.
func (e *NotNowError) Unwrap() error { return e.why() }

func (e *NotNowError) why() *models.Refusal {
	var can []models.Worded
	for _, v := range Verbs(e.State) {
		can = append(can, v)
	}
	if len(can) == 0 {
		return models.Refuse("cannot %s a case that is %s: nothing more can be done to it; if it fails again, report it anew (foresight incident open)", e.Verb, e.State)
	}
	return models.Refuse("cannot %s a case that is %s: it can take %s", e.Verb, e.State, can)
}

// Verbs lists what can be done to a case in a state.
func Verbs(s models.IncidentState) []Verb {
	var can []Verb
	for _, v := range []Verb{Acknowledge, Start, Hold, Resolve, Close, Reopen, Cancel} {
		if _, no := path(s, v); no == nil {
			can = append(can, v)
		}
	}
	return can
}
