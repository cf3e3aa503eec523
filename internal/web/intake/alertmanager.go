package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"time"

	"foresight/models"
)

// notification is the webhook of Alertmanager, version 4, and of Grafana, which adds to it.
// Fields that later releases add are of no interest.
type notification struct {
	Version   string  `json:"version"`
	GroupKey  string  `json:"groupKey"`
	Truncated int     `json:"truncatedAlerts"`
	Alerts    []alert `json:"alerts"`
}

type alert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
	DashboardURL string            `json:"dashboardURL"`
	ValueString  string            `json:"valueString"`
}

// alertmanager reads a notification: a report each alert.
func (s *server) alertmanager(d *door, data []byte, at time.Time, once string) ([]models.Intake, error) {
	var n notification
	if err := object(data, &n); err != nil {
		return nil, err
	}
	if len(n.Alerts) == 0 {
		return nil, errors.New("it holds no alerts")
	}
	in := d.intake(at, once)
	for _, a := range n.Alerts {
		r, err := d.alert(a, at)
		if err != nil {
			return nil, err
		}
		in.Reports = append(in.Reports, r)
	}
	return []models.Intake{in}, nil
}

func (d *door) alert(a alert, at time.Time) (models.Report, error) {
	if a.Status != "firing" && a.Status != "resolved" {
		return models.Report{}, errors.New("an alert is neither firing nor resolved")
	}
	key := a.Fingerprint
	if key == "" {
		key = models.Revision(lines(a.Labels))
	}
	r := models.Report{
		Key: key, Title: a.name(), At: at, Cleared: a.Status == "resolved",
		Detail: paragraphs(a.Annotations["description"], a.Annotations["runbook_url"], a.ValueString, a.DashboardURL, a.GeneratorURL),
	}
	err := d.place(&r, a.Labels)
	if a.Status == "resolved" {
		r.Component = "" // the key alone says what ends: rules may name another component by now
	}
	return r, err
}

// name is what people call the alert.
func (a alert) name() string {
	for _, words := range []string{a.Annotations["summary"], a.Annotations["title"], a.Annotations["message"], a.Labels["alertname"]} {
		if words != "" {
			return words
		}
	}
	return ""
}

// The headers of a Grafana contact point that signs; the timestamp's name is the one that our
// manual asks for.
const (
	signatureHeader = "X-Grafana-Alerting-Signature"
	timestampHeader = "X-Grafana-Alerting-Timestamp"
)

// signed checks a signature over time and body, and returns the request's name: it is taken once.
func (d *door) signed(r *http.Request, data []byte, now time.Time) (once string, err error) {
	stamp := r.Header.Get(timestampHeader)
	given, err := hex.DecodeString(r.Header.Get(signatureHeader))
	if err != nil || d.Secret == "" {
		return "", errSecret
	}
	mac := hmac.New(sha256.New, []byte(d.Secret))
	mac.Write([]byte(stamp + ":"))
	mac.Write(data)
	if stamp == "" {
		mac.Reset()
		mac.Write(data)
	}
	if !hmac.Equal(mac.Sum(nil), given) {
		return "", errSecret
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return "", no(http.StatusUnauthorized, reasonReplayed, "the signature has no time: set the contact point's timestamp header to "+timestampHeader)
	}
	return hex.EncodeToString(given), fresh(seconds, now)
}
