package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"foresight/models"
)

// Quarantine sets events aside that Splunk will never take as they are, each with
// its last reply, so that none is lost.
func (s *Store) Quarantine(ctx context.Context, rejected []models.Rejected) error {
	return s.quarantine(ctx, rejected, `DO UPDATE SET code = excluded.code, reply = excluded.reply, content = excluded.content`)
}

func (s *Store) quarantine(ctx context.Context, rejected []models.Rejected, there string) error {
	rows := make([][]any, 0, len(rejected))
	for _, r := range rejected {
		content, err := encode(r.Event)
		if err != nil {
			return fmt.Errorf("setting the refused event %s aside: %w", r.Event.EventID, err)
		}
		rows = append(rows, []any{r.Event.EventID, r.Code, r.Text, content})
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
	return s.write(ctx, "setting refused events aside", func(tx *sql.Tx) error {
		return put(ctx, tx, `INSERT INTO refused (event_id, code, reply, content) VALUES ($1, $2, $3, $4) ON CONFLICT (event_id) `+there, rows)
	})
}

// Quarantined returns the events set aside, by event id. Their bodies are as JSON
// has them.
func (s *Store) Quarantined(ctx context.Context) ([]models.Rejected, error) {
	var all []models.Rejected
	err := s.read(ctx, "reading the refused events", func(scan func(...any) error) error {
		var r models.Rejected
		var content string
		if err := scan(&r.Code, &r.Text, &content); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(content), &r.Event); err != nil {
			return err
		}
		all = append(all, r)
		return nil
	}, `SELECT code, reply, content FROM refused ORDER BY event_id`)
	if err != nil {
		return nil, err
	}
	return all, nil
}
