package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// ready says what of a customer's escalation will fail people when something fails.
func (c *checker) ready(ctx context.Context, cfg *configs.Config, customer models.Customer, offline bool) {
	p := customer.Process
	for _, part := range p.Components {
		if len(part.Tests) == 0 {
			c.warn("register of "+customer.ID, fmt.Errorf("%s has no tests: write what to verify after its upgrade, so that the whole still works", part.ID))
		}
	}
	what := "escalation of " + customer.ID
	rules := incident.RulesOf(customer, nil)
	if !offline {
		// Who was put in by hand fills a gap too. Whether the state can be read is a line of its own.
		_ = reading(ctx, cfg, func(kept *store.Store) error {
			with, err := staffed(ctx, kept, customer.ID, rules)
			if err == nil {
				rules = with
			}
			return err
		})
	}
	found := incident.Readiness(customer, rules, c.app.Clock())
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

// channels tries certificates and templates; nothing is sent. Offline a certificate that is not here is
// no more than the warning that it had.
func (c *checker) channels(cfg *configs.Config, offline bool) {
	if len(cfg.Channels) == 0 {
		return
	}
	_, err := c.app.channels(cfg)
	if offline && errors.Is(err, fs.ErrNotExist) {
		return
	}
	c.line("channels", err, fmt.Sprintf("%s; nothing was sent to try them", counted(len(cfg.Channels), "channel")))
}

// signOn asks the provider by whom people sign in for its addresses.
func (c *checker) signOn(ctx context.Context, cfg *configs.Config) {
	if p, err := c.app.newSignOn(cfg.Web.OIDC); err != nil || p != nil {
		if err == nil {
			err = p.Check(ctx)
		}
		c.line("sign-in by "+cfg.Web.OIDC.Issuer, err, "it answers; whether it takes client_id and client_secret shows the first sign-in")
	}
}
