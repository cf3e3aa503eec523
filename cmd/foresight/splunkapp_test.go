package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

func TestAppPackageWritesOneFileAndSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lib := filepath.Join(dir, "lib", "splunklib", "searchcommands")
	require.NoError(t, os.MkdirAll(lib, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(lib, "__init__.py"), nil, 0o644))
	pack := func(args ...string) outcome {
		return start(t, dir, nil, append([]string{"app", "package"}, args...)...).ended(time.Minute)
	}
	content := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(text)
	}

	without := pack("--out", "plain.spl")
	require.Equal(t, app.ExitFine, without.code, without)
	assert.Contains(t, without.out, "plain.spl: version 0.0.0")
	assert.Contains(t, without.out, "The search command is not in it")
	require.Equal(t, app.ExitFine, pack("--out", "again.spl").code)
	assert.Equal(t, content("plain.spl"), content("again.spl"))

	with := pack("--out", "whole.spl", "--lib", "lib")
	require.Equal(t, app.ExitFine, with.code, with)
	assert.NotContains(t, with.out, "is not in it")
	assert.NotEqual(t, content("plain.spl"), content("whole.spl"))

	fails(t, pack(), app.ExitUsage, "--out")
	fails(t, pack("--out", "x.spl", "--lib", "nowhere"), app.ExitUsage, "--lib", "nowhere")
	fails(t, pack("--out", "x.spl", "--lib", "plain.spl"), app.ExitUsage, "is no folder")
	fails(t, pack("--out", "x.spl", "--lib", "."), app.ExitFailed, "no splunklib/searchcommands")
	fails(t, pack("--out", filepath.Join("nowhere", "x.spl")), app.ExitFailed, "writing the package")
	assert.NoFileExists(t, filepath.Join(dir, "x.spl"))
}
