package web_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/web/access"
)

// Without users the machine itself may write, and nobody else.
func TestWithoutUsersOnlyLoopbackWrites(t *testing.T) {
	alone := func(loopback bool) *house {
		return newHouse(t, func(o *access.Options) { o.Users, o.Tokens, o.Loopback = nil, nil, loopback })
	}
	h := alone(true)
	c := h.visitor()
	status, _ := h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3", "by": "kim"})
	assert.Equal(t, 303, status)
	require.Len(t, h.desk.acts, 1)
	assert.Equal(t, "kim", h.desk.acts[0].By)
	_, text := h.get(c, "/incidents/nord-1")
	assert.Contains(t, text, "Acknowledge")
	for _, header := range [][]string{{"X-Forwarded-For", "10.1.1.1"}, {"Sec-Fetch-Site", "cross-site"}} {
		status, _ = h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3"}, header...)
		assert.Equal(t, 403, status, header)
	}
	r, err := http.NewRequest(http.MethodPost, h.site+"/incidents/nord-1/ack", strings.NewReader("seen=3"))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Host = "rebound.example"
	status, _ = h.read(c.Do(r))
	assert.Equal(t, 403, status, "a name of another that leads here")
	assert.Len(t, h.desk.acts, 1)

	h = alone(false)
	status, text = h.post(c, "/incidents/nord-1/ack", map[string]string{"seen": "3"})
	assert.Equal(t, 403, status)
	assert.Contains(t, text, "web.users")
	status, text = h.get(c, "/incidents/nord-1")
	assert.Equal(t, 200, status, "reading stays")
	assert.NotContains(t, text, "Acknowledge")
	assert.Empty(t, h.desk.acts)
}

// listenAt listens at an address that has just been given up.
func listenAt(address string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(context.Background(), "tcp", address)
}
