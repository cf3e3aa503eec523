package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"foresight/models"
)

// scoresFormat begins the coded scores of a month; another format has another number.
const scoresFormat = 1

var errScores = errors.New("its scores are damaged")

// maxScores bounds what a damaged length can ask for.
const maxScores = 1 << 24

// monthOf returns the UTC month of a moment.
func monthOf(t int64) int64 {
	at := time.Unix(t, 0).UTC()
	return int64(12*at.Year() + int(at.Month()) - 1)
}

// grade writes scores over those of the same buckets and keeps the others.
func grade(ctx context.Context, tx *sql.Tx, customer string, all []models.Score) error {
	type key struct {
		subject string
		month   int64
	}
	months := map[key][]models.Score{}
	for _, s := range all {
		k := key{s.Subject, monthOf(s.Time)}
		months[k] = append(months[k], s)
	}
	order := slices.SortedFunc(maps.Keys(months), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.month, b.month))
	})
	var rows [][]any
	for _, k := range order {
		var before []byte
		err := tx.QueryRowContext(ctx, `SELECT buckets FROM scores WHERE customer = $1 AND forecast = $2 AND month = $3`, customer, k.subject, k.month).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		known := map[int64]models.Score{}
		if before != nil {
			kept, err := decodeScores(before, k.subject)
			if err != nil {
				return fmt.Errorf("%s: %w", k.subject, err)
			}
			for _, s := range kept {
				known[s.Time] = s
			}
		}
		for _, s := range months[k] {
			known[s.Time] = s
		}
		packed, err := encodeScores(slices.SortedFunc(maps.Values(known), func(a, b models.Score) int { return cmp.Compare(a.Time, b.Time) }))
		if err != nil {
			return err
		}
		rows = append(rows, []any{customer, k.subject, k.month, packed})
	}
	return put(ctx, tx, `INSERT INTO scores (customer, forecast, month, buckets) VALUES ($1, $2, $3, $4)
		ON CONFLICT (customer, forecast, month) DO UPDATE SET buckets = excluded.buckets`, rows)
}

// Scores returns a subject's scores of the buckets from a moment on, in time order.
func (s *Store) Scores(ctx context.Context, customer, subject string, from time.Time) ([]models.Score, error) {
	var all []models.Score
	err := s.read(ctx, "reading scores", func(scan func(...any) error) error {
		var packed []byte
		if err := scan(&packed); err != nil {
			return err
		}
		month, err := decodeScores(packed, subject)
		all = append(all, month...)
		return err
	}, `SELECT buckets FROM scores WHERE customer = $1 AND forecast = $2 AND month >= $3 ORDER BY month`, customer, subject, monthOf(from.Unix()))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s models.Score) bool { return s.Time < from.Unix() }), nil
}

// EachScore hands every score to take, one at a time, by customer, subject and time.
func (s *Store) EachScore(ctx context.Context, take func(customer string, s models.Score) error) error {
	return s.read(ctx, "reading scores", func(scan func(...any) error) error {
		var customer, subject string
		var packed []byte
		if err := scan(&customer, &subject, &packed); err != nil {
			return err
		}
		month, err := decodeScores(packed, subject)
		for _, one := range month {
			if err == nil {
				err = take(customer, one)
			}
		}
		return err
	}, `SELECT customer, forecast, buckets FROM scores ORDER BY customer, forecast, month`)
}

// bucketRow and tallyRow are what a score is coded as.
type (
	bucketRow struct {
		Time                   int64
		Actual                 float64
		Low, Median, High, PIT float32
		Lead, Tallies          uint16
	}
	tallyRow struct {
		Band                        uint8
		Override                    uint16 // place in the names; 0: none
		N, Naives, In50, In80, In90 uint16
		Abs, Signed, Naive, Other   float32 // Other: Pinball, of an override Forecast
	}
)

