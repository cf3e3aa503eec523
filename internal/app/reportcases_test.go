package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/internal/incident"
)

// The report shows the cases as they are, and its file follows them without a new run.
func TestTheReportFollowsTheCases(t *testing.T) {
	shown, s := aShelf(t)
	passes(t, s, "q1", "a", time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC))
	cfg := agreed(issued)
	cfg.Customers[0].Services[0].ID = "pay"
	report := func(title string) {
		_, _, err := (counter{s, cfg, nil}).report(t.Context(), incident.Report{Customer: "shop", Service: "pay", Key: title, Source: "nagios", Title: title, At: issued})
		require.NoError(t, err)
	}
	file := func() string {
		require.NoError(t, shown.printNews(t.Context()))
		_, dir := shown.now()
		text, err := os.ReadFile(filepath.Join(dir, "shop.html"))
		require.NoError(t, err)
		return string(text)
	}
	require.Contains(t, file(), "No case is open.")
	report("disk is full")
	page, there, err := shown.Report(t.Context(), "shop")
	require.NoError(t, err)
	require.True(t, there)
	require.Contains(t, string(page.HTML), "disk is full")
	require.Equal(t, issued, page.IssuedAt, "browsers ask for it anew")
	require.Contains(t, file(), "disk is full")
}
