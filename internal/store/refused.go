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

// setAside keeps events that Splunk will never take as they are. What to do about one that
// is there already is said by there.
func setAside(ctx context.Context, tx *sql.Tx, refused []models.Refused, there string) error {
	rows := make([][]any, 0, len(refused))
	for i, r := range refused {
		content, err := encode(r.Event)
		if err != nil {
			return fmt.Errorf("setting the refused event %s aside: %w", r.Event.EventID, err)
		}
		rows = append(rows, []any{r.Event.EventID, r.Code, r.Text, content, r.Customer, r.RunID, nanos(r.AsOf), r.Event.Subject, r.Revision, nanos(r.Refused), i})
	}
	// In one order in every process, as byKey has it.
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[0].(string), b[0].(string)) })
	return put(ctx, tx, `INSERT INTO refused (event_id, code, reply, content, customer, run_id, as_of, subject, revision, refused, place)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (event_id) `+there, rows)
}

// Refused returns the events that Splunk refused for good, in the order in which it did.
// Their bodies are JSON.
func (s *Store) Refused(ctx context.Context) ([]models.Refused, error) {
	all, err := refused(ctx, s.db)
	return all, s.failed("reading the refused events", err)
}

func refused(ctx context.Context, q queryer) ([]models.Refused, error) {
	var all []models.Refused
	err := each(ctx, q, func(scan func(...any) error) error {
		var r models.Refused
		var content string
		var asOf, at int64
		if err := scan(&r.Code, &r.Text, &content, &r.Customer, &r.RunID, &asOf, &r.Revision, &at); err != nil {
			return err
		}
		var e written
		if err := json.Unmarshal([]byte(content), &e); err != nil {
			return fmt.Errorf("a refused event of customer %s: %w", r.Customer, err)
		}
		r.Event, r.AsOf, r.Refused = e.event(), moment(asOf), moment(at)
		all = append(all, r)
		return nil
	}, `SELECT code, reply, content, customer, run_id, as_of, revision, refused FROM refused ORDER BY refused, place, event_id`)
	return all, err
}
