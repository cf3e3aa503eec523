package models

import (
	"cmp"
	"slices"
	"time"
)

// Piece is one piece of work that is left to do.
type Piece struct {
	Action   string // its subject id
	Incident string // whose plan it is of; "" of none
	Title    string
	State    TaskState
	Late     bool // it should have begun

	NeedBy, LatestStart time.Time
}

// ToDo is what is left to do: the tasks of the plans of open cases, and the open actions of runs that are
// in no plan; what must start first comes first, what has no day last.
func ToDo(actions []Action, cases []Incident) []Piece {
	var all []Piece
	planned := map[string]bool{}
	for _, i := range cases {
		for _, t := range i.Plan {
			if i.State.Open() || t.State.Over() {
				planned[t.Action] = true
			}
			if i.State.Open() && !t.State.Over() {
				all = append(all, Piece{Action: t.Action, Incident: i.ID, Title: t.Title, State: t.State, Late: t.Late && t.State == TaskOpen, NeedBy: t.NeedBy, LatestStart: t.LatestStart})
			}
		}
	}
	for _, a := range actions {
		id := a.Subject.ID()
		if (a.State != StateOpen && a.State != "") || a.Work.Over() || planned[id] {
			continue
		}
		state := cmp.Or(a.Work, TaskOpen)
		all = append(all, Piece{Action: id, Title: a.Title, State: state, Late: a.Late && state == TaskOpen, NeedBy: a.NeedBy, LatestStart: a.LatestStart})
	}
	slices.SortStableFunc(all, func(a, b Piece) int {
		return cmp.Or(dayOrder(a.LatestStart, b.LatestStart), dayOrder(a.NeedBy, b.NeedBy))
	})
	return all
}

// dayOrder orders days, the unknown (zero) ones last.
func dayOrder(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return a.Compare(b)
	case a.IsZero():
		return 1
	}
	return -1
}

// CountLate is how many of the pieces should have begun.
func CountLate(pieces []Piece) (n int) {
	for _, p := range pieces {
		if p.Late {
			n++
		}
	}
	return n
}
