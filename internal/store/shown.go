package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"foresight/models"
)

// ErrPassed says that another run was first with the day's pass.
var ErrPassed = errors.New("another run has made the day's pass meanwhile")

// summary is what the list of customers says of a query.
type summary struct {
	Actions  []models.Action `json:",omitempty"`
	Findings map[string]int  `json:",omitempty"`
	Unknown  int             `json:",omitempty"`
}

// What a run of an earlier day found out replaces nothing, nor does one that had to be
// the first and was not.
const showing = `INSERT INTO shown (customer, query, version, passed, ended, succeeded, failure, errors, as_of, summary, content)
VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (customer, query) DO UPDATE SET version = shown.version + 1,
    passed = CASE WHEN excluded.passed > shown.passed THEN excluded.passed ELSE shown.passed END,
    succeeded = CASE WHEN excluded.succeeded > 0 THEN excluded.succeeded ELSE shown.succeeded END,
    ended = excluded.ended, failure = excluded.failure, errors = excluded.errors, `

const (
	showingAll = showing + `as_of = excluded.as_of, summary = excluded.summary, content = excluded.content
WHERE shown.as_of <= $8 AND (shown.passed < $3 OR $11 = 0)`
	showingFailure = showing + `as_of = shown.as_of
WHERE shown.as_of <= $11`
)

// showRow is a showing as it is kept.
type showRow struct {
	models.Showing
	errors, summary string
	content         []byte // nil: the pass found out nothing, and what an earlier one did stays
}

// packShowings packs a batch's showings, before the transaction, which others wait for.
func packShowings(b models.Batch) ([]showRow, error) {
	rows := make([]showRow, len(b.Showings))
	for i, one := range b.Showings {
		row, err := rowOf(one)
		if err == nil && (len(one.Result.Signals) > 0 || one.Passed) {
			row.content, err = packResult(one.Result)
		}
		if err != nil {
			return nil, fmt.Errorf("packing what %s/%s shows: %w", b.Customer, one.Query, err)
		}
		rows[i] = row
	}
	return rows, nil
}

// show keeps what the pages show of a run's queries, and which of them have had their
// complete pass; none when something of them was left untold.
func show(ctx context.Context, tx *sql.Tx, b models.Batch, rows []showRow, told bool) error {
	for _, row := range rows {
		if row.content == nil {
			if err := showFailure(ctx, tx, b.Customer, b.AsOf, row); err != nil {
				return err
			}
			continue
		}
		var passed, succeeded, once int64
		if row.Failure == "" {
			succeeded = row.Ended.UnixNano()
		}
		if row.Passed && told {
			passed = b.AsOf.Unix()
			if b.Once {
				once = 1
			}
		}
		done, err := tx.ExecContext(ctx, showingAll, b.Customer, row.Query, passed, row.Ended.UnixNano(), succeeded, row.Failure, row.errors, b.AsOf.Unix(), row.summary, row.content, once)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 && once == 1 {
			return errors.Join(err, ErrPassed)
		}
	}
	return nil
}

// showFailure notes that a pass found out nothing; what an earlier one did stays.
func showFailure(ctx context.Context, tx *sql.Tx, customer string, asOf time.Time, row showRow) error {
	_, err := tx.ExecContext(ctx, showingFailure, customer, row.Query, 0, row.Ended.UnixNano(), 0, row.Failure, row.errors, 0, row.summary, nil, asOf.Unix())
	return err
}

// Failed notes that a pass over a query failed before it could find out anything.
func (s *Store) Failed(ctx context.Context, customer string, asOf time.Time, one models.Showing) error {
	row, err := rowOf(one)
	if err != nil {
		return err
	}
	return s.write(ctx, "noting that a pass failed", func(tx *sql.Tx) error { return showFailure(ctx, tx, customer, asOf, row) })
}

// rowOf is a showing without its content.
func rowOf(one models.Showing) (showRow, error) {
	row := showRow{Showing: one}
	var err error
	if row.errors, err = encode(one.Result.Errors); err != nil {
		return row, fmt.Errorf("writing the errors of %s: %w", one.Query, err)
	}
	sum := summary{Findings: map[string]int{}}
	for _, a := range one.Result.Actions {
		if a.State == models.StateOpen {
			sum.Actions = append(sum.Actions, a)
		}
	}
	for _, f := range one.Result.Findings {
		if f.State == models.StateOpen {
			sum.Findings[f.Subject.Kind]++
		}
	}
	for _, x := range one.Result.Signals {
		if len(x.Forecasts) == 0 {
			sum.Unknown++
		}
	}
	if row.summary, err = encode(sum); err != nil {
		return row, fmt.Errorf("writing where %s stands: %w", one.Query, err)
	}
	return row, nil
}

