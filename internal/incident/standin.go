package incident

import (
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// With are the rules where some stand in: what was made counts before what is configured.
func (r Rules) With(all []models.StandIn) Rules {
	if len(all) == 0 {
		return r
	}
	r.Rotas = slices.Clone(r.Rotas)
	for n, rota := range r.Rotas {
		covers := slices.Clone(rota.Covers)
		for _, s := range all {
			if s.Rota == rota.ID {
				covers = append(covers, s.Cover)
			}
		}
		r.Rotas[n].Covers = covers
	}
	return r
}

// longestStandIn bounds an override: a rotation is for what is longer.
const longestStandIn = 92 * 24 * time.Hour

// StandIn checks that somebody may be put into a rota at a moment, and returns it as it is to be kept: who
// was on call before that moment is not changed any more.
func (r Rules) StandIn(s models.StandIn, at time.Time) (models.StandIn, error) {
	if !slices.ContainsFunc(r.Rotas, func(x models.Rota) bool { return x.ID == s.Rota }) {
		return s, models.Refuse("there is no schedule %q; there are %s", s.Rota, strings.Join(r.RotaIDs(), ", "))
	}
	if s.Contact != "" {
		may := strings.Join(r.MayStandIn(s.Rota), ", ")
		if !slices.ContainsFunc(r.Contacts, func(c models.Contact) bool { return c.ID == s.Contact }) {
			return s, models.Refuse("there is no contact %q; there are %s", s.Contact, may)
		}
		if !slices.Contains(r.MayStandIn(s.Rota), s.Contact) {
			return s, models.Refuse("%s cannot be told, being without contact rules: choose another (%s), or add rules to the configuration", s.Contact, may)
		}
	}
	if s.From.Before(at) {
		s.From = at
	}
	switch {
	case !s.To.After(at):
		return s, models.Refuse("it would be over already: choose a later end")
	case !s.To.After(s.From):
		return s, models.Refuse("it would end before it begins: swap or mend the times")
	case s.To.Sub(s.From) > longestStandIn:
		return s, models.Refuse("it is longer than three months: write a rotation into the configuration")
	}
	s.Made = at
	return s, nil
}

// RotaIDs are the ids of the schedules.
func (r Rules) RotaIDs() (all []string) {
	for _, x := range r.Rotas {
		all = append(all, x.ID)
	}
	return all
}

// MayStandIn are the contacts, by id, who may be put into a rota: those who can be told by it.
func (r Rules) MayStandIn(rota string) (all []string) {
	channelled := r.channelled(rota)
	for _, c := range r.Contacts {
		if channelled || r.Reachable(c.ID, "") {
			all = append(all, c.ID)
		}
	}
	return all
}

// channelled reports whether all steps that ask a rota name the channel themselves.
func (r Rules) channelled(rota string) bool {
	asked := false
	for _, p := range r.Policies {
		for _, s := range p.Steps {
			if slices.Contains(s.Rotas, rota) {
				if s.Channel == "" {
					return false
				}
				asked = true
			}
		}
	}
	return asked
}

// Next is what the paging of a case does next; nil when nothing more is due.
func Next(i models.Incident, r Rules) *models.NextStep {
	e := i.Escalation
	if e == nil || e.Due.IsZero() || !i.State.Open() {
		return nil
	}
	n := slices.IndexFunc(r.Policies, func(p models.Policy) bool { return p.ID == e.Policy })
	if n < 0 {
		return nil
	}
	next := &models.NextStep{At: e.Due, Policy: e.Policy, Step: e.Step + 1, Quiet: e.Quiet}
	p := r.Policies[n]
	if e.Round > p.Repeat || e.Step >= len(p.Steps) {
		next.Step = 0
		next.Missing = []string{r.say().T("nobody further is told: all of policy %s were", p.ID)}
		return next
	}
	to, missing := r.whom(p.Steps[e.Step], e.Due)
	for _, one := range to {
		next.To = append(next.To, one.words(r.say()))
	}
	next.Missing = missing
	return next
}
