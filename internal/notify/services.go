package notify

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

// pagerDuty speaks Events v2.
type pagerDuty struct {
	c Config
	p *poster
}

// Send implements Channel.
func (x *pagerDuty) Send(ctx context.Context, n models.Notice) error {
	event := map[string]any{"routing_key": x.c.Secret, "event_action": "trigger", "dedup_key": n.Key}
	switch n.Kind {
	case models.NoticeAcknowledged:
		event["event_action"] = "acknowledge"
	case models.NoticeResolved:
		event["event_action"] = "resolve"
	default:
		event["client"] = "Foresight"
		if n.Link != "" {
			event["client_url"] = n.Link
		}
		event["payload"] = map[string]any{
			"summary": cut(alert(n), 1024), "source": n.Service, "severity": severities[n.Priority], "timestamp": n.Opened.UTC().Format(time.RFC3339),
			"component": n.Service, "group": n.Customer, "class": levels[n.Level], "custom_details": details(n),
		}
	}
	return x.p.json(ctx, or(x.c.URL, "https://events.pagerduty.com")+"/v2/enqueue", event, nil)
}

// alert names what is alerted of: the case, or that a promised time of it runs out.
func alert(n models.Notice) string {
	if n.Clock != "" {
		return headline(n) + ": " + subject(n)
	}
	return subject(n)
}

// severities are those of Events v2, by priority.
var severities = map[models.Priority]string{1: "critical", 2: "error", 3: "warning", 4: "info", 5: "info"}

// details are the facts by name.
func details(n models.Notice) map[string]string {
	theirs := n
	theirs.Lang, theirs.Zone = wording.English, "UTC" // for rules of theirs, in one language
	all := map[string]string{}
	for _, f := range facts(theirs) {
		all[f.name] = f.value
	}
	all["Since"], all["Service"] = n.Opened.UTC().Format(time.RFC3339), n.Service
	if n.Clock != "" && !n.Deadline.IsZero() {
		all["Promised"] = n.Deadline.UTC().Format(time.RFC3339)
	}
	if n.Link != "" {
		all["Link"] = n.Link
	}
	if text := said(n); text != "" {
		all["Text"] = cut(text, 10_000)
	}
	return all
}

// alerts speaks the alert API of Opsgenie, which is Jira Service Management's too.
type alerts struct {
	c  Config
	p  *poster
	at string
}

// Send implements Channel.
func (x *alerts) Send(ctx context.Context, n models.Notice) error {
	key := http.Header{"Authorization": {"GenieKey " + x.c.Secret}}
	if !n.Kind.Ends() {
		return x.p.json(ctx, x.at, map[string]any{
			"message": cut(alert(n), 130), "alias": n.Key, "description": cut(said(n), 15_000), "entity": n.Service, "source": "Foresight",
			"priority": fmt.Sprintf("P%d", n.Priority), "details": details(n), "tags": []string{n.Customer, n.Service},
		}, key)
	}
	verb := map[models.NoticeKind]string{models.NoticeAcknowledged: "acknowledge", models.NoticeResolved: "close"}[n.Kind]
	to := x.at + "/" + url.PathEscape(n.Key) + "/" + verb + "?identifierType=alias"
	return x.p.json(ctx, to, map[string]any{"source": "Foresight", "user": cut(oneLine(n.By), 100), "note": cut(headline(n)+". "+n.Text, 25_000)}, key)
}

// serviceNow speaks event management's own format.
type serviceNow struct {
	c Config
	p *poster
}

// Send implements Channel.
func (x *serviceNow) Send(ctx context.Context, n models.Notice) error {
	more, err := json.Marshal(details(n)) // a JSON text within the JSON
	if err != nil {
		return &Error{Why: "unwritable", Text: err.Error(), Final: true}
	}
	severity, state := max(1, min(5, int(n.Priority))), "New"
	if n.Kind == models.NoticeResolved {
		severity, state = 0, "Closing"
	}
	record := map[string]any{
		"source": "Foresight", "event_class": "Foresight", "node": n.Service, "resource": n.Service, "metric_name": n.Incident, "type": levels[n.Level], "message_key": n.Key,
		"severity": fmt.Sprint(severity), "description": cut(subject(n)+". "+headline(n)+". "+said(n), 4000), "additional_info": string(more),
		"time_of_event": n.Made.UTC().Format(time.DateTime), "resolution_state": state,
	}
	who := base64.StdEncoding.EncodeToString([]byte(x.c.Username + ":" + x.c.Secret))
	return x.p.json(ctx, or(x.c.URL, "")+"/api/global/em/jsonv2", map[string]any{"records": []any{record}}, http.Header{"Authorization": {"Basic " + who}})
}
