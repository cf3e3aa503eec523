package store

import (
	"context"
	"encoding/json"
	"fmt"

	"foresight/models"
)

// KeptWindows returns the windows that were made in another calendar, by what they are for.
func (s *Store) KeptWindows(ctx context.Context) (map[string]models.KeptWindow, error) {
	all := map[string]models.KeptWindow{}
	err := s.read(ctx, "reading the maintenance windows in ITSI", func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var w models.KeptWindow
		if err := json.Unmarshal([]byte(content), &w); err != nil {
			return err
		}
		all[w.Ref] = w
		return nil
	}, `SELECT content FROM itsi_windows`)
	return all, err
}

// KeepWindow keeps that a window is there, and how.
func (s *Store) KeepWindow(ctx context.Context, w models.KeptWindow) error {
	content, err := encode(w)
	if err != nil {
		return fmt.Errorf("writing a maintenance window: %w", err)
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO itsi_windows (ref, content) VALUES ($1, $2) ON CONFLICT (ref) DO UPDATE SET content = excluded.content`, w.Ref, content)
	return s.failed("keeping a maintenance window", err)
}

// ForgetWindow takes a window out that is no longer ours to move.
func (s *Store) ForgetWindow(ctx context.Context, ref string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM itsi_windows WHERE ref = $1`, ref)
	return s.failed("forgetting a maintenance window", err)
}
