package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"foresight/models"
)

// apiRoot is where programs ask.
const apiRoot = "/api/v1/"

// apiError answers a program that is refused.
func (v *server) apiError(w http.ResponseWriter, status int, why string) {
	v.answer(w, status, struct {
		Error string `json:"error"`
	}{why})
}

// answer writes JSON.
func (v *server) answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // the reader has gone: nobody to tell
}

// apiPages are the interface of the incident process: the pages' verbs as JSON.
func (v *server) apiPages(mux *http.ServeMux) {
	mux.HandleFunc(apiRoot+"incidents", v.apiIncidents)
	mux.HandleFunc(apiRoot+"incidents/{id}", v.apiIncident)
	mux.HandleFunc(apiRoot+"actions", v.apiActions)
	v.writes.HandleFunc("POST "+apiRoot+"incidents", v.apiFault)
	v.writes.HandleFunc("POST "+apiRoot+"incidents/{id}/{verb}", v.apiAct)
	v.writes.HandleFunc("POST "+apiRoot+"actions/{id}/{task}/{verb}", v.apiAct)
}

// apiCases are those of the request's filter; false when the answer says already why there are none.
func (v *server) apiCases(w http.ResponseWriter, r *http.Request) (found []models.Incident, more, ok bool) {
	f, err := filterOf(r.URL.Query())
	if err != nil {
		v.apiError(w, http.StatusBadRequest, err.Error())
		return nil, false, false
	}
	if found, more, err = v.cases(r.Context(), f); err != nil {
		v.apiFailed(w, fmt.Errorf("listing the cases: %w", err))
		return nil, false, false
	}
	return found, more, true
}

func (v *server) apiIncidents(w http.ResponseWriter, r *http.Request) {
	found, more, ok := v.apiCases(w, r)
	if !ok {
		return
	}
	v.answer(w, http.StatusOK, struct {
		Incidents []models.Incident `json:"incidents"`
		More      bool              `json:"more"` // than are listed
	}{append([]models.Incident{}, found...), more})
}

func (v *server) apiIncident(w http.ResponseWriter, r *http.Request) {
	i, timeline, err := v.seen(r)
	if err != nil {
		v.apiFailed(w, err)
		return
	}
	guide, err := v.options.Process.Guide(r.Context(), i)
	if err != nil {
		v.apiFailed(w, fmt.Errorf("reading what is known of case %s: %w", i.ID, err))
		return
	}
	answer := struct {
		Incident models.Incident `json:"incident"`
		Timeline []models.Entry  `json:"timeline"`
		Verbs    []string        `json:"verbs"` // that its state takes
		Problem  *models.Problem `json:"problem,omitempty"`
		Runbook  string          `json:"runbook,omitempty"` // Markdown
	}{Incident: i, Timeline: timeline, Verbs: append([]string{}, v.options.Process.Verbs(i.State)...), Problem: guide.Problem}
	if guide.Runbook != nil {
		answer.Runbook = guide.Runbook.Text
	}
	v.answer(w, http.StatusOK, answer)
}

// apiTask is a task with the case that it is of.
type apiTask struct {
	Incident string `json:"incident"`
	Version  int    `json:"version"` // of the case
	Customer string `json:"customer"`
	Service  string `json:"service"`
	models.Task
}

func (v *server) apiActions(w http.ResponseWriter, r *http.Request) {
	found, more, ok := v.apiCases(w, r)
	if !ok {
		return
	}
	tasks := []apiTask{}
	for _, i := range found {
		for _, t := range i.Plan {
			tasks = append(tasks, apiTask{i.ID, i.Version, i.Customer, i.Service, t})
		}
	}
	slices.SortStableFunc(tasks, func(a, b apiTask) int { return a.LatestStart.Compare(b.LatestStart) })
	v.answer(w, http.StatusOK, struct {
		Actions []apiTask `json:"actions"`
		More    bool      `json:"more"`
	}{tasks, more})
}

// apiFailed answers by what an error is.
func (v *server) apiFailed(w http.ResponseWriter, err error) {
	var refused RefusedError
	switch {
	case errors.Is(err, ErrUnknown):
		v.apiError(w, http.StatusNotFound, "there is no such case")
	case errors.Is(err, ErrChanged):
		v.apiError(w, http.StatusConflict, "nothing was done: the case has changed since the version that was seen; read it again")
	case errors.As(err, &refused):
		v.apiError(w, http.StatusUnprocessableEntity, err.Error())
	default:
		v.options.OnError(err)
		v.apiError(w, http.StatusInternalServerError, "something went wrong here; the log says what")
	}
}

