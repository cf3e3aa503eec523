package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"foresight/models"
)

// ErrAnswered says that another process was first with a note.
var ErrAnswered = errors.New("the note has been answered before")

// NoteAnswers returns what became of notes, by their ids; what is not there has not been read.
func (s *Store) NoteAnswers(ctx context.Context, ids []string) (map[string]models.NoteAnswer, error) {
	known := map[string]models.NoteAnswer{}
	for _, id := range ids {
		var content string
		switch err := s.db.QueryRowContext(ctx, `SELECT content FROM notes_read WHERE id = $1`, id).Scan(&content); {
		case errors.Is(err, sql.ErrNoRows):
			continue
		case err != nil:
			return nil, s.failed("reading what became of notes", err)
		}
		var a models.NoteAnswer
		if err := json.Unmarshal([]byte(content), &a); err != nil {
			return nil, fmt.Errorf("reading what became of the note %s: %w", id, err)
		}
		known[id] = a
	}
	return known, nil
}

// KeepAnswer keeps the answer to a note that changes no case. The error is ErrAnswered where there is one.
func (s *Store) KeepAnswer(ctx context.Context, a models.NoteAnswer) error {
	return s.write(ctx, "keeping the answer to a note", func(tx *sql.Tx) error { return keepAnswers(ctx, tx, []models.NoteAnswer{a}) })
}

// keepAnswers keeps answers; where one is there already it is ErrAnswered, and nothing is to be kept.
func keepAnswers(ctx context.Context, tx *sql.Tx, all []models.NoteAnswer) error {
	for _, a := range all {
		content, err := encode(a)
		if err != nil {
			return fmt.Errorf("writing the answer to a note: %w", err)
		}
		done, err := tx.ExecContext(ctx, `INSERT INTO notes_read (id, at, content) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`, a.Note.ID, nanos(a.At), content)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrAnswered
		}
	}
	return nil
}
