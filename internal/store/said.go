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

// Said returns what was last sent about a customer's subjects, by subject id, but for those over
// which the runs of certain queries ("service/query") decide. Before the first run that is nothing.
func (s *Store) Said(ctx context.Context, customer string, but ...string) (map[string]models.Said, error) {
	which, args := ``, []any{customer}
	for i, query := range but {
		which += fmt.Sprintf(`, $%d`, i+2)
		args = append(args, query)
	}
	if which != `` {
		which = ` AND query NOT IN (` + which[2:] + `)`
	}
	said := map[string]models.Said{}
	err := s.read(ctx, "reading what was last sent", func(scan func(...any) error) error {
		var subject, content string
		if err := scan(&subject, &content); err != nil {
			return err
		}
		var one models.Said
		if err := json.Unmarshal([]byte(content), &one); err != nil {
			return fmt.Errorf("what was said of %s: %w", subject, err)
		}
		said[subject] = one
		return nil
	}, `SELECT subject, content FROM said WHERE customer = $1`+which, args...)
	if err != nil {
		return nil, err
	}
	return said, nil
}

// remember replaces what is known of the given subjects and keeps the others. What to do
// about a subject that is there already is said by there.
func remember(ctx context.Context, tx *sql.Tx, customer string, news []models.Said, there string) error {
	rows := make([][]any, 0, len(news))
	for _, one := range news {
		content, err := encode(one)
		if err != nil {
			return fmt.Errorf("writing what was sent of %s: %w", one.Subject, err)
		}
		rows = append(rows, []any{customer, one.Subject, content, one.Query})
	}
	byKey(rows)
	return put(ctx, tx, `INSERT INTO said (customer, subject, content, query) VALUES ($1, $2, $3, $4) ON CONFLICT (customer, subject) `+there, rows)
}

// byKey sorts rows by their second column, their key under a customer: two processes
// that write the same rows in one order wait for each other instead of dying in each
// other's locks.
func byKey(rows [][]any) {
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[1].(string), b[1].(string)) })
}
