package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// planDefaults fills in a customer's plans and overrides.
func planDefaults(c *fileCustomer) {
	for i := range c.Plans {
		p := &c.Plans[i]
		or(&p.Name, p.ID)
		if p.Kind == string(models.PlanEffect) {
			or(&p.To, p.From)
		}
		if p.Like != nil {
			or(&p.Like.To, p.Like.From)
		}
	}
	for i := range c.Overrides {
		o := &c.Overrides[i]
		or(&o.To, o.From)
		or(&o.Expires, o.To)
	}
}

// plans checks a customer's plans and overrides.
func (v validator) plans(key string, c *fileCustomer) {
	ids := v.unique()
	for i, p := range c.Plans {
		at := fmt.Sprintf("%s.plans[%d]", key, i)
		ids(at, p.ID)
		v.plan(at, p, c)
	}
	ids = v.unique()
	for i, o := range c.Overrides {
		at := fmt.Sprintf("%s.overrides[%d]", key, i)
		ids(at, o.ID)
		v.override(at, o, c)
	}
}

func (v validator) plan(key string, p filePlan, c *fileCustomer) {
	v.signalNames(key+".signals", p.Signals, c)
	v.stretch(key, p.From, p.To)
	if bool(p.Committed) && strings.TrimSpace(p.Author) == "" {
		v.fail(key+".author", "the plan is committed and nobody has decided it; write who did")
	}
	if bool(p.Committed) && p.DecidedOn.IsZero() {
		v.fail(key+".decided_on", "the plan is committed on no day; write when it was decided, so that a replay of earlier days does not see it")
	}
	if !v.oneOf(key+".kind", p.Kind, string(models.PlanGrowth), string(models.PlanCampaign), string(models.PlanEffect), string(models.PlanCapacity)) {
		return
	}
	switch kind := models.PlanKind(p.Kind); kind {
	case models.PlanGrowth:
		v.only(key, kind, map[string]bool{"amount": p.Amount != nil, "like": p.Like != nil})
		if p.Factor == nil {
			v.fail(key+".factor", "growth needs one; write 1.2 for a fifth more")
		} else if *p.Factor == 0 {
			v.fail(key+".factor", "growth by 0 leaves nothing; write 1.2 for a fifth more, or an effect for days that are closed")
		}
	case models.PlanCampaign:
		v.only(key, kind, map[string]bool{"amount": p.Amount != nil, "factor": p.Factor != nil, "low": p.Low != nil, "high": p.High != nil})
		v.like(key, p)
	case models.PlanEffect:
		v.only(key, kind, map[string]bool{"like": p.Like != nil})
		if (p.Factor == nil) == (p.Amount == nil) {
			v.fail(key, "an effect is either a factor or an amount; write one of them")
		}
	case models.PlanCapacity:
		v.only(key, kind, map[string]bool{"factor": p.Factor != nil, "like": p.Like != nil, "low": p.Low != nil, "high": p.High != nil})
		if p.Amount == nil {
			v.fail(key+".amount", "added capacity needs one; write how much more the limit is to be")
		}
		if bool(p.Committed) {
			v.fail(key+".committed", "capacity that is decided is a dated step of the signal's capacity; write it there, and take the plan out")
		}
	}
	v.band(key, p)
}

// only refuses keys that mean nothing to a kind of plan.
func (v validator) only(key string, kind models.PlanKind, given map[string]bool) {
	for name, is := range given {
		if is {
			v.fail(key+"."+name, "it means nothing for kind: %s; take it out", kind)
		}
	}
}

// like wants a campaign to name a past that it can repeat.
func (v validator) like(key string, p filePlan) {
	at := key + ".like"
	switch l := p.Like; {
	case l == nil:
		v.fail(at, "a campaign repeats something; write like: {from: 2025-05-05, to: 2025-05-09} or like: {event: spring campaign}")
	case l.Event != "" && !l.From.IsZero():
		v.fail(at, "both days and an event are given; keep one")
	case l.Event == "" && l.From.IsZero():
		v.fail(at, "it names nothing; write from and to, or event")
	case l.To.Before(l.From.Time):
		v.fail(at+".to", "%s lies before from, %s; swap them", l.To.Format(time.DateOnly), l.From.Format(time.DateOnly))
	case !l.From.IsZero() && !l.From.Before(p.From.Time):
		v.fail(at+".from", "%s is no past of a campaign from %s; write days that came before", l.From.Format(time.DateOnly), p.From.Format(time.DateOnly))
	case !l.From.IsZero() && !p.To.IsZero() && l.To.Sub(l.From.Time) != p.To.Sub(p.From.Time):
		v.fail(key+".to", "the campaign and what it is like last differently long; leave to out")
	}
}

