package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"foresight/models"
)

// The roles of a column of buckets.
const (
	roleTotal   = "total"
	rolePart    = "part"
	roleWitness = "witness" // points without values
)

// History returns what is kept of a query's answers, its parts by name; without columns
// when nothing is, or when it is another search's.
func (s *Store) History(ctx context.Context, customer, query, search string) (models.Fetched, error) {
	const doing = "reading the history of a query"
	var f models.Fetched
	var first, past int64
	row := s.db.QueryRowContext(ctx, `SELECT first, past, dropped FROM fetched WHERE customer = $1 AND query = $2 AND search = $3`, customer, query, search)
	if err := row.Scan(&first, &past, &f.Dropped); errors.Is(err, sql.ErrNoRows) {
		return models.Fetched{}, nil
	} else if err != nil {
		return models.Fetched{}, s.failed(doing, err)
	}
	f.Window = models.Window{From: time.Unix(first, 0).UTC(), To: time.Unix(past, 0).UTC()}
	total, parts := models.Column{}, []models.Column{}
	err := s.read(ctx, doing, func(scan func(...any) error) error {
		var role, split string
		var content []byte
		if err := scan(&role, &split, &content); err != nil {
			return err
		}
		points, err := decodePoints(content)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", customer, query, err)
		}
		name, err := url.PathUnescape(split)
		if err != nil {
			return fmt.Errorf("%s/%s: %w", customer, query, err)
		}
		switch {
		case role == roleTotal:
			total.Points = append(total.Points, points...)
		case role == roleWitness:
			for _, p := range points {
				f.Witness = append(f.Witness, p.Time)
			}
		case len(parts) > 0 && parts[len(parts)-1].Split == name:
			parts[len(parts)-1].Points = append(parts[len(parts)-1].Points, points...)
		default:
			parts = append(parts, models.Column{Split: name, Points: points})
		}
		return nil
	}, `SELECT role, split, points FROM buckets WHERE customer = $1 AND query = $2 ORDER BY role, split, year`, customer, query)
	if err != nil {
		return models.Fetched{}, err
	}
	f.Columns = append([]models.Column{total}, parts...)
	return f, nil
}

// Keep replaces what is kept of a query by an answer to the same search that differs
// from it from a moment on only (seconds since 1970); where nothing or another search's
// answer is kept, and with 0, by all of it. Years before the answer's window go.
func (s *Store) Keep(ctx context.Context, customer, query, search string, answer models.Fetched, from int64) error {
	return s.write(ctx, "keeping the history of a query", func(tx *sql.Tx) error {
		var kept string
		err := tx.QueryRowContext(ctx, `SELECT search FROM fetched WHERE customer = $1 AND query = $2`, customer, query).Scan(&kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		first := yearOf(answer.Window.From.Unix())
		changed := first
		if from != 0 && kept == search {
			changed = max(first, yearOf(from))
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM buckets WHERE customer = $1 AND query = $2 AND (year < $3 OR year >= $4)`, customer, query, first, changed); err != nil {
			return err
		}
		rows, err := chunks(customer, query, answer, changed)
		if err != nil {
			return err
		}
		if err := put(ctx, tx, `INSERT INTO buckets (customer, query, role, split, year, points) VALUES ($1, $2, $3, $4, $5, $6)`, rows); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO fetched (customer, query, search, first, past, dropped) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (customer, query) DO UPDATE SET search = excluded.search, first = excluded.first, past = excluded.past, dropped = excluded.dropped`,
			customer, query, search, answer.Window.From.Unix(), answer.Window.To.Unix(), answer.Dropped)
		return err
	})
}

// chunks cuts an answer into the rows of its years, from one on.
func chunks(customer, query string, answer models.Fetched, from int) ([][]any, error) {
	var rows [][]any
	cut := func(role, split string, points []models.Point) error {
		for len(points) > 0 {
			year := yearOf(points[0].Time)
			end, _ := slices.BinarySearchFunc(points, year+1, func(p models.Point, y int) int { return cmp.Compare(yearOf(p.Time), y) })
			if year >= from {
				content, err := encodePoints(points[:end])
				if err != nil {
					return err
				}
				rows = append(rows, []any{customer, query, role, url.PathEscape(split), year, content})
			}
			points = points[end:]
		}
		return nil
	}
	var failures []error
	for i, c := range answer.Columns {
		role := rolePart
		if i == 0 {
			role = roleTotal
		}
		failures = append(failures, cut(role, c.Split, c.Points))
	}
	witness := make([]models.Point, len(answer.Witness))
	for i, t := range answer.Witness {
		witness[i] = models.Point{Time: t, Weight: 1}
	}
	failures = append(failures, cut(roleWitness, "", witness))
	return rows, errors.Join(failures...)
}

// yearOf returns the UTC year of a moment.
func yearOf(t int64) int { return time.Unix(t, 0).UTC().Year() }
