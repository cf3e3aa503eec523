package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// story is a customer whose process is short of time: what takes hours takes seconds here.
const story = `    channels:
      - {id: room, kind: slack, secret: {env: ROOM_URL}}
      - {id: other, kind: slack, secret: {env: OTHER_URL}}
    process:
      sla:
        - {priority: 1, acknowledge: 100s, update: 1h, resolve: 4h}
        - {priority: 2, acknowledge: 100s, resolve: 8h, restore: 1d}
        - {priority: 3, acknowledge: 1h, resolve: 8h, restore: 1d}
      warn_at: 0.2
      problems: {after: 2}
      runbooks:
        - {id: pay, name: Nobody can pay, kinds: [fault], text: "Look at **the bank** first."}
      plan_templates:
        - {kind: certificate, tasks: [{id: order, title: "Order the certificate of {service}", owner: security, before_days: 5}]}
      redundancy:
        - {id: databases, service: web, members: [db1, db2]}
      components:
        - {id: front, name: Shop front, service: web, tls: "TLS", tests: [Customers can pay]}
      integrations:
        - {id: own, kind: api, secret: {env: OWN_SECRET}, service: web}
      contacts:
        - {id: eva, name: Eva, rules: [{channel: room}]}
        - {id: bo, name: Bo, rules: [{channel: other}]}
      policies:
        - {id: grave, levels: [1], steps: [{contacts: [eva]}, {contacts: [bo], after: 20s}], clocks: [{when: warned, of: [acknowledge], contacts: [eva]}, {when: breached, contacts: [bo]}]}
    services:
`

// expiring is a server whose certificate ends in thirty days.
func expiring(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 29)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "https://")
}

// narrator tells the story to serve, from the outside: by HTTP and by commands.
type narrator struct {
	*world
	site string
}

// reports tells of a fact and returns the case that it came to and how.
func (n narrator) reports(body string) (id, outcome string) {
	n.t.Helper()
	status, text := send(n.t, n.site+"/api/v1/reports", "a-secret-of-our-own", body)
	require.Equal(n.t, http.StatusOK, status, text)
	var answer struct {
		Taken []struct{ Outcome, Case string }
	}
	require.NoError(n.t, json.Unmarshal([]byte(text), &answer))
	require.Len(n.t, answer.Taken, 1, text)
	return answer.Taken[0].Case, answer.Taken[0].Outcome
}

// page waits until the page of a case says something.
func (n narrator) page(id, words string) {
	n.t.Helper()
	eventually(n.t, words+" on the page of "+id, 2*time.Minute, func() bool {
		_, text := get(n.t, n.site+"/incidents/"+id)
		return strings.Contains(text, words)
	})
}

// report waits until the customer's report says all of it.
func (n narrator) report(words ...string) {
	n.t.Helper()
	for _, one := range words {
		eventually(n.t, one+" in the report", time.Minute, func() bool {
			_, text := get(n.t, n.site+"/report/shop")
			return strings.Contains(text, one)
		})
	}
}

// pages counts what asked for somebody, apart from what tells of a clock or an end.
func pages(all ...*room) (n int) {
	for _, r := range all {
		for _, said := range r.heard() {
			if strings.Contains(said, ": Priority ") {
				n++
			}
		}
	}
	return n
}

func contains(words string) func(string) bool {
	return func(text string) bool { return strings.Contains(text, words) }
}

// told waits until the index holds a case's event in which a field says something.
func (n narrator) told(id, field, text string) {
	n.t.Helper()
	eventually(n.t, fmt.Sprintf("%s: %s of %s in the index", field, text, id), time.Minute, func() bool {
		for _, e := range of(n.events("foresight:incident"), "incident_id", id) {
			if strings.Contains(fmt.Sprint(e.Event[field]), text) {
				return true
			}
		}
		return false
	})
}

