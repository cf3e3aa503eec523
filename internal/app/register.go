package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"foresight/internal/incident"
	"foresight/models"
)

// How often a certificate is looked at, and how long an endpoint may take to show it.
const (
	certificateRound = 6 * time.Hour
	certificateWait  = 10 * time.Second
)

// certificates remembers when those of the register expire.
type certificates struct {
	mu   sync.Mutex
	seen map[string]certificate // by host:port
}

type certificate struct {
	ends   time.Time // zero: it could not be read
	looked time.Time
}

// expires returns when the certificates of a customer's components end, as far as they can be
// read, and tells of each that cannot, once until it can.
func (s *certificates) expires(ctx context.Context, c models.Customer, at time.Time, unread func(models.Item, error)) map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]time.Time{}
	for _, part := range c.Process.Components {
		if part.TLS == "" {
			continue
		}
		known, looked := s.seen[part.TLS]
		if !looked || at.Sub(known.looked) >= certificateRound {
			ends, err := leafExpiry(ctx, part.TLS)
			if err != nil && (!looked || !known.ends.IsZero()) && ctx.Err() == nil {
				unread(part, err)
			}
			if s.seen == nil {
				s.seen = map[string]certificate{}
			}
			known = certificate{ends, at}
			s.seen[part.TLS] = known
		}
		if !known.ends.IsZero() {
			all[part.ID] = known.ends
		}
	}
	return all
}

// leafExpiry reads the end of the certificate that an endpoint shows. It is looked at and not
// trusted: one that has expired already, or is signed by nobody known, has a date all the same.
func leafExpiry(ctx context.Context, address string) (time.Time, error) {
	ctx, cancel := context.WithTimeout(ctx, certificateWait)
	defer cancel()
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the certificate of %s: %w", address, err)
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: host, InsecureSkipVerify: true}} //nolint:gosec // G402: nothing is sent, its date is read
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the certificate of %s: %w", address, err)
	}
	defer conn.Close() //nolint:errcheck // only read
	secure, ok := conn.(*tls.Conn)
	if !ok || len(secure.ConnectionState().PeerCertificates) == 0 {
		return time.Time{}, fmt.Errorf("reading the certificate of %s: it shows none", address)
	}
	return secure.ConnectionState().PeerCertificates[0].NotAfter, nil
}

// upkeep is what the register has to report that is not in its case yet.
func (d *duty) upkeep(ctx context.Context, c models.Customer, rules incident.Rules, open []models.Incident, at time.Time) []models.Report {
	if len(c.Process.Components) == 0 {
		return nil
	}
	expires := d.certificates.expires(ctx, c, at, func(part models.Item, err error) {
		d.log.Warn().Err(err).Str("customer", c.ID).Str("component", part.ID).Msg("the register's certificate cannot be read; tried again every six hours")
	})
	var news []models.Report
	for _, r := range incident.Upkeep(c, rules, expires, at) {
		if !incident.Unchanged(open, r) {
			r.Heard = at // it is of today, which has begun a while ago
			news = append(news, r)
		}
	}
	return news
}
