package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/splunk/enterprise"
	"foresight/splunk/sandbox"
)

// sandboxed is a sandbox with a clock of the test's, and a client of it.
func sandboxed(t *testing.T, clock func() time.Time, change ...func(*enterprise.SearchConfig)) (*sandbox.Server, *enterprise.SearchClient) {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Config{Dir: t.TempDir(), Clock: clock})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	r := server.Ready()
	c := enterprise.SearchConfig{URL: r.SearchURL, Username: r.Username, Password: r.Password, CAFile: r.CAFile}
	for _, f := range change {
		f(&c)
	}
	client, err := enterprise.NewSearch(c)
	require.NoError(t, err)
	return server, client
}
