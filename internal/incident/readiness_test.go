package incident

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestReadiness(t *testing.T) {
	c := models.Customer{Services: []models.Service{{ID: "shop"}, {ID: "till"}}}
	ready := func() Rules {
		r := paged()
		r.Windows = nil
		r.Contacts[2].Rules = r.Contacts[0].Rules
		r.Contacts[2].Email = "kim@nord"
		r.Policies[0].Services = nil
		r.Groups = nil
		r.Policies[0].Clocks = []models.ClockNotice{{Warned: true, To: models.PolicyStep{Contacts: []string{"eva"}}}}
		return r
	}
	require.Empty(t, Readiness(c, ready(), start))
	for _, x := range []struct {
		name, want string
		bend       func(*Rules)
	}{
		{"a rotation that ends", "schedule first has nobody on call from 2026-12-05 00:00 UTC to 2026-12-09 09:00 UTC; add", func(r *Rules) { r.Rotas[0].Rotations[0].Until = time.Date(2026, 12, 5, 0, 0, 0, 0, time.UTC) }},
		{"holes each day", "and 14 more times in the coming two weeks", func(r *Rules) {
			for d := range 7 {
				r.Rotas[0].Rotations[0].Week[d] = []models.Opening{{From: 600, To: 1440}}
			}
		}},
		{"somebody without rules", "kim cannot be told by step 2 of policy shop, being without contact rules; add", func(r *Rules) { r.Contacts[2].Rules = nil }},
		{"a cover without an address", "bo cannot be told by step 2 of policy shop, being without an address for mail; add", func(r *Rules) {
			r.Policies[0].Steps[1].Channel, r.Contacts[1].Rules = "mail", nil
		}},
		{"a policy behind another", "nothing triggers policy late: earlier policies", func(r *Rules) {
			r.Policies = append(r.Policies, models.Policy{ID: "late", Services: []string{"shop"}, Steps: r.Policies[0].Steps})
		}},
		{"a service without a policy", "nobody is told of cases of level 1 in till with priority 1, 2, 3, 4, 5", func(r *Rules) { r.Policies[0].Services = []string{"shop"} }},
		{"priorities without a policy", "nobody is told of cases of level 1 in shop with priority 3, 4, 5", func(r *Rules) { r.Policies[0].Priorities = []models.Priority{1, 2} }},
		{"a level that is told of in one service only", "nobody is told of cases of level 2 in till with priority 1, 2, 3, 4, 5", func(r *Rules) {
			more := r.Policies[0]
			more.ID, more.Levels, more.Services = "spare", []models.Level{models.LevelProactive}, []string{"shop"}
			r.Policies = append(r.Policies, more)
		}},
		{"no policies", "there are no policies: Foresight tells nobody of what fails", func(r *Rules) { r.Policies, r.Rotas = nil, nil }},
		{"promises without policies", "nobody hears before the promised times of shop with priority 1, 3 run out", func(r *Rules) { r.Policies = nil }},
		{"redundancy that nobody watches", "nobody hears before the time to restore the redundancy of shop runs out with priority 1", func(r *Rules) { r.Groups = paged().Groups }},
		{"a clock of another kind", "nobody hears before the promised times of shop", func(r *Rules) { r.Policies[0].Clocks[0].Of = []models.ClockKind{models.ClockUpdate} }},
		{"a schedule that nobody asks", "no policy asks schedule first", func(r *Rules) { r.Policies[0].Steps = r.Policies[0].Steps[:1] }},
		{"promises that run out unheard", "nobody hears before the promised times of shop with priority 1, 3 run out; add clocks", func(r *Rules) { r.Policies[0].Clocks[0].Warned = false }},
		{"a clock that reaches nobody", "kim cannot be told by the clocks of policy shop, being without an address for mail; add", func(r *Rules) {
			r.Contacts[2].Email, r.Policies[0].Clocks[0].To = "", models.PolicyStep{Contacts: []string{"kim"}, Channel: "mail"}
			r.Policies[0].Steps, r.Contacts[2].Rules = r.Policies[0].Steps[:1], nil
		}},
		{"a window over all", "window w hides every alarm of shop, till for 2 h", func(r *Rules) {
			r.Windows = []models.Maintenance{{ID: "w", From: start.Add(time.Hour), To: start.Add(3 * time.Hour)}}
		}},
	} {
		r := ready()
		x.bend(&r)
		require.Contains(t, strings.Join(Readiness(c, r, start), "\n"), x.want, x.name)
	}
	r := ready()
	r.Windows = []models.Maintenance{{ID: "w", Components: []string{"db1"}, From: start, To: start.Add(time.Hour)}, {ID: "v", From: start.Add(-2 * time.Hour), To: start}}
	require.Empty(t, Readiness(c, r, start), "one component, and one that is over")
	require.Len(t, Readiness(c, Rules{}, start), 1, "without policies and promises there is one thing to say")
}
