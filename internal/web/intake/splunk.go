package intake

import (
	"context"
	"errors"
	"net/http"
	"time"

	"foresight/models"
)

// splunkAlert is the webhook of a Splunk alert: these six fields, and no others can be had. The
// result is the search's first row only: an alert that triggers for each result reports each.
type splunkAlert struct {
	Result      map[string]any `json:"result"`
	SID         string         `json:"sid"`
	ResultsLink string         `json:"results_link"`
	SearchName  string         `json:"search_name"` // null for a search that has none
	Owner       string         `json:"owner"`
	App         string         `json:"app"`
}

// claim is what it says of itself.
func (a splunkAlert) claim() models.AlertClaim {
	return models.AlertClaim{SID: a.SID, Search: a.SearchName, App: a.App, Owner: a.Owner}
}

// splunkHook takes an alert, or holds it until Splunk has said that it is true.
func (s *server) splunkHook(r *http.Request, d *door, data []byte, now time.Time) ([]models.Taken, error) {
	a, in, err := d.splunk(data, now)
	if err != nil {
		return nil, err
	}
	if !d.Integration.Verify {
		return s.take(r, []models.Intake{in})
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	held := models.HeldIntake{ID: models.Revision(in.Customer, in.Integration, in.Once), Intake: in, Claim: a.claim(), Held: now, Remote: remote(r)}
	switch err := s.Desk.Hold(ctx, held); {
	case errors.Is(err, models.ErrReplayed):
		return nil, no(http.StatusConflict, reasonReplayed, "it was taken before, and is not counted again")
	case errors.Is(err, models.ErrTooMany):
		return nil, no(http.StatusServiceUnavailable, reasonRate, err.Error())
	case err != nil:
		return nil, unkept(err)
	}
	return []models.Taken{{Outcome: models.ReportHeld}}, nil
}

func (d *door) splunk(data []byte, at time.Time) (splunkAlert, models.Intake, error) {
	var a splunkAlert
	if err := object(data, &a); err != nil {
		return a, models.Intake{}, err
	}
	if a.SID == "" {
		return a, models.Intake{}, errors.New("it is not the webhook of a Splunk alert: it has no sid")
	}
	labels := flat(a.Result)
	fields := lines(labels)
	for name, v := range map[string]string{"search_name": a.SearchName, "app": a.App, "owner": a.Owner} {
		if _, taken := labels[name]; !taken {
			labels[name] = v
		}
	}
	r := models.Report{Title: a.SearchName, Detail: paragraphs(a.ResultsLink, fields), At: at}
	set(&r.Title, "an alert of "+a.App)
	if m := labels["message"]; m != "" {
		r.Title += ": " + m
	}
	// What fires is the search, on a component: each is a fact of its own.
	r.Key = "of search and component" // the component is known once the labels are read
	if err := d.place(&r, labels); err != nil {
		return a, models.Intake{}, err
	}
	r.Key = a.App + "/" + a.SearchName + "\x1f" + r.Component
	return a, d.intake(at, "sid\x1f"+a.SID+"\x1f"+models.Revision(string(data)), r), nil
}