// encodeScores packs a month's scores, in time order: format, the overrides' names, and a
// bucketRow with its tallyRows each, deflated.
func encodeScores(all []models.Score) ([]byte, error) {
	names := []string{""}
	for _, s := range all {
		for _, t := range s.Tallies {
			if !slices.Contains(names, t.Override) {
				names = append(names, t.Override)
			}
		}
	}
	raw := binary.AppendUvarint([]byte{scoresFormat}, uint64(len(names)))
	for _, name := range names {
		raw = append(binary.AppendUvarint(raw, uint64(len(name))), name...)
	}
	var failed error
	add := func(row any) {
		var err error
		raw, err = binary.Append(raw, binary.LittleEndian, row)
		failed = errors.Join(failed, err)
	}
	for _, s := range all {
		add(bucketRow{Time: s.Time, Actual: s.Actual, Low: float32(s.Low), Median: float32(s.Median), High: float32(s.High), PIT: float32(s.PIT),
			Lead: counted(s.Lead), Tallies: counted(len(s.Tallies))})
		for _, t := range s.Tallies {
			row := tallyRow{Band: uint8(t.Band), Override: counted(slices.Index(names, t.Override)), N: counted(t.N), Naives: counted(t.Naives),
				In50: counted(t.In50), In80: counted(t.In80), In90: counted(t.In90),
				Abs: float32(t.Abs), Signed: float32(t.Signed), Naive: float32(t.Naive), Other: float32(t.Pinball)}
			if t.Override != "" {
				row.Other = float32(t.Forecast)
			}
			add(row)
		}
	}
	if failed != nil {
		return nil, fmt.Errorf("packing scores: %w", failed)
	}
	return deflate(raw)
}

// counted fits a count into its column; no bucket has so many forecasts.
func counted(n int) uint16 { return uint16(min(n, 1<<16-1)) }

// decodeScores is encodeScores' reverse; anything else is an error.
func decodeScores(packed []byte, subject string) ([]models.Score, error) {
	raw, err := inflate(packed, maxScores)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errScores, err)
	}
	r := bytes.NewReader(raw)
	if format, err := r.ReadByte(); err != nil || format != scoresFormat {
		return nil, errScores
	}
	names, err := decodeNames(r)
	if err != nil {
		return nil, err
	}
	var all []models.Score
	for r.Len() > 0 {
		var b bucketRow
		if binary.Read(r, binary.LittleEndian, &b) != nil {
			return nil, errScores
		}
		s := models.Score{Subject: subject, Time: b.Time, Actual: b.Actual, Lead: int(b.Lead), Low: float64(b.Low), Median: float64(b.Median), High: float64(b.High), PIT: float64(b.PIT)}
		for range b.Tallies {
			var t tallyRow
			if binary.Read(r, binary.LittleEndian, &t) != nil || int(t.Override) >= len(names) || int(t.Band) >= len(models.LeadBands) {
				return nil, errScores
			}
			one := models.Tally{Band: int(t.Band), Override: names[t.Override], N: int(t.N), Naives: int(t.Naives), In50: int(t.In50), In80: int(t.In80), In90: int(t.In90),
				Abs: float64(t.Abs), Signed: float64(t.Signed), Naive: float64(t.Naive)}
			if one.Override == "" {
				one.Pinball = float64(t.Other)
			} else {
				one.Forecast = float64(t.Other)
			}
			s.Tallies = append(s.Tallies, one)
		}
		all = append(all, s)
	}
	return all, nil
}

func decodeNames(r *bytes.Reader) ([]string, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil || n > uint64(r.Len()) {
		return nil, errScores
	}
	names := make([]string, n)
	for i := range names {
		size, err := binary.ReadUvarint(r)
		if err != nil || size > uint64(r.Len()) {
			return nil, errScores
		}
		name := make([]byte, size)
		if _, err := io.ReadFull(r, name); err != nil {
			return nil, errScores
		}
		names[i] = string(name)
	}
	return names, nil
}
