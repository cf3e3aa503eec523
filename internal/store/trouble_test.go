package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func reasonOf(t *testing.T, err error) string {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return e.Reason()
}

func TestADamagedDatabaseIsNamed(t *testing.T) {
	p := Place{Dir: t.TempDir()}
	s := open(t, p)
	news := make([]models.Said, 200)
	for i := range news {
		news[i] = said(strings.Repeat("x", i+1), strings.Repeat("r", 500))
	}
	require.NoError(t, commit(s, models.Batch{Customer: "a", Said: news}))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(p.File())
	require.NoError(t, err)

	for name, damage := range map[string]func([]byte) []byte{
		"its head":   func(b []byte) []byte { copy(b, bytes.Repeat([]byte("?"), 100)); return b },
		"its pages":  func(b []byte) []byte { copy(b[4096:], bytes.Repeat([]byte{0xee}, len(b)-4096)); return b },
		"cut short":  func(b []byte) []byte { return b[:len(b)/2] },
		"other file": func([]byte) []byte { return []byte(`{"Version":1,"Said":[]}`) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(p.File(), damage(bytes.Clone(whole)), 0o600))
			s, err := Open(ctx, p)
			if err == nil {
				_, err = s.Said(ctx, "a")
				require.NoError(t, s.Close())
			}
			require.Equal(t, reasonDamaged, reasonOf(t, err), err)
			require.ErrorContains(t, err, p.File()+" is damaged")
			require.ErrorContains(t, err, "put a backup in its place, or move it away")
			require.NoError(t, os.Rename(p.File(), p.File()+".away"))
			open(t, p).Close() //nolint:errcheck // the mend that the error names
		})
	}
}

// A disk that is full, by SQLite's own bound and, where a test may mount, for real.
func TestAFullDiskLosesNothing(t *testing.T) {
	for name, room := range map[string]func(*testing.T, Place, *Store) (more func()){
		"bounded": func(t *testing.T, _ Place, s *Store) func() {
			var pages int // of the schema
			require.NoError(t, s.db.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages))
			_, err := s.db.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages+30))
			require.NoError(t, err)
			return func() { _, _ = s.db.ExecContext(ctx, `PRAGMA max_page_count = 100000`) }
		},
		"tmpfs": func(t *testing.T, p Place, _ *Store) func() {
			return func() { require.NoError(t, mount("-o", "remount,size=16m", p.Dir)) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := Place{Dir: t.TempDir()}
			if name == "tmpfs" {
				if err := mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", p.Dir); err != nil {
					t.Skip("a full disk needs a mount, and that root; the page bound beside it needs none: ", err)
				}
				t.Cleanup(func() { require.NoError(t, exec.Command("umount", "-l", p.Dir).Run()) })
			}
			s := open(t, p)
			more := room(t, p, s)
			kept, err := 0, error(nil)
			for ; err == nil && kept < 100; kept++ {
				err = commit(s, models.Batch{Customer: "a", Said: []models.Said{said("head", ""), said(strings.Repeat("x", kept+1), strings.Repeat("r", 20_000))}})
			}
			require.Equal(t, reasonFull, reasonOf(t, err), err)
			require.ErrorContains(t, err, "no room left for "+p.File())
			require.Greater(t, kept, 3)
			got, err := s.Said(ctx, "a")
			require.NoError(t, err)
			require.Len(t, got, kept, "head and what was kept before the last one")
			more()
			s = again(t, s, p)
			require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("after", strings.Repeat("r", 20_000))}}))
			got, err = s.Said(ctx, "a")
			require.NoError(t, err)
			require.Len(t, got, kept+1)
			var verdict string
			require.NoError(t, s.db.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&verdict))
			require.Equal(t, "ok", verdict)
		})
	}
}

func mount(args ...string) error {
	out, err := exec.Command("mount", args...).CombinedOutput()
	if err != nil {
		return errors.Join(err, errors.New(strings.TrimSpace(string(out))))
	}
	return nil
}

func TestOpenSaysWhyNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Open(ctx, Place{Dir: filepath.Join(file, "state")})
	require.ErrorContains(t, err, "making the state directory")

	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, databaseFile), 0o700))
	_, err = Open(ctx, Place{Dir: dir})
	require.ErrorContains(t, err, "make it and its folder the property of foresight's user")
	_, err = OpenReading(ctx, Place{Dir: dir})
	require.Equal(t, reasonRefused, reasonOf(t, err), err)

	for url, words := range map[string]string{
		"postgres://u:hunter2@127.0.0.1:1/d":    "cannot be reached",
		"postgres://u:hunter2@127.0.0.1:port/d": "reading state.url",
	} {
		for _, open := range []func() error{
			func() error { _, err := Open(ctx, Place{URL: url}); return err },
			func() error { _, err := Probe(ctx, Place{URL: url}); return err },
		} {
			err := open()
			require.ErrorContains(t, err, words)
			require.NotContains(t, err.Error(), "hunter2")
		}
	}
}

// A folder whose name means something in a URL or in SQL is a folder like others.
func TestOddFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a?b #c%20'[d]*")
	open(t, Place{Dir: dir})
	info, err := os.Stat(filepath.Join(dir, databaseFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}
