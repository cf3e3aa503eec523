package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"foresight/models"
)

// report is our own JSON.
type report struct {
	Customer  string `json:"customer"` // "" is the integration's
	Service   string `json:"service"`
	Component string `json:"component"`
	Key       string `json:"key"` // of an alarm
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Impact    int    `json:"impact"`
	Urgency   int    `json:"urgency"`
	Status    string `json:"status"` // firing (default), acknowledged, resolved
	By        string `json:"by"`     // a person who reports it
}

// reports takes a report in our own JSON.
func (s *server) reports(w http.ResponseWriter, r *http.Request) {
	d := s.shows(models.IntegrationAPI, shown(r))
	taken, err := func() ([]models.Taken, error) {
		if d == nil {
			return nil, errSecret
		}
		if err := s.allow(d); err != nil {
			return nil, err
		}
		data, err := body(w, r, mostBytes)
		if err != nil {
			return nil, err
		}
		in, err := s.own(d, data)
		if err != nil {
			return nil, err
		}
		return s.take(r, []models.Intake{in})
	}()
	s.reply(w, r, d, taken, err)
}

// own reads our own JSON.
func (s *server) own(d *door, data []byte) (models.Intake, error) {
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	var o report
	if err := dec.Decode(&o); err != nil {
		return models.Intake{}, errors.New("the body is not a report: " + plainly(err))
	}
	switch {
	case dec.More():
		return models.Intake{}, errors.New("more follows after the report")
	case o.Customer != "" && o.Customer != d.Customer.ID:
		return models.Intake{}, no(http.StatusForbidden, reasonCustomer, "this integration reports for another customer")
	case o.Service != "" && !d.known[o.Service]:
		return models.Intake{}, fmt.Errorf("the customer has no service %q", line(o.Service, mostName))
	case o.Impact < 0 || o.Impact > 3 || o.Urgency < 0 || o.Urgency > 3:
		return models.Intake{}, errors.New("impact and urgency are 1 high, 2 medium or 3 low")
	}
	at := s.Clock()
	rep := models.Report{
		Service: o.Service, Component: o.Component, Key: o.Key, Title: o.Title, Detail: o.Detail, By: line(o.By, mostName),
		Impact: models.Grade(o.Impact), Urgency: models.Grade(o.Urgency), At: at,
	}
	switch o.Status {
	case "", "firing":
	case "resolved":
		rep.Cleared = true
	case "acknowledged":
		rep.Taken = true
	default:
		return models.Intake{}, fmt.Errorf("status %q is none of firing, acknowledged, resolved", line(o.Status, mostName))
	}
	if o.Key == "" && (rep.Cleared || rep.Taken) {
		return models.Intake{}, errors.New("of what is it the end? Send the key of the alarm")
	}
	if err := d.place(&rep, nil); err != nil {
		return models.Intake{}, err
	}
	return d.intake(at, "", rep), nil
}

func (d *door) intake(at time.Time, once string, reports ...models.Report) models.Intake {
	if once != "" {
		once = d.Integration.ID + "\x1f" + once
	}
	return models.Intake{Customer: d.Customer.ID, Integration: d.Integration.ID, At: at, Once: once, Reports: reports}
}

// plainly is an error of reading JSON without what was read: it may be a secret.
func plainly(err error) string {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrong):
		return fmt.Sprintf("%q is a %s, where a %s is expected", wrong.Field, wrong.Value, wrong.Type)
	case errors.As(err, &syntax):
		return fmt.Sprintf("it breaks at byte %d", syntax.Offset)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
