package incident

import (
	"slices"
	"time"

	"foresight/analytics/calendar"
	"foresight/models"
)

// OnCall is the contact who is on call at a moment, "" when nobody is.
func OnCall(r models.Rota, at time.Time) string {
	if line := lineOf(r, at); len(line) > 0 {
		return line[0]
	}
	return ""
}

// lineOf is who is on call at a moment, and after them those who come next in the turns.
func lineOf(r models.Rota, at time.Time) []string {
	for _, c := range slices.Backward(r.Covers) {
		if !at.Before(c.From) && at.Before(c.To) {
			if c.Contact == "" {
				return nil
			}
			rest := turns(r, at)
			return append([]string{c.Contact}, slices.DeleteFunc(rest, func(x string) bool { return x == c.Contact })...)
		}
	}
	return turns(r, at)
}

// turns are those of the rotations at a moment, whose turn it is first.
func turns(r models.Rota, at time.Time) []string {
	for _, rotation := range r.Rotations {
		if n := turnOf(rotation, zoneOf(r), at); n >= 0 {
			return append(slices.Clone(rotation.Contacts[n:]), rotation.Contacts[:n]...)
		}
	}
	return nil
}

func zoneOf(r models.Rota) *time.Location {
	if r.Zone == nil {
		return time.UTC
	}
	return r.Zone
}

// turnOf is whose turn it is at a moment, by their place among the contacts; -1 when it is
// nobody's.
func turnOf(r models.Rotation, zone *time.Location, at time.Time) int {
	if len(r.Contacts) == 0 || at.Before(begins(r, zone, 0)) || !r.Until.IsZero() && !at.Before(r.Until) || !on(r.Week, zone, at) {
		return -1
	}
	first, today := calendar.DateOf(r.From.In(zone)), calendar.DateOf(at.In(zone))
	k := today.Sub(first) / length(r)
	for begins(r, zone, k).After(at) { // before today's handover
		k--
	}
	for !begins(r, zone, k+1).After(at) {
		k++
	}
	return k % len(r.Contacts)
}

func length(r models.Rotation) int { return max(1, r.Days) }

// begins is when turn k begins: the handover's time on the wall, k turns of days after the
// first.
func begins(r models.Rotation, zone *time.Location, k int) time.Time {
	d := calendar.DateOf(r.From.In(zone)).AddDays(k * length(r))
	return time.Date(d.Year, d.Month, d.Day, 0, r.Handover, 0, 0, zone)
}

// on reports whether a moment lies in the week's stretches; without any it does.
func on(week [7][]models.Opening, zone *time.Location, at time.Time) bool {
	h := Hours{Zone: zone, Week: week}
	if h.always() {
		return true
	}
	for _, s := range h.shifts(calendar.DateOf(at.In(zone))) {
		if !at.Before(s[0]) && at.Before(s[1]) {
			return true
		}
	}
	return false
}

// Duty is the process's word for models.Duty.
type Duty = models.Duty

// Duties are those of a rota in [from, to): without gaps, and no two neighbours alike.
func Duties(r models.Rota, from, to time.Time) []Duty {
	moments := []time.Time{from}
	add := func(at time.Time) {
		if at.After(from) && at.Before(to) {
			moments = append(moments, at)
		}
	}
	for _, c := range r.Covers {
		add(c.From)
		add(c.To)
	}
	zone := zoneOf(r)
	last := calendar.DateOf(to.In(zone))
	for _, rotation := range r.Rotations {
		add(rotation.Until)
		h := Hours{Zone: zone, Week: rotation.Week}
		for d := calendar.DateOf(from.In(zone)).AddDays(-1); !d.After(last); d = d.AddDays(1) {
			add(time.Date(d.Year, d.Month, d.Day, 0, rotation.Handover, 0, 0, zone))
			for _, s := range h.shifts(d) {
				add(s[0])
				add(s[1])
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	var all []Duty
	for n, at := range moments {
		end := to
		if n+1 < len(moments) {
			end = moments[n+1]
		}
		if !end.After(at) {
			continue
		}
		who := OnCall(r, at)
		if last := len(all) - 1; last >= 0 && all[last].Contact == who {
			all[last].To = end
			continue
		}
		all = append(all, Duty{Contact: who, From: at, To: end})
	}
	return all
}
