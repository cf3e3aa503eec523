package intake

import (
	"bytes"
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
	Level     int    `json:"level"`  // of a case that it opens: 1 (default) or 2
	Status    string `json:"status"` // firing (default), acknowledged, resolved
	By        string `json:"by"`     // a person who reports it

	Labels map[string]string `json:"labels"` // what the integration's rules look at
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
	var o report
	if err := strictly(data, &o); err != nil {
		return models.Intake{}, errors.New("the body is not a report: " + plainly(err))
	}
	at := s.Clock()
	rep, err := d.reported(o, at)
	if err != nil {
		return models.Intake{}, err
	}
	return d.intake(at, "", rep), nil
}

// strictly reads one JSON value, and nothing that is not of it.
func strictly(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more follows after it")
	}
	return nil
}

// reported is a report of our own JSON as the process takes it.
func (d *door) reported(o report, at time.Time) (models.Report, error) {
	switch {
	case o.Customer != "" && o.Customer != d.Customer.ID:
		return models.Report{}, no(http.StatusForbidden, reasonCustomer, "this integration reports for another customer")
	case o.Service != "" && !d.known[o.Service]:
		return models.Report{}, fmt.Errorf("the customer has no service %q", line(o.Service, mostName))
	case o.Impact < 0 || o.Impact > 3 || o.Urgency < 0 || o.Urgency > 3:
		return models.Report{}, errors.New("impact and urgency are 1 high, 2 medium or 3 low")
	case o.Level < 0 || o.Level > int(models.LevelProactive):
		return models.Report{}, errors.New("level is 1 (something fails) or 2 (it would take one more thing); what is foreseen comes from forecasts")
	}
	rep := models.Report{
		Service: o.Service, Component: o.Component, Key: o.Key, Title: o.Title, Detail: o.Detail, By: line(o.By, mostName),
		Level: models.Level(o.Level), Impact: models.Grade(o.Impact), Urgency: models.Grade(o.Urgency), At: at,
	}
	switch o.Status {
	case "", "firing":
	case "resolved":
		rep.Cleared = true
	case "acknowledged":
		rep.Taken = true
	default:
		return models.Report{}, fmt.Errorf("status %q is none of firing, acknowledged, resolved", line(o.Status, mostName))
	}
	if o.Key == "" && (rep.Cleared || rep.Taken) {
		return models.Report{}, errors.New("of what is it the end? Send the key of the alarm")
	}
	return rep, d.place(&rep, o.Labels)
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
