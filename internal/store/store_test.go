package store

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

func TestRememberKeepsTheOthers(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		before, err := s.Said(ctx, "a")
		require.NoError(t, err)
		require.Empty(t, before)
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("y", "1"), said("x", "1")}}))
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("x", "2")}}))
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: nil}))
		require.NoError(t, commit(s, models.Batch{Customer: "b/../c", Said: []models.Said{said("z", "1")}}))

		s = again(t, s, p)
		got, err := s.Said(ctx, "a")
		require.NoError(t, err)
		require.Equal(t, map[string]models.Said{"x": said("x", "2"), "y": said("y", "1")}, got)
		other, err := s.Said(ctx, "b/../c")
		require.NoError(t, err)
		require.Equal(t, map[string]models.Said{"z": said("z", "1")}, other)
	})
}

// What others decide over is not read; what was written before anybody noted who does, is.
func TestSaidLeavesOutWhatOtherQueriesDecideOver(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		of := func(subject, query string) models.Said {
			one := said(subject, "1")
			one.Query = query
			return one
		}
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{of("x", "s/one"), of("y", "s/two"), of("z", "s/gone"), of("old", "")}}))
		subjects := func(but ...string) []string {
			got, err := s.Said(ctx, "a", but...)
			require.NoError(t, err)
			return slices.Sorted(maps.Keys(got))
		}
		require.Equal(t, []string{"old", "x", "y", "z"}, subjects())
		require.Equal(t, []string{"old", "y", "z"}, subjects("s/one", "s/three"))
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{of("y", "s/one")}}))
		require.Equal(t, []string{"old", "z"}, subjects("s/one"), "y has gone over to another query")
	})
}

func TestLearnKeepsTheOthers(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		learnt := func(customer, forecast string) string {
			got, err := s.Learnt(ctx, customer, forecast)
			require.NoError(t, err)
			return string(got)
		}
		require.Empty(t, learnt("a", "x"))
		require.NoError(t, commit(s, models.Batch{Customer: "a", Learnt: map[string]json.RawMessage{"x": []byte(`1`), "y": []byte(`{"a": [2]}`)}}))
		require.NoError(t, commit(s, models.Batch{Customer: "a", Learnt: map[string]json.RawMessage{"x": []byte(`3`)}}))
		require.NoError(t, commit(s, models.Batch{Customer: "b", Learnt: map[string]json.RawMessage{"x": []byte(`4`)}}))
		s = again(t, s, p)
		require.Equal(t, "3", learnt("a", "x"))
		require.JSONEq(t, `{"a": [2]}`, learnt("a", "y"))
		require.Equal(t, "4", learnt("b", "x"))
		require.Empty(t, learnt("b", "y"))
	})
}

// Whatever is remembered in whatever order and portions, the last word of each
// subject is what is read.
func TestTheLastWordIsRead(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			n++
			customer := string(rune('a'+n%20)) + rapid.String().Filter(func(s string) bool { return !containsNUL(s) }).Draw(r, "customer")
			want, err := s.Said(ctx, customer)
			require.NoError(r, err)
			for range rapid.IntRange(0, 3).Draw(r, "writes") {
				news := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) models.Said {
					return said(rapid.StringMatching(`[a-c:%/ÅÄ]{1,2}`).Draw(r, "subject"), rapid.String().Draw(r, "revision"))
				}), 0, 4).Draw(r, "news")
				require.NoError(r, commit(s, models.Batch{Customer: customer, Said: news}))
				for _, one := range news {
					want[one.Subject] = one
				}
			}
			got, err := s.Said(ctx, customer)
			require.NoError(r, err)
			require.Equal(r, want, got)
		})
	})
}

func containsNUL(s string) bool {
	for _, r := range s {
		if r == 0 {
			return true
		}
	}
	return false
}

func TestWritersSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		stores := []*Store{s, s}
		if p.URL != "" {
			stores[1] = open(t, p) // as a second process has it
		}
		var wait sync.WaitGroup
		for i, one := range stores {
			for round := range 10 {
				wait.Go(func() {
					news := []models.Said{said("shared", "1"), said(string(rune('a'+i)), "1"), said("also shared", "1")}
					if round%2 == 0 {
						news[0], news[2] = news[2], news[0]
					}
					assert.NoError(t, commit(one, models.Batch{Customer: "c", Said: news}))
					got, err := one.Said(ctx, "c")
					assert.NoError(t, err)
					assert.Contains(t, got, "shared")
				})
			}
		}
		wait.Wait()
		got, err := s.Said(ctx, "c")
		require.NoError(t, err)
		require.Len(t, got, 4)
	})
}

func TestASecondProcessIsKeptOut(t *testing.T) {
	p := Place{Dir: filepath.Join(t.TempDir(), "new", "state")}
	s := open(t, p)
	_, err := Open(ctx, p)
	require.ErrorContains(t, err, "another foresight works with the state directory")
	again(t, s, p)
}

// Two processes that start on an empty PostgreSQL make one schema.
func TestOpenedTogetherAtFirst(t *testing.T) {
	p := emptySchema(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			s, err := Open(ctx, p)
			if assert.NoError(t, err) {
				assert.NoError(t, s.Close())
			}
		})
	}
	wait.Wait()
}

// Others read beside the process that works with the state.
func TestReadBesideAWriter(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		_, err := OpenReading(ctx, p)
		require.ErrorIs(t, err, ErrNothingYet)
		words, err := Probe(ctx, p)
		require.NoError(t, err)
		require.Contains(t, words, "the first run makes")
		if p.URL == "" {
			require.NoFileExists(t, p.File(), "a probe makes nothing")
		}

		s := open(t, p)
		require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("x", "1")}}))
		r, err := OpenReading(ctx, p)
		require.NoError(t, err)
		got, err := r.Said(ctx, "a")
		require.NoError(t, err)
		require.Len(t, got, 1)
		require.Error(t, commit(r, models.Batch{Customer: "a"}), "it reads only")
		words, err = Probe(ctx, p)
		require.NoError(t, err)
		require.Contains(t, words, "can be reached and has schema")
		require.NoError(t, r.Close())
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		_, err := s.db.ExecContext(ctx, `INSERT INTO `+schemaTable+` (version_id, is_applied) VALUES (999, $1)`, true)
		require.NoError(t, err)
		require.NoError(t, s.Close())
		for _, open := range []func() error{
			func() error { _, err := Open(ctx, p); return err },
			func() error { _, err := OpenReading(ctx, p); return err },
			func() error { _, err := Probe(ctx, p); return err },
		} {
			require.ErrorContains(t, open(), "has schema 999, made by a newer foresight")
		}
	})
}