// band wants factor or amount to be possible, and to lie between low and high.
func (v validator) band(key string, p filePlan) {
	value, name := p.Factor, "factor"
	if value == nil {
		value, name = p.Amount, "amount"
	}
	if p.Factor != nil && (*p.Factor < 0 || *p.Factor > 1e6) {
		v.fail(key+".factor", "%v is not a factor from 0 to 1000000; write 1.2 for a fifth more", *p.Factor)
	}
	switch {
	case value == nil || p.Low == nil && p.High == nil:
	case p.Low == nil || p.High == nil:
		v.fail(key, "low and high must both be given; write the 5 %% and the 95 %% quantile, or neither")
	case *p.Low > *value:
		v.fail(key+".low", "%v lies above %s, %v; write its 5 %% quantile", *p.Low, name, *value)
	case *p.High < *value:
		v.fail(key+".high", "%v lies below %s, %v; write its 95 %% quantile", *p.High, name, *value)
	case name == "factor" && (*p.Low < 0 || *p.High > 1e6):
		v.fail(key+".low", "%v to %v are not factors from 0 to 1000000; write 1.2 for a fifth more", *p.Low, *p.High)
	}
}

func (v validator) override(key string, o fileOverride, c *fileCustomer) {
	v.signalNames(key+".signals", o.Signals, c)
	v.stretch(key, o.From, o.To)
	if (o.Value == nil) == (o.Factor == nil) {
		v.fail(key, "an override is either a value or a factor; write one of them")
	}
	if o.Factor != nil && (*o.Factor < 0 || *o.Factor > 1e6) {
		v.fail(key+".factor", "%v is not a factor from 0 to 1000000; write 1.1 for a tenth more", *o.Factor)
	}
	if strings.TrimSpace(o.Author) == "" {
		v.fail(key+".author", "the override has no author; write whom to ask")
	}
	if strings.TrimSpace(o.Reason) == "" {
		v.fail(key+".reason", "the override has no reason; write why the forecast is not believed")
	}
	if !o.DecidedOn.IsZero() && o.Expires.Before(o.DecidedOn.Time) {
		v.fail(key+".expires", "%s lies before decided_on, %s; mend one of them", o.Expires.Format(time.DateOnly), o.DecidedOn.Format(time.DateOnly))
	}
}

// stretch wants a first day, and a last that is not before it.
func (v validator) stretch(key string, from, to date) {
	switch {
	case from.IsZero():
		v.fail(key+".from", "the first day is missing; write it as 2026-12-24")
	case !to.IsZero() && to.Before(from.Time):
		v.fail(key+".to", "%s lies before from, %s; swap them", to.Format(time.DateOnly), from.Format(time.DateOnly))
	}
}

// signalNames wants each name to be a service or a service/signal of the customer;
// what follows a split signal's name is one of its parts.
func (v validator) signalNames(key string, names []string, c *fileCustomer) {
	if len(names) == 0 {
		v.fail(key, "no signal is named; list service/signal, or a service for all of its counts")
	}
	var known []string
	var wholes []string
	for _, s := range c.Services {
		known = append(known, s.ID)
		for _, q := range s.Queries {
			known = append(known, s.ID+"/"+q.Signal.ID)
			if q.Split != nil {
				wholes = append(wholes, s.ID+"/"+q.Signal.ID+"/")
			}
		}
	}
	for i, name := range names {
		if slices.Contains(known, name) || slices.ContainsFunc(wholes, func(w string) bool { return strings.HasPrefix(name, w) && len(name) > len(w) }) {
			continue
		}
		mend := "write one of " + strings.Join(known, ", ")
		if near := nearest(name, known); near != "" {
			mend = fmt.Sprintf("did you mean %q?", near)
		}
		v.fail(fmt.Sprintf("%s[%d]", key, i), "there is no service or signal %q; %s", name, mend)
	}
}

// plan builds a checked plan.
func plan(f filePlan, zone *time.Location) models.Plan {
	p := models.Plan{
		ID: f.ID, Name: f.Name, Kind: models.PlanKind(f.Kind), Signals: f.Signals, From: f.From.in(zone), To: f.To.in(zone),
		Factor: band(f.Factor, f), Amount: band(f.Amount, f), Committed: bool(f.Committed), Author: f.Author, DecidedOn: f.DecidedOn.in(zone), Note: f.Note,
	}
	if f.Like != nil {
		p.Like = &models.Like{From: f.Like.From.in(zone), To: f.Like.To.in(zone), Event: f.Like.Event}
	}
	return p
}

func band(value *float64, f filePlan) *models.Band {
	switch {
	case value == nil:
		return nil
	case f.Low == nil || f.High == nil:
		return &models.Band{Low: *value, Value: *value, High: *value}
	}
	return &models.Band{Low: *f.Low, Value: *value, High: *f.High}
}

func override(f fileOverride, zone *time.Location) models.Override {
	return models.Override{
		ID: f.ID, Signals: f.Signals, From: f.From.in(zone), To: f.To.in(zone), Value: f.Value, Factor: f.Factor,
		Author: f.Author, Reason: f.Reason, DecidedOn: f.DecidedOn.in(zone), Expires: f.Expires.in(zone),
	}
}
