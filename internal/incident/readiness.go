package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// Ahead is how far readiness looks.
const Ahead = 14 * 24 * time.Hour

// Readiness says what will fail people when something fails: schedules without anybody, people
// who cannot be told, policies that no case comes to, cases that no policy is for, windows that
// hide all of a service. A line each, with what mends it; none: all is ready.
func Readiness(c models.Customer, r Rules, at time.Time) []string {
	return slices.Concat(emptyRotas(r, at), mute(r), unreached(c, r), untold(c, r), unwarned(c, r), blind(c, r, at))
}

// emptyRotas are stretches in which nobody is on call.
func emptyRotas(r Rules, at time.Time) (all []string) {
	for _, rota := range r.Rotas {
		var gaps []Duty
		for _, d := range Duties(rota, at, at.Add(Ahead)) {
			if d.Contact == "" {
				gaps = append(gaps, d)
			}
		}
		if len(gaps) == 0 {
			continue
		}
		more := ""
		if len(gaps) > 1 {
			more = fmt.Sprintf(" and %d more times in the coming two weeks", len(gaps)-1)
		}
		all = append(all, fmt.Sprintf("schedule %s has nobody on call from %s to %s%s; add a rotation, or an override", rota.ID, local(gaps[0].From, rota), local(gaps[0].To, rota), more))
	}
	return all
}

func local(at time.Time, r models.Rota) string {
	return at.In(zoneOf(r)).Format("2006-01-02 15:04 MST")
}

// mute are contacts whom a step means and cannot reach.
func mute(r Rules) (all []string) {
	seen := map[string]bool{}
	for _, p := range r.Policies {
		steps := slices.Clone(p.Steps)
		for _, c := range p.Clocks {
			steps = append(steps, c.To)
		}
		for n, s := range steps {
			words := fmt.Sprintf("step %d", n+1)
			if n >= len(p.Steps) {
				words = "the clocks"
			}
			meant := slices.Clone(s.Contacts)
			for _, rota := range r.Rotas {
				if slices.Contains(s.Rotas, rota.ID) {
					meant = append(meant, members(rota)...)
				}
			}
			for _, id := range meant {
				if key := id + "\x1f" + s.Channel; !seen[key] && !r.Reachable(id, s.Channel) {
					seen[key] = true
					all = append(all, fmt.Sprintf("%s cannot be told by %s of policy %s, being %s; add what is missing", id, words, p.ID, voice{}.unreachable(s.Channel)))
				}
			}
		}
	}
	return all
}

// members are all who may be on call in a rota.
func members(r models.Rota) (all []string) {
	for _, rotation := range r.Rotations {
		all = append(all, rotation.Contacts...)
	}
	for _, c := range r.Covers {
		if c.Contact != "" {
			all = append(all, c.Contact)
		}
	}
	return all
}

// eachCase hands out what a case may be of.
func eachCase(c models.Customer, take func(service string, l models.Level, p models.Priority)) {
	for _, s := range c.Services {
		for l := models.LevelReactive; l <= models.LevelPredictive; l++ {
			for p := models.Priority(1); p <= 5; p++ {
				take(s.ID, l, p)
			}
		}
	}
}

// unreached are policies that no case goes by, since earlier ones are for all of theirs, and
// schedules that no policy asks.
func unreached(c models.Customer, r Rules) (all []string) {
	used := map[string]bool{}
	eachCase(c, func(service string, l models.Level, p models.Priority) {
		if policy := PolicyOf(models.Incident{Service: service, Level: l, Priority: p}, r.Policies); policy != nil {
			used[policy.ID] = true
		}
	})
	asked := map[string]bool{}
	for _, p := range r.Policies {
		if !used[p.ID] {
			all = append(all, fmt.Sprintf("nothing triggers policy %s: earlier policies are for all of its cases; put it before them, or take it out", p.ID))
		}
		for _, s := range p.Steps {
			for _, id := range s.Rotas {
				asked[id] = true
			}
		}
		for _, c := range p.Clocks {
			for _, id := range c.To.Rotas {
				asked[id] = true
			}
		}
	}
	for _, rota := range r.Rotas {
		if !asked[rota.ID] {
			all = append(all, fmt.Sprintf("no policy asks schedule %s: whoever is on call in it is never called", rota.ID))
		}
	}
	return all
}

// untold are cases that no policy is for: of what fails, and of the levels that a policy names.
func untold(c models.Customer, r Rules) (all []string) {
	if len(r.Policies) == 0 {
		return []string{"there are no policies: Foresight tells nobody of what fails, and incident audit says so of each case; add policies to its process"}
	}
	for _, s := range c.Services {
		for l := models.LevelReactive; l <= models.LevelPredictive; l++ {
			if !r.heeds(l) {
				continue
			}
			missing := r.priorities(s.ID, l, func(_ models.Priority, policy *models.Policy) bool { return policy == nil })
			if missing != "" {
				all = append(all, fmt.Sprintf("nobody is told of cases of level %d in %s with priority %s: no policy is for them", l, s.ID, missing))
			}
		}
	}
	return all
}

// priorities are those of a service's cases of a level of which something holds, for people; "" of none.
func (r Rules) priorities(service string, l models.Level, holds func(p models.Priority, policy *models.Policy) bool) string {
	var all []string
	for p := models.Priority(1); p <= 5; p++ {
		if holds(p, PolicyOf(models.Incident{Service: service, Level: l, Priority: p}, r.Policies)) {
			all = append(all, fmt.Sprint(int(p)))
		}
	}
	return strings.Join(all, ", ")
}

// unwarned are promises to services of whose clocks nobody hears before they run out: of what fails, and
// of redundancy that is lost.
func unwarned(c models.Customer, r Rules) (all []string) {
	for _, s := range c.Services {
		unheard := func(l models.Level, clocks ...models.ClockKind) string {
			return r.priorities(s.ID, l, func(p models.Priority, policy *models.Policy) bool {
				return slices.ContainsFunc(clocks, func(k models.ClockKind) bool {
					return r.Targets[p].Of(k) > 0 && (policy == nil || !slices.ContainsFunc(policy.Clocks, func(n models.ClockNotice) bool { return n.About(k, models.NoticeWarned) }))
				})
			})
		}
		if missing := unheard(models.LevelReactive, models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve); missing != "" {
			all = append(all, fmt.Sprintf("nobody hears before the promised times of %s with priority %s run out; add clocks to their policy", s.ID, missing))
		}
		if !slices.ContainsFunc(r.Groups, func(g models.RedundantGroup) bool { return g.Service == s.ID }) {
			continue
		}
		if missing := unheard(models.LevelProactive, models.ClockRestore); missing != "" {
			all = append(all, fmt.Sprintf("nobody hears before the time to restore the redundancy of %s runs out with priority %s; add clocks to a policy for level 2", s.ID, missing))
		}
	}
	return all
}

// blind are windows to come that hide every alarm of a service, also of what is not worked on.
func blind(c models.Customer, r Rules, at time.Time) (all []string) {
	for _, w := range r.Windows {
		if !w.To.After(at) || len(w.Components) > 0 {
			continue
		}
		var hidden []string
		for _, s := range c.Services {
			if among(w.Services, s.ID) {
				hidden = append(hidden, s.ID)
			}
		}
		all = append(all, fmt.Sprintf("window %s hides every alarm of %s for %s, also of what is not worked on; name the components in it", w.ID, strings.Join(hidden, ", "), voice{}.lasting(w.To.Sub(later(w.From, at)))))
	}
	return all
}