// told reads a request's JSON; what is not of it, is answered.
func (v *server) told(w http.ResponseWriter, r *http.Request, into any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		v.apiError(w, http.StatusUnsupportedMediaType, "send Content-Type: application/json")
		return false
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		v.apiError(w, http.StatusBadRequest, "the JSON cannot be read: "+err.Error())
		return false
	}
	return true
}

func (v *server) apiFault(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Customer  string       `json:"customer"`
		Service   string       `json:"service"`
		Component string       `json:"component"`
		Title     string       `json:"title"`
		Detail    string       `json:"detail"`
		Impact    models.Grade `json:"impact"`
		Urgency   models.Grade `json:"urgency"`
		By        string       `json:"by"` // where nobody signs in
	}
	if !v.told(w, r, &in) {
		return
	}
	f := models.Report{Customer: in.Customer, Service: in.Service, Component: strings.TrimSpace(in.Component), Title: strings.TrimSpace(in.Title), Detail: in.Detail,
		Impact: in.Impact, Urgency: in.Urgency, Source: "user", By: named(r, in.By)}
	problem := v.missing(r, f)
	if problem == "" {
		problem = v.unfit(r, f)
	}
	if problem != "" {
		v.audit(r, "", apiRoot+"incidents", problem)
		v.apiError(w, http.StatusUnprocessableEntity, problem)
		return
	}
	i, outcome, err := v.options.Process.Report(r.Context(), f)
	if err != nil {
		v.apiFailed(w, err)
		return
	}
	v.audit(r, i.Customer, i.ID+" "+string(outcome), "")
	v.answer(w, http.StatusOK, struct {
		Outcome  models.Outcome  `json:"outcome"`
		Incident models.Incident `json:"incident"`
	}{outcome, i})
}

// missing says in the words of the interface what a report lacks; of a customer that is not the program's it says
// no more than of one that is not there.
func (v *server) missing(r *http.Request, f models.Report) string {
	for _, must := range [][2]string{{"customer", f.Customer}, {"service", f.Service}, {"title", f.Title}} {
		if strings.TrimSpace(must[1]) == "" {
			return fmt.Sprintf("%q is missing: a report wants customer, service and title", must[0])
		}
	}
	if !v.may(r, f.Customer) {
		return fmt.Sprintf("%q is no customer for whom you may report", f.Customer)
	}
	return ""
}

func (v *server) apiAct(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Seen    int          `json:"seen"` // 0: whichever version it is
		Text    string       `json:"text"`
		To      string       `json:"to"`
		Level   models.Level `json:"level"`
		Impact  models.Grade `json:"impact"`
		Urgency models.Grade `json:"urgency"`
		By      string       `json:"by"` // where nobody signs in
	}
	if !v.told(w, r, &in) {
		return
	}
	i, _, err := v.seen(r)
	if err != nil {
		v.apiFailed(w, err)
		return
	}
	a := Act{Incident: i.ID, Task: r.PathValue("task"), Verb: r.PathValue("verb"), By: named(r, in.By), Seen: in.Seen, Text: strings.TrimSpace(in.Text), To: strings.TrimSpace(in.To),
		Level: in.Level, Impact: in.Impact, Urgency: in.Urgency}
	of := strings.TrimSuffix(a.Incident+"/"+a.Task, "/")
	switch problem := v.unfitAct(a); {
	case !v.may(r, i.Customer):
		v.audit(r, i.Customer, of, "may not")
		v.apiError(w, http.StatusForbidden, "changing cases wants the role operator; without web.users it is done from a loopback address only")
		return
	case problem != "":
		v.apiError(w, http.StatusUnprocessableEntity, problem)
		return
	}
	done, err := v.options.Process.Act(r.Context(), a)
	if err != nil {
		v.audit(r, i.Customer, of, err.Error())
		v.apiFailed(w, err)
		return
	}
	v.audit(r, i.Customer, of, "")
	v.answer(w, http.StatusOK, struct {
		Incident models.Incident `json:"incident"`
	}{done})
}
