package configs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"foresight/models"
)

// fileProcess is what a customer's cases go by, as it is written.
type fileProcess struct {
	Hours        []fileHours       `yaml:"hours" jsonschema_description:"In which the agreement counts time, in the customer's zone and outside public holidays (default: round the clock)."`
	SLA          []fileTargets     `yaml:"sla" jsonschema_description:"What was promised, by priority (default: nothing, and no clock runs)."`
	WarnAt       *float64          `yaml:"warn_at" jsonschema_description:"Share of a promised time after which its clock warns (default 0.75)."`
	Redundancy   []fileGroup       `yaml:"redundancy" jsonschema_description:"Groups of components of which some must be up: one that fails is level 2, too many are level 1."`
	Components   []fileComponent   `yaml:"components" jsonschema_description:"The register: components whose support ends or whose certificate expires, with the tests that follow the work."`
	Plans        []fileTemplate    `yaml:"plan_templates" jsonschema_description:"Work that predictions ask for, in place of what Foresight ships."`
	Inventories  []fileInventory   `yaml:"inventories" jsonschema_description:"Searches that find components of the register and redundant groups, beside those written here."`
	Runbooks     []fileRunbook     `yaml:"runbooks" jsonschema_description:"What to do, by kind of case and service: shown in the case."`
	Problems     *fileProblems     `yaml:"problems" jsonschema_description:"When what comes back again and again is a problem record."`
	Windows      []fileMaintenance `yaml:"windows" jsonschema_description:"Maintenance planned ahead: what is reported then is recorded and wakes nobody."`
	Integrations []fileIntegration `yaml:"integrations" jsonschema_description:"Systems that report by themselves, over HTTP."`
	ReopenWithin duration          `yaml:"reopen_within" jsonschema_description:"How soon after a case was resolved the same fact reopens it rather than making another (default 30m)."`
	ReviewWithin duration          `yaml:"review_within" jsonschema_description:"When the review of a case of priority 1 or 2 is due after it was resolved (default 10d)."`
	Contacts     []fileContact     `yaml:"contacts" jsonschema_description:"People, and shared addresses, who can be told of a case."`
	Schedules    []fileRota        `yaml:"schedules" jsonschema_description:"Who is on call when."`
	FeedSecret   *secretSource     `yaml:"feed_secret" jsonschema_description:"Opens the calendar feed at /calendar/{customer}/{secret}.ics to whoever has it: 16 characters or more (default: there is no feed)."`
	Policies     []filePolicy      `yaml:"policies" jsonschema_description:"Who is told of a case that nobody has taken: escalation. The first that fits a case counts."`
	feedSecret   Secret
}

type fileHours struct {
	Days []string  `yaml:"days" jsonschema:"required,enum=mon,enum=tue,enum=wed,enum=thu,enum=fri,enum=sat,enum=sun" jsonschema_description:"Days of the week."`
	From clockTime `yaml:"from" jsonschema:"required" jsonschema_description:"On the clock on the wall, such as 08:00."`
	To   clockTime `yaml:"to" jsonschema:"required" jsonschema_description:"The first minute after, at most 24:00."`
}

type fileTargets struct {
	Priority    int      `yaml:"priority" jsonschema:"required" jsonschema_description:"1 (impact and urgency high) to 5 (both low)."`
	Acknowledge duration `yaml:"acknowledge" jsonschema_description:"Until somebody has taken it."`
	Update      duration `yaml:"update" jsonschema_description:"From one word to the customer to the next."`
	Resolve     duration `yaml:"resolve" jsonschema_description:"Until it is resolved; waiting with a reason does not count."`
	Restore     duration `yaml:"restore" jsonschema_description:"From redundancy lost until it is restored."`
	Always      flag     `yaml:"round_the_clock" jsonschema_description:"Counted round the clock, whatever the hours (default false)."`
}

