package sandbox

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

const kvData = "/servicesNS/nobody/foresight/storage/collections/data/notes"

// kv asks the KV store and reads its JSON.
func (c *client) kv(method, path, body string) (int, any) {
	c.Helper()
	status, text := c.do(method, c.s.Ready().SearchURL+path, body, "Authorization", "Bearer "+c.s.Ready().SearchToken, "Content-Type", "application/json")
	var v any
	require.NoError(c, json.Unmarshal([]byte(text), &v), text)
	return status, v
}

func TestCollections(t *testing.T) {
	c := start(t, Config{})
	status, _ := c.kv(http.MethodGet, kvData, "")
	require.Equal(t, 404, status, "a collection must be there")
	c.s.AddCollection("foresight", "notes")
	status, v := c.kv(http.MethodPost, kvData, `{"text":"a","n":1}`)
	require.Equal(t, 201, status)
	made, ok := v.(map[string]any)
	require.True(t, ok)
	key, _ := made["_key"].(string)
	require.NotEmpty(t, key)
	status, _ = c.kv(http.MethodPost, kvData, `{"_key":"`+key+`"}`)
	require.Equal(t, 409, status)
	status, v = c.kv(http.MethodPost, kvData+"/batch_save", `[{"_key":"x","text":"b","n":2},{"_key":"y","text":"c","n":3,"state":"applied"}]`)
	require.Equal(t, []any{200, []any{"x", "y"}}, []any{status, v})

	for query, want := range map[string]int{
		``: 3, `?query={"text":"b"}`: 1, `?query={"n":{"$gt":1,"$lte":2}}`: 1, `?query={"state":{"$ne":"applied"}}`: 2, `?query={"$or":[{"n":1},{"n":3}]}`: 2,
		`?query={"$and":[{"n":{"$gte":2}},{"$not":{"state":"applied"}}]}`: 1, `?limit=2`: 2, `?skip=2`: 1, `?query={"state":null}`: 2,
	} {
		status, v = c.kv(http.MethodGet, kvData+query, "")
		require.Equal(t, 200, status, query)
		require.Len(t, v, want, query)
	}
	_, v = c.kv(http.MethodGet, kvData+`?sort=n:-1&fields=n&limit=1`, "")
	require.Equal(t, []any{map[string]any{"n": 3.0}}, v)
	_, v = c.kv(http.MethodPost, kvData+"/batch_find", `[{"query":{"n":1}},{"query":{"n":7}}]`)
	require.Len(t, v, 2)
	status, _ = c.kv(http.MethodGet, kvData+`?query={"n":{"$regex":"x"}}`, "")
	require.Equal(t, 400, status, "what it does not know it does not guess")

	status, _ = c.kv(http.MethodPost, kvData+"/x", `{"text":"whole"}`)
	require.Equal(t, 200, status)
	_, v = c.kv(http.MethodGet, kvData+"/x", "")
	require.Equal(t, map[string]any{"_key": "x", "_user": "nobody", "text": "whole"}, v, "a record is replaced whole")
	status, _ = c.kv(http.MethodPost, kvData+"/none", `{}`)
	require.Equal(t, 404, status)
	status, _ = c.kv(http.MethodPost, kvData, `no json`)
	require.Equal(t, 400, status)
	status, _ = c.kv(http.MethodDelete, kvData+"/x", "")
	require.Equal(t, 200, status)
	c.s.LockCollections(true)
	status, _ = c.kv(http.MethodDelete, kvData, "")
	require.Equal(t, 403, status)
	c.s.LockCollections(false)
	status, _ = c.kv(http.MethodDelete, kvData, "")
	require.Equal(t, 200, status)
	_, v = c.kv(http.MethodGet, kvData, "")
	require.Empty(t, v)
}

// Searches write into a collection as the app's macros do, and read it.
func TestLookupsOfCollections(t *testing.T) {
	c := start(t, Config{})
	c.s.AddCollection("foresight", "notes")
	k := knowledge{c.s.store, &c.s.settings, &c.s.kv, "anna", "foresight"}
	run := func(spl string) ([]string, error) {
		p, err := compile(spl, unbounded(noon), noon, k)
		if err != nil {
			return nil, err
		}
		out, err := p.run(t.Context(), nil)
		return lines(out.table), err
	}
	got, err := run(`| rest /services/authentication/current-context splunk_server=local | eval by=username, text="a|b", n=1+1, _key="k" | table _key by text n | outputlookup append=true notes`)
	require.NoError(t, err)
	require.Equal(t, []string{"_key=k by=anna text=a|b n=2"}, got)
	got, err = run(`| inputlookup notes | where n=2 | table _key by text`)
	require.NoError(t, err)
	require.Equal(t, []string{"_key=k by=anna text=a|b"}, got)
	for spl, words := range map[string]string{
		`| inputlookup others`:                        "does not exist",
		`| inputlookup notes where n=2`:               "nothing else",
		`| makeresults | outputlookup others`:         "append=true",
		`| makeresults | outputlookup append=t other`: "is invalid",
		`| rest /services/server/info`:                "only",
		`inputlookup notes`:                           "must be the first command",
	} {
		_, err := run(spl)
		require.ErrorContains(t, err, words, spl)
	}
}
