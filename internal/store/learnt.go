package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Learnt returns what earlier runs have learnt, by forecast. Before the first run
// that is nothing.
func (s *Store) Learnt(ctx context.Context, customer string) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	err := s.read(ctx, "reading what was learnt", func(scan func(...any) error) error {
		var forecast, content string
		if err := scan(&forecast, &content); err != nil {
			return err
		}
		all[forecast] = json.RawMessage(content)
		return nil
	}, `SELECT forecast, content FROM learnt WHERE customer = $1`, customer)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// learn replaces what is known of the given forecasts and keeps the others. What to do
// about a forecast that is there already is said by there.
func learn(ctx context.Context, tx *sql.Tx, customer string, news map[string]json.RawMessage, there string) error {
	rows := make([][]any, 0, len(news))
	for forecast, content := range news {
		rows = append(rows, []any{customer, forecast, string(content)})
	}
	byKey(rows)
	return put(ctx, tx, `INSERT INTO learnt (customer, forecast, content) VALUES ($1, $2, $3) ON CONFLICT (customer, forecast) `+there, rows)
}
