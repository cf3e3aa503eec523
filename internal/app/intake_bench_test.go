package app

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/pgtest"
	"foresight/internal/store"
	"foresight/internal/web/intake"
	"foresight/models"
)

// databases are those there are to measure on: SQLite always, PostgreSQL where
// FORESIGHT_POSTGRES says where one is.
func databases(b *testing.B) map[string]func(*testing.B) store.Place {
	b.Helper()
	all := map[string]func(*testing.B) store.Place{"sqlite": func(b *testing.B) store.Place { return store.Place{Dir: b.TempDir()} }}
	if pgtest.There() {
		all["postgres"] = ownSchema
	}
	return all
}

func ownSchema(b *testing.B) store.Place {
	b.Helper()
	return store.Place{Dir: filepath.Join(b.TempDir(), "none"), URL: pgtest.Schema(b).String()}
}

// senders is how many systems report side by side.
const senders = 64

// BenchmarkIntake has systems report one broken service over HTTP, each request in PagerDuty's
// language: one alarm again and again, and an alarm of every host. Both are one case and page
// once, and every occurrence is counted.
func BenchmarkIntake(b *testing.B) {
	for name, place := range databases(b) {
		for _, hosts := range []int{1, 1000} {
			b.Run(fmt.Sprintf("%s/hosts=%d", name, hosts), func(b *testing.B) { benchIntake(b, place(b), hosts) })
		}
	}
}

// pagesEva gives a customer a policy by which every case pages one contact.
func pagesEva(c *models.Customer) {
	c.Process.Contacts = []models.Contact{{ID: "eva", Rules: []models.ContactRule{{Channel: "mail", To: "eva@example.com"}}}}
	c.Process.Channels = map[string]models.ChannelKind{"mail": models.ChannelEmail}
	c.Process.Policies = []models.Policy{{ID: "all", Steps: []models.PolicyStep{{Contacts: []string{"eva"}}}}}
}

func benchIntake(b *testing.B, place store.Place, hosts int) {
	kept, err := store.Open(b.Context(), place)
	require.NoError(b, err)
	defer kept.Close() //nolint:errcheck // the benchmark is over
	cfg := agreed(time.Now())
	c := &cfg.Customers[0]
	pagesEva(c)
	desk, err := newReception(kept, cfg, time.Now, func() {})
	require.NoError(b, err)
	const secret = "0123456789abcdef0123456789abcdef"
	server := httptest.NewServer(intake.New(intake.Options{Desk: desk, Clock: time.Now, Doors: []intake.Door{{
		Customer: *c, Secret: secret, Integration: models.Integration{ID: "pager", Kind: models.IntegrationPagerDuty, Service: "web", ComponentFrom: []string{"host"}, PerMinute: 10_000_000},
	}}}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}, Timeout: time.Minute}

	b.ResetTimer()
	var next atomic.Int64
	var wait sync.WaitGroup
	for range senders {
		wait.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				host := fmt.Sprintf("host%d", n%int64(hosts))
				event := fmt.Sprintf(`{"routing_key":%q,"event_action":"trigger","dedup_key":%q,"payload":{"summary":"no answer","source":%q,"severity":"critical"}}`, secret, host, host)
				r, err := client.Post(server.URL+"/v2/enqueue", "application/json", strings.NewReader(event))
				if err != nil || r.StatusCode != http.StatusAccepted {
					b.Errorf("alarm %d is not taken: %v %v", n, r, err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_ = r.Body.Close()
			}
		})
	}
	wait.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "alarms/s")

	cases, err := kept.Incidents(b.Context(), models.IncidentFilter{})
	require.NoError(b, err)
	require.Len(b, cases, 1)
	require.Equal(b, b.N, cases[0].Occurrences)
	require.Len(b, cases[0].Facts, min(hosts, b.N))
	notices, err := kept.Notices(b.Context(), "shop", cases[0].ID)
	require.NoError(b, err)
	require.Len(b, notices, 1, "one page, whatever comes")
}
