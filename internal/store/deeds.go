package store

import (
	"context"
	"fmt"
	"strings"

	"foresight/models"
)

// KeepDeed keeps what somebody did. Nothing changes or removes it but its age (Prune).
func (s *Store) KeepDeed(ctx context.Context, d models.Deed) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO deeds (id, at, who, did, object, customer, remote, refused) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.ID, nanos(d.At), d.Who, d.Did, d.Of, d.Customer, d.Remote, d.Refused)
	return s.failed("keeping what somebody did", err)
}

// Deeds returns those of a filter, the newest first.
func (s *Store) Deeds(ctx context.Context, f models.DeedFilter) (all []models.Deed, err error) {
	where, args := []string{"1 = 1"}, []any{}
	given := func(value any) string {
		args = append(args, value)
		return fmt.Sprintf("$%d", len(args))
	}
	if f.Customers != nil {
		places := []string{"NULL"} // which nothing is
		for _, c := range f.Customers {
			places = append(places, given(c))
		}
		where = append(where, "customer IN ("+strings.Join(places, ", ")+")")
	}
	if f.Who != "" {
		where = append(where, "who = "+given(f.Who))
	}
	if f.Refused {
		where = append(where, "refused <> ''")
	}
	if !f.Before.At.IsZero() {
		at := given(nanos(f.Before.At))
		where = append(where, "(at < "+at+" OR at = "+at+" AND id < "+given(f.Before.ID)+")")
	}
	err = s.read(ctx, "reading what people did", func(scan func(...any) error) error {
		var d models.Deed
		var at int64
		if err := scan(&d.ID, &at, &d.Who, &d.Did, &d.Of, &d.Customer, &d.Remote, &d.Refused); err != nil {
			return err
		}
		d.At = moment(at)
		all = append(all, d)
		return nil
	}, `SELECT id, at, who, did, object, customer, remote, refused FROM deeds WHERE `+strings.Join(where, " AND ")+` ORDER BY at DESC, id DESC LIMIT `+given(f.Most), args...)
	return all, err
}
