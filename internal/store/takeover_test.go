package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// earlier writes what a release before the database left in dir.
func earlier(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
}

func TestEarlierStateIsTakenOver(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		sent, err := json.Marshal(struct {
			Version int
			Said    []models.Said
		}{1, []models.Said{said("x", "1"), said("y", "1")}})
		require.NoError(t, err)
		files := map[string]string{
			"sent-b%2F..%2Fc.json":   string(sent),
			"learnt-b%2F..%2Fc.json": `{"Version":1,"Forecasts":{"f":{"a":1}}}`,
			"learnt-cut.json":        `{"Version":1,"For`,
			"quarantine.jsonl":       `{"Event":{"EventID":"e1"},"Code":15,"Text":"no"}` + "\n" + `{"Event":{"EventID":"e1"},"Code":15,"Text":"no"}` + "\n" + `{"Event":{"Eve`,
		}
		earlier(t, p.Dir, files)
		s := open(t, p)
		check := func(want map[string]models.Said) {
			t.Helper()
			got, err := s.Said(ctx, "b/../c")
			require.NoError(t, err)
			require.Equal(t, want, got)
			learnt, err := s.Learnt(ctx, "b/../c", "f")
			require.NoError(t, err)
			require.JSONEq(t, `{"a":1}`, string(learnt))
			refused, err := s.Refused(ctx)
			require.NoError(t, err)
			require.Len(t, refused, 1)
		}
		check(map[string]models.Said{"x": said("x", "1"), "y": said("y", "1")})
		for name, text := range files {
			require.NoFileExists(t, filepath.Join(p.Dir, name))
			left, err := os.ReadFile(filepath.Join(p.Dir, name+migrated))
			require.NoError(t, err)
			require.Equal(t, text, string(left))
		}

		// A crash before the renaming: what has been said since stays.
		require.NoError(t, commit(s, models.Batch{Customer: "b/../c", Said: []models.Said{said("x", "2")}}))
		earlier(t, p.Dir, files)
		s = again(t, s, p)
		check(map[string]models.Said{"x": said("x", "2"), "y": said("y", "1")})
	})
}

func TestEarlierStateThatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct{ text, words string }{
		"sent-a.json":      {`{"Version":1,"Said":[{"Sub`, "is damaged"},
		"sent-b.json":      {`{"Version":99}`, "format 99"},
		"sent-%zz.json":    {`{"Version":1}`, "its name is of no customer"},
		"quarantine.jsonl": {"{}\n?\n{}\n", "is damaged"},
	} {
		dir := t.TempDir()
		earlier(t, dir, map[string]string{name: c.text})
		_, err := Open(ctx, Place{Dir: dir})
		require.ErrorContains(t, err, c.words)
		require.ErrorContains(t, err, filepath.Join(dir, name))
		require.FileExists(t, filepath.Join(dir, name), "it stays where it is")
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
		open(t, Place{Dir: dir}) // and the lock is free again
	}
}
