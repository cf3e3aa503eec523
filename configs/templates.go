package configs

import (
	"fmt"
	"slices"
	"strings"

	"foresight/models"
)

// fileTemplate is what a kind of prediction asks for, as it is written.
type fileTemplate struct {
	Kind     string     `yaml:"kind" jsonschema:"required,enum=overload,enum=peak,enum=upgrade,enum=certificate" jsonschema_description:"Of what is foreseen: an overload, a peak, an end of support or the expiry of a certificate."`
	Services []string   `yaml:"services" jsonschema_description:"Ids of the services (default: all). Of several plans of a kind the first that is for the service counts."`
	Tasks    []fileTask `yaml:"tasks" jsonschema:"required" jsonschema_description:"The work beside Foresight's own task (add_capacity, prepare_peak, upgrade, renew_certificate), in place of the shipped ones; [] for none."`
}

type fileTask struct {
	ID         string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes: by it a task keeps what people did when its dates move; unique within the plan."`
	Title      string   `yaml:"title" jsonschema:"required" jsonschema_description:"What to do; {service} is the service's name."`
	Owner      string   `yaml:"owner" jsonschema_description:"Person or team, until somebody takes it."`
	LeadDays   int      `yaml:"lead_days" jsonschema_description:"Working days that it takes (default 0)."`
	BeforeDays int      `yaml:"before_days" jsonschema_description:"Working days before the day of need by which it must be finished (default 0)."`
	DependsOn  []string `yaml:"depends_on" jsonschema_description:"Ids of tasks that must be over before it can begin; they are dated before it. Foresight's own task is one."`
	StillHelps string   `yaml:"still_helps" jsonschema_description:"What to do once its last day to start has passed."`
}

// planKinds are the kinds of the file, with their finding's and the task that is Foresight's own.
var planKinds = map[string]struct{ finding, own string }{
	"overload":    {models.KindOverload, "add_capacity"},
	"peak":        {models.KindPeak, "prepare_peak"},
	"upgrade":     {models.KindUpgrade, "upgrade"},
	"certificate": {models.KindCertificate, "renew_certificate"},
}

// templates checks the customer's own plans.
func (v validator) templates(key string, all []fileTemplate, services []string) {
	for i, p := range all {
		at := fmt.Sprintf("%s[%d]", key, i)
		v.oneOf(at+".kind", p.Kind, "overload", "peak", "upgrade", "certificate")
		for _, s := range p.Services {
			v.oneOf(at+".services", s, services...)
		}
		if !v.given(at + ".tasks") {
			v.fail(at+".tasks", "the tasks are missing; write them, or [] for none")
		}
		ids := v.unique()
		var known []string
		if own := planKinds[p.Kind].own; own != "" {
			known = append(known, own)
		}
		for n, t := range p.Tasks {
			ids(fmt.Sprintf("%s.tasks[%d]", at, n), t.ID)
			if t.ID != "" {
				known = append(known, t.ID)
			}
		}
		for n, t := range p.Tasks {
			v.template(fmt.Sprintf("%s.tasks[%d]", at, n), t, planKinds[p.Kind].own, known)
		}
		switch around := circle(p.Tasks); len(around) {
		case 0:
		case 1:
			v.fail(at+".tasks", "%s waits for itself; take it out of its depends_on", around[0])
		case 2:
			v.fail(at+".tasks", "%s and %s wait for each other; take one depends_on out", around[0], around[1])
		default:
			v.fail(at+".tasks", "%s wait for each other in turn; take one depends_on out", strings.Join(around, ", "))
		}
	}
}

func (v validator) template(key string, t fileTask, own string, known []string) {
	if own != "" && t.ID == own || strings.HasPrefix(t.ID, "test-") {
		v.fail(key+".id", "%q is a task of Foresight's own; give it another id", t.ID)
	}
	if strings.TrimSpace(t.Title) == "" {
		v.fail(key+".title", "the task says nothing; write what to do")
	}
	for name, days := range map[string]int{"lead_days": t.LeadDays, "before_days": t.BeforeDays} {
		if days < 0 || days > 1000 {
			v.fail(key+"."+name, "%d is not between 0 and 1000; write working days", days)
		}
	}
	for _, id := range t.DependsOn {
		v.oneOf(key+".depends_on", id, known...)
	}
}

// circle are tasks of which each waits for the next and the last for the first, in that order; none when there are
// no such.
func circle(tasks []fileTask) []string {
	after := map[string][]string{}
	for _, t := range tasks {
		after[t.ID] = t.DependsOn
	}
	free := map[string]bool{} // nothing that they wait for leads back
	var path []string
	var visit func(id string) []string
	visit = func(id string) []string {
		if n := slices.Index(path, id); n >= 0 {
			return slices.Clone(path[n:])
		}
		if free[id] {
			return nil
		}
		path = append(path, id)
		for _, before := range after[id] {
			if around := visit(before); around != nil {
				return around
			}
		}
		path, free[id] = path[:len(path)-1], true
		return nil
	}
	for _, t := range tasks {
		if around := visit(t.ID); around != nil {
			return around
		}
	}
	return nil
}

// templatesOf builds the customer's own plans.
func templatesOf(all []fileTemplate) (out []models.PlanTemplate) {
	for _, f := range all {
		p := models.PlanTemplate{Kind: planKinds[f.Kind].finding, Services: f.Services}
		for _, t := range f.Tasks {
			p.Tasks = append(p.Tasks, models.TaskTemplate{ID: t.ID, Title: t.Title, Owner: t.Owner, LeadDays: t.LeadDays, BeforeDays: t.BeforeDays, After: t.DependsOn, StillHelps: t.StillHelps})
		}
		out = append(out, p)
	}
	return out
}
