package app

import (
	"errors"
	"fmt"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/models"
)

// ready says what of a customer's escalation will fail people when something fails.
func (c *checker) ready(customer models.Customer) {
	p := customer.Process
	for _, part := range p.Components {
		if len(part.Tests) == 0 {
			c.warn("register of "+customer.ID, fmt.Errorf("%s has no tests: write what to verify after its upgrade, so that the whole still works", part.ID))
		}
	}
	if len(p.Contacts)+len(p.Rotas)+len(p.Policies)+len(p.Windows) == 0 {
		return
	}
	what := "escalation of " + customer.ID
	found := incident.Readiness(customer, incident.RulesOf(customer, nil), c.app.Clock())
	for _, text := range found {
		c.warn(what, errors.New(text))
	}
	if len(found) == 0 {
		c.line(what, nil, fmt.Sprintf("%s, %s, %s: everybody can be told, and somebody is on call in the coming two weeks",
			counted(len(p.Contacts), "contact"), counted(len(p.Rotas), "schedule"), plural(len(p.Policies), "policy", "policies")))
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// channels tries certificates and templates; nothing is sent.
func (c *checker) channels(cfg *configs.Config) {
	if len(cfg.Channels) == 0 {
		return
	}
	_, err := c.app.channels(cfg)
	c.line("channels", err, fmt.Sprintf("%s; nothing was sent to try them", counted(len(cfg.Channels), "channel")))
}
