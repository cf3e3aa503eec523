package store

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

// rich is a result with all that an encoding may lose: holes, zeros behind pointers,
// offsets of times, what hangs deep.
func rich(t *testing.T) models.Result {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	day := time.Date(2026, 3, 28, 0, 0, 0, 0, zone)
	zero := 0.0
	subject := models.Subject{Customer: "shop", Service: "web", Signal: "orders", Kind: models.KindOverload, Episode: "base"}
	return models.Result{
		RunID: "r", AsOf: day, IssuedAt: day.Add(time.Hour + 123), Duration: time.Second,
		Signals: []models.SignalResult{{
			Service: models.Service{ID: "web"}, Query: models.Query{ID: "q"}, Signal: models.Signal{ID: "orders", Name: "Orders"}, Span: models.SpanDay,
			History: []models.HistoryPoint{{Time: day, Total: 1, Busiest: math.NaN()}},
			Forecasts: []models.Forecast{{
				Measure: models.MeasureTotal, Points: []models.ForecastPoint{{Time: day.AddDate(0, 0, 1), Quantiles: [7]float64{1, 2, 3, 4, 5, 6, 7}, Limit: math.NaN(), Occasions: []string{"Easter"}}},
				Overrides: []models.OverrideSeries{{Override: models.Override{ID: "closed", Value: &zero}}},
			}},
		}},
		Findings: []models.Finding{{Subject: subject, State: models.StateOpen, Overload: &models.Overload{Limit: 3}}},
		Actions:  []models.Action{{Subject: subject, State: models.StateOpen, Moved: []models.Move{{Field: "need_by"}}}, {State: models.StateWithdrawn}},
		Errors:   []models.RunError{{Service: "web", Query: "q", Stage: "plan", Text: "no"}},
	}
}

func TestWhatIsShownComesBackWhole(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		want := rich(t)
		_, err := s.Commit(ctx, models.Batch{Customer: "shop", RunID: "r", AsOf: want.AsOf, Ran: models.Ran{RunID: "r"},
			Showings: []models.Showing{{Query: "web/q", Ended: want.IssuedAt, Passed: true, Result: want}}})
		require.NoError(t, err)
		s = again(t, s, p)
		all, err := s.Showings(ctx, "shop")
		require.NoError(t, err)
		require.Len(t, all, 1)
		got := all[0].Result
		require.True(t, math.IsNaN(got.Signals[0].History[0].Busiest))
		require.True(t, math.IsNaN(got.Signals[0].Forecasts[0].Points[0].Limit))
		require.Equal(t, want.Signals[0].Forecasts[0].Points[0].Time.Format(time.RFC3339Nano), got.Signals[0].Forecasts[0].Points[0].Time.Format(time.RFC3339Nano))
		for _, r := range []*models.Result{&want, &got} { // NaN is not itself, and a zone is told by its offset
			r.Signals[0].History[0].Busiest, r.Signals[0].Forecasts[0].Points[0].Limit = 0, 0
			for _, t := range []*time.Time{&r.AsOf, &r.IssuedAt, &r.Signals[0].History[0].Time, &r.Signals[0].Forecasts[0].Points[0].Time} {
				*t = t.UTC()
			}
		}
		require.Equal(t, want, got)

		states, err := s.QueryStates(ctx, "shop")
		require.NoError(t, err)
		require.Len(t, states, 1)
		require.Equal(t, map[string]int{models.KindOverload: 1}, states[0].Findings)
		require.Len(t, states[0].Actions, 1, "the open one")
		require.Equal(t, want.AsOf, states[0].Passed.UTC())
		before, err := s.Shown(ctx)
		require.NoError(t, err)
		require.NoError(t, s.Failed(ctx, "shop", want.AsOf, models.Showing{Query: "web/q", Failure: "no"}))
		after, err := s.Shown(ctx)
		require.NoError(t, err)
		require.Greater(t, after["shop"], before["shop"])
		passed, err := s.PassedFor(ctx, "shop", "web/q", want.AsOf)
		require.NoError(t, err)
		require.True(t, passed, "a failure afterwards takes nothing back")
	})
}

// A pass that left something untold was not complete.
func TestAPassWithSomethingLeftIsNotComplete(t *testing.T) {
	onEach(t, func(t *testing.T, p Place) {
		s := open(t, p)
		r := rich(t)
		tx, err := s.db.BeginTx(ctx, nil)
		require.NoError(t, err)
		b := models.Batch{Customer: "shop", AsOf: r.AsOf, Showings: []models.Showing{{Query: "web/q", Passed: true, Result: r}}}
		rows, err := packShowings(b)
		require.NoError(t, err)
		require.NoError(t, show(ctx, tx, b, rows, false))
		require.NoError(t, tx.Commit())
		passed, err := s.PassedFor(ctx, "shop", "web/q", r.AsOf)
		require.NoError(t, err)
		require.False(t, passed)
		all, err := s.Showings(ctx, "shop")
		require.NoError(t, err)
		require.Len(t, all[0].Result.Signals, 1, "what it found out is shown all the same")
	})
}

func TestADamagedShowing(t *testing.T) {
	whole, err := packResult(rich(t))
	require.NoError(t, err)
	for _, content := range [][]byte{nil, {}, {9, 1}, whole[:len(whole)/2]} {
		_, err := unpackResult(content)
		require.ErrorIs(t, err, errResult)
	}
}
