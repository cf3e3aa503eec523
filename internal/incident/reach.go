package incident

import (
	"slices"
	"time"

	"foresight/models"
)

// receiver is one way to tell one contact, or a channel by itself.
type receiver struct {
	contact, name, channel, to string
	after                      time.Duration
}

func (r receiver) whose() string {
	if r.contact == "" {
		return r.channel
	}
	return r.contact
}

func (r receiver) words(say voice) string {
	words := say.T("%s by %s", r.name, r.channel)
	if r.contact == "" {
		words = say.T("way|by %s", r.channel)
	}
	if r.after > 0 {
		words += say.T(" in %s unless somebody takes it", say.lasting(r.after))
	}
	return words
}

// whom are the receivers of a step, and of those whom it means and cannot reach, why.
func (r Rules) whom(s models.PolicyStep, at time.Time) (to []receiver, missing []string) {
	if len(s.Contacts) == 0 && len(s.Rotas) == 0 && s.Channel != "" {
		return []receiver{{channel: s.Channel}}, nil
	}
	take := func(all []receiver) {
		for _, one := range all {
			if !slices.Contains(to, one) {
				to = append(to, one)
			}
		}
	}
	for _, id := range s.Contacts {
		ways := r.reach(id, s.Channel)
		if len(ways) == 0 {
			missing = append(missing, r.say().T("%s is not told: %s", id, r.say().unreachable(s.Channel)))
		}
		take(ways)
	}
	for _, id := range s.Rotas {
		ways, why := r.duty(id, s.Channel, at)
		missing = append(missing, why...)
		take(ways)
	}
	return to, missing
}

// duty are the ways to whoever is on call, or to the next in line who can be reached.
func (r Rules) duty(id, channel string, at time.Time) (ways []receiver, missing []string) {
	n := slices.IndexFunc(r.Rotas, func(x models.Rota) bool { return x.ID == id })
	if n < 0 {
		return nil, []string{r.say().T("nobody on call: there is no schedule %s any more", id)}
	}
	line := lineOf(r.Rotas[n], at)
	if len(line) == 0 {
		return nil, []string{r.say().T("nobody on call: schedule %s", id)}
	}
	for k, contact := range line {
		if ways = r.reach(contact, channel); len(ways) == 0 {
			missing = append(missing, r.say().T("%s of schedule %s is not told: %s", contact, id, r.say().unreachable(channel)))
			continue
		}
		if k > 0 {
			missing = append(missing, r.say().T("%s is told instead, who is next in schedule %s", contact, id))
		}
		return ways, missing
	}
	return nil, append(missing, r.say().T("nobody on call: of schedule %s nobody can be told", id))
}

func (v voice) unreachable(channel string) string {
	if channel != "" {
		return v.T("without an address for %s", channel)
	}
	return v.T("without contact rules")
}

// Reachable reports whether a contact can be told: by a channel, or without one by the
// contact's own rules.
func (r Rules) Reachable(contact, channel string) bool { return len(r.reach(contact, channel)) > 0 }

// reach are the ways to a contact.
func (r Rules) reach(contact, channel string) []receiver {
	n := slices.IndexFunc(r.Contacts, func(c models.Contact) bool { return c.ID == contact })
	if n < 0 {
		return nil
	}
	c := r.Contacts[n]
	rules := c.Rules
	if channel != "" {
		own := slices.IndexFunc(rules, func(x models.ContactRule) bool { return x.Channel == channel })
		if own >= 0 {
			rules = []models.ContactRule{{Channel: channel, To: rules[own].To}}
		} else {
			rules = []models.ContactRule{{Channel: channel}}
		}
	}
	var ways []receiver
	for _, x := range rules {
		kind, known := r.Channels[x.Channel]
		if !known {
			continue
		}
		to := x.To
		if kind.Addressed() && to == "" {
			to = c.Email
		}
		if kind.Addressed() && to == "" {
			continue
		}
		ways = append(ways, receiver{contact: c.ID, name: c.Name, channel: x.Channel, to: to, after: x.After})
	}
	return ways
}
