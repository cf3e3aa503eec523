package store

import (
	"database/sql"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestPruneRemovesWhatIsOld(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		cut := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		for i, at := range []time.Time{cut.AddDate(0, -2, 0), cut.Add(-time.Second), cut, cut.AddDate(0, 1, 0)} {
			run := string(rune('a' + i))
			_, err := s.Commit(ctx, models.Batch{
				Customer: "c", RunID: run, Ran: models.Ran{RunID: run, Started: at}, Said: []models.Said{said("s", run)},
				Forecasts: []models.Kept{keptAt("f", at, run, 3)}, Scores: []models.Score{scoreAt("f", at, 1)},
			})
			require.NoError(t, err)
		}
		require.NoError(t, s.write(ctx, "", func(tx *sql.Tx) error {
			return setAside(ctx, tx, []models.Refused{
				{Rejected: models.Rejected{Event: models.Event{EventID: "old"}}, Refused: cut.Add(-time.Second)},
				{Rejected: models.Rejected{Event: models.Event{EventID: "new"}}, Refused: cut},
				{Rejected: models.Rejected{Event: models.Event{EventID: "of a release that kept no time"}}},
			}, "DO NOTHING")
		}))
		informed(t, s, cut, nil, page("sent long ago", 1, "a", cut.Add(-time.Second)), page("just sent", 2, "b", cut), page("never sent", 3, "c", cut.AddDate(0, -1, 0)))
		send(t, s, "sent long ago", cut.Add(-time.Second), models.NoticeSent)
		send(t, s, "just sent", cut, models.NoticeSent)
		pruned, err := s.Prune(ctx, cut)
		require.NoError(t, err)
		require.Equal(t, Pruned{Forecasts: 2, Months: 1, Runs: 2, Refused: 1, Notices: 1}, pruned, "of the month that the moment lies in the scores stay")
		s = again(t, s, p)
		kept, err := s.Kept(ctx, "c", "f", time.Time{}, time.Time{})
		require.NoError(t, err)
		require.Len(t, kept, 2)
		require.Equal(t, cut, kept[0].AsOf)
		runs, err := s.Runs(ctx, "", 9)
		require.NoError(t, err)
		require.Len(t, runs, 2)
		known, err := s.Said(ctx, "c")
		require.NoError(t, err)
		require.Len(t, known, 1)
		pruned, err = s.Prune(ctx, cut)
		require.NoError(t, err)
		require.Equal(t, Pruned{}, pruned)
	})
}

func TestVacuumGivesRoomBack(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		b := models.Batch{Customer: "c", RunID: "r", Ran: models.Ran{RunID: "r", Started: at}}
		for i := range 2000 {
			b.Forecasts = append(b.Forecasts, keptAt("f", at.AddDate(0, 0, -i), "r", 200))
		}
		_, err := s.Commit(ctx, b)
		require.NoError(t, err)
		full, err := s.Size(ctx)
		require.NoError(t, err)
		_, err = s.Prune(ctx, at.AddDate(1, 0, 0))
		require.NoError(t, err)
		require.NoError(t, s.Vacuum(ctx))
		left, err := s.Size(ctx)
		require.NoError(t, err)
		if p.URL == "" { // on PostgreSQL rows go once no transaction of others can see them any more
			assert.Less(t, left, full/2)
			info, err := os.Stat(p.File())
			require.NoError(t, err)
			assert.Equal(t, left, info.Size(), "the file itself is smaller")
		}
	})
}

func TestABackupIsWholeWhileOthersWrite(t *testing.T) {
	p := Place{Dir: t.TempDir()}
	s := open(t, p)
	commit := func(i int) {
		at := time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
		run := at.Format(time.RFC3339)
		_, err := s.Commit(ctx, models.Batch{Customer: "c", RunID: run, Ran: models.Ran{RunID: run, Started: at}, Forecasts: []models.Kept{keptAt("f", at, run, 300)}})
		assert.NoError(t, err)
	}
	commit(0)
	file := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, os.WriteFile(file, []byte("an earlier one"), 0o644))
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range 50 {
			commit(i + 1)
		}
	})
	for range 5 {
		require.NoError(t, Backup(ctx, p, file, true))
	}
	wait.Wait()
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no part is left behind")

	// It is a state to go on from, of one moment: each run's record and forecast, or neither.
	restored := Place{Dir: t.TempDir()}
	require.NoError(t, os.Rename(file, restored.File()))
	back := open(t, restored)
	runs, err := back.Runs(ctx, "", 100)
	require.NoError(t, err)
	kept, err := back.Kept(ctx, "c", "f", time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.NotEmpty(t, runs)
	assert.Len(t, kept, len(runs))
}

func TestABackupThatCannotBe(t *testing.T) {
	p := Place{Dir: t.TempDir()}
	dir := t.TempDir()
	require.ErrorIs(t, Backup(ctx, p, filepath.Join(dir, "b"), true), ErrNothingYet)
	open(t, p)
	require.ErrorContains(t, Backup(ctx, p, p.File(), true), "the database itself")
	require.ErrorContains(t, Backup(ctx, p, dir, true), "a folder")
	require.ErrorContains(t, Backup(ctx, p, filepath.Join(dir, "none", "b"), true), "no such file")
	require.ErrorIs(t, Backup(ctx, Place{Dir: p.Dir, URL: "postgres://x"}, filepath.Join(dir, "b"), true), ErrElsewhere)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}
