package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/incident"
	"foresight/models"
)

// shelfOfCases keeps turns as the store does.
type shelfOfCases struct {
	cases []models.Incident
	turns models.Turn
}

// sit takes reports in one transaction.
func (s *shelfOfCases) sit(t require.TestingT, rules incident.Rules, reports []models.Report) (taken []models.Taken) {
	n := len(s.cases)
	next := func() string { n++; return fmt.Sprintf("shop-%d", n) }
	d := &sitting{cases: append([]models.Incident(nil), s.cases...), next: next, id: next(), rules: rules}
	for _, r := range reports {
		taken = append(taken, d.take(r))
	}
	for _, i := range d.turn.Incidents {
		at := len(s.cases)
		for k := range s.cases {
			if s.cases[k].ID == i.ID {
				at = k
			}
		}
		if at == len(s.cases) {
			require.Equal(t, fmt.Sprintf("shop-%d", at+1), i.ID, "numbers are given out in order")
			s.cases = append(s.cases, i)
		}
		s.cases[at] = i
	}
	s.turns = s.turns.With(d.turn)
	return taken
}

// Reports that are kept together come to the same as those kept one by one, and none is lost: each
// that fires is an occurrence of some case, in the timeline's order, without a gap.
func TestTogetherIsAsOneByOne(t *testing.T) {
	start := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	cfg := agreed(start)
	cfg.Customers[0].Process.Groups = []models.RedundantGroup{{ID: "db", Service: "web", Members: []string{"db1", "db2"}, Needed: 1}}
	pagesEva(&cfg.Customers[0])
	rules := incident.RulesOf(cfg.Customers[0], nil)
	rapid.Check(t, func(t *rapid.T) {
		at := start
		var reports []models.Report
		for range rapid.IntRange(1, 40).Draw(t, "reports") {
			at = at.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "seconds")) * time.Second)
			kind := rapid.IntRange(0, 5).Draw(t, "kind")
			r := models.Report{
				Customer: "shop", Service: rapid.SampledFrom([]string{"web", "till"}).Draw(t, "service"), Component: rapid.SampledFrom([]string{"", "db1", "db2", "x"}).Draw(t, "component"),
				Key: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key"), Keyed: true, Source: "prom", At: at, Cleared: kind == 0 || kind == 1, Taken: kind == 2,
			}
			r.Title = r.Key
			reports = append(reports, r)
		}
		var alone, together shelfOfCases
		var each []models.Taken
		for _, r := range reports {
			each = append(each, alone.sit(t, rules, []models.Report{r})...)
		}
		var all []models.Taken
		for rest := reports; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "batch")
			all = append(all, together.sit(t, rules, rest[:n])...)
			rest = rest[n:]
		}
		require.Equal(t, each, all)
		require.Equal(t, alone.cases, together.cases)
		require.Equal(t, alone.turns.Entries, together.turns.Entries)
		require.Equal(t, alone.turns.Parcels, together.turns.Parcels)
		require.Equal(t, alone.turns.Notices, together.turns.Notices)

		fired, counted, seq := 0, 0, map[string]int{}
		for n, r := range reports {
			if !r.Cleared && !r.Taken {
				fired++
				require.NotEqual(t, models.ReportDropped, each[n].Outcome)
			}
		}
		for _, c := range together.cases {
			counted += c.Occurrences
		}
		require.Equal(t, fired, counted)
		for _, e := range together.turns.Entries {
			seq[e.Incident]++
			require.Equal(t, seq[e.Incident], e.Seq)
		}
	})
}
