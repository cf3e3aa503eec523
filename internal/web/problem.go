package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"foresight/models"
)

// problemStates are where the verbs of a problem record take it.
var problemStates = map[string]models.ProblemState{"write": "", "resolve": models.ProblemResolved, "reopen": models.ProblemOpen}

// actOnProblem writes down what a form says of the problem record of a case.
func (v *server) actOnProblem(w http.ResponseWriter, r *http.Request) {
	i, _, err := v.seen(r)
	to, known := problemStates[r.PathValue("verb")]
	switch {
	case errors.Is(err, ErrUnknown) || err == nil && !known:
		v.unknownCase(w)
		return
	case err != nil:
		v.internal(w, fmt.Errorf("reading case %s: %w", r.PathValue("id"), err))
		return
	case !v.may(r, i.Customer):
		v.mayNot(w, r, i.Customer)
		return
	}
	guide, err := v.options.Process.Guide(r.Context(), i)
	if err != nil {
		v.internal(w, fmt.Errorf("reading what is known of case %s: %w", i.ID, err))
		return
	}
	if guide.Problem == nil {
		v.unknownCase(w)
		return
	}
	wrote := problemTry{strings.TrimSpace(r.FormValue("cause")), strings.TrimSpace(r.FormValue("around")), strings.TrimSpace(r.FormValue("text"))}
	a := ProblemAct{Problem: guide.Problem.ID, By: by(r), Seen: number(r, "seen"), Cause: wrote.Cause, Around: wrote.Around, Text: wrote.Text, To: to}
	if a.Cause == guide.Problem.Cause {
		a.Cause = "" // it stays
	}
	if a.Around == guide.Problem.Around {
		a.Around = ""
	}
	refused := ""
	switch {
	case a.Seen <= 0:
		refused = v.say.T("The form does not say which version of the problem record was seen. Nothing was changed.")
	case max(len(a.Cause), len(a.Around), len(a.Text)) > mostText:
		refused = v.say.T("That is too long: a text has %d characters at most, a name %d.", mostText, mostTitle)
	}
	if refused == "" {
		err = v.options.Process.ActOnProblem(r.Context(), a)
	}
	v.actedOnProblem(w, r, i, a, wrote, cmp.Or(refused, v.refusedProblem(err)), err)
}

// refusedProblem says why the process did not take a change; "" when it did, or when that is nobody's here to mend.
func (v *server) refusedProblem(err error) string {
	var refused RefusedError
	switch {
	case errors.Is(err, ErrChanged):
		return v.say.T("Nothing was done: the problem record has changed since you looked at it. If what you wanted still holds, send it again.")
	case errors.As(err, &refused):
		return v.say.T("Nothing was done: %s.", v.say.Why(err))
	}
	return ""
}

// actedOnProblem answers by what came of a form.
func (v *server) actedOnProblem(w http.ResponseWriter, r *http.Request, i models.Incident, a ProblemAct, wrote problemTry, refused string, err error) {
	switch {
	case refused != "":
		status := http.StatusUnprocessableEntity
		if errors.Is(err, ErrChanged) {
			status = http.StatusConflict
		}
		v.audit(r, i.Customer, a.Problem, refused)
		v.showCase(w, r, status, refused, draft{Problem: &wrote}, -1)
	case err != nil:
		v.internal(w, fmt.Errorf("changing problem %s: %w", a.Problem, err))
	default:
		v.audit(r, i.Customer, a.Problem, "")
		http.Redirect(w, r, "/incidents/"+url.PathEscape(i.ID)+"#problem", http.StatusSeeOther)
	}
}
