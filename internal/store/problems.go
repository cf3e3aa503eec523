package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"foresight/models"
)

// UnknownProblemError names a problem record that is not there.
type UnknownProblemError struct{ ID string }

// Error implements error.
func (e UnknownProblemError) Error() string {
	return fmt.Sprintf("there is no problem %s; foresight incident problems prints those there are", e.ID)
}

func keepProblems(ctx context.Context, tx *sql.Tx, all []models.Problem) error {
	var rows [][]any
	for _, p := range all {
		content, err := encode(p)
		if err != nil {
			return fmt.Errorf("writing problem %s: %w", p.ID, err)
		}
		rows = append(rows, []any{p.ID, p.Customer, p.Number, content})
	}
	return put(ctx, tx, `INSERT INTO problems (id, customer, number, content) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET content = excluded.content`, rows)
}

// Problems returns a customer's problem records, the oldest first; all customers' where none is named.
func (s *Store) Problems(ctx context.Context, customer string) ([]models.Problem, error) {
	all, err := problems(ctx, s.db, customer)
	return all, s.failed("reading the problems", err)
}

// Problem returns a problem record. Of what is not there the error is an UnknownProblemError.
func (s *Store) Problem(ctx context.Context, id string) (p models.Problem, err error) {
	err = s.read(ctx, "reading problem "+id, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		return json.Unmarshal([]byte(content), &p)
	}, `SELECT content FROM problems WHERE id = $1`, id)
	if err == nil && p.ID == "" {
		return p, UnknownProblemError{id}
	}
	return p, err
}

func problems(ctx context.Context, q queryer, customer string) (all []models.Problem, err error) {
	err = each(ctx, q, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var p models.Problem
		if err := json.Unmarshal([]byte(content), &p); err != nil {
			return err
		}
		all = append(all, p)
		return nil
	}, `SELECT content FROM problems WHERE customer = $1 OR $1 = '' ORDER BY customer, number`, customer)
	return all, err
}
