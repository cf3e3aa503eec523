package store

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"foresight/models"
)

// migrated ends the names of files whose content the database has taken over.
const migrated = ".migrated"

// stays is what becomes of a row that is there already when an earlier release's comes.
const stays = `DO NOTHING`

// takeOver reads what releases before the database kept in dir and renames each file
// once its content is in. Rows that the database has already stay as they are, so a
// crash between the two repeats the reading and changes nothing.
func (s *Store) takeOver(ctx context.Context, dir string) error {
	for _, kind := range []struct {
		pattern string
		take    func(ctx context.Context, path string) error
	}{
		{"sent-*.json", s.takeSent},
		{"learnt-*.json", s.takeLearnt},
		{"quarantine.jsonl", s.takeQuarantine},
	} {
		paths, err := filepath.Glob(filepath.Join(escaped(dir), kind.pattern))
		if err != nil {
			return fmt.Errorf("looking for earlier state in %s: %w", dir, err)
		}
		for _, path := range paths {
			if err := kind.take(ctx, path); err != nil {
				return err
			}
			if err := os.Rename(path, path+migrated); err != nil {
				return fmt.Errorf("setting the earlier state aside: %w", err)
			}
		}
	}
	return nil
}

// escaped is a path that filepath.Glob takes for itself.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// earlierVersion is the format of the files that can be taken over.
const earlierVersion = 1

// customerOf returns whose file it is by its name.
func customerOf(path, prefix string) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), prefix), ".json")
	customer, err := url.PathUnescape(name)
	if err != nil {
		return "", fmt.Errorf("taking over %s: its name is of no customer; move it away", path)
	}
	return customer, nil
}

func (s *Store) takeSent(ctx context.Context, path string) error {
	customer, err := customerOf(path, "sent-")
	if err != nil {
		return err
	}
	var content struct {
		Version int
		Said    []models.Said
	}
	if err := readJSON(path, &content); err != nil {
		return fmt.Errorf("taking over %s: it is damaged (%w); move it away to start afresh: what is open is then sent once more, under the same event ids", path, err)
	}
	if content.Version != earlierVersion {
		return fmt.Errorf("taking over %s: it has format %d, this program reads %d; use the program that wrote it", path, content.Version, earlierVersion)
	}
	return s.write(ctx, "taking over what was sent", func(tx *sql.Tx) error {
		return remember(ctx, tx, customer, content.Said, stays)
	})
}

// takeLearnt passes over a file that cannot be read: what was learnt only saves time.
func (s *Store) takeLearnt(ctx context.Context, path string) error {
	customer, err := customerOf(path, "learnt-")
	if err != nil {
		return err
	}
	var content struct {
		Version   int
		Forecasts map[string]json.RawMessage
	}
	if err := readJSON(path, &content); err == nil && content.Version == earlierVersion {
		return s.write(ctx, "taking over what was learnt", func(tx *sql.Tx) error {
			return learn(ctx, tx, customer, content.Forecasts, stays)
		})
	}
	return nil
}

func (s *Store) takeQuarantine(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("taking over the refused events: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	var all []models.Refused
	for lines := json.NewDecoder(bufio.NewReader(f)); ; {
		var r models.Refused
		if err := lines.Decode(&r.Rejected); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) { // a crash cut the last line
			break
		} else if err != nil {
			return fmt.Errorf("taking over %s: it is damaged (%w); move it away, no run needs it", path, err)
		}
		all = append(all, r)
	}
	return s.write(ctx, "taking over the refused events", func(tx *sql.Tx) error { return setAside(ctx, tx, all, stays) })
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
