package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"foresight/models"
)

// keep writes forecasts. One that is there already stays: what was told is never
// overwritten.
func keep(ctx context.Context, tx *sql.Tx, customer string, all []models.Kept) error {
	rows := make([][]any, 0, len(all))
	for _, k := range all {
		if len(k.Points) == 0 {
			continue
		}
		points, err := encodeKept(k.Points, k.Span)
		if err != nil {
			return fmt.Errorf("keeping the forecast %s: %w", k.Subject, err)
		}
		overrides := ""
		if len(k.Overrides) > 0 {
			if overrides, err = encode(k.Overrides); err != nil {
				return fmt.Errorf("keeping the overrides of %s: %w", k.Subject, err)
			}
		}
		rows = append(rows, []any{customer, k.Subject, k.AsOf.Unix(), k.Revision, k.RunID, k.Service, k.Signal, string(k.Measure), string(k.Span), k.Points[len(k.Points)-1].Time, points, overrides})
	}
	byKey(rows)
	return put(ctx, tx, `INSERT INTO forecasts (customer, forecast, as_of, revision, run_id, service, signal, measure, span, last, points, overrides)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`, rows)
}

const keptColumns = `SELECT customer, forecast, as_of, revision, run_id, service, signal, measure, span, points, overrides FROM forecasts `

// Kept returns the forecasts of a subject that speak of the time from a moment on, up to
// another where that is set: in order of their as-of, and with the points of that time.
func (s *Store) Kept(ctx context.Context, customer, subject string, from, until time.Time) ([]models.Kept, error) {
	end := int64(math.MaxInt64)
	if !until.IsZero() {
		end = until.Unix()
	}
	var all []models.Kept
	err := s.read(ctx, "reading earlier forecasts", func(scan func(...any) error) error {
		_, k, err := scanKept(scan, from.Unix(), end)
		if len(k.Points) > 0 {
			all = append(all, k)
		}
		return err
	}, keptColumns+`WHERE customer = $1 AND forecast = $2 AND last >= $3 ORDER BY as_of, revision`, customer, subject, from.Unix())
	if err != nil {
		return nil, err
	}
	return all, nil
}

// EachKept hands every forecast to take, one at a time, by customer, subject and as-of.
func (s *Store) EachKept(ctx context.Context, take func(customer string, k models.Kept) error) error {
	return s.read(ctx, "reading earlier forecasts", func(scan func(...any) error) error {
		customer, k, err := scanKept(scan, math.MinInt64, math.MaxInt64)
		if err != nil {
			return err
		}
		return take(customer, k)
	}, keptColumns+`ORDER BY customer, forecast, as_of, revision`)
}

func scanKept(scan func(...any) error, from, until int64) (customer string, k models.Kept, err error) {
	var asOf int64
	var points []byte
	var overrides string
	if err := scan(&customer, &k.Subject, &asOf, &k.Revision, &k.RunID, &k.Service, &k.Signal, &k.Measure, &k.Span, &points, &overrides); err != nil {
		return "", k, err
	}
	k.AsOf = time.Unix(asOf, 0).UTC()
	if k.Points, err = decodeKept(points, from, until); err != nil {
		return "", k, fmt.Errorf("%s as of %s: %w", k.Subject, k.AsOf.Format(time.RFC3339), err)
	}
	if overrides != "" {
		if err := json.Unmarshal([]byte(overrides), &k.Overrides); err != nil {
			return "", k, fmt.Errorf("overrides of %s: %w", k.Subject, err)
		}
	}
	return customer, k, nil
}
