package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// taskRow is a task on the board and in its case.
type taskRow struct {
	ID, Case, CaseLink, Link, Title, Owner, Start, In, NeedBy, After, StillHelps, Customer, State string

	Version, Read int // of the case, as it is shown
	Late, Over    bool
	MayStart, May bool

	start time.Time
	at    time.Time
	state models.TaskState
}

// actionsPage is what actions.gohtml prints.
type actionsPage struct {
	frame
	Filter choices
	Groups []taskGroup
	More   bool
}

type taskGroup struct {
	Name, Text string
	Tasks      []taskRow
}

// boardGroups are the columns of the board, in English.
var boardGroups = []taskGroup{
	{"Late", "the last day to start has passed", nil}, {"Due", "to start, what must start first at the top", nil}, {"Started", "", nil}, {"Done", "in the last 30 days, dropped ones too", nil},
}

// shownDone is how long a task that is over stays on the board.
const shownDone = 30 * 24 * time.Hour

// tasks are the plan of a case.
func (v *server) tasks(i models.Incident, zone *time.Location) []taskRow {
	var rows []taskRow
	for _, t := range i.Plan {
		link := "/incidents/" + url.PathEscape(i.ID)
		row := taskRow{
			ID: t.ID, Case: i.ID, CaseLink: link, Link: link + "/tasks/" + url.PathEscape(t.ID), Title: t.Title, Owner: t.Owner, After: strings.Join(titles(i.Plan, t.After), ", "),
			Start: v.shown(t.LatestStart, zone, dayForm), NeedBy: v.shown(t.NeedBy, zone, dayForm), State: string(t.State), StillHelps: t.StillHelps,
			Version: i.Version, Read: i.Entries, Late: t.Late && t.State == models.TaskOpen, Over: t.State.Over() || i.State.Done(), MayStart: t.State == models.TaskOpen,
			start: t.LatestStart, at: t.At, state: t.State,
		}
		if !t.LatestStart.IsZero() && !t.State.Over() {
			row.In = v.inDays(v.now().In(zone), t.LatestStart.In(zone))
		}
		rows = append(rows, row)
	}
	return rows
}

// titles are those of tasks of a plan; of one that is not there, its id.
func titles(plan []models.Task, ids []string) []string {
	named := make([]string, len(ids))
	for n, id := range ids {
		named[n] = id
		if at := slices.IndexFunc(plan, func(t models.Task) bool { return t.ID == id }); at >= 0 {
			named[n] = plan[at].Title
		}
	}
	return named
}

// actions is the board of all work that predictions ask for.
func (v *server) actions(w http.ResponseWriter, r *http.Request) {
	f, err := filterOf(r.URL.Query())
	if err != nil {
		v.message(w, http.StatusBadRequest, "There is no such board", err.Error())
		return
	}
	f.States = nil // work may be left, and is to be seen, of a case that is over
	found, more, err := v.cases(r.Context(), f)
	if err != nil {
		v.internal(w, fmt.Errorf("listing the actions: %w", err))
		return
	}
	p := actionsPage{frame: v.frame(r, v.say.T("Actions"), "actions"), Filter: v.choices(r, f), More: more, Groups: slices.Clone(boardGroups)}
	for _, i := range found {
		c := v.customer(i.Customer)
		for _, t := range v.tasks(i, zoneOf(c)) {
			t.Customer, t.May = nameOf(c), v.may(r, i.Customer)
			if g := group(t, i, v.now()); g >= 0 {
				p.Groups[g].Tasks = append(p.Groups[g].Tasks, t)
			}
		}
	}
	for _, g := range p.Groups {
		slices.SortStableFunc(g.Tasks, func(a, b taskRow) int { return a.start.Compare(b.start) })
	}
	slices.SortStableFunc(p.Groups[3].Tasks, func(a, b taskRow) int { return b.at.Compare(a.at) })
	v.render(w, http.StatusOK, "actions.gohtml", p)
}

// group is where on the board a task stands; -1: nowhere.
func group(t taskRow, i models.Incident, now time.Time) int {
	switch {
	case t.state.Over() && now.Sub(t.at) <= shownDone:
		return 3
	case t.state.Over() || i.State.Done():
		return -1
	case t.state == models.TaskStarted:
		return 2
	case t.Late:
		return 0
	}
	return 1
}
