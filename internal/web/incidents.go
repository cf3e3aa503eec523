package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"foresight/models"
)

// mostCases is how many cases a list shows, and an answer of the interface holds.
const mostCases = 500

// openStates are those in which something is left to do.
var openStates = []models.IncidentState{models.IncidentNew, models.IncidentAcknowledged, models.IncidentInProgress, models.IncidentOnHold, models.IncidentResolved}

// allStates are those that can be asked for by name.
var allStates = append(append([]models.IncidentState(nil), openStates...), models.IncidentClosed, models.IncidentCanceled)

// incidentsPage is what incidents.gohtml prints.
type incidentsPage struct {
	frame
	Filter choices
	Cases  []caseRow
	More   bool
}

// caseRow is a case in a list.
type caseRow struct {
	ID, Link, Title, Customer, Service, State, LevelText, Assignee string
	Priority, Occurrences                                          int
	Due, DueIn, Silenced                                           string
	Breached, Open, Grave                                          bool // Grave: something fails now
}

// choices are what a list can be narrowed to, and what it is.
type choices struct {
	Customers, Services, Levels, States []choice
}

// choice is one option of a form's list.
type choice struct {
	Value, Text string
	Chosen      bool
}

// mistake is a question that cannot be answered as it was asked.
type mistake struct{ text string }

// Error implements error.
func (m mistake) Error() string { return m.text }

// filterOf reads what a list is narrowed to.
func filterOf(q url.Values) (models.IncidentFilter, error) {
	f := models.IncidentFilter{Customer: q.Get("customer"), Service: q.Get("service"), States: openStates}
	if text := q.Get("level"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 3 {
			return f, mistake{fmt.Sprintf("%q is no level; ask for 1, 2 or 3", text)}
		}
		f.Level = models.Level(n)
	}
	switch state := models.IncidentState(q.Get("state")); {
	case state == "all":
		f.States = nil
	case state == "" || state == "open":
	case slices.Contains(allStates, state):
		f.States = []models.IncidentState{state}
	default:
		return f, mistake{fmt.Sprintf("%q is no state; ask for open, all or one of %v", state, allStates)}
	}
	return f, nil
}

// cases are those of a filter that the reader may see, the last changed first, mostCases at most.
func (v *server) cases(ctx context.Context, f models.IncidentFilter) (found []models.Incident, more bool, err error) {
	f.Most = mostCases + 1
	for _, c := range v.customersOf(ctx) {
		if f.Customer != "" && f.Customer != c.ID {
			continue
		}
		one := f
		one.Customer = c.ID
		some, err := v.options.Process.Incidents(ctx, one)
		if err != nil {
			return nil, false, err
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(a, b models.Incident) int { return b.Changed.Compare(a.Changed) })
	if more = len(found) > mostCases; more {
		found = found[:mostCases]
	}
	return found, more, nil
}

// incidents lists cases.
func (v *server) incidents(w http.ResponseWriter, r *http.Request) {
	f, err := filterOf(r.URL.Query())
	if err != nil {
		v.message(w, http.StatusBadRequest, "There is no such list", err.Error())
		return
	}
	found, more, err := v.cases(r.Context(), f)
	if err != nil {
		v.internal(w, fmt.Errorf("listing the cases: %w", err))
		return
	}
	p := incidentsPage{frame: v.frame(r, v.say.T("Incidents"), "incidents"), More: more, Filter: v.choices(r, f)}
	for _, i := range found {
		p.Cases = append(p.Cases, v.row(i, v.customer(i.Customer)))
	}
	v.render(w, http.StatusOK, "incidents.gohtml", p)
}

// row puts a case into a line.
func (v *server) row(i models.Incident, c models.Customer) caseRow {
	row := caseRow{
		ID: i.ID, Link: "/incidents/" + url.PathEscape(i.ID), Title: i.Title, Customer: nameOf(c), Service: serviceName(c, i.Service), State: i.State.Words(),
		LevelText: v.say.T("level %s", v.levelWords(i.Level)), Grave: i.Level == models.LevelReactive, Priority: int(i.Priority), Assignee: i.Assignee, Occurrences: i.Occurrences, Silenced: i.Silenced, Open: i.State.Open(),
	}
	if next := nextDue(i); next != nil {
		row.Due, row.DueIn, row.Breached = string(next.Kind), v.due(next.Deadline, v.now()), next.Deadline.Before(v.now())
	}
	return row
}

// choices are what a list of the reader's can be narrowed to.
func (v *server) choices(r *http.Request, f models.IncidentFilter) choices {
	c := choices{Customers: []choice{{"", v.say.T("all customers"), f.Customer == ""}}, Services: []choice{{"", v.say.T("all services"), f.Service == ""}}, Levels: []choice{{"", v.say.T("all levels"), f.Level == 0}}}
	seen := map[string]bool{}
	for _, one := range v.customersOf(r.Context()) {
		c.Customers = append(c.Customers, choice{one.ID, nameOf(one), one.ID == f.Customer})
		for _, s := range one.Services {
			if !seen[s.ID] {
				seen[s.ID] = true
				c.Services = append(c.Services, choice{s.ID, serviceName(one, s.ID), s.ID == f.Service})
			}
		}
	}
	for _, l := range []models.Level{models.LevelReactive, models.LevelProactive, models.LevelPredictive} {
		c.Levels = append(c.Levels, choice{strconv.Itoa(int(l)), v.levelWords(l), l == f.Level})
	}
	c.States = []choice{{"open", v.say.T("not over"), len(f.States) > 1}, {"all", v.say.T("all states"), f.States == nil}}
	for _, s := range allStates {
		c.States = append(c.States, choice{string(s), v.say.T(s.Words()), len(f.States) == 1 && f.States[0] == s})
	}
	return c
}

// nameOf is a customer's name for people.
func nameOf(c models.Customer) string {
	if c.Name == "" {
		return c.ID
	}
	return c.Name
}

// serviceName is a service's name for people; of one that is configured no longer its id.
func serviceName(c models.Customer, id string) string {
	for _, s := range c.Services {
		if s.ID == id && s.Name != "" {
			return s.Name
		}
	}
	return id
}
