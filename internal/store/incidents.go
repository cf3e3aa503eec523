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

// UnknownIncidentError names a case that is not there.
type UnknownIncidentError struct{ ID string }

// Error implements error.
func (e UnknownIncidentError) Error() string {
	return fmt.Sprintf("there is no case %s; foresight incident list prints those there are", e.ID)
}

// finished are the states that a case does not leave.
const finished = `('closed', 'canceled')`

// remembered is how long a case that is over is still known to what comes in.
const remembered = 90 * 24 * time.Hour

// Desk is a customer's cases while one process works on them.
type Desk struct {
	Cases []models.Incident // the oldest first, without those that were over long ago
	Next  func() string     // an id for a new case, each time another
	Heard map[string]bool   // which of the requests asked about were kept before

	Problems []models.Problem // all of the customer's, the oldest first
	Found    []models.Found   // by its inventories
}

// ChangeIncidents hands the customer's cases, the oldest first and without those that were over
// long ago, and the id that a new one would have to work, and keeps what comes back in one transaction. Two changes
// of one customer's cases come one after the other, whichever process makes them. What work
// returns as an error is returned as it is, and nothing is kept.
func (s *Store) ChangeIncidents(ctx context.Context, customer string, at time.Time, work func(cases []models.Incident, next string) (models.Turn, error)) error {
	return s.TakeIn(ctx, customer, at, nil, func(d Desk) (models.Turn, error) { return work(d.Cases, d.Next()) })
}

// TakeIn is ChangeIncidents for much at once. requests are the names of what is taken in: they
// are kept with it, for a day at least, and those that were kept before are Heard.
func (s *Store) TakeIn(ctx context.Context, customer string, at time.Time, requests []string, work func(Desk) (models.Turn, error)) error {
	var failed error
	err := s.write(ctx, "keeping a change of "+customer+"'s cases", func(tx *sql.Tx) error {
		var last int64
		take := `INSERT INTO desks (customer, last) VALUES ($1, 0) ON CONFLICT (customer) DO UPDATE SET last = desks.last RETURNING last`
		if err := tx.QueryRowContext(ctx, take, customer).Scan(&last); err != nil {
			return err
		}
		cases, err := incidents(ctx, tx, `SELECT content FROM incidents WHERE customer = $1 AND (state NOT IN `+finished+` OR changed > $2) ORDER BY number`, customer, nanos(at.Add(-remembered)))
		if err != nil {
			return err
		}
		heard, err := hear(ctx, tx, customer, requests, at)
		if err != nil {
			return err
		}
		given := last
		next := func() string { given++; return incidentID(customer, given) }
		var turn models.Turn
		known, err := problems(ctx, tx, customer)
		if err != nil {
			return err
		}
		found, err := found(ctx, tx, customer)
		if err != nil {
			return err
		}
		if turn, failed = work(Desk{cases, next, heard, known, found}); failed != nil {
			return failed
		}
		return keepTurn(ctx, tx, customer, last, turn, at)
	})
	if failed != nil {
		return failed
	}
	return err
}

// incidentID is a case's name among people: numbers are a customer's own.
func incidentID(customer string, n int64) string { return fmt.Sprintf("%s-%d", customer, n) }

