package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// Whoever asks what must start next hears of the plan's first task, not of the forecast's own action.
func TestWhatIsLeftToDo(t *testing.T) {
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	capacity := models.Subject{Customer: "nord", Service: "shop", Signal: "orders", Kind: "add_capacity"}
	restore := models.Subject{Customer: "nord", Service: "shop", Signal: "orders", Kind: "restore_data"}
	actions := []models.Action{
		{Subject: capacity, State: models.StateOpen, Title: "Add capacity", LatestStart: at.AddDate(0, 0, 20), Late: true},
		{Subject: restore, State: models.StateOpen, Title: "Restore data", LatestStart: at.AddDate(0, 0, 5)},
		{State: models.StateWithdrawn, Title: "Withdrawn"},
		{State: models.StateOpen, Work: models.TaskDone, Title: "Done"},
		{State: models.StateOpen, Title: "Without a day"},
	}
	plan := []models.Task{
		{ID: "add_capacity", Action: capacity.ID(), Title: "Add capacity", State: models.TaskStarted, LatestStart: at.AddDate(0, 0, 20), Late: true},
		{ID: "order", Action: "order", Title: "Order machines", State: models.TaskOpen, LatestStart: at.AddDate(0, 0, -2), Late: true},
		{ID: "test", Action: "test", Title: "Load test", State: models.TaskDone, LatestStart: at.AddDate(0, 0, -9), Late: true},
	}
	titles := func(all []models.Piece) (names []string) {
		for _, p := range all {
			names = append(names, p.Title)
		}
		return names
	}
	left := models.ToDo(actions, []models.Incident{{ID: "nord-1", State: models.IncidentNew, Plan: plan}})
	require.Equal(t, []string{"Order machines", "Restore data", "Add capacity", "Without a day"}, titles(left))
	require.Equal(t, "nord-1", left[0].Incident)
	require.Equal(t, 1, models.CountLate(left), "what has begun is not late")

	// Of a case that is over only what was done counts: what the forecast still asks for stands by itself.
	left = models.ToDo(actions, []models.Incident{{ID: "nord-1", State: models.IncidentCanceled, Plan: plan}})
	require.Equal(t, []string{"Restore data", "Add capacity", "Without a day"}, titles(left))
	plan[0].State = models.TaskDone
	left = models.ToDo(actions, []models.Incident{{ID: "nord-1", State: models.IncidentResolved, Plan: plan}})
	require.Equal(t, []string{"Restore data", "Without a day"}, titles(left))
}

// However actions and plans lie, each piece is there once, and nothing that is over is.
func TestEachPieceOfWorkIsThereOnce(t *testing.T) {
	kinds := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	states := rapid.SampledFrom([]models.TaskState{models.TaskOpen, models.TaskStarted, models.TaskDone, models.TaskDropped})
	at := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var actions []models.Action
		var plan []models.Task
		for _, k := range rapid.SliceOfDistinct(kinds, rapid.ID).Draw(t, "actions") {
			actions = append(actions, models.Action{Subject: models.Subject{Kind: k}, State: models.StateOpen, LatestStart: at.AddDate(0, 0, rapid.IntRange(-9, 9).Draw(t, "day"))})
		}
		for _, k := range rapid.SliceOfDistinct(kinds, rapid.ID).Draw(t, "plan") {
			plan = append(plan, models.Task{Action: k, State: states.Draw(t, "state"), LatestStart: at.AddDate(0, 0, rapid.IntRange(-9, 9).Draw(t, "day"))})
		}
		seen := map[string]bool{}
		var last time.Time
		for _, p := range models.ToDo(actions, []models.Incident{{ID: "x", State: models.IncidentNew, Plan: plan}}) {
			require.False(t, seen[p.Action], p.Action)
			seen[p.Action] = true
			require.False(t, p.State.Over())
			require.False(t, p.LatestStart.Before(last))
			last = p.LatestStart
		}
		for _, task := range plan {
			require.Equal(t, !task.State.Over(), seen[task.Action])
		}
	})
}

// What a person reported fires until the case is over; an alarm until its system says so.
func TestWhatFires(t *testing.T) {
	fault, alarm := models.Fact{Firing: true, ByPerson: true}, models.Fact{Firing: true}
	for state, fires := range map[models.IncidentState]bool{models.IncidentNew: true, models.IncidentOnHold: true, models.IncidentResolved: false, models.IncidentClosed: false} {
		i := models.Incident{State: state}
		require.Equal(t, fires, i.Fires(fault), state)
		require.True(t, i.Fires(alarm))
		require.False(t, i.Fires(models.Fact{ByPerson: true}))
	}
}
