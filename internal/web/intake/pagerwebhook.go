package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"foresight/models"
)

// pagerSignature is the header of PagerDuty's webhooks v3: "v1=" and the hexadecimal HMAC-SHA256 of the
// body, several with commas between while a secret is changed.
const pagerSignature = "X-PagerDuty-Signature"

// pagerWithin is how old a webhook may be: PagerDuty tries again for hours, and for a day each is
// known by its id.
const pagerWithin = 12 * time.Hour

// pagerHook is a webhook v3.
type pagerHook struct {
	Event struct {
		ID         string    `json:"id"`
		Type       string    `json:"event_type"`
		OccurredAt time.Time `json:"occurred_at"`
		Agent      *struct {
			Summary string `json:"summary"`
		} `json:"agent"`
		Data struct {
			Key string `json:"incident_key"`
		} `json:"data"`
	} `json:"event"`
}

// signedByPager reports whether one of the signatures is the body's.
func (d *door) signedByPager(r *http.Request, data []byte) bool {
	mac := hmac.New(sha256.New, []byte(d.Secret))
	mac.Write(data)
	want := mac.Sum(nil)
	for _, one := range strings.Split(r.Header.Get(pagerSignature), ",") {
		given, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(one), "v1="))
		if err == nil && d.Secret != "" && strings.HasPrefix(strings.TrimSpace(one), "v1=") && hmac.Equal(want, given) {
			return true
		}
	}
	return false
}

// pagerHooks reads what a person did in PagerDuty; nothing of what does not matter here.
func (d *door) pagerHooks(data []byte, now time.Time) ([]models.Intake, error) {
	var h pagerHook
	if err := object(data, &h); err != nil {
		return nil, err
	}
	e := h.Event
	switch {
	case e.Type == "":
		return nil, no(http.StatusBadRequest, reasonMalformed, "'event.event_type' is missing: it is no webhook v3")
	case e.Type != "incident.acknowledged" && e.Type != "incident.resolved":
		return nil, nil
	case e.ID == "" || e.OccurredAt.IsZero():
		return nil, no(http.StatusBadRequest, reasonMalformed, "'event.id' or 'event.occurred_at' is missing")
	}
	if age := now.Sub(e.OccurredAt); age > pagerWithin || age < -signedWithin {
		return nil, no(http.StatusUnauthorized, reasonReplayed, "it happened more than 12 hours ago or ahead: a replay, or clocks that differ")
	}
	if e.Data.Key == "" {
		return nil, nil // of an incident that no event opened
	}
	by := "PagerDuty"
	if e.Agent != nil && strings.TrimSpace(e.Agent.Summary) != "" {
		by = strings.TrimSpace(e.Agent.Summary)
	}
	return []models.Intake{d.intake(now, e.ID, models.Report{
		Customer: d.Customer.ID, Source: "PagerDuty", Paged: e.Data.Key, By: by, At: now, Taken: e.Type == "incident.acknowledged", Cleared: e.Type == "incident.resolved",
	})}, nil
}
