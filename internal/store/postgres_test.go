package store

import (
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// A server that was restarted has dropped our connections: the next word is written
// over a new one. One that drops a connection in the midst of a transaction leaves what
// was before, and says so.
func TestDroppedConnections(t *testing.T) {
	p := emptySchema(t)
	ours, err := url.Parse(p.URL)
	require.NoError(t, err)
	query := ours.Query()
	name := "dropped_" + query.Get("search_path")
	query.Set("application_name", name)
	ours.RawQuery = query.Encode()
	p.URL = ours.String()
	other, err := pgx.Connect(ctx, os.Getenv("FORESIGHT_POSTGRES"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close(ctx)) })
	drop := func() {
		t.Helper()
		// The second argument waits for the end of each.
		tag, err := other.Exec(ctx, `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1`, name)
		require.NoError(t, err)
		require.NotZero(t, tag.RowsAffected())
	}

	s := open(t, p)
	require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("x", "1")}}))
	drop()
	require.NoError(t, commit(s, models.Batch{Customer: "a", Said: []models.Said{said("x", "2")}}))
	drop()
	got, err := s.Said(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, "2", got["x"].Revision)

	tx, err := s.db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, `DELETE FROM said`)
	require.NoError(t, err)
	drop()
	require.Error(t, tx.Commit())
	got, err = s.Said(ctx, "a")
	require.NoError(t, err)
	require.Len(t, got, 1)
}
