package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// Process is what the incident process knows of a customer at a moment.
type Process struct {
	At       time.Time
	Cases    []models.Incident // those that are open, and what was resolved in the last Since
	Problems []models.Problem  // that are not resolved
	Items    []models.Item     // the register
	Groups   []models.RedundantGroup
}

// Since is how far back promised times and predictions are looked at.
const Since = 90 * 24 * time.Hour

// processView is what process.gohtml prints.
type processView struct {
	At, Lead  string
	Cases     []caseLine
	Promises  []promiseLine
	Plan      []taskLine
	Problems  []problemLine
	Upkeep    []upkeepLine
	Groups    []groupLine
	Foreseen  []string // how predictions came
	Reviews   []string
	SinceDays int
}

type caseLine struct {
	ID, Title, Service, State, Level, Assignee, Due, Ran string
	Priority                                             int
}

type promiseLine struct {
	Clock                string
	Kept, Broken, Runs   int
	Share, Soonest, Case string
}

type taskLine struct {
	Case, Title, Owner, Start, Need, State string
	Late                                   bool
}

type problemLine struct{ ID, Title, State, Cause, Around, Cases string }

type upkeepLine struct{ Name, Service, What, Day, Tests string }

type groupLine struct {
	ID, Service, State, Case string
	Bad                      bool
}

// clockOrder is that in which promised times are listed.
var clockOrder = []models.ClockKind{models.ClockAcknowledge, models.ClockUpdate, models.ClockResolve, models.ClockRestore}

// newProcess works out everything that the section prints.
func (e voice) newProcess(c models.Customer, p Process) processView {
	loc := zone(c)
	at := func(t time.Time) string { return e.Date(t.In(loc), e.T("2 Jan 2006, 15:04")) }
	named := services(c)
	v := processView{At: at(p.At), SinceDays: int(Since / (24 * time.Hour))}
	v.Cases = e.caseLines(p, named, at)
	v.Lead = e.processLead(p)
	v.Promises = e.promises(p, at)
	v.Plan = e.planLines(p, loc)
	for _, x := range p.Problems {
		v.Problems = append(v.Problems, problemLine{x.ID, e.oneStyle(x.Title), e.T(x.State.Words()), x.Cause, x.Around, strings.Join(x.Cases, ", ")})
	}
	v.Upkeep = e.upkeep(p, named, loc)
	v.Groups = e.groups(p, named)
	v.Foreseen = e.foreseen(p)
	for _, i := range p.Cases {
		if i.Review != nil && i.Review.Done.IsZero() {
			v.Reviews = append(v.Reviews, e.T("%s, due by %s: %s", i.ID, e.day(i.Review.Due, loc), e.oneStyle(i.Title)))
		}
	}
	return v
}

// services names services for people; one that is no more goes by its id.
func services(c models.Customer) func(id string) string {
	return func(id string) string {
		for _, s := range c.Services {
			if s.ID == id && s.Name != "" {
				return s.Name
			}
		}
		return id
	}
}

// words says a value of the models, such as a state.
func (e voice) words(value string) string { return e.T(strings.ReplaceAll(value, "_", " ")) }

// graver puts what needs people first: level, priority, then the earlier.
func graver(a, b models.Incident) int {
	if a.Level != b.Level {
		return int(a.Level - b.Level)
	}
	if a.Priority != b.Priority {
		return int(a.Priority - b.Priority)
	}
	return a.Opened.Compare(b.Opened)
}

func (e voice) caseLines(p Process, named func(string) string, at func(time.Time) string) (rows []caseLine) {
	open := slices.DeleteFunc(slices.Clone(p.Cases), func(i models.Incident) bool { return !i.State.Open() })
	slices.SortStableFunc(open, graver)
	for _, i := range open {
		row := caseLine{ID: i.ID, Title: e.oneStyle(i.Title), Service: named(i.Service), State: e.T(i.State.Words()), Level: fmt.Sprint(int(i.Level)), Assignee: i.Assignee, Priority: int(i.Priority)}
		var first time.Time
		var ran []string
		for _, c := range i.Clocks {
			if c.Breached {
				ran = append(ran, e.words(string(c.Kind)))
			}
			if c.Running() && !c.Breached && !c.Deadline.IsZero() && (first.IsZero() || c.Deadline.Before(first)) {
				first, row.Due = c.Deadline, e.T("promise|%s by %s", e.words(string(c.Kind)), at(c.Deadline))
			}
		}
		row.Ran = strings.Join(ran, ", ")
		rows = append(rows, row)
	}
	return rows
}

