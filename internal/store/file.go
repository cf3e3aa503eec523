package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"foresight/models"
)

// formatVersion is raised when the file's shape changes in a way that an older
// program would misread.
const formatVersion = 1

// File remembers what was last sent, in a directory of its own. It is safe for
// concurrent use within one process; a lock keeps a second process out, since two
// would forget each other's words. The kernel frees it when a process dies.
type File struct {
	dir  string
	lock *flock.Flock
	mu   sync.Mutex
}

// content is the file of one customer.
type content struct {
	Version int
	Said    []models.Said
}

// Open returns the store in dir, which it makes when it is not there.
func Open(dir string) (*File, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("making the state directory %s: %w", dir, err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	free, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("locking the state directory %s: %w", dir, err)
	}
	if !free {
		return nil, fmt.Errorf("another foresight works with the state directory %s; stop it, or give this one another state.dir", dir)
	}
	return &File{dir: dir, lock: lock}, nil
}

// Close lets other processes in.
func (f *File) Close() error { return f.lock.Close() }

func (f *File) path(customer string) string {
	return filepath.Join(f.dir, "sent-"+url.PathEscape(customer)+".json")
}

// Said returns what was last sent about a customer's subjects, by subject id.
// Before the first run that is nothing.
func (f *File) Said(_ context.Context, customer string) (map[string]models.Said, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read(customer)
}

func (f *File) read(customer string) (map[string]models.Said, error) {
	path := f.path(customer)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]models.Said{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was last sent: %w", err)
	}
	var c content
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("reading what was last sent: %s is damaged (%w); move it away to start afresh: what is open is then sent once more, under the same event ids", path, err)
	}
	if c.Version != formatVersion {
		return nil, fmt.Errorf("reading what was last sent: %s has format %d, this program reads %d; use the program that wrote it", path, c.Version, formatVersion)
	}
	said := make(map[string]models.Said, len(c.Said))
	for _, s := range c.Said {
		said[s.Subject] = s
	}
	return said, nil
}

// Remember replaces what is known of the given subjects and keeps the others. The
// file is written aside, synced and renamed, so that a crash leaves the old or
// the new one whole.
func (f *File) Remember(_ context.Context, customer string, news []models.Said) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	said, err := f.read(customer)
	if err != nil {
		return err
	}
	for _, s := range news {
		said[s.Subject] = s
	}
	c := content{Version: formatVersion, Said: make([]models.Said, 0, len(said))}
	for _, s := range said {
		c.Said = append(c.Said, s)
	}
	sort.Slice(c.Said, func(i, j int) bool { return c.Said[i].Subject < c.Said[j].Subject })
	data, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return fmt.Errorf("writing what was sent: %w", err)
	}
	if err := renameio.WriteFile(f.path(customer), data, 0o600); err != nil {
		return fmt.Errorf("writing what was sent: %w", err)
	}
	return nil
}

// Quarantine appends events that Splunk will never take as they are, each with
// its reply, to quarantine.jsonl, so that none is lost.
func (f *File) Quarantine(_ context.Context, rejected []models.Rejected) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.OpenFile(filepath.Join(f.dir, "quarantine.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("setting refused events aside: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	enc := json.NewEncoder(file)
	for _, r := range rejected {
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("setting refused events aside: %w", err)
		}
	}
	return file.Sync()
}
