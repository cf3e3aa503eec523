package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"foresight/internal/wording"
	"foresight/models"
)

// email writes letters. All of one case to one receiver hang together: each refers to the
// same letter, which was never sent. A letter that is sent again has the id that it had.
type email struct {
	c        Config
	security *tls.Config
}

// Send implements Channel.
func (x *email) Send(ctx context.Context, n models.Notice) error {
	m, err := x.letter(n)
	if err != nil {
		return &Error{Why: "unwritable", Text: err.Error(), Final: true, Alone: true}
	}
	client, err := x.client()
	if err != nil {
		return &Error{Why: "settings", Text: err.Error()}
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return smtpError(err)
	}
	return nil
}

func (x *email) client() (*mail.Client, error) {
	host, port, err := net.SplitHostPort(x.c.Server)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("the port %q is no number", port)
	}
	security := x.security.Clone()
	security.ServerName = host
	options := []mail.Option{mail.WithPort(number), mail.WithTimeout(x.c.Timeout), mail.WithTLSConfig(security)}
	switch x.c.TLS {
	case "implicit":
		options = append(options, mail.WithSSL())
	case "none":
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory)) // never in the clear
	}
	if x.c.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(x.c.Username), mail.WithPassword(x.c.Secret))
	}
	return mail.NewClient(host, options...)
}

// letter writes the message.
func (x *email) letter(n models.Notice) (*mail.Msg, error) {
	m := mail.NewMsg()
	if err := m.From(x.c.From); err != nil {
		return nil, err
	}
	if err := m.To(n.To); err != nil {
		return nil, err
	}
	from, err := netmail.ParseAddress(x.c.From)
	if err != nil {
		return nil, err
	}
	domain := from.Address[strings.LastIndex(from.Address, "@")+1:]
	first := "<" + n.Key + "@" + domain + ">"
	m.SetMessageIDWithValue(n.ID + "." + n.Incident + "@" + domain)
	m.SetGenHeader(mail.HeaderInReplyTo, first)
	m.SetGenHeader(mail.HeaderReferences, first)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday answers
	m.SetDateWithValue(n.Made)
	m.Subject(cut(heading(n), 200))
	m.SetBodyString(mail.TypeTextPlain, text(n))
	return m, nil
}

// heading is the letter's: one of a promised time says so, it answers nothing; what ends a paging belongs to it.
func heading(n models.Notice) string {
	switch {
	case n.Clock != "":
		return "[" + n.Incident + "] " + headline(n) + ": " + oneLine(n.Title)
	case n.Kind != models.NoticePage:
		return "Re: " + subject(n)
	}
	return subject(n)
}

// text is the body for people.
func text(n models.Notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", oneLine(n.Title), headline(n))
	for _, f := range facts(n) {
		fmt.Fprintf(&b, "%-9s %s\n", f.name, f.value)
	}
	if n.Link != "" {
		b.WriteString("\n" + n.Link + "\n")
	}
	if words := said(n); words != "" {
		b.WriteString("\n" + cut(words, 20_000) + "\n")
	}
	if n.Kind == models.NoticePage || n.Clock == models.ClockAcknowledge {
		fmt.Fprintf(&b, "\n%s\n  foresight incident ack %s\n", wording.In(n.Lang).T("Take it, so that nobody else is called:"), n.Incident)
	}
	return b.String()
}

// smtpError says whether it was the letter, its receiver or the server.
func smtpError(err error) error {
	e := &Error{Why: "smtp", Text: oneLine(err.Error())}
	var sending *mail.SendError
	var reply *textproto.Error
	switch {
	case errors.As(err, &sending):
		e.Why = fmt.Sprintf("smtp_%d", sending.ErrorCode())
		// Of a receiver or a text; a refused sender or a lost connection holds the channel.
		if sending.Reason == mail.ErrSMTPRcptTo || sending.Reason == mail.ErrSMTPDataClose || sending.Reason == mail.ErrGetRcpts {
			e.Alone = sending.ErrorCode() >= 400
			e.Final = e.Alone && !sending.IsTemp()
		}
	case errors.As(err, &reply):
		e.Why = fmt.Sprintf("smtp_%d", reply.Code)
	default:
		var network net.Error
		if errors.As(err, &network) {
			e.Why = "network"
		}
	}
	return e
}
