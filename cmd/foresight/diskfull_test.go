package main

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"foresight/internal/app"
)

// disk mounts a small one and returns its folder.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput()
	if err != nil {
		t.Skipf("a full disk needs a mount, and that root: %v %s; internal/store has one by SQLite's own bound, which needs neither", err, out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", "-l", dir).Run()) })
	return dir
}

// fill takes all but so many kilobytes of a disk by a file.
func fill(t *testing.T, path string, free int64) {
	t.Helper()
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(filepath.Dir(path), &s))
	size := int64(s.Bavail)*s.Bsize - free<<10
	require.Positive(t, size, "the disk is smaller than what is to be left")
	require.NoError(t, os.WriteFile(path, make([]byte, size), 0o600))
}

// A disk that is full at any moment of a run, from the making of the database to the
// writing down of what Splunk has taken: the run fails in words, nothing is damaged, and
// the next one, with room again, completes.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	disk(t, "1m") // or skip
	want := control(t)
	failed := map[string]int{}
	const whileTaken = -1 // it is full when the collector is asked to take events
	for _, free := range []int64{0, 100, 300, 480, 560, 640, 720, 800, 880, whileTaken} {
		name := fmt.Sprint(free, " kB are left")
		if free == whileTaken {
			name = "while Splunk takes events"
		}
		t.Run(name, func(t *testing.T) {
			w := stocked(t)
			dir := disk(t, "16m")
			w.configure(shop, "web: {", "state: {dir: "+filepath.Join(dir, "state")+"}\nweb: {")
			ballast := filepath.Join(dir, "ballast")
			if free != whileTaken {
				fill(t, ballast, free)
			} else {
				var once sync.Once
				w.env["FORESIGHT_HEC_URL"] = w.front(func(string) (int, string) {
					once.Do(func() { fill(t, ballast, 0) })
					return 0, ""
				})
			}
			o := w.foresight("run", "-c", w.config(), "--as-of", "2025-03-01")
			if o.code != app.ExitFine {
				assert.Equal(t, app.ExitFailed, o.code, o)
				assert.Regexp(t, `no room left for \S+foresight\.db|the disk under \S+foresight\.db fails or is full|no space left on device`, o.err)
				failed[stage(o)]++
			}
			assert.NotContains(t, o.err, "panic")
			assert.Subset(t, want, byID(t, w.events()))

			require.NoError(t, os.Remove(ballast))
			w.run("2025-03-01")
			assert.Equal(t, want, byID(t, w.events()))
			whole(t, filepath.Join(dir, "state", "foresight.db"))
		})
	}
	assert.Len(t, failed, 3, "of every stage: %v", failed)
}

// stage says what a run was at when its disk was full.
func stage(o outcome) string {
	switch {
	case strings.Contains(o.out, "not kept"):
		return "commit"
	case strings.Contains(o.err, "are held"):
		return "settling"
	}
	return "opening"
}

// whole wants a database that nothing has damaged.
func whole(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	var verdict string
	err = db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict)
	require.NoError(t, errors.Join(err, db.Close()))
	require.Equal(t, "ok", verdict)
}