// The whole process from the outside, each step to be seen in the pages and in the index; minutes,
// since clocks run out in it (make story).
func TestStory(t *testing.T) {
	if os.Getenv("FORESIGHT_STORY") == "" {
		t.Skip("takes minutes, since clocks run out in it: make story runs it")
	}
	w := recent(t)
	eva, bo := newRoom(t), newRoom(t)
	w.env["ROOM_URL"], w.env["OTHER_URL"], w.env["OWN_SECRET"] = eva.URL, bo.URL, "a-secret-of-our-own"
	p, site := serving(t, w, "    services:\n", strings.Replace(story, "TLS", expiring(t), 1))
	n := narrator{w, site}

	t.Log("an overload is foreseen, with its plan; a certificate is 29 days from its expiry")
	eventually(t, "two cases without anybody's report", 2*time.Minute, func() bool { return strings.Count(w.incident("list").out, "\nshop-") == 2 })
	tasks := w.foresight("action", "list", "-c", w.config()).out
	for _, task := range []string{"add_capacity", "load_test", "provider_limits", "renew_certificate", "order", "Customers can pay"} {
		assert.Contains(t, tasks, task)
	}
	_, board := get(t, site+"/actions")
	assert.Contains(t, board, "Renew the certificate of Shop front")
	assert.Empty(t, eva.heard(), "what is foreseen pages nobody")

	t.Log("the standby's fan fails: level 2, and nobody is paged; then the primary: the same case, level 1")
	pair, outcome := n.reports(`{"component":"db2","key":"fan","title":"fan failed"}`)
	require.Equal(t, "opened", outcome)
	n.page(pair, "one failure from outage")
	n.told(pair, "level", "2")
	assert.Empty(t, eva.heard())
	same, _ := n.reports(`{"component":"db1","key":"down","title":"no answer","impact":1,"urgency":1}`)
	require.Equal(t, pair, same)
	n.told(pair, "level", "1")
	eventually(t, "a page to Eva", time.Minute, func() bool { return len(eva.heard()) == 1 })
	assert.Contains(t, eva.heard()[0], pair)

	t.Log("nobody takes it: Bo is told; Eva hears that the time to acknowledge is running out, and Bo that it has")
	eventually(t, "a page to Bo", 2*time.Minute, func() bool { return len(bo.heard()) >= 1 })
	eventually(t, "the warning to Eva", 3*time.Minute, func() bool {
		return slices.ContainsFunc(eva.heard(), contains("The time to acknowledge is running out"))
	})
	assert.False(t, slices.ContainsFunc(bo.heard(), contains("has run out")), "the warning comes before it")
	n.page(pair, "ran out at")
	eventually(t, "the breach to Bo", time.Minute, func() bool { return slices.ContainsFunc(bo.heard(), contains("The time to acknowledge has run out")) })
	n.told(pair, "breached", "acknowledge")
	assert.Equal(t, app.ExitFine, w.incident("ack", pair, "--by", "eva").code)
	paged := pages(eva, bo)

	t.Log("a user reports a fault; an alarm of the same service joins it")
	fault := w.opens("Customers cannot pay", "--impact", "1", "--urgency", "1")
	joined, outcome := n.reports(`{"key":"errors","title":"error rate over 5 %"}`)
	assert.Equal(t, "joined", outcome)
	assert.Equal(t, fault, joined)
	n.page(fault, "error rate over 5 %")
	n.page(fault, "<strong>the bank</strong>")
	assert.Contains(t, w.incident("show", fault).out, "Look at **the bank** first.")
	n.report("Customers cannot pay", "ran out: acknowledge", "Order the certificate of Shop front", "The register", "Redundancy", "nobody yet")
	w.incident("ack", fault, "--by", "bo")

	t.Log("both are resolved; a review is due; the prediction stays")
	n.reports(`{"component":"db1","key":"down","status":"resolved"}`)
	_, outcome = n.reports(`{"component":"db2","key":"fan","status":"resolved"}`)
	assert.Equal(t, "resolved", outcome)
	w.incident("resolve", fault, "--by", "bo", "-m", "the bank has a new key")
	n.page(fault, "a review is due by")
	n.told(fault, "state", "resolved")
	w.incident("close", fault, "--by", "bo")
	n.told(fault, "state", "closed")
	assert.Contains(t, w.incident("list").out, "will cross its limit")
	assert.LessOrEqual(t, pages(eva, bo), paged+2, "acknowledging stops paging: only the fault paged once more")
	n.report("will cross its limit", "Reviews that are owed", "databases of web: all 2 are up", "50 %")
	assert.NotContains(t, w.incident("audit").out, "nobody was told")
	assert.Equal(t, app.ExitFine, p.signal(syscall.SIGTERM).code)
}
