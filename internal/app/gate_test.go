package app

import (
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/internal/pipeline"
	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/internal/web/access"
	"foresight/models"
)

// What people did is kept; what strangers try without end is in the log only, or it would fill the disk.
func TestDeedsOfStrangersAreNotKept(t *testing.T) {
	kept, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, kept.Close()) })
	locked, err := access.New(access.Options{Tokens: []access.Token{{Name: "robot", Secret: "x"}}})
	require.NoError(t, err)
	w := &works{store: kept, gate: locked, line: &pipeline.Line{Log: zerolog.Nop()}}
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	for _, d := range []web.Deed{
		{Who: "eva", Did: "ack", Of: "nord-1", Customer: "nord"},
		{Who: "eva", Did: "sign in", Refused: access.ErrWrong.Error()},
		{Who: "eva", Did: "sign in", Refused: access.ErrTooMany.Error()},
		{Did: "post", Of: "/login", Refused: "another site's form"},
	} {
		d.At = at
		w.audit(t.Context(), d)
		at = at.Add(time.Second)
	}
	open, err := access.New(access.Options{})
	require.NoError(t, err)
	w.gate = open
	w.audit(t.Context(), web.Deed{At: at, Who: "somebody", Did: "ack"})
	all, err := kept.Deeds(t.Context(), models.DeedFilter{Most: 10})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "sign in", all[0].Did)
	require.Equal(t, "nord", all[1].Customer)
}