// Passed returns the as-of of the last complete pass over each of a customer's queries,
// by service/query. Those that have had none are not in it.
func (s *Store) Passed(ctx context.Context, customer string) (map[string]time.Time, error) {
	passed := map[string]time.Time{}
	err := s.read(ctx, "reading which passes were complete", func(scan func(...any) error) error {
		var query string
		var at int64
		if err := scan(&query, &at); err != nil {
			return err
		}
		passed[query] = time.Unix(at, 0).UTC()
		return nil
	}, `SELECT query, passed FROM shown WHERE customer = $1 AND passed <> 0`, customer)
	if err != nil {
		return nil, err
	}
	return passed, nil
}

// PassedFor reports whether a query has had its complete pass for an as-of.
func (s *Store) PassedFor(ctx context.Context, customer, query string, asOf time.Time) (bool, error) {
	found := false
	err := s.read(ctx, "reading whether the day's pass was complete", func(func(...any) error) error {
		found = true
		return nil
	}, `SELECT 1 FROM shown WHERE customer = $1 AND query = $2 AND passed >= $3`, customer, query, asOf.Unix())
	return found, err
}

// QueryStates returns where a customer's queries stand.
func (s *Store) QueryStates(ctx context.Context, customer string) ([]models.QueryState, error) {
	var all []models.QueryState
	err := s.read(ctx, "reading where the queries stand", func(scan func(...any) error) error {
		var one models.QueryState
		var passed, ended, succeeded, asOf int64
		var text string
		if err := scan(&one.Query, &passed, &ended, &succeeded, &one.Failure, &asOf, &text); err != nil {
			return err
		}
		var sum summary
		if err := json.Unmarshal([]byte(text), &sum); err != nil {
			return fmt.Errorf("where %s/%s stands: %w", customer, one.Query, err)
		}
		one.Passed, one.AsOf = second(passed), second(asOf)
		one.Ended, one.Succeeded = nano(ended), nano(succeeded)
		one.Actions, one.Findings, one.Unknown = sum.Actions, sum.Findings, sum.Unknown
		all = append(all, one)
		return nil
	}, `SELECT query, passed, ended, succeeded, failure, as_of, summary FROM shown WHERE customer = $1 ORDER BY query`, customer)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Showings returns what the pages show of a customer's queries. A query that has only
// failed has no signals.
func (s *Store) Showings(ctx context.Context, customer string) ([]models.Showing, error) {
	var all []models.Showing
	err := s.read(ctx, "reading what the pages show", func(scan func(...any) error) error {
		var one models.Showing
		var ended int64
		var text string
		var content []byte
		if err := scan(&one.Query, &ended, &one.Failure, &text, &content); err != nil {
			return err
		}
		one.Ended, one.Passed = nano(ended), one.Failure == ""
		if content != nil {
			r, err := unpackResult(content)
			if err != nil {
				return fmt.Errorf("what %s/%s shows: %w", customer, one.Query, err)
			}
			one.Result = r
		}
		one.Result.Errors = nil
		if err := json.Unmarshal([]byte(text), &one.Result.Errors); err != nil {
			return fmt.Errorf("the errors of %s/%s: %w", customer, one.Query, err)
		}
		all = append(all, one)
		return nil
	}, `SELECT query, ended, failure, errors, content FROM shown WHERE customer = $1 ORDER BY query`, customer)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Shown returns a number for each customer of whom there is something to show, which
// another whenever that changes.
func (s *Store) Shown(ctx context.Context) (map[string]int64, error) {
	versions := map[string]int64{}
	err := s.read(ctx, "reading whether there is news to show", func(scan func(...any) error) error {
		var customer string
		var version int64
		if err := scan(&customer, &version); err != nil {
			return err
		}
		versions[customer] = version
		return nil
	}, `SELECT customer, CAST(SUM(version) AS BIGINT) FROM shown GROUP BY customer`)
	if err != nil {
		return nil, err
	}
	return versions, nil
}

// second and nano are moments as the columns hold them; 0 is none.
func second(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

func nano(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
