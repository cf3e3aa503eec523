package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
	"foresight/models"
)

// foresees is a report of an overload on a day, of the run that knew so.
func foresees(t require.TestingT, need, asOf string) Report {
	zone := office(t).zone()
	at := func(text string) time.Time {
		d, err := time.ParseInLocation(time.DateOnly, text, zone)
		require.NoError(t, err)
		return d
	}
	subject := models.Subject{Customer: "nord", Service: "shop", Signal: "orders", Kind: "add_capacity", Episode: "gateway-1"}
	return Report{
		Customer: "nord", Service: "shop", Key: "overload", Source: "engine", Title: "Orders will cross their limit", Level: models.LevelPredictive,
		At: at(asOf), Alone: true, Daily: true, Finding: "nord:shop:orders:overload:gateway-1",
		Prediction: &Prediction{Kind: models.KindOverload, ServiceName: "Shop", Action: models.Action{
			Subject: subject, Title: "Raise the capacity of Shop", NeedBy: at(need), LatestStart: at(need).AddDate(0, 0, -42), LeadDays: 30,
		}},
	}
}

func planned(t require.TestingT) Rules {
	r := rules()
	r.Hours = office(t)
	r.Freezes = []calendar.Freeze{{Name: "end of year", From: calendar.NewDate(2026, 12, 14), To: calendar.NewDate(2027, 1, 6)}}
	return r
}

func TestAPlanIsDatedBackwards(t *testing.T) {
	i, _, outcome := Take(foresees(t, "2027-01-08", "2026-11-25"), nil, "nord-1", planned(t))
	require.Equal(t, Opened, outcome)
	require.Len(t, i.Plan, 3)
	require.Equal(t, "2026-11-27", i.Plan[0].LatestStart.Format(time.DateOnly), "the pipeline's own date")
	// Of the three days before 8 January only the 7th is outside the freeze: two are before it.
	require.Equal(t, "2026-12-10", task(i.Plan, "load_test").LatestStart.Format(time.DateOnly))
	// Ten working days: the 7th and, before the freeze, the 11th back to the 1st.
	require.Equal(t, "2026-12-01", task(i.Plan, "provider_limits").LatestStart.Format(time.DateOnly))
	require.Equal(t, "nord:shop:orders:load_test:gateway-1", task(i.Plan, "load_test").Action)
}

func TestAPlanFollowsTheForecast(t *testing.T) {
	r := planned(t)
	i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
	i, entries, err := MoveTask(i, "add_capacity", models.TaskStarted, by("eva", i.Changed.Add(time.Hour), ""), r)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	next := foresees(t, "2027-03-08", "2026-11-26")
	next.Prediction.Action.Moved = []models.Move{{Field: "due", From: "2027-03-15", To: "2027-03-08", Cause: "data", Also: []string{"plan"}}}
	i, entries, outcome := Take(next, []models.Incident{i}, "nord-2", r)
	require.Equal(t, Counted, outcome)
	require.Len(t, entries, 3)
	for _, e := range entries {
		require.Equal(t, models.EntryPlan, e.Kind)
		require.Contains(t, e.Text, "data, plan")
		require.NotEqual(t, e.From, e.To)
	}
	require.Equal(t, models.TaskStarted, i.Plan[0].State, "what people did stays")
	require.Equal(t, "eva", i.Plan[0].Owner)
	i, entries, _ = Take(next, []models.Incident{i}, "nord-2", r)
	require.Empty(t, entries, "the same day again says nothing")
	require.Equal(t, 2, i.Occurrences)
}

