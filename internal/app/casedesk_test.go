package app

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/configs"
	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// What a page says of a problem record is kept under its rules: with a reason, and not over another's change.
func TestPagesChangeProblems(t *testing.T) {
	s, err := store.Open(t.Context(), store.Place{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	require.NoError(t, s.TakeIn(t.Context(), "shop", issued, nil, func(store.Desk) (models.Turn, error) {
		return models.Turn{Problems: []models.Problem{{ID: "shop-P1", Number: 1, Customer: "shop", Service: "pay", Title: "Pool full", State: models.ProblemOpen, Cases: []string{"shop-1"}, Version: 1, Changed: issued}}}, nil
	}))
	woken := 0
	d := caseDesk{counter{s, &configs.Config{Customers: []models.Customer{{ID: "shop"}}}, func() time.Time { return issued.Add(time.Hour) }}, func() { woken++ }, &foundNow{}}
	require.NoError(t, d.ActOnProblem(t.Context(), web.ProblemAct{Problem: "shop-P1", By: "eva", Seen: 1, Cause: "a leak"}))
	require.Equal(t, 1, woken, "Splunk is told")
	p, err := s.Problem(t.Context(), "shop-P1")
	require.NoError(t, err)
	require.Equal(t, []any{models.ProblemKnownError, "a leak", 2}, []any{p.State, p.Cause, p.Version})

	require.ErrorIs(t, d.ActOnProblem(t.Context(), web.ProblemAct{Problem: "shop-P1", By: "bo", Seen: 1, Cause: "another"}), web.ErrChanged)
	var refused web.RefusedError
	var why *models.Refusal
	err = d.ActOnProblem(t.Context(), web.ProblemAct{Problem: "shop-P1", By: "bo", Seen: 2, To: models.ProblemResolved})
	require.ErrorAs(t, err, &refused)
	require.ErrorAs(t, err, &why, "it can be said in the reader's language")
	require.ErrorAs(t, d.ActOnProblem(t.Context(), web.ProblemAct{Problem: "shop-P9", Seen: 1, Cause: "x"}), &refused)
	require.Equal(t, 1, woken)
}
