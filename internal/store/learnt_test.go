package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLearnKeepsTheOthers(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	got, err := f.Learnt(ctx, "a")
	require.NoError(t, err)
	require.Empty(t, got)
	require.NoError(t, f.Learn(ctx, "a", map[string]json.RawMessage{"x": []byte(`1`), "y": []byte(`2`)}))
	require.NoError(t, f.Learn(ctx, "a", map[string]json.RawMessage{"x": []byte(`3`)}))
	require.NoError(t, f.Learn(ctx, "b", map[string]json.RawMessage{"z": []byte(`4`)}))
	got, err = f.Learnt(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, map[string]json.RawMessage{"x": []byte(`3`), "y": []byte(`2`)}, got)
}

// What was learnt only saves time: a damaged file is told once and then written anew, and one of
// another format is passed over.
func TestLearntThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	path := filepath.Join(dir, "learnt-a.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"Version":1,"For`), 0o600))
	_, err := f.Learnt(ctx, "a")
	require.ErrorContains(t, err, path+" is damaged")
	require.NoError(t, f.Learn(ctx, "a", map[string]json.RawMessage{"x": []byte(`1`)}))
	got, err := f.Learnt(ctx, "a")
	require.NoError(t, err)
	require.Len(t, got, 1)

	require.NoError(t, os.WriteFile(path, []byte(`{"Version":7,"Forecasts":{"x":1}}`), 0o600))
	got, err = f.Learnt(ctx, "a")
	require.NoError(t, err)
	require.Empty(t, got)
}