func TestALateTaskIsToldOnce(t *testing.T) {
	r := planned(t)
	i, _, _ := Take(foresees(t, "2026-12-14", "2026-11-25"), nil, "nord-1", r)
	require.True(t, i.Plan[0].Late)
	require.False(t, task(i.Plan, "load_test").Late)
	i, entries := Tick(i, i.Changed.AddDate(0, 0, 15), r) // the 10th: the test was to start on the 9th
	var late []string
	for _, e := range entries {
		if e.Kind == models.EntryPlan {
			late = append(late, e.Text)
		} else {
			require.Equal(t, string(models.ClockAcknowledge), e.From, "a prediction has no time to resolve it")
		}
	}
	require.Len(t, late, 2)
	require.Contains(t, late[1], "“"+task(i.Plan, "load_test").Title+"” is late", "the first was from the beginning")
	require.Contains(t, late[1], "What still helps")
	_, entries = Tick(i, i.Changed.AddDate(0, 0, 16), r)
	require.Empty(t, entries)
}

// A forecast that moves around a threshold neither opens nor closes cases: only three days without
// it resolve the case, and the same prediction goes on in it.
func TestAPredictionThatComesAndGoesIsOneCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := planned(t)
		first := foresees(t, "2027-03-15", "2026-11-25")
		i, _, _ := Take(first, nil, "nord-1", r)
		quiet := 0
		for day := 1; day <= 20; day++ {
			report := first
			report.At = first.At.AddDate(0, 0, day)
			report.Cleared = rapid.Bool().Draw(t, "gone")
			if i.State.Done() {
				break
			}
			now, _, outcome := Take(report, []models.Incident{i}, "nord-2", r)
			if outcome != Dropped {
				i = now
			}
			require.Equal(t, "nord-1", i.ID)
			if report.Cleared {
				quiet++
			} else {
				quiet = 0
				require.True(t, i.State.Open(), "it says so again")
			}
			i, _ = Tick(i, report.At.Add(time.Hour), r)
			require.Equal(t, quiet <= 3, i.State.Open(), "after %d quiet days", quiet)
		}
	})
}

func TestAPredictionWhoseDayHasComeIsOver(t *testing.T) {
	r := planned(t)
	i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
	past := foresees(t, "2027-03-15", "2027-03-16")
	past.Cleared, past.Past = true, true
	_, _, outcome := Take(past, []models.Incident{i}, "nord-2", r)
	require.Equal(t, Resolves, outcome)
}

func TestTasksKeepTheirOrder(t *testing.T) {
	r := planned(t)
	i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
	_, _, err := MoveTask(i, "load_test", models.TaskStarted, by("bo", i.Changed, ""), r)
	var notNow *TaskNotNowError
	require.ErrorAs(t, err, &notNow)
	_, _, err = MoveTask(i, "add_capacity", models.TaskDropped, by("bo", i.Changed, ""), r)
	require.ErrorIs(t, err, ErrNoReason)
	i, _, err = MoveTask(i, "add_capacity", models.TaskDropped, by("bo", i.Changed, "it comes with the new site"), r)
	require.NoError(t, err)
	i, _, err = MoveTask(i, "load_test", models.TaskDone, by("bo", i.Changed, ""), r)
	require.NoError(t, err)
	_, _, err = MoveTask(i, "load_test", models.TaskStarted, by("bo", i.Changed, ""), r)
	require.ErrorAs(t, err, &notNow)
	_, _, err = MoveTask(i, "dance", models.TaskDone, by("bo", i.Changed, ""), r)
	var none *NoTaskError
	require.ErrorAs(t, err, &none)
}

// What was foreseen and came is the same case, of level 1, with its plan and its history.
func TestAPredictionIsJudgedOnce(t *testing.T) {
	r := planned(t)
	i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
	v := models.Verdict{Finding: i.Finding, Verdict: models.VerdictCameTrue, Text: "came true: the load passed 2600"}
	i, entries := Judge(i, v, i.Changed.AddDate(0, 3, 0), r)
	require.NotEmpty(t, entries)
	require.Equal(t, models.LevelReactive, i.Level)
	require.Equal(t, models.VerdictCameTrue, i.Verdict)
	require.Len(t, i.Plan, 3)
	_, entries = Judge(i, models.Verdict{Verdict: models.VerdictFalse}, i.Changed.AddDate(0, 3, 1), r)
	require.Empty(t, entries)
}

