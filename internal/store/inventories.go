package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"foresight/models"
)

// ClaimInventory has one process ask an inventory at a moment, unless one has since another; it
// reports whether it is this one.
func (s *Store) ClaimInventory(ctx context.Context, customer, inventory string, at, since time.Time) (mine bool, err error) {
	doing := "taking the inventory " + inventory
	result, err := s.db.ExecContext(ctx, `INSERT INTO inventories (customer, inventory, tried, content) VALUES ($1, $2, $3, '{}')
		ON CONFLICT (customer, inventory) DO UPDATE SET tried = excluded.tried WHERE inventories.tried <= $4`, customer, inventory, nanos(at), nanos(since))
	if err != nil {
		return false, s.failed(doing, err)
	}
	n, err := result.RowsAffected()
	return n > 0, s.failed(doing, err)
}

// KeepFound keeps what an inventory has found, or that it failed.
func (s *Store) KeepFound(ctx context.Context, f models.Found) error {
	content, err := encode(f)
	if err != nil {
		return fmt.Errorf("writing what the inventory %s found: %w", f.Inventory, err)
	}
	_, err = s.db.ExecContext(ctx, `INSERT INTO inventories (customer, inventory, tried, content) VALUES ($1, $2, $3, $4)
		ON CONFLICT (customer, inventory) DO UPDATE SET content = excluded.content`, f.Customer, f.Inventory, nanos(f.Tried), content)
	return s.failed("keeping what the inventory "+f.Inventory+" found", err)
}

// Found returns what a customer's inventories have found, by their ids.
func (s *Store) Found(ctx context.Context, customer string) ([]models.Found, error) {
	all, err := found(ctx, s.db, customer)
	return all, s.failed("reading what inventories found", err)
}

func found(ctx context.Context, q queryer, customer string) (all []models.Found, err error) {
	err = each(ctx, q, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var f models.Found
		if err := json.Unmarshal([]byte(content), &f); err != nil {
			return err
		}
		if f.Inventory != "" { // its first answer is there
			all = append(all, f)
		}
		return nil
	}, `SELECT content FROM inventories WHERE customer = $1 ORDER BY inventory`, customer)
	return all, err
}