type fileGroup struct {
	ID      string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Service string   `yaml:"service" jsonschema:"required" jsonschema_description:"Id of the service that needs it."`
	Members []string `yaml:"members" jsonschema:"required,minItems=2" jsonschema_description:"Components, as alarms name them."`
	Needed  int      `yaml:"needed" jsonschema_description:"How many must be up for the service to be up (default 1)."`
}

type fileProblems struct {
	After  int      `yaml:"after" jsonschema_description:"How many cases of the same fact are a problem (default 3)."`
	Within duration `yaml:"within" jsonschema_description:"Within how long (default 30d, at most 90d)."`
}

type fileMaintenance struct {
	ID         string   `yaml:"id" jsonschema:"required" jsonschema_description:"Never changes; unique within the customer."`
	Name       string   `yaml:"name" jsonschema:"required" jsonschema_description:"For people: what is done."`
	Services   []string `yaml:"services" jsonschema_description:"Ids of the services (default: all)."`
	Components []string `yaml:"components" jsonschema_description:"Components of them, as alarms name them (default: all)."`
	From       moment   `yaml:"from" jsonschema:"required" jsonschema_description:"When it begins, in the customer's zone."`
	To         moment   `yaml:"to" jsonschema:"required" jsonschema_description:"The first moment after it."`
}

// clockTime is a time of day in minutes from midnight, HH:MM; 24:00 is the day's end.
type clockTime int

func (c *clockTime) parse(text string) error {
	if text == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return fmt.Errorf("%q is not a time of day; write it as 08:00", text)
	}
	*c = clockTime(t.Hour()*60 + t.Minute())
	return nil
}

