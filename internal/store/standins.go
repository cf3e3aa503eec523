package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"foresight/models"
)

// UnknownStandInError says that there is no such stand-in any more.
type UnknownStandInError struct{ ID string }

// Error implements error.
func (e UnknownStandInError) Error() string {
	return fmt.Sprintf("the override %s is not there, or is over", e.ID)
}

// KeepStandIn keeps that somebody stands in.
func (s *Store) KeepStandIn(ctx context.Context, one models.StandIn) error {
	return s.write(ctx, "keeping an override of schedule "+one.Rota, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO standins (id, customer, rota, contact, starts, ends, made, author, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			one.ID, one.Customer, one.Rota, one.Contact, nanos(one.From), nanos(one.To), nanos(one.Made), one.By, one.Reason)
		return err
	})
}

// StandIns returns a customer's in the order in which they were made, those that are over too: who was
// on call then stays.
func (s *Store) StandIns(ctx context.Context, customer string) (all []models.StandIn, err error) {
	err = s.read(ctx, "reading who stands in", func(scan func(...any) error) error {
		var one models.StandIn
		var from, to, made int64
		if err := scan(&one.ID, &one.Customer, &one.Rota, &one.Contact, &from, &to, &made, &one.By, &one.Reason); err != nil {
			return err
		}
		one.From, one.To, one.Made = moment(from), moment(to), moment(made)
		all = append(all, one)
		return nil
	}, `SELECT id, customer, rota, contact, starts, ends, made, author, reason FROM standins WHERE customer = $1 ORDER BY made, id`, customer)
	return all, err
}

// EndStandIn takes one back at a moment: of one that has begun what has passed stays. Error:
// UnknownStandInError, also of one that is over.
func (s *Store) EndStandIn(ctx context.Context, customer, id string, at time.Time) error {
	return s.write(ctx, "taking an override back", func(tx *sql.Tx) error {
		ended := int64(0)
		for _, statement := range []string{
			`DELETE FROM standins WHERE customer = $1 AND id = $2 AND starts >= $3`,
			`UPDATE standins SET ends = $3 WHERE customer = $1 AND id = $2 AND starts < $3 AND ends > $3`,
		} {
			result, err := tx.ExecContext(ctx, statement, customer, id, nanos(at))
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			ended += n
		}
		if ended == 0 {
			return UnknownStandInError{id}
		}
		return nil
	})
}
