package enterprise_test

import (
	"testing"

	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"
	"foresight/splunk/splunktest"

	"github.com/stretchr/testify/require"
)

// clients starts a server that misbehaves as told, and both clients on it.
func clients(t *testing.T, c sandbox.Config, token bool) (*enterprise.SearchClient, *enterprise.HECClient, *sandbox.Server) {
	t.Helper()
	c.Dir = t.TempDir()
	server, err := sandbox.Start(t.Context(), c)
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	r := server.Ready()
	sc := enterprise.SearchConfig{URL: r.SearchURL, Username: r.Username, Password: r.Password, CAFile: r.CAFile, PageSize: 50}
	if token {
		sc.Username, sc.Password, sc.Token = "", "", r.SearchToken
	}
	search, err := enterprise.NewSearch(sc)
	require.NoError(t, err)
	hec, err := enterprise.NewHEC(enterprise.HECConfig{URL: r.HECURL, Token: r.HECToken, Index: "main", CAFile: r.CAFile, BatchEvents: 100, Gzip: true})
	require.NoError(t, err)
	return search, hec, server
}

func TestSuiteWithSession(t *testing.T) {
	search, hec, _ := clients(t, sandbox.Config{}, false)
	splunktest.Suite(t, func(*testing.T) splunktest.Target { return splunktest.Target{Search: search, Send: hec, Index: "main"} })
}

func TestSuiteWithTokenAndAck(t *testing.T) {
	search, hec, _ := clients(t, sandbox.Config{Ack: true}, true)
	splunktest.Suite(t, func(*testing.T) splunktest.Target { return splunktest.Target{Search: search, Send: hec, Index: "main"} })
}

// The same while the server is busy, ends sessions, breaks connections after the work
// and is slow. (An event whose answer is lost is sent twice: that has tests of its own.)
func TestSuiteWithFaults(t *testing.T) {
	splunktest.Suite(t, func(t *testing.T) splunktest.Target {
		search, hec, server := clients(t, sandbox.Config{}, false)
		misbehave(t, server, "slow:1ms,search:busy:1,search:unauthorized:1,search:cut:1,hec:busy:1,code:24:1")
		return splunktest.Target{Search: search, Send: hec, Index: "main"}
	})
}
