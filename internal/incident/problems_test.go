package incident

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/models"
)

// recurring keeps cases and problems as a store does.
type recurring struct {
	rules    Rules
	cases    []models.Incident
	problems []models.Problem
	entries  []models.Entry
}

func (d *recurring) take(r Report) (models.Incident, *models.Problem) {
	i, entries, outcome := Take(r, d.cases, fmt.Sprintf("nord-%d", len(d.cases)+1), d.rules)
	if outcome == Dropped {
		return i, nil
	}
	i, more, p := Recur(i, outcome, d.cases, d.problems, r.At, d.rules)
	d.entries = append(append(d.entries, entries...), more...)
	t := models.Turn{Incidents: d.cases, Problems: d.problems}.With(models.Turn{Incidents: []models.Incident{i}})
	if p != nil {
		t = t.With(models.Turn{Problems: []models.Problem{*p}})
	}
	d.cases, d.problems = t.Incidents, t.Problems
	return i, p
}

// comes has a fact come and go on a day.
func (d *recurring) comes(key string, day int) models.Incident {
	r := alarm(key, start.AddDate(0, 0, day))
	i, _ := d.take(r)
	r.At, r.Cleared = r.At.Add(time.Minute), true
	d.take(r)
	return i
}

func TestWhatComesBackIsOneProblem(t *testing.T) {
	d := recurring{rules: rules()}
	for day := range 2 {
		require.Empty(t, d.comes("pool full", day).Problem)
	}
	d.comes("another", 2)
	require.Empty(t, d.problems)
	i := d.comes("pool full", 3)
	require.Equal(t, "nord-P1", i.Problem)
	require.Len(t, d.problems, 1)
	p := d.problems[0]
	require.Equal(t, []string{"nord-1", "nord-2", "nord-4"}, p.Cases)
	require.Equal(t, []any{models.ProblemOpen, "pool full", "shop", 1}, []any{p.State, p.Title, p.Service, p.Version})

	known, err := ChangeProblem(p, ProblemChange{Cause: "the driver leaks", Around: "restart the pool"}, by("eva", start.AddDate(0, 0, 4), ""), Rules{})
	require.NoError(t, err)
	require.Equal(t, models.ProblemKnownError, known.State)
	d.problems[0] = known
	i = d.comes("pool full", 5)
	require.Equal(t, "nord-P1", i.Problem)
	var last models.Entry
	for _, e := range d.entries {
		if e.Kind == models.EntryProblem {
			last = e
		}
	}
	require.Equal(t, "it comes back: problem nord-P1. Known error: the driver leaks. What helps meanwhile: restart the pool", last.Text)
	require.Len(t, d.problems, 1)
	require.Len(t, d.problems[0].Cases, 4)
	event := TellProblem(d.problems[0]).Events[0].Body.(models.ProblemEvent)
	require.Equal(t, []any{4, "nord-5", "restart the pool", "it is back, as nord-5"}, []any{event.Times, event.Last, event.Workaround, event.ChangeText})

	// Once it is mended it counts anew.
	mended, err := ChangeProblem(d.problems[0], ProblemChange{To: models.ProblemResolved}, by("eva", start.AddDate(0, 0, 6), "a new driver"), Rules{})
	require.NoError(t, err)
	d.problems[0] = mended
	require.Empty(t, d.comes("pool full", 7).Problem)
	require.Empty(t, d.comes("pool full", 8).Problem)
	require.Equal(t, "nord-P2", d.comes("pool full", 9).Problem)
	require.Equal(t, "nord-P1", d.problems[1].Before)
}

func TestWhatIsNoProblem(t *testing.T) {
	d := recurring{rules: rules()}
	for n := range 4 { // too seldom
		require.Empty(t, d.comes("backup failed", 20*n).Problem)
	}
	r := alarm("flaps", start.AddDate(0, 0, 100))
	for range 10 { // comes back at once: the same case
		d.take(r)
		r.At, r.Cleared = r.At.Add(time.Minute), !r.Cleared
	}
	require.Empty(t, d.problems)
	for n := range 5 { // somebody said that it was none
		r := alarm("drill", start.AddDate(0, 0, 100+n))
		i, _ := d.take(r)
		now, _, err := Do(i, Cancel, by("eva", r.At.Add(time.Minute), "a drill"), d.rules)
		require.NoError(t, err)
		d.cases[len(d.cases)-1] = now
	}
	require.Empty(t, d.problems)
	for n := range 5 { // the forecast has its own records
		r := foresees(t, "2027-03-15", "2026-11-25")
		r.At = r.At.AddDate(0, 0, n)
		i, _ := d.take(r)
		d.cases[len(d.cases)-1].State = models.IncidentClosed
		require.Empty(t, i.Problem)
	}
}

// The loss of a group's redundancy is one fact, whichever of its components fails.
func TestAGroupThatLosesItsSpareAgainAndAgain(t *testing.T) {
	d := recurring{rules: rules()}
	d.rules.ProblemAfter, d.rules.ProblemWithin = 2, 24*time.Hour
	for n, host := range []string{"db1", "db2"} {
		r := alarm(host, start.Add(time.Duration(n)*2*time.Hour))
		r.Component = host
		d.take(r)
		r.At, r.Cleared = r.At.Add(time.Minute), true
		d.take(r)
	}
	require.Len(t, d.problems, 1)
	require.Equal(t, "Redundancy of db is lost again and again", d.problems[0].Title)
}

