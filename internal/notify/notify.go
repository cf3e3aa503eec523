// Package notify speaks what people's channels speak: e-mail, a signed webhook, and the
// formats of PagerDuty, Jira Service Management, Opsgenie, ServiceNow, Teams and Slack. One
// channel sends one notice at a time; when, in what order and how often again is others' work.
package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"foresight/internal/wording"
	"foresight/models"
)

// Config is a channel as it is configured; which fields it takes is its kind's affair.
type Config struct {
	ID       string
	Kind     models.ChannelKind
	Secret   string
	URL      string
	Server   string // host:port
	From     string
	Username string
	TLS      string // starttls, implicit, none
	CAFile   string // PEM; "" for the system's roots
	Template string
	Timeout  time.Duration
	Clock    func() time.Time
	Agent    string // User-Agent
	Pages    string // the pages' address, to which messages link; "": not known
}

// Channel sends notices. What it returns that is not an *Error may be tried again.
type Channel interface {
	Send(ctx context.Context, n models.Notice) error
}

// Error is why a notice was not taken.
type Error struct {
	Why   string // short and stable
	Text  string
	Final bool          // this notice will never be taken
	Alone bool          // other notices may be, at this moment
	After time.Duration // what the channel asked to be left alone for
}

// Error implements error.
func (e *Error) Error() string { return e.Text }

// Reason is the error's short stable name.
func (e *Error) Reason() string { return e.Why }

// New makes a channel; it sends nothing yet.
func New(c Config) (Channel, error) {
	channel, err := newChannel(c)
	if err != nil || c.Pages == "" {
		return channel, err
	}
	return linked{channel, c.Pages}, nil
}

// linked leads from a notice to its case's page.
type linked struct {
	Channel
	pages string
}

// Send implements Channel.
func (l linked) Send(ctx context.Context, n models.Notice) error {
	n.Link = l.pages + "/incidents/" + url.PathEscape(n.Incident)
	return l.Channel.Send(ctx, n)
}

func newChannel(c Config) (Channel, error) {
	roots, err := rootsOf(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("channel %s: %w", c.ID, err)
	}
	security := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if c.Kind == models.ChannelEmail {
		return &email{c, security}, nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one by its documentation
	transport.TLSClientConfig = security
	p := &poster{client: &http.Client{Transport: transport, Timeout: c.Timeout, CheckRedirect: noRedirect}, agent: c.Agent}
	switch c.Kind {
	case models.ChannelWebhook:
		return newWebhook(c, p)
	case models.ChannelPagerDuty:
		return &pagerDuty{c, p}, nil
	case models.ChannelJSM:
		return &alerts{c, p, or(c.URL, "https://api.atlassian.com") + "/jsm/ops/integration/v2/alerts"}, nil
	case models.ChannelOpsgenie:
		return &alerts{c, p, or(c.URL, "https://api.opsgenie.com") + "/v2/alerts"}, nil
	case models.ChannelServiceNow:
		return &serviceNow{c, p}, nil
	case models.ChannelTeams:
		return &teams{c, p}, nil
	case models.ChannelSlack:
		return &slack{c, p}, nil
	}
	return nil, fmt.Errorf("channel %s: there is no kind %q", c.ID, c.Kind)
}

func or(url, fallback string) string {
	if url == "" {
		return fallback
	}
	return strings.TrimRight(url, "/")
}

func rootsOf(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no pool means the system's roots
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s holds no certificate; give it as PEM", file)
	}
	return pool, nil
}

// subject is the case in a line, the same for all that is said of its paging.
func subject(n models.Notice) string { return "[" + n.Incident + "] " + oneLine(n.Title) }

// oneLine takes line breaks and runs of blanks out of what others wrote.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// headline says in a line what is the matter now.
func headline(n models.Notice) string {
	say := wording.In(n.Lang)
	switch n.Kind {
	case models.NoticeAcknowledged:
		return say.T("Taken by %s", oneLine(n.By))
	case models.NoticeResolved:
		if n.State == models.IncidentCanceled {
			return say.T("Canceled by %s", oneLine(n.By))
		}
		return say.T("Resolved by %s", oneLine(n.By))
	case models.NoticeWarned:
		return say.T("The time to %s is running out", say.T(string(n.Clock)))
	case models.NoticeBreached:
		return say.T("The time to %s has run out", say.T(string(n.Clock)))
	}
	words := say.T("Priority %d", int(n.Priority))
	if n.Round > 0 {
		words += say.T(", called for the %d. time", n.Round+1)
	}
	return words
}

// fact is a line of a message.
type fact struct{ name, value string }

// facts are what is to be known of the case, in the customer's language and by its clock.
func facts(n models.Notice) []fact {
	say := wording.In(n.Lang)
	at := func(t time.Time) string { return say.Date(t.In(zoneOf(n)), "2 Jan 2006, 15:04 (-07:00)") }
	var all []fact
	if n.Clock != "" && !n.Deadline.IsZero() {
		all = append(all, fact{say.T("Promised"), at(n.Deadline)})
	}
	all = append(all, fact{say.T("Case"), n.Incident}, fact{say.T("Service"), oneLine(cmp.Or(n.ServiceName, n.Service))}, fact{say.T("Level"), say.T(levels[n.Level])},
		fact{say.T("Priority"), fmt.Sprint(int(n.Priority))}, fact{say.T("State"), say.T(n.State.Words())}, fact{say.T("Since"), at(n.Opened)})
	if n.Assignee != "" {
		all = append(all, fact{say.T("Assignee"), oneLine(n.Assignee)})
	}
	return all
}

// zoneOf is the customer's zone; UTC where this machine does not know it.
func zoneOf(n models.Notice) *time.Location {
	zone, err := time.LoadLocation(n.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

var levels = map[models.Level]string{
	models.LevelReactive:   "1, fails now",
	models.LevelProactive:  "2, one more failure from an outage",
	models.LevelPredictive: "3, foreseen",
}

// said is what was written when the notice was made, or of the case. What a clock says stands in the
// headline and the facts.
func said(n models.Notice) string {
	switch {
	case n.Kind == models.NoticePage || n.Clock != "":
		return n.Detail
	case n.By == ourselves:
		return wording.In(n.Lang).T(n.Text)
	}
	return n.Text
}

// ourselves is who did what no person did.
const ourselves = "foresight"

// cut shortens text to so many bytes without breaking a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[:most-len("…")]
	for len(text) > 0 && !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text + "…"
}