// lead is the section's first sentence.
func (e voice) processLead(p Process) string {
	levels, broken, late := map[models.Level]int{}, 0, 0
	for _, i := range p.Cases {
		if !i.State.Open() {
			continue
		}
		levels[i.Level]++
		if slices.ContainsFunc(i.Clocks, func(c models.Clock) bool { return c.Breached && c.Running() }) {
			broken++
		}
		for _, t := range i.Plan {
			if t.Late && t.State == models.TaskOpen {
				late++
			}
		}
	}
	if len(levels) == 0 {
		return e.T("No case is open.")
	}
	text := e.T("%s of what fails now, %s of what would take one more failure or a date, %s of what is foreseen", e.plural(levels[1], "case", "cases"), e.whole(levels[2]), e.whole(levels[3]))
	if broken > 0 {
		text += e.T("; in %s a promised time has run out", e.whole(broken))
	}
	if late > 0 {
		text += e.T("; %s late", e.plural(late, "task is", "tasks are"))
	}
	return text + "."
}

// promises says by clock how many promised times were kept, and what runs out next.
func (e voice) promises(p Process, at func(time.Time) string) (rows []promiseLine) {
	for _, k := range clockOrder {
		row := promiseLine{Clock: e.words(string(k))}
		var first time.Time
		for _, i := range p.Cases {
			for _, c := range i.Clocks {
				switch {
				case c.Kind != k || c.Target <= 0:
				case c.Breached:
					row.Broken++
				case !c.Stopped.IsZero():
					row.Kept++
				default:
					row.Runs++
					if c.Running() && !c.Deadline.IsZero() && (first.IsZero() || c.Deadline.Before(first)) {
						first, row.Soonest, row.Case = c.Deadline, at(c.Deadline), i.ID
					}
				}
			}
		}
		if n := row.Kept + row.Broken; n > 0 {
			row.Share = e.whole(row.Kept*100/n) + " %"
		}
		if row.Kept+row.Broken+row.Runs > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func (e voice) planLines(p Process, loc *time.Location) (rows []taskLine) {
	type dated struct {
		taskLine
		start time.Time
	}
	var all []dated
	for _, i := range p.Cases {
		if !i.State.Open() {
			continue
		}
		for _, t := range i.Plan {
			if t.State.Over() {
				continue
			}
			all = append(all, dated{taskLine{i.ID, e.oneStyle(t.Title), t.Owner, e.day(t.LatestStart, loc), e.day(t.NeedBy, loc), e.words(string(t.State)), t.Late && t.State == models.TaskOpen}, t.LatestStart})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.start.Compare(b.start) })
	for _, d := range all {
		rows = append(rows, d.taskLine)
	}
	return rows
}

// upkeep lists what of the register has a date, the nearest first, and certificates that are looked at.
func (e voice) upkeep(p Process, named func(string) string, loc *time.Location) (rows []upkeepLine) {
	type dated struct {
		upkeepLine
		on time.Time
	}
	var all []dated
	for _, i := range p.Items {
		tests := e.whole(len(i.Tests))
		if len(i.Tests) == 0 {
			tests = e.T("none")
		}
		if !i.EndOfSupport.IsZero() {
			all = append(all, dated{upkeepLine{i.Name, named(i.Service), strings.TrimSpace(e.T("end of support") + " " + i.Version), e.day(i.EndOfSupport, loc), tests}, i.EndOfSupport})
		}
		switch {
		case !i.Expires.IsZero():
			all = append(all, dated{upkeepLine{i.Name, named(i.Service), e.T("certificate"), e.day(i.Expires, loc), tests}, i.Expires})
		case i.TLS != "":
			all = append(all, dated{upkeepLine{i.Name, named(i.Service), e.T("certificate"), e.T("looked at by serve"), tests}, p.At.AddDate(100, 0, 0)})
		}
	}
	slices.SortStableFunc(all, func(a, b dated) int { return a.on.Compare(b.on) })
	for _, d := range all {
		rows = append(rows, d.upkeepLine)
	}
	return rows
}

func (e voice) groups(p Process, named func(string) string) (rows []groupLine) {
	for _, g := range p.Groups {
		row := groupLine{ID: g.ID, Service: named(g.Service), State: e.T("all %s are up", e.whole(len(g.Members)))}
		for _, i := range p.Cases {
			if red := i.Redundancy; red != nil && i.State.Open() && red.Group == g.ID && i.Service == g.Service {
				row.State, row.Case, row.Bad = e.T("%s (%s of %s up)", e.Redundancy(*red), e.whole(red.Up()), e.whole(red.Members)), i.ID, len(red.Down) > 0
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// foreseen says how predictions came whose day has passed.
func (e voice) foreseen(p Process) (lines []string) {
	for _, i := range p.Cases {
		if i.Verdict != "" {
			lines = append(lines, fmt.Sprintf("%s: %s (%s)", e.words(i.Verdict), e.oneStyle(i.Title), i.ID))
		}
	}
	slices.Sort(lines)
	return lines
}