// JSONSchema describes a time of day to editors.
func (clockTime) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^([0-2][0-9]:[0-5][0-9]|.*\$\{.*)$`}
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// process checks what cases go by.
func (v validator) process(key string, p fileProcess, services []fileService, channels map[string]models.ChannelKind, zone *time.Location) {
	if zone == nil {
		zone = time.UTC // refused elsewhere
	}
	for i, h := range p.Hours {
		v.hours(fmt.Sprintf("%s.hours[%d]", key, i), h)
	}
	seen := map[int]bool{}
	for i, t := range p.SLA {
		at := fmt.Sprintf("%s.sla[%d]", key, i)
		switch {
		case t.Priority < 1 || t.Priority > 5:
			v.fail(at+".priority", "%d is no priority; write 1 to 5", t.Priority)
		case seen[t.Priority]:
			v.fail(at+".priority", "priority %d is promised twice; keep one", t.Priority)
		}
		seen[t.Priority] = true
	}
	if p.WarnAt != nil && (*p.WarnAt <= 0 || *p.WarnAt >= 1) {
		v.fail(key+".warn_at", "%g is no share of a promised time; write such as 0.75", *p.WarnAt)
	}
	var known []string
	for _, s := range services {
		known = append(known, s.ID)
	}
	v.components(key, p.Components, known)
	v.templates(key+".plan_templates", p.Plans, known)
	v.runbooks(key+".runbooks", p.Runbooks, known)
	v.inventories(key+".inventories", p.Inventories, known)
	if p.Problems != nil {
		v.problems(key+".problems", *p.Problems)
	}
	groups, windows := v.unique(), v.unique()
	member := map[string]string{}
	for i, g := range p.Redundancy {
		at := fmt.Sprintf("%s.redundancy[%d]", key, i)
		groups(at, g.ID)
		v.oneOf(at+".service", g.Service, known...)
		v.group(at, g, member)
	}
	for i, w := range p.Windows {
		at := fmt.Sprintf("%s.windows[%d]", key, i)
		windows(at, w.ID)
		v.maintenance(at, w, known, zone)
	}
	v.onCall(key, p, known, channels, zone)
	v.integrations(key+".integrations", p.Integrations, known)
}

// problems checks when what comes back is a problem; cases that are over are known for 90 days.
func (v validator) problems(key string, p fileProblems) {
	if v.given(key+".after") && (p.After < 2 || p.After > 1000) {
		v.fail(key+".after", "%d times are not between 2 and 1000; write how many cases of a fact are a problem", p.After)
	}
	if p.Within > duration(90*24*time.Hour) {
		v.fail(key+".within", "cases that are over are looked at for 90 days; write 90d or less")
	}
}

func (v validator) hours(key string, h fileHours) {
	if len(h.Days) == 0 {
		v.fail(key+".days", "no day is given; write such as [mon, tue, wed, thu, fri]")
	}
	for _, d := range h.Days {
		v.oneOf(key+".days", d, weekdays...)
	}
	if h.To <= h.From {
		v.fail(key+".to", "it ends before it begins; a night is two entries, to 24:00 and from 00:00")
	}
}

func (v validator) group(key string, g fileGroup, member map[string]string) {
	if len(g.Members) < 2 {
		v.fail(key+".members", "%d are no redundancy; name two components or more", len(g.Members))
	}
	for _, m := range g.Members {
		if other, twice := member[g.Service+"\x1f"+m]; twice {
			v.fail(key+".members", "%q is in %s already; a component belongs to one group of a service", m, other)
		}
		member[g.Service+"\x1f"+m] = key
	}
	if v.given(key+".needed") && (g.Needed < 1 || g.Needed >= len(g.Members)) {
		v.fail(key+".needed", "of %d members %d cannot be needed if one may fail; write 1 to %d", len(g.Members), g.Needed, len(g.Members)-1)
	}
}

func (v validator) maintenance(key string, w fileMaintenance, services []string, zone *time.Location) {
	if strings.TrimSpace(w.Name) == "" {
		v.fail(key+".name", "the window has no name; write what is done in it")
	}
	for _, s := range w.Services {
		v.oneOf(key+".services", s, services...)
	}
	v.between(key, w.From, w.To, zone)
}

// processOf builds what cases go by.
func processOf(f fileProcess, channels map[string]models.ChannelKind, zone *time.Location) models.Process {
	p := models.Process{Integrations: integrationsOf(f.Integrations), ReopenWithin: time.Duration(f.ReopenWithin), ReviewWithin: time.Duration(f.ReviewWithin), Week: weekOf(f.Hours), Channels: channels}
	onCallOf(&p, f, zone)
	if f.WarnAt != nil {
		p.Warn = *f.WarnAt
	}
	for _, t := range f.SLA {
		if p.Targets == nil {
			p.Targets = map[models.Priority]models.ServiceTargets{}
		}
		p.Targets[models.Priority(t.Priority)] = models.ServiceTargets{
			Acknowledge: time.Duration(t.Acknowledge), Update: time.Duration(t.Update), Resolve: time.Duration(t.Resolve), Restore: time.Duration(t.Restore), Always: bool(t.Always),
		}
	}
	p.Components = componentsOf(f.Components, zone)
	p.Plans = templatesOf(f.Plans)
	p.Runbooks = runbooksOf(f.Runbooks)
	if f.Problems != nil {
		p.ProblemAfter, p.ProblemWithin = f.Problems.After, time.Duration(f.Problems.Within)
	}
	for _, g := range f.Redundancy {
		p.Groups = append(p.Groups, models.RedundantGroup{ID: g.ID, Service: g.Service, Members: g.Members, Needed: max(1, g.Needed)})
	}
	for _, w := range f.Windows {
		p.Windows = append(p.Windows, models.Maintenance{ID: w.ID, Name: w.Name, Services: w.Services, Components: w.Components, From: w.From.in(zone), To: w.To.in(zone)})
	}
	return p
}

// weekOf are stretches of the days of a week, in order.
func weekOf(hours []fileHours) (week [7][]models.Opening) {
	for _, h := range hours {
		for _, d := range h.Days {
			day := slices.Index(weekdays, d)
			week[day] = append(week[day], models.Opening{From: int(h.From), To: int(h.To)})
			slices.SortFunc(week[day], func(a, b models.Opening) int { return a.From - b.From })
		}
	}
	return week
}