// Plans of one's own take the place of the shipped ones, for the services that they are for; what
// another waits for is dated before that.
func TestPlansOfOnesOwn(t *testing.T) {
	r := planned(t)
	r.Plans = []models.PlanTemplate{
		{Kind: models.KindOverload, Services: []string{"till"}},
		{Kind: models.KindOverload, Tasks: []models.TaskTemplate{
			{ID: "order", Title: "Order hosts for {service}", Owner: "buying", LeadDays: 5, After: []string{"approve"}},
			{ID: "approve", Title: "Have it approved", LeadDays: 2},
			{ID: "tell", Title: "Tell the shops", BeforeDays: 3, After: []string{"add_capacity"}},
		}},
	}
	i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
	dates := map[string]string{}
	for _, task := range i.Plan {
		dates[task.ID] = days(task)
	}
	require.Equal(t, map[string]string{"add_capacity": "2027-02-01..2027-03-15", "order": "2027-03-08..2027-03-15", "approve": "2027-03-04..2027-03-08", "tell": "2027-03-10..2027-03-10"}, dates)
	require.Equal(t, "Order hosts for Shop", task(i.Plan, "order").Title)
	require.Equal(t, "nord:shop:orders:order:gateway-1", task(i.Plan, "order").Action)

	// The forecast moves: the same ids, what people did stays, and a task that is taken out and was not begun goes.
	i, _, err := MoveTask(i, "approve", models.TaskDone, by("eva", i.Changed.Add(time.Hour), ""), r)
	require.NoError(t, err)
	r.Plans[1].Tasks = r.Plans[1].Tasks[:2]
	i, entries, _ := Take(foresees(t, "2027-03-08", "2026-11-26"), []models.Incident{i}, "nord-2", r)
	require.Len(t, entries, 2, "the own task and order have moved, what is done has not")
	require.Equal(t, models.TaskDone, task(i.Plan, "approve").State)
	require.Equal(t, "2027-03-01..2027-03-08", days(*task(i.Plan, "order")))
	require.Nil(t, task(i.Plan, "tell"))

	till := foresees(t, "2027-03-15", "2026-11-25")
	till.Service, till.Prediction.Action.Subject.Service = "till", "till"
	j, _, _ := Take(till, nil, "nord-3", r)
	require.Len(t, j.Plan, 1, "of the till nothing else is asked")
}

// Whatever the templates: a task is over before what waits for it must begin, and none starts after it
// must be finished.
func TestATaskIsOverBeforeTheNextBegins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := planned(t)
		n := rapid.IntRange(1, 6).Draw(t, "tasks")
		tasks := make([]models.TaskTemplate, n)
		for k := range tasks {
			tasks[k] = models.TaskTemplate{ID: string(rune('a' + k)), LeadDays: rapid.IntRange(0, 20).Draw(t, "lead"), BeforeDays: rapid.IntRange(0, 20).Draw(t, "before")}
			for before := range k {
				if rapid.Bool().Draw(t, "after") {
					tasks[k].After = append(tasks[k].After, tasks[before].ID)
				}
			}
		}
		r.Plans = []models.PlanTemplate{{Kind: models.KindOverload, Tasks: tasks}}
		i, _, _ := Take(foresees(t, "2027-03-15", "2026-11-25"), nil, "nord-1", r)
		require.Len(t, i.Plan, n+1)
		for _, x := range i.Plan[1:] {
			require.False(t, x.LatestStart.After(x.NeedBy))
			require.False(t, x.NeedBy.After(i.Need))
			for _, before := range x.After {
				require.False(t, task(i.Plan, before).NeedBy.After(x.LatestStart), "%s before %s", before, x.ID)
			}
		}
	})
}
