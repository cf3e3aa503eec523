package store

import (
	"context"
	"database/sql"
	"encoding/json"
)

// Learnt returns what earlier runs have learnt of a forecast; nil before the first.
func (s *Store) Learnt(ctx context.Context, customer, forecast string) (json.RawMessage, error) {
	var content json.RawMessage
	err := s.read(ctx, "reading what was learnt", func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		content = json.RawMessage(text)
		return err
	}, `SELECT content FROM learnt WHERE customer = $1 AND forecast = $2`, customer, forecast)
	if err != nil {
		return nil, err
	}
	return content, nil
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
