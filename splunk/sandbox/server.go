package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// Config says how a server starts. The zero value is a working one: free ports,
// random secrets, the real clock.
type Config struct {
	SearchAddr string           // "" = 127.0.0.1:0; loopback only
	HECAddr    string           // the same
	SCSAddr    string           // the same; of Splunk Cloud Services
	Dir        string           // where ca.pem is written; "" = a temporary directory, removed by Close
	Username   string           // "" = admin
	Password   string           // "" = random
	HECToken   string           // "" = random
	Tenant     string           // of Splunk Cloud Services; "" = sandbox
	Clock      func() time.Time // of searches and index times; nil = time.Now
	Faults     Faults           // how to misbehave from the start
	Ack        bool             // the HEC token has useACK
	Indexes    []string         // that events are taken for, besides main, foresight, history and summary

	MetricIndexes []string // that metric points are taken for, besides foresight_metrics

	// Listen opens a listener; nil = on loopback. Tests whose clock stands still beside an
	// open socket have one in memory.
	Listen func(ctx context.Context, addr string) (net.Listener, error)
}

// Ready is what a client needs to know of a running server, as one JSON object.
type Ready struct {
	SearchURL   string `json:"search_url"`
	HECURL      string `json:"hec_url"`
	Username    string `json:"username"`
	Password    string `json:"password"`
	HECToken    string `json:"hec_token"`
	CAFile      string `json:"ca_file"`
	SearchToken string `json:"search_token"` // for Authorization: Bearer

	SCSURL          string `json:"scs_url"` // Splunk Cloud Services: the API and its identity provider
	SCSTenant       string `json:"scs_tenant"`
	SCSClientID     string `json:"scs_client_id"`
	SCSClientSecret string `json:"scs_client_secret"`
}

// Server is a running sandbox.
type Server struct {
	ready  Ready
	clock  func() time.Time
	store  *store
	faults faultState
	access access
	tenant tenant // of Splunk Cloud Services
	jobs   jobs
	acks   *acks // nil without useACK

	settings settings
	kv       kvstore
	itsi     itsi
	rights   rights
	indexes  []string

	metricIndexes []string

	servers []*http.Server
	serving sync.WaitGroup
	ownDir  string // to remove
	stop    func() bool
	closing sync.Once
	base    context.Context // of searches; ends with the server
	cancel  context.CancelFunc
}

// Start starts a server. It runs until Close, or until ctx ends.
func Start(ctx context.Context, c Config) (*Server, error) {
	c = c.withDefaults()
	s := &Server{clock: c.Clock, store: newStore(), indexes: c.Indexes, metricIndexes: c.MetricIndexes, tenant: newTenant(c.Tenant),
		access: access{username: c.Username, password: c.Password, token: secret(), sessions: map[string]bool{}}}
	s.rights.user = Rights{Capabilities: []string{"list_storage_passwords", "schedule_search", "search"}, Jobs: 50}
	s.faults.set(c.Faults)
	s.base, s.cancel = context.WithCancel(context.Background())
	s.jobs.init()
	if c.Ack {
		s.acks = newAcks()
	}
	s.ready = Ready{Username: c.Username, Password: c.Password, HECToken: c.HECToken, SearchToken: s.access.token,
		SCSTenant: s.tenant.name, SCSClientID: s.tenant.clientID, SCSClientSecret: s.tenant.clientSecret}
	if err := s.listen(ctx, c); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.stop = context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.SearchAddr == "" {
		c.SearchAddr = "127.0.0.1:0"
	}
	if c.HECAddr == "" {
		c.HECAddr = "127.0.0.1:0"
	}
	if c.SCSAddr == "" {
		c.SCSAddr = "127.0.0.1:0"
	}
	if c.Tenant == "" {
		c.Tenant = "sandbox"
	}
	if c.Username == "" {
		c.Username = "admin"
	}
	if c.Password == "" {
		c.Password = secret()
	}
	if c.HECToken == "" {
		c.HECToken = guid()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Listen == nil {
		c.Listen = listenLoopback
	}
	c.Indexes = append([]string{"main", "foresight", "history", "summary"}, c.Indexes...)
	c.MetricIndexes = append([]string{"foresight_metrics"}, c.MetricIndexes...)
	return c
}

// listen opens the ports and serves them over TLS.
func (s *Server) listen(ctx context.Context, c Config) error {
	dir := c.Dir
	if dir == "" {
		own, err := os.MkdirTemp("", "foresight-sandbox-")
		if err != nil {
			return fmt.Errorf("making a directory for the sandbox's certificate: %w", err)
		}
		dir, s.ownDir = own, own
	}
	config, file, err := newCertificates(dir)
	if err != nil {
		return err
	}
	s.ready.CAFile = file
	for _, l := range []struct {
		addr    string
		url     *string
		handler http.Handler
	}{
		{c.SearchAddr, &s.ready.SearchURL, s.misbehave(searchFaults, http.HandlerFunc(s.serveSearch))},
		{c.SCSAddr, &s.ready.SCSURL, s.misbehave(scsFaults, http.HandlerFunc(s.serveSCS))},
		{c.HECAddr, &s.ready.HECURL, s.misbehave(hecFaults, http.HandlerFunc(s.serveHEC))},
	} {
		listener, err := c.Listen(ctx, l.addr)
		if err != nil {
			return err
		}
		*l.url = "https://" + listener.Addr().String()
		protocols := new(http.Protocols)
		protocols.SetHTTP1(true) // all that splunkd speaks
		server := &http.Server{Handler: l.handler, Protocols: protocols, TLSConfig: config.Clone(), ReadHeaderTimeout: 30 * time.Second,
			IdleTimeout: 5 * time.Minute, ErrorLog: log.New(io.Discard, "", 0)} // a refused handshake is the client's to tell
		s.servers = append(s.servers, server)
		s.serving.Go(func() { _ = server.ServeTLS(listener, "", "") }) // ends with Close
	}
	return nil
}

// listenLoopback refuses to be reached from other machines: the sandbox is no Splunk
// to keep anything in.
func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("reading the sandbox's address %q: %w: write host:port, as in 127.0.0.1:8089", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the sandbox listens on loopback only, not on %q: use 127.0.0.1, [::1] or localhost", addr)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w: choose another port, or 0 for a free one", addr, err)
	}
	return l, nil
}

// Ready returns what a client needs to connect.
func (s *Server) Ready() Ready { return s.ready }

// Close stops the server at once, with its searches. It may be called twice.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() {
		if s.stop != nil {
			s.stop()
		}
		s.cancel()
		for _, server := range s.servers {
			err = errors.Join(err, server.Close())
		}
		s.serving.Wait()
		s.jobs.close()
		if s.ownDir != "" {
			err = errors.Join(err, os.RemoveAll(s.ownDir))
		}
	})
	if err != nil {
		return fmt.Errorf("closing the sandbox: %w", err)
	}
	return nil
}

// secret returns 128 random bits.
func secret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// guid returns a random UUID.
func guid() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
