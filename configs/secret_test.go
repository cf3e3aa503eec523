package configs_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/rs/zerolog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/configs"
)

func TestSecretNeverPrints(t *testing.T) {
	const word = "hunter2"
	s := configs.NewSecret(word)
	holder := struct {
		S configs.Secret
		P *configs.Secret
	}{s, &s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T%v", "%10.2s"} {
		out := fmt.Sprintf(verb, s) + fmt.Sprintf(verb, &s) + fmt.Sprintf(verb, holder)
		assert.NotContains(t, out, word, verb)
		assert.NotContains(t, strings.ToLower(out), fmt.Sprintf("%x", word), verb)
	}
	j, err := json.Marshal(holder)
	require.NoError(t, err)
	assert.JSONEq(t, `{"S":"<secret>","P":"<secret>"}`, string(j))
	y, err := yaml.Marshal(holder)
	require.NoError(t, err)
	assert.NotContains(t, string(y), word)
	var log strings.Builder
	logger := zerolog.New(&log)
	logger.Info().Interface("s", holder).Any("t", s).Stringer("u", s).Send()
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s, "h", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s, "h", holder)
	assert.NotContains(t, log.String(), word)

	assert.Equal(t, "<secret>", s.String())
	assert.Equal(t, word, s.Value())
	assert.True(t, s.IsSet())
	assert.Empty(t, configs.Secret{}.String())
	assert.False(t, configs.Secret{}.IsSet())
}

func TestConfigNeverPrintsSecrets(t *testing.T) {
	c, err := configs.Parse("f.yml", []byte(base), exampleEnv)
	require.NoError(t, err)
	j, err := json.Marshal(c.Splunk)
	require.NoError(t, err)
	out := fmt.Sprintf("%v %+v %#v %s", c, c, c, j)
	assert.NotContains(t, out, "search-token")
	assert.NotContains(t, out, "hec-token")
}

func TestSecretFromFile(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "token"), []byte(text), 0o600))
	}
	text := []byte(change(t, "{env: SPLUNK_TOKEN}", "{file: token}"))
	parse := func() (*configs.Config, error) {
		return configs.Parse(filepath.Join(dir, "f.yml"), text, exampleEnv)
	}
	write("from-file\r\n")
	c, err := parse()
	require.NoError(t, err)
	assert.Equal(t, "from-file", c.Splunk.Search.Token.Value())
	write("\n")
	_, err = parse()
	assert.ErrorContains(t, err, "splunk.search.token: file token is empty")
	write("hunter2\nhunter3\n")
	_, err = parse()
	assert.ErrorContains(t, err, "line break")
	assert.NotContains(t, err.Error(), "hunter")
}

// The database's address may hold a password.
func TestStateURLIsASecret(t *testing.T) {
	const url = "postgres://u:hunter2@db/foresight"
	parse := func(state, value string) (*configs.Config, error) {
		vars := map[string]string{"SPLUNK_TOKEN": "a", "SPLUNK_HEC_TOKEN": "b", "DB": value}
		return configs.Parse("/etc/f.yml", []byte("state: {"+state+"}\n"+base), env(vars))
	}
	c, err := parse("url: {env: DB}", url)
	require.NoError(t, err)
	assert.Equal(t, url, c.State.URL.Value())
	assert.Equal(t, "/etc/state", c.State.Dir)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c, c, c), "hunter2")
	for state, words := range map[string]string{
		"url: " + url:          "state.url: ",
		"url: ":                "state.url: the address is empty",
		"url: {env: NONE}":     "NONE is not set",
		"url: {env: DB}":       "does not begin with postgres://",
		"dir: a, url: {env: }": "state.url: no source",
	} {
		_, err := parse(state, "mysql://u:hunter2@db")
		require.ErrorContains(t, err, words)
		if state != "url: "+url { // where the file itself holds it the line is named
			assert.NotContains(t, err.Error(), "hunter2")
		}
	}
}

// A check of the file alone needs no secrets, but says which ones are not there.
func TestOfflineAMissingSecretIsAWarning(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.yml")
	text := change(t, "{env: SPLUNK_TOKEN}", "{file: none}")
	load := func(text string) (*configs.Config, configs.Errors, error) {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return configs.LoadOffline(file, env(nil))
	}
	c, warnings, err := load(text)
	require.NoError(t, err)
	assert.False(t, c.Splunk.Search.Token.IsSet())
	require.Len(t, warnings, 2)
	assert.Contains(t, warnings[0].Error(), file+":4:5: splunk.search.token: open ")
	assert.Contains(t, warnings[1].Error(), file+":7:5: splunk.hec.token: environment variable SPLUNK_HEC_TOKEN is not set")

	_, err = configs.Load(file, env(nil))
	assert.ErrorContains(t, err, "SPLUNK_HEC_TOKEN is not set", "for a run it is an error")
	_, warnings, err = load(base)
	require.NoError(t, err)
	assert.Len(t, warnings, 2)
	c, warnings, err = configs.LoadOffline(file, exampleEnv)
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, "search-token", c.Splunk.Search.Token.Value())

	// What is wrong in the file itself is an error as ever.
	for _, wrong := range []string{"hunter2", "{env: not-a-name}", "{}", "{env: A, file: b}"} {
		_, _, err = load(change(t, "{env: SPLUNK_TOKEN}", wrong))
		var errs configs.Errors
		require.ErrorAs(t, err, &errs, wrong)
		assert.Len(t, errs, 1, wrong)
	}
	_, _, err = configs.LoadOffline(file+".none", env(nil))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

// A secret's file may be replaced while we run, in place or by another file as Kubernetes does it.
func TestSecretsOfFilesMayChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	write := func(path, text string) { t.Helper(); require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write(file, "one\n")
	c, err := configs.Parse("f.yml", []byte(change(t, "{env: SPLUNK_TOKEN}", "{file: "+file+"}")), exampleEnv)
	require.NoError(t, err)
	token := c.Splunk.Search.Token
	assert.Equal(t, "one", token.Now())
	write(file, "three\n")
	assert.Equal(t, "three", token.Now())
	assert.Equal(t, "one", token.Value(), "as it was at the start")
	write(file+".new", "seven\n")
	require.NoError(t, os.Rename(file+".new", file))
	assert.Equal(t, "seven", token.Now())
	write(file, "")
	assert.Equal(t, "seven", token.Now(), "what is half written is no secret")
	require.NoError(t, os.Remove(file))
	assert.Equal(t, "seven", token.Now())
	write(file, "eight\n")
	assert.Equal(t, "eight", token.Now())
	assert.Equal(t, "<secret>", fmt.Sprintf("%+v", token))
	assert.Equal(t, "xyz", configs.NewSecret("xyz").Now())
}