func keepTurn(ctx context.Context, tx *sql.Tx, customer string, last int64, turn models.Turn, at time.Time) error {
	for _, i := range turn.Incidents {
		content, err := encode(i)
		if err != nil {
			return fmt.Errorf("writing case %s: %w", i.ID, err)
		}
		number := last
		if i.ID == incidentID(customer, last+1) {
			last++
			number = last
			if _, err := tx.ExecContext(ctx, `UPDATE desks SET last = $2 WHERE customer = $1`, customer, last); err != nil {
				return err
			}
		}
		if err := put(ctx, tx, `INSERT INTO incidents (id, customer, number, service, level, state, changed, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (id) DO UPDATE SET service = excluded.service, level = excluded.level, state = excluded.state, changed = excluded.changed, content = excluded.content`,
			[][]any{{i.ID, customer, number, i.Service, int(i.Level), string(i.State), nanos(i.Changed), content}}); err != nil {
			return err
		}
	}
	rows := make([][]any, 0, len(turn.Entries))
	for _, e := range turn.Entries {
		content, err := encode(e)
		if err != nil {
			return fmt.Errorf("writing the timeline of case %s: %w", e.Incident, err)
		}
		rows = append(rows, []any{e.Incident, e.Seq, content})
	}
	if err := put(ctx, tx, `INSERT INTO incident_entries (incident, seq, content) VALUES ($1, $2, $3)`, rows); err != nil {
		return err
	}
	if err := keepAnswers(ctx, tx, turn.Answers); err != nil {
		return err
	}
	if err := keepNotices(ctx, tx, turn, at); err != nil {
		return err
	}
	if err := keepProblems(ctx, tx, turn.Problems); err != nil {
		return err
	}
	var parcels []packed
	for _, p := range turn.Parcels {
		// A case takes a run's place, so that what is held of it can be dropped by its id.
		one, err := packAll(models.Batch{Customer: customer, RunID: p.Subject, AsOf: at, Parcels: []models.Parcel{p}})
		if err != nil {
			return err
		}
		parcels = append(parcels, one...)
	}
	if len(parcels) == 0 {
		return nil
	}
	_, err := enqueue(ctx, tx, parcels, at, 0) // a case is no bulk: there is always room for it
	return err
}

// Incidents returns the cases of a filter, the latest first.
func (s *Store) Incidents(ctx context.Context, f models.IncidentFilter) ([]models.Incident, error) {
	var states string
	for _, state := range f.States {
		states += "," + string(state)
	}
	most := f.Most
	if most <= 0 {
		most = 1 << 30
	}
	all, err := incidents(ctx, s.db, `SELECT content FROM incidents
		WHERE (customer = $1 OR $1 = '') AND (service = $2 OR $2 = '') AND (level = $3 OR $3 = 0) AND ($4 = '' OR $4 || ',' LIKE '%,' || state || ',%')
		ORDER BY changed DESC, id LIMIT $5`, f.Customer, f.Service, int(f.Level), states, most)
	return all, s.failed("reading the cases", err)
}

// CasesChanged says of each customer when its cases last changed, in nanoseconds since 1970.
func (s *Store) CasesChanged(ctx context.Context) (map[string]int64, error) {
	last := map[string]int64{}
	err := s.read(ctx, "reading when cases changed", func(scan func(...any) error) error {
		var customer string
		var at int64
		err := scan(&customer, &at)
		last[customer] = at
		return err
	}, `SELECT customer, MAX(changed) FROM incidents GROUP BY customer`)
	return last, err
}

func incidents(ctx context.Context, q queryer, query string, args ...any) ([]models.Incident, error) {
	var all []models.Incident
	err := each(ctx, q, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var i models.Incident
		if err := json.Unmarshal([]byte(content), &i); err != nil {
			return err
		}
		all = append(all, i)
		return nil
	}, query, args...)
	return all, err
}

// Incident returns a case with its timeline, the oldest entry first. Of what is not there the
// error is an UnknownIncidentError.
func (s *Store) Incident(ctx context.Context, id string) (i models.Incident, timeline []models.Entry, err error) {
	doing := "reading case " + id
	var content string
	switch err := s.db.QueryRowContext(ctx, `SELECT content FROM incidents WHERE id = $1`, id).Scan(&content); {
	case errors.Is(err, sql.ErrNoRows):
		return i, nil, UnknownIncidentError{id}
	case err != nil:
		return i, nil, s.failed(doing, err)
	}
	if err := json.Unmarshal([]byte(content), &i); err != nil {
		return i, nil, s.failed(doing, err)
	}
	err = s.read(ctx, doing, func(scan func(...any) error) error {
		if err := scan(&content); err != nil {
			return err
		}
		var e models.Entry
		if err := json.Unmarshal([]byte(content), &e); err != nil {
			return err
		}
		timeline = append(timeline, e)
		return nil
	}, `SELECT content FROM incident_entries WHERE incident = $1 ORDER BY seq`, id)
	return i, timeline, err
}
