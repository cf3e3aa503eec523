package sandbox

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settingsOf are the contents of a feed, by name.
func settingsOf(t *testing.T, text string) map[string]map[string]any {
	t.Helper()
	var feed struct {
		Entry []struct {
			Name    string
			Content map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &feed), text)
	found := map[string]map[string]any{}
	for _, e := range feed.Entry {
		found[e.Name] = e.Content
	}
	return found
}

// An app's set-up page keeps its settings as in Splunk, and its scripts read them back.
func TestAppsKeepSettings(t *testing.T) {
	c := start(t, Config{})
	const conf, store = "/servicesNS/nobody/foresight/configs/conf-foresight", "/servicesNS/nobody/foresight/storage/passwords"
	status, _ := c.search(http.MethodGet, conf+"/connection")
	require.Equal(t, 404, status)
	status, text := c.search(http.MethodPost, conf, "name", "connection", "url", "https://f")
	require.Equal(t, 201, status, text)
	status, _ = c.search(http.MethodPost, conf, "name", "connection")
	require.Equal(t, 409, status)
	status, _ = c.search(http.MethodPost, conf)
	require.Equal(t, 400, status)
	status, _ = c.search(http.MethodPost, conf+"/connection", "url", "https://g", "tz", "UTC")
	require.Equal(t, 200, status)
	_, text = c.search(http.MethodGet, conf+"/connection")
	assert.Equal(t, map[string]map[string]any{"connection": {"url": "https://g", "tz": "UTC"}}, settingsOf(t, text))

	status, text = c.search(http.MethodPost, store, "name", "nord/splunk", "realm", "foresight", "password", "hush:åäö")
	require.Equal(t, 201, status, text)
	_, text = c.search(http.MethodGet, store, "count", "0")
	assert.Equal(t, map[string]map[string]any{"foresight:nord/splunk:": {"realm": "foresight", "username": "nord/splunk", "clear_password": "hush:åäö", "encr_password": "$7$hidden", "password": "********"}}, settingsOf(t, text))
	assert.Contains(t, text, `"edit":"/servicesNS/nobody/foresight/storage/passwords/foresight%3Anord%252Fsplunk%3A"`, "as splunkd's own links have it")
	status, text = c.search(http.MethodPost, store+"/foresight%3Anord/splunk%3A", "password", "another")
	require.Equal(t, 404, status)
	assert.Contains(t, text, "Invalid custom action for this internal handler (custom action: splunk:)")
	for _, slash := range []string{"%2F", "%252F"} {
		status, _ = c.search(http.MethodPost, store+"/foresight%3Anord"+slash+"splunk%3A", "password", "another"+slash)
		require.Equal(t, 200, status)
	}
	_, text = c.search(http.MethodGet, store)
	assert.Contains(t, text, `"clear_password":"another%252F"`)
	c.s.HidePasswords(true)
	status, _ = c.search(http.MethodGet, store)
	require.Equal(t, 403, status)
	c.s.HidePasswords(false)
	status, _ = c.search(http.MethodDelete, store+"/foresight%3Anord%2Fsplunk%3A")
	require.Equal(t, 200, status)
	_, text = c.search(http.MethodGet, store)
	assert.Empty(t, settingsOf(t, text))
	status, _ = c.do(http.MethodGet, c.s.Ready().SearchURL+store, "", "Authorization", "none")
	require.Equal(t, 401, status)
	status, text = c.search(http.MethodGet, "/services/authentication/current-context")
	require.Equal(t, 200, status)
	assert.Equal(t, "admin", settingsOf(t, text)["context"]["username"])
}
