package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

var ctx = context.Background()

func open(t *testing.T, dir string) *File {
	t.Helper()
	f, err := Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func said(subject, revision string) models.Said {
	return models.Said{Subject: subject, Revision: revision, AsOf: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), State: models.StateOpen,
		Action: &models.Action{Title: "do it", NeedBy: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}}
}

func TestRememberKeepsTheOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "state")
	f := open(t, dir)
	before, err := f.Said(ctx, "a")
	require.NoError(t, err)
	require.Empty(t, before)
	require.NoError(t, f.Remember(ctx, "a", []models.Said{said("x", "1"), said("y", "1")}))
	require.NoError(t, f.Remember(ctx, "a", []models.Said{said("x", "2")}))
	require.NoError(t, f.Remember(ctx, "b/../c", []models.Said{said("z", "1")}))
	require.NoError(t, f.Close())

	f = open(t, dir)
	got, err := f.Said(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, map[string]models.Said{"x": said("x", "2"), "y": said("y", "1")}, got)
	other, err := f.Said(ctx, "b/../c")
	require.NoError(t, err)
	require.Len(t, other, 1)
	files, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, files, 1, "an odd customer id stays inside the directory")
}

func TestASecondProcessIsKeptOut(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	_, err := Open(dir)
	require.ErrorContains(t, err, "another foresight works with the state directory")
	require.NoError(t, f.Close())
	open(t, dir)
}

func TestADamagedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	path := filepath.Join(dir, "sent-a.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"Version":1,"Said":[{"Sub`), 0o600))
	_, err := f.Said(ctx, "a")
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "move it away")
	require.Error(t, f.Remember(ctx, "a", []models.Said{said("x", "1")}), "and is not overwritten")
	require.NoError(t, os.WriteFile(path, []byte(`{"Version":99}`), 0o600))
	_, err = f.Said(ctx, "a")
	require.ErrorContains(t, err, "format 99")
}

func TestQuarantineAppends(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	for range 2 {
		require.NoError(t, f.Quarantine(ctx, []models.Rejected{{Event: models.Event{EventID: "e1"}, Code: 15, Text: "Error in handling indexed fields"}}))
	}
	data, err := os.ReadFile(filepath.Join(dir, "quarantine.jsonl"))
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(data), "Error in handling indexed fields"))
}

func TestOpenSaysWhyNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(filepath.Join(file, "state"))
	require.ErrorContains(t, err, "making the state directory")
}
