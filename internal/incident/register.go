package incident

import (
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// How long before its day an upkeep is a case, where the register does not say.
const (
	UpgradeNotice     = 90 * 24 * time.Hour
	CertificateNotice = 30 * 24 * time.Hour
)

// Upkeep is what the register of components reports at a moment: level 2, since nothing is down
// and it takes a date to come. expires are the days on which certificates that could be read end,
// by component. What is no longer due is over.
func Upkeep(c models.Customer, r Rules, expires map[string]time.Time, at time.Time) []models.Report {
	var all []models.Report
	today := calendar.DateOf(at.In(home(c))).In(home(c))
	for _, part := range c.Process.Components {
		if !part.EndOfSupport.IsZero() {
			all = append(all, upkeep(c, r, part, models.KindUpgrade, part.EndOfSupport, UpgradeNotice, today))
		}
		end, read := expires[part.ID]
		if !read {
			end = part.Expires
		}
		if !end.IsZero() {
			all = append(all, upkeep(c, r, part, models.KindCertificate, end, CertificateNotice, today))
		}
	}
	return all
}

func home(c models.Customer) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

// upkeep is one component's, told once a day.
func upkeep(c models.Customer, r Rules, part models.Item, kind string, end time.Time, notice time.Duration, today time.Time) models.Report {
	if part.Notice > 0 {
		notice = part.Notice
	}
	need := calendar.DateOf(end.In(home(c)))
	start := need
	if r.Hours.Calendar != nil {
		if d := r.Hours.Calendar.LatestStart(need, part.LeadDays, r.Freezes); !d.IsZero() {
			start = d
		}
	}
	name, verb, todo := part.Name, "upgrade", r.say().T("Upgrade %s", part.Name)
	var title string
	switch kind {
	case models.KindUpgrade:
		title = r.say().T("%s %s is supported until %s", name, part.Version, need.String())
	default:
		todo = r.say().T("Renew the certificate of %s", name)
		verb, title = "renew_certificate", r.say().T("The certificate of %s expires on %s", name, need.String())
	}
	subject := models.Subject{Customer: c.ID, Service: part.Service, Kind: verb, Episode: part.ID}
	rep := models.Report{
		Customer: c.ID, Service: part.Service, Key: kind + ":" + part.ID, Keyed: true, Source: SourceRegister, Title: title, Level: models.LevelProactive,
		Impact: models.GradeMedium, Urgency: models.GradeLow, At: today, Alone: true, Daily: true, Past: true,
		Cleared: today.Before(end.Add(-notice)) && today.Before(start.In(home(c))),
		Prediction: &models.Prediction{Kind: kind, ServiceName: name, Tests: part.Tests, Action: models.Action{
			Subject: subject, Title: todo,
			NeedBy: need.In(home(c)), LatestStart: start.In(home(c)), LeadDays: part.LeadDays,
			StillHelps: r.say().T("Order extended support, or shield it: fewer ways in, and more eyes on it."),
		}},
	}
	if start.In(home(c)).Before(today) {
		rep.Urgency = models.GradeMedium
	}
	if !today.Before(end) {
		rep.Urgency = models.GradeHigh
	}
	return rep
}

// Unchanged reports whether a day's upkeep is in its case already, as it is.
func Unchanged(cases []models.Incident, r models.Report) bool {
	print := r.Fingerprint()
	for n := range cases {
		f := fact(&cases[n], print)
		if f == nil || !cases[n].State.Open() {
			continue
		}
		t := cases[n].Plan
		return !r.Cleared && f.Firing && f.Last.Equal(r.At) && len(t) > 0 && t[0].NeedBy.Equal(r.Prediction.Action.NeedBy) && cases[n].Urgency <= r.Urgency
	}
	return r.Cleared // and nobody knows of it
}
