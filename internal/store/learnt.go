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

	"github.com/google/renameio/v2"
)

// experience is the file of what the engine has learnt of one customer's forecasts.
type experience struct {
	Version   int
	Forecasts map[string]json.RawMessage
}

func (f *File) learntPath(customer string) string {
	return filepath.Join(f.dir, "learnt-"+url.PathEscape(customer)+".json")
}

// Learnt returns what earlier runs have learnt, by forecast. Before the first run, and of another
// format, that is nothing.
func (f *File) Learnt(_ context.Context, customer string) (map[string]json.RawMessage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.readLearnt(customer)
}

func (f *File) readLearnt(customer string) (map[string]json.RawMessage, error) {
	path := f.learntPath(customer)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]json.RawMessage{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was learnt: %w", err)
	}
	var e experience
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("reading what was learnt: %s is damaged (%w); it may be deleted", path, err)
	}
	if e.Version != formatVersion || e.Forecasts == nil {
		return map[string]json.RawMessage{}, nil
	}
	return e.Forecasts, nil
}

// Learn replaces what is known of the given forecasts and keeps the others. A file that cannot be
// read is written anew: the runs can do without it.
func (f *File) Learn(_ context.Context, customer string, news map[string]json.RawMessage) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all, err := f.readLearnt(customer)
	if err != nil {
		all = map[string]json.RawMessage{}
	}
	for subject, text := range news {
		all[subject] = text
	}
	data, err := json.Marshal(experience{formatVersion, all})
	if err != nil {
		return fmt.Errorf("writing what was learnt: %w", err)
	}
	if err := renameio.WriteFile(f.learntPath(customer), data, 0o600); err != nil {
		return fmt.Errorf("writing what was learnt: %w", err)
	}
	return nil
}
