package deliver_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/deliver"
	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"
)

// pipes is a network in memory, of one address: in a bubble whose clock stands still the
// clock would stand still beside an open socket.
type pipes struct {
	calls chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{calls: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.done) }); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8088} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.calls <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.done:
		return nil, errors.New("connection refused")
	}
}

// outage is a real store, a real courier and a sandbox Splunk, on a clock that only
// waiting moves.
type outage struct {
	*testing.T
	store   *store.Store
	server  *sandbox.Server
	courier *deliver.Courier
	log     bytes.Buffer
	began   time.Time // where all events lie, so that the index keeps them in the order of their arrival
	runs    int
	said    []string // event ids, in the order of their commits
}

func begin(t *testing.T) *outage {
	o := &outage{T: t, began: time.Now()}
	kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	var network *pipes // the collector's, which listens last
	o.server, err = sandbox.Start(t.Context(), sandbox.Config{Dir: t.TempDir(), Listen: func(context.Context, string) (net.Listener, error) {
		network = newPipes()
		return network, nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.server.Close()) })
	pem, err := os.ReadFile(o.server.Ready().CAFile)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(pem))
	transport := &http.Transport{DialContext: network.dial, DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
	hec, err := enterprise.NewHEC(enterprise.HECConfig{URL: "https://splunk.test", Token: o.server.Ready().HECToken, Index: "foresight", Gzip: true,
		RetryFor: 3 * time.Second, Transport: transport})
	require.NoError(t, err)
	o.store, o.courier = kept, deliver.New(kept, hec, time.Now, zerolog.New(&o.log))
	return o
}

// commit puts in line what one run tells: three subjects' events, of a kilobyte each.
func (o *outage) commit() {
	o.Helper()
	o.runs++
	b := models.Batch{Customer: "c", RunID: fmt.Sprint("run-", o.runs), AsOf: time.Now(), Ran: models.Ran{RunID: fmt.Sprint("run-", o.runs), Customer: "c", Started: time.Now()}}
	for _, subject := range []string{"a", "b", "c"} {
		p := models.Parcel{Subject: subject, Revision: fmt.Sprint(o.runs)}
		for i := range 200 {
			id := fmt.Sprintf("%s-%d-%d", subject, o.runs, i)
			o.said = append(o.said, id)
			p.Events = append(p.Events, models.Event{Time: o.began, Sourcetype: models.SourcetypeFinding, Source: "foresight", Host: "c", EventID: id, Subject: subject,
				Body: map[string]any{"event_id": id, "subject_id": subject, "run": o.runs, "i": i, "detail": strings.Repeat(id, 100)}})
		}
		b.Parcels = append(b.Parcels, p)
	}
	_, err := o.store.Commit(o.Context(), b)
	require.NoError(o, err)
	o.courier.Wake()
}

// lasts lets an hour's part pass, with a run every minute, while the collector misbehaves.
func (o *outage) lasts(d time.Duration, fault string) {
	o.Helper()
	faults, err := sandbox.ParseFaults(fault)
	require.NoError(o, err)
	o.server.SetFaults(faults)
	for end := time.Now().Add(d); time.Now().Before(end); {
		o.commit()
		<-time.After(time.Minute)
	}
}

// arrived returns the event ids in the index, in the order of their arrival.
func (o *outage) arrived() []string {
	o.Helper()
	var b bytes.Buffer
	require.NoError(o, o.server.WriteEvents(&b, func(sandbox.Event) bool { return true }))
	var all []string
	for text := range strings.Lines(b.String()) {
		var e struct {
			Event struct {
				ID string `json:"event_id"`
			}
		}
		require.NoError(o, json.Unmarshal([]byte(text), &e))
		all = append(all, e.Event.ID)
	}
	return all
}

// heap is what the process holds on to, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Ten minutes of 503, then a revoked token, then connections that are cut, then all is
// well: nothing is lost, each subject's order is kept, memory does not grow with what is
// held, and the log has a line for each change.
func TestAnOutageLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := begin(t)
		ctx, end := context.WithCancel(t.Context())
		defer end()
		go o.courier.Run(ctx)
		o.lasts(2*time.Minute, "")
		before := heap()
		require.Equal(t, o.said, o.arrived(), "all is well")

		sent := len(o.said)
		o.lasts(10*time.Minute, "hec:busy")
		require.Len(t, o.arrived(), sent)
		b, err := o.store.Backlog(t.Context())
		require.NoError(t, err)
		require.Equal(t, len(o.said)-sent, b.Events, "held")
		o.lasts(10*time.Minute, "hec:unauthorized")
		require.Len(t, o.arrived(), sent)
		require.Less(t, heap(), before+4<<20, "%d events of a kilobyte are held, and not in memory", len(o.said)-sent)
		o.lasts(2*time.Minute, "hec:cut") // these take the events, and never say so
		o.lasts(5*time.Minute, "")
		b, err = o.store.Backlog(t.Context())
		require.NoError(t, err)
		require.Equal(t, models.Backlog{}, b)

		var once []string
		seen := map[string]bool{}
		for _, id := range o.arrived() {
			if !seen[id] {
				once = append(once, id)
			}
			seen[id] = true
		}
		require.Equal(t, o.said, once, "everything, each subject's in its order, and doubles only of what is there")

		var words []string
		for line := range strings.Lines(o.log.String()) {
			var l struct{ Message, Reason, Was string }
			require.NoError(t, json.Unmarshal([]byte(line), &l))
			words = append(words, strings.TrimSpace(l.Message+" "+l.Reason+l.Was))
		}
		const held = "delivery is held: what is not sent waits in the outbox "
		require.Equal(t, []string{held + "busy", held + "unauthorized", held + "network", "delivery goes on network"}, words)
	})
}
