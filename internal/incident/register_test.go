package incident

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// hall is a customer with a database whose support ends and a shop front with a certificate.
func hall(t require.TestingT) (models.Customer, Rules) {
	zone := office(t).zone()
	c := models.Customer{ID: "nord", Zone: zone}
	c.Process.Components = []models.Item{
		{ID: "db", Name: "Database", Service: "shop", Version: "12", EndOfSupport: time.Date(2027, 3, 1, 0, 0, 0, 0, zone), LeadDays: 5, Tests: []string{"The standby takes over", "Orders go through"}},
		{ID: "front", Name: "Shop front", Service: "shop", TLS: "shop:443"},
	}
	r := planned(t)
	r.Process = c.Process
	return c, r
}

func TestAnUpgradeIsDueBeforeItsDayWithItsTests(t *testing.T) {
	c, r := hall(t)
	early := Upkeep(c, r, nil, time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	require.Len(t, early, 1)
	require.True(t, early[0].Cleared, "96 days are no notice yet")
	require.True(t, Unchanged(nil, early[0]))

	due := Upkeep(c, r, nil, time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC))[0]
	require.False(t, due.Cleared)
	i, _, outcome := Take(due, nil, "nord-1", r)
	require.Equal(t, Opened, outcome)
	require.Equal(t, models.LevelProactive, i.Level)
	require.Equal(t, "Database 12 is supported until 2027-03-01", i.Title)
	require.Len(t, i.Plan, 3)
	require.Equal(t, "2027-02-22", i.Plan[0].LatestStart.Format(time.DateOnly))
	require.Equal(t, "The standby takes over", i.Plan[1].Title)
	require.True(t, Unchanged([]models.Incident{i}, due), "a second look that day finds nothing new")
	_, _, err := MoveTask(i, "test-1", models.TaskDone, by("eva", i.Changed, ""), r)
	var notNow *TaskNotNowError
	require.ErrorAs(t, err, &notNow, "what is verified comes after")

	c.Process.Components[0].EndOfSupport = c.Process.Components[0].EndOfSupport.AddDate(5, 0, 0) // it was upgraded
	over := Upkeep(c, r, nil, time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC))[0]
	require.False(t, Unchanged([]models.Incident{i}, over))
	_, _, outcome = Take(over, []models.Incident{i}, "nord-2", r)
	require.Equal(t, Resolves, outcome)
}

func TestACertificateIsDueThirtyDaysBefore(t *testing.T) {
	c, r := hall(t)
	ends := map[string]time.Time{"front": time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)}
	of := func(at time.Time) models.Report { return Upkeep(c, r, ends, at)[1] }
	require.True(t, of(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)).Cleared)
	due := of(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	require.False(t, due.Cleared)
	require.Equal(t, "The certificate of Shop front expires on 2026-12-24", due.Title)
	require.Equal(t, models.GradeHigh, of(time.Date(2026, 12, 25, 9, 0, 0, 0, time.UTC)).Urgency)
}

// Looked at however often, an upkeep is one case, told once a day at most, and more urgent as its day comes.
func TestUpkeepIsOneCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, r := hall(t)
		var cases []models.Incident
		at, urgency := time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC), models.GradeLow
		days := map[string]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			at = at.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
			report := Upkeep(c, r, nil, at)[0]
			days[report.At.String()] = true
			require.LessOrEqual(t, report.Urgency, urgency)
			urgency = report.Urgency
			if Unchanged(cases, report) {
				continue
			}
			i, _, _ := Take(report, cases, "nord-1", r)
			cases = []models.Incident{i}
		}
		require.Len(t, cases, 1)
		require.Equal(t, len(days), cases[0].Occurrences)
	})
}