func TestAProblemsChanges(t *testing.T) {
	p := models.Problem{ID: "nord-P1", State: models.ProblemOpen, Version: 1, Changed: start, Cases: []string{"nord-1"}}
	at := start.Add(time.Hour)
	for _, c := range []struct {
		name, want string
		state      models.ProblemState
		change     ProblemChange
		act        Act
	}{
		{"nothing", "there is no text", models.ProblemOpen, ProblemChange{}, by("eva", at, " ")},
		{"resolved without a word", "say why", models.ProblemOpen, ProblemChange{To: models.ProblemResolved}, by("eva", at, "")},
		{"reopened though open", "is open already", models.ProblemOpen, ProblemChange{To: models.ProblemOpen}, by("eva", at, "why")},
		{"reopened though known", "nothing to take back", models.ProblemKnownError, ProblemChange{To: models.ProblemOpen}, by("eva", at, "why")},
		{"a cause of what is over", "reopen it first", models.ProblemResolved, ProblemChange{Cause: "x"}, by("eva", at, "")},
		{"seen before", "version 3, now 1", models.ProblemOpen, ProblemChange{Cause: "x"}, Act{At: at, By: "eva", Seen: 3}},
	} {
		p.State = c.state
		now, err := ChangeProblem(p, c.change, c.act, Rules{})
		require.ErrorContains(t, err, c.want, c.name)
		require.Equal(t, p, now, c.name)
	}
	p.State = models.ProblemResolved
	back, err := ChangeProblem(p, ProblemChange{To: models.ProblemOpen}, by("bo", start.Add(-time.Hour), "it leaks again"), Rules{})
	require.NoError(t, err)
	require.Equal(t, []any{models.ProblemOpen, 2, start}, []any{back.State, back.Version, back.Changed}, "time does not run back")
	require.Equal(t, []models.ProblemNote{{At: start, By: "bo", To: models.ProblemOpen, Text: "it leaks again"}}, back.History)
}

// Whatever comes in whatever order: a fact has one open problem at most, every case of which lists the
// fact, and a case names a problem that lists it.
func TestAFactHasOneProblem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, at := recurring{rules: rules()}, start
		for range rapid.IntRange(1, 60).Draw(t, "n") {
			at = at.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "hours")) * time.Hour)
			r := alarm(rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"), at)
			r.Component = rapid.SampledFrom([]string{"", "db1"}).Draw(t, "component")
			r.Cleared = rapid.Bool().Draw(t, "cleared")
			d.take(r)
			if n := len(d.problems); n > 0 && rapid.IntRange(0, 5).Draw(t, "mend") == 0 {
				if p, err := ChangeProblem(d.problems[n-1], ProblemChange{To: models.ProblemResolved}, by("eva", at, "mended"), Rules{}); err == nil {
					d.problems[n-1] = p
				}
			}
		}
		open, ids := map[string]bool{}, map[string]bool{}
		byCase := map[string]string{}
		for _, p := range d.problems {
			require.False(t, ids[p.ID])
			ids[p.ID] = true
			if p.State != models.ProblemResolved {
				require.False(t, open[p.Fact], "two of one fact")
				open[p.Fact] = true
			}
			require.Len(t, p.History, p.Version)
			for _, id := range p.Cases {
				byCase[id] += " " + p.ID
			}
		}
		for n := range d.cases {
			i := &d.cases[n]
			if i.Problem != "" {
				require.Contains(t, strings.Fields(byCase[i.ID]), i.Problem)
			}
			for _, p := range d.problems {
				if strings.Contains(" "+strings.Join(p.Cases, " ")+" ", " "+i.ID+" ") {
					require.NotNil(t, fact(i, p.Fact))
				}
			}
		}
	})
}

func TestTheRunbookOfACase(t *testing.T) {
	r := rules()
	r.Runbooks = []models.Runbook{
		{ID: "till", Services: []string{"till"}}, {ID: "fan", Kinds: []string{models.CaseRedundancy}}, {ID: "load", Kinds: []string{models.KindOverload, models.KindUpgrade}}, {ID: "fault", Kinds: []string{models.CaseFault}},
	}
	of := func(r2 Report) string {
		i, _, _ := Take(r2, nil, "nord-1", r)
		return i.Runbook
	}
	group, fault := alarm("fan", start), alarm("slow", start)
	group.Component, fault.By = "db1", "shop"
	require.Equal(t, []string{"", "fan", "fault", "load"}, []string{of(alarm("x", start)), of(group), of(fault), of(foresees(t, "2027-03-15", "2026-11-25"))})
	r.Runbooks[1].Kinds = []string{models.CaseAlarm}
	require.Equal(t, "fan", of(alarm("x", start)))
}

func TestAKnownErrorThatComesBackIsKnown(t *testing.T) {
	p := models.Problem{ID: "nord-P1", State: models.ProblemKnownError, Cause: "the driver leaks", Version: 1, Changed: start, Cases: []string{"nord-1"}}
	p, err := ChangeProblem(p, ProblemChange{To: models.ProblemResolved}, by("eva", start.Add(time.Hour), "new driver"), Rules{})
	require.NoError(t, err)
	p, err = ChangeProblem(p, ProblemChange{To: models.ProblemOpen}, by("eva", start.Add(2*time.Hour), "it leaks still"), Rules{})
	require.NoError(t, err)
	require.Equal(t, models.ProblemKnownError, p.State)
	require.True(t, p.Resolved.IsZero())
}
