package intake

import (
	"errors"
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

func (d *door) splunk(data []byte, at time.Time) ([]models.Intake, error) {
	var a splunkAlert
	if err := object(data, &a); err != nil {
		return nil, err
	}
	if a.SID == "" {
		return nil, errors.New("it is not the webhook of a Splunk alert: it has no sid")
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
		return nil, err
	}
	r.Key = a.App + "/" + a.SearchName + "\x1f" + r.Component
	return []models.Intake{d.intake(at, "sid\x1f"+a.SID+"\x1f"+models.Revision(string(data)), r)}, nil
}
