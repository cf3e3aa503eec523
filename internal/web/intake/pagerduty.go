package intake

import (
	"encoding/json"
	"net/http"
	"time"

	"foresight/models"
)

// pagerEvent is an event of PagerDuty's Events API v2.
type pagerEvent struct {
	RoutingKey  string        `json:"routing_key"`
	EventAction string        `json:"event_action"`
	DedupKey    string        `json:"dedup_key"`
	Payload     *pagerPayload `json:"payload"`
	ClientURL   string        `json:"client_url"`
}

type pagerPayload struct {
	Summary   string          `json:"summary"`
	Source    string          `json:"source"`
	Severity  string          `json:"severity"`
	Component string          `json:"component"`
	Group     string          `json:"group"`
	Class     string          `json:"class"`
	Details   json.RawMessage `json:"custom_details"` // an object mostly, or text
}

// pagerReply is what PagerDuty replies.
type pagerReply struct {
	Status   string   `json:"status"`
	Message  string   `json:"message"`
	DedupKey string   `json:"dedup_key,omitempty"`
	Errors   []string `json:"errors,omitempty"`
}

// pager takes an event in PagerDuty's language; the routing key names the integration.
func (s *server) pager(w http.ResponseWriter, r *http.Request) {
	d, key, err := s.page(w, r)
	if err == nil {
		send(w, http.StatusAccepted, pagerReply{Status: "success", Message: "Event processed", DedupKey: key})
		return
	}
	why := s.refuse(w, r, d, err)
	status, reply := why.status, pagerReply{Status: "invalid event", Message: "Event object is invalid", Errors: []string{why.text}}
	switch status {
	case http.StatusUnauthorized:
		status = http.StatusBadRequest // final, in this language
	case http.StatusTooManyRequests:
		reply.Status, reply.Message = "throttle exceeded", "Requests for this service are arriving too quickly"
	case http.StatusServiceUnavailable:
		reply.Status, reply.Message = "error", "Try again later"
	}
	send(w, status, reply)
}

func (s *server) page(w http.ResponseWriter, r *http.Request) (d *door, key string, err error) {
	data, err := body(w, r, pagerBytes)
	if err != nil {
		return nil, "", err
	}
	var e pagerEvent
	if err := object(data, &e); err != nil {
		return nil, "", err
	}
	if d = s.shows(models.IntegrationPagerDuty, e.RoutingKey); d == nil {
		return nil, "", no(http.StatusUnauthorized, reasonSecret, "'routing_key' is missing or not known here")
	}
	if err := s.allow(d); err != nil {
		return d, "", err
	}
	at := s.Clock()
	report, key, err := d.pagerReport(e, at)
	if err != nil {
		return d, "", err
	}
	_, err = s.take(r, []models.Intake{d.intake(at, "", report)})
	return d, key, err
}

func (d *door) pagerReport(e pagerEvent, at time.Time) (models.Report, string, error) {
	if wrong := e.wrong(); wrong != "" {
		return models.Report{}, "", no(http.StatusBadRequest, reasonMalformed, wrong)
	}
	r := models.Report{Key: e.DedupKey, At: at, Cleared: e.EventAction == "resolve", Taken: e.EventAction == "acknowledge"}
	labels := map[string]string{}
	if p := e.Payload; p != nil {
		labels = p.labels()
		r.Title, r.Detail = p.Summary, paragraphs(lines(labels), e.ClientURL)
		if r.Key == "" { // of the same thing it is the same each time, so that its sender can end it
			r.Key = models.Revision(p.Source, p.Component, p.Group, p.Class, p.Summary)
		}
	}
	key := r.Key
	err := d.place(&r, labels)
	if r.Cleared || r.Taken {
		r.Component = "" // the key alone says what ends: what its labels share may be another component by now
	}
	return r, key, err
}

// wrong says what an event lacks, in PagerDuty's words.
func (e pagerEvent) wrong() string {
	switch e.EventAction {
	case "acknowledge", "resolve":
		if e.DedupKey == "" {
			return "'dedup_key' is missing or blank"
		}
		if len(e.DedupKey) > 255 {
			return "'dedup_key' is too long (maximum is 255 characters)"
		}
		return ""
	case "trigger":
	default:
		return "'event_action' is invalid (must be one of trigger, acknowledge, resolve)"
	}
	p := e.Payload
	switch {
	case p == nil:
		return "'payload' is missing"
	case p.Summary == "":
		return "'payload.summary' is missing or blank"
	case p.Source == "":
		return "'payload.source' is missing or blank"
	case p.Severity != "critical" && p.Severity != "error" && p.Severity != "warning" && p.Severity != "info":
		return "'payload.severity' is invalid (must be one of critical, error, warning, info)"
	case len(e.DedupKey) > 255:
		return "'dedup_key' is too long (maximum is 255 characters)"
	}
	return ""
}

// labels are what an event says of where it comes from. Alertmanager calls itself the source and
// has the labels of its alerts in the details: those that all alerts share count.
func (p pagerPayload) labels() map[string]string {
	labels := map[string]string{}
	var details map[string]any
	if object(p.Details, &details) == nil {
		labels = flat(details)
	}
	shared := p.shared()
	for name, v := range shared {
		if _, taken := labels[name]; !taken {
			labels[name] = v
		}
	}
	if _, taken := labels["host"]; !taken && p.Source != "Alertmanager" {
		labels["host"] = p.Source
	}
	for name, v := range map[string]string{"source": p.Source, "component": p.Component, "group": p.Group, "class": p.Class, "severity": p.Severity} {
		if _, taken := labels[name]; v != "" && (!taken || name == "severity" && shared[name] == "") {
			labels[name] = v
		}
	}
	return labels
}

// shared are the labels that all alerts of Alertmanager's details have alike.
func (p pagerPayload) shared() map[string]string {
	var details struct {
		Firing   []alert `json:"firing"`
		Resolved []alert `json:"resolved"`
	}
	if json.Unmarshal(p.Details, &details) != nil {
		return nil
	}
	all := details.Firing
	if len(all) == 0 {
		all = details.Resolved
	}
	var same map[string]string
	for n, a := range all {
		if n == 0 {
			same = a.Labels
			continue
		}
		for name, v := range same {
			if a.Labels[name] != v {
				delete(same, name)
			}
		}
	}
	return same
}
