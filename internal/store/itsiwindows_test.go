package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestWindowsAreKeptUnderWhatTheyAreFor(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		w := models.KeptWindow{Key: "k", ServiceWindow: models.ServiceWindow{Ref: "c:1", Title: "<å>", Objects: []string{"x"}, From: runDay, To: runDay.Add(time.Hour)}}
		require.NoError(t, s.KeepWindow(ctx, w))
		w.From = w.From.Add(-time.Hour)
		require.NoError(t, s.KeepWindow(ctx, w))
		s = again(t, s, p)
		all, err := s.KeptWindows(ctx)
		require.NoError(t, err)
		require.Equal(t, map[string]models.KeptWindow{"c:1": w}, all)
		require.NoError(t, s.ForgetWindow(ctx, "c:1"))
		all, err = s.KeptWindows(ctx)
		require.NoError(t, err)
		require.Empty(t, all)
	})
}
