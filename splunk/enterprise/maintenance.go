package enterprise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"foresight/models"
	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// SearchClient keeps windows in ITSI's calendar.
var _ splunk.Maintenance = (*SearchClient)(nil)

// calendarPath is ITSI's maintenance calendar. Its owner must be nobody, and the interface of the
// same name under itoa_interface does not exist.
const calendarPath = "/servicesNS/nobody/SA-ITOA/maintenance_services_interface/maintenance_calendar"

// window is a maintenance window as ITSI has it; times are epoch seconds, UTC.
type window struct {
	Key     string         `json:"_key,omitempty"`
	Title   string         `json:"title"`
	Comment string         `json:"comment"`
	Objects []windowObject `json:"objects"`
	Start   int64          `json:"start_time"`
	End     int64          `json:"end_time"`
}

// windowObject is what a window is about: services all, or entities all.
type windowObject struct {
	Key  string `json:"_key"`
	Type string `json:"object_type"`
}

// windowForm is the body that the interface takes: JSON in a form's field.
func windowForm(w models.ServiceWindow) ([]byte, error) {
	out := window{Title: w.Title, Comment: w.Comment, Start: w.From.Unix(), End: w.To.Unix()}
	for _, key := range w.Objects {
		out.Objects = append(out.Objects, windowObject{key, "service"})
	}
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("writing a maintenance window: %w", err)
	}
	return []byte(url.Values{"data": {string(data)}}.Encode()), nil
}

// MakeWindow implements splunk.Maintenance. Titles are unique there: what an answer that was lost has
// made is found by it.
func (c *SearchClient) MakeWindow(ctx context.Context, w models.ServiceWindow) (string, error) {
	const op = "making a maintenance window in ITSI"
	body, err := windowForm(w)
	if err != nil {
		return "", err
	}
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: calendarPath, Body: body, Header: form()})
	var e *splunk.Error
	if errors.As(err, &e) && e.Status == http.StatusConflict {
		key, found, err := c.findWindow(ctx, w.Title)
		if err != nil {
			return "", err
		}
		if !found {
			return "", e
		}
		return key, c.ReplaceWindow(ctx, key, w)
	}
	if err != nil {
		return "", ofITSI(err)
	}
	var made window
	if json.Unmarshal(rep.Body, &made) != nil || made.Key == "" {
		return "", c.conn.Unclear(op, rep, errors.New("the answer holds no _key"))
	}
	return made.Key, nil
}

func (c *SearchClient) findWindow(ctx context.Context, title string) (key string, found bool, err error) {
	const op = "looking for a maintenance window in ITSI"
	filter, err := json.Marshal(map[string]string{"title": title})
	if err != nil {
		return "", false, fmt.Errorf("writing a filter: %w", err)
	}
	rep, err := c.ask(ctx, wire.Request{Op: op, Method: http.MethodGet, Path: calendarPath, Query: url.Values{"filter": {string(filter)}}})
	if err != nil {
		return "", false, ofITSI(err)
	}
	var all []window
	if err := json.Unmarshal(rep.Body, &all); err != nil {
		return "", false, c.conn.Unclear(op, rep, err)
	}
	for _, w := range all {
		if w.Title == title && w.Key != "" {
			return w.Key, true, nil
		}
	}
	return "", false, nil
}

// ReadWindows implements splunk.Maintenance: it looks for a window that nobody makes.
func (c *SearchClient) ReadWindows(ctx context.Context) error {
	_, _, err := c.findWindow(ctx, "Foresight: no window of this title is made")
	return err
}

// ReplaceWindow implements splunk.Maintenance.
func (c *SearchClient) ReplaceWindow(ctx context.Context, key string, w models.ServiceWindow) error {
	body, err := windowForm(w)
	if err != nil {
		return err
	}
	_, err = c.ask(ctx, wire.Request{Op: "moving a maintenance window in ITSI", Method: http.MethodPut, Path: calendarPath + "/" + url.PathEscape(key), Body: body, Header: form()})
	if gone(err) {
		return splunk.ErrNoWindow
	}
	return ofITSI(err)
}

// RemoveWindow implements splunk.Maintenance.
func (c *SearchClient) RemoveWindow(ctx context.Context, key string) error {
	_, err := c.ask(ctx, wire.Request{Op: "removing a maintenance window from ITSI", Method: http.MethodDelete, Path: calendarPath + "/" + url.PathEscape(key)})
	if gone(err) {
		return nil
	}
	return ofITSI(err)
}

func gone(err error) bool {
	var e *splunk.Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound
}

// ofITSI says what mends an error.
func ofITSI(err error) error {
	var e *splunk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Status {
	case http.StatusNotFound:
		e.Mend = "check that ITSI (SA-ITOA) is installed on this search head, or take splunk.itsi out"
	case http.StatusForbidden:
		e.Mend = "give the search user's role read-, write- and delete_maintenance_calendar"
	}
	return err
}
