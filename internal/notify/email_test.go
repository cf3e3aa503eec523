package notify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// post is an SMTP server on loopback, and what it took.
type post struct {
	addr, ca string
	mu       sync.Mutex
	letters  []*mail.Message
	bodies   []string
	rcpt     error // what a receiver gets
	secure   []bool
}

// certificate makes one for 127.0.0.1 and the PEM file that a client trusts it by.
func certificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "post"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

func postOffice(t *testing.T, bend func(*smtp.Server)) *post {
	t.Helper()
	cert, ca := certificate(t)
	p := &post{ca: ca}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{p: p, c: c}, nil }))
	s.Domain = "post.test"
	s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if bend != nil {
		bend(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, s.Close()); <-done })
	return p
}

type session struct {
	p *post
	c *smtp.Conn
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "f" || password != "geheim" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.p.rcpt
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	_, secure := s.c.TLSConnectionState()
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.letters, s.p.bodies, s.p.secure = append(s.p.letters, m), append(s.p.bodies, string(body)), append(s.p.secure, secure)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (p *post) channel(t *testing.T, bend func(*Config)) Channel {
	t.Helper()
	c := Config{ID: "mail", Kind: models.ChannelEmail, Server: p.addr, From: "Foresight <foresight@nord.test>", Username: "f", Secret: "geheim", TLS: "starttls", CAFile: p.ca, Timeout: 10 * time.Second}
	if bend != nil {
		bend(&c)
	}
	channel, err := New(c)
	require.NoError(t, err)
	return channel
}

// fails is a case of nord whose title tries what it can.
var fails = models.Notice{
	ID: "0123456789abcdef", Customer: "nord", Incident: "nord-1", Kind: models.NoticePage, Key: "nord-1.abcdef01", Channel: "x", Contact: "eva", Name: "Eva", To: "eva@nord.test",
	Service: "shop", Title: "Kassan \"3\" svarar inte\r\nBcc: all@nord.test", Detail: "fel <b> & \\ \n{{.}}", Level: models.LevelReactive, State: models.IncidentNew,
	Priority: 1, Opened: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), Made: time.Date(2026, 11, 25, 9, 0, 30, 0, time.UTC),
}

// resolved is its end.
func resolved() models.Notice {
	n := fails
	n.ID, n.Kind, n.State, n.By, n.Text = "fedcba9876543210", models.NoticeResolved, models.IncidentResolved, "bo", "the cable was out"
	return n
}

func TestALetter(t *testing.T) {
	p := postOffice(t, nil)
	c := p.channel(t, nil)
	require.NoError(t, c.Send(t.Context(), fails))
	require.NoError(t, c.Send(t.Context(), fails), "again, as after a crash")
	require.NoError(t, c.Send(t.Context(), resolved()))
	require.Len(t, p.letters, 3)
	require.Equal(t, []bool{true, true, true}, p.secure)
	first, again, end := p.letters[0].Header, p.letters[1].Header, p.letters[2].Header
	require.Equal(t, "<0123456789abcdef.nord-1@nord.test>", first.Get("Message-Id"))
	require.Equal(t, first.Get("Message-Id"), again.Get("Message-Id"))
	require.NotEqual(t, first.Get("Message-Id"), end.Get("Message-Id"))
	require.Equal(t, "<nord-1.abcdef01@nord.test>", first.Get("References"))
	require.Equal(t, first.Get("References"), end.Get("References"), "one thread a case")
	require.Equal(t, first.Get("References"), end.Get("In-Reply-To"))
	require.Empty(t, first.Get("Bcc"), "a title makes no header")
	subject, err := new(mime.WordDecoder).DecodeHeader(first.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, `[nord-1] Kassan "3" svarar inte Bcc: all@nord.test`, subject)
	require.Equal(t, "<eva@nord.test>", first.Get("To"))
	require.Equal(t, "auto-generated", first.Get("Auto-Submitted"))
	at, err := first.Date()
	require.NoError(t, err)
	require.True(t, at.Equal(fails.Made))
	require.Contains(t, p.bodies[0], "foresight incident ack nord-1")
	require.Contains(t, p.bodies[2], "Resolved by bo")
	require.Contains(t, p.bodies[2], "the cable was out")
}

func TestWhatAPostOfficeRefuses(t *testing.T) {
	for _, c := range []struct {
		name         string
		server       func(*smtp.Server)
		rcpt         error
		config       func(*Config)
		final, alone bool
	}{
		{name: "no such receiver", rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}, final: true, alone: true},
		{name: "a receiver's full box", rcpt: &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "later"}, alone: true},
		{name: "a wrong password", config: func(c *Config) { c.Secret = "falsch" }},
		{name: "no TLS offered", server: func(s *smtp.Server) { s.TLSConfig = nil }},
		{name: "another's certificate", config: func(c *Config) { c.CAFile = "" }},
		{name: "nobody there", config: func(c *Config) { c.Server = "127.0.0.1:1" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := postOffice(t, c.server)
			p.rcpt = c.rcpt
			err := p.channel(t, c.config).Send(t.Context(), fails)
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			require.Equal(t, []bool{c.final, c.alone}, []bool{e.Final, e.Alone}, "%v", err)
			require.NotContains(t, e.Text, "falsch")
			require.Empty(t, p.letters)
		})
	}
}

func TestALetterWithoutTLSWhereThatIsWanted(t *testing.T) {
	p := postOffice(t, func(s *smtp.Server) { s.TLSConfig = nil })
	require.NoError(t, p.channel(t, func(c *Config) { c.TLS, c.Username, c.Secret = "none", "", "" }).Send(t.Context(), fails))
	require.Equal(t, []bool{false}, p.secure)
	require.True(t, strings.HasPrefix(p.letters[0].Header.Get("From"), `"Foresight"`))
}
