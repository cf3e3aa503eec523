package incident

import (
	"time"

	"foresight/models"
)

// clock is the case's clock of a kind; nil when it has none.
func clock(i *models.Incident, k models.ClockKind) *models.Clock {
	for n := range i.Clocks {
		if i.Clocks[n].Kind == k {
			return &i.Clocks[n]
		}
	}
	return nil
}

// begin starts a clock from nothing, if one is promised.
func (w *writer) begin(k models.ClockKind) {
	target := w.rules.Targets[w.i.Priority].Of(k)
	c := clock(&w.i, k)
	if target <= 0 {
		if c != nil && c.Running() {
			w.stop(k)
		}
		return
	}
	fresh := models.Clock{Kind: k, Target: target}
	if c == nil {
		w.i.Clocks = append(w.i.Clocks, fresh)
		c = &w.i.Clocks[len(w.i.Clocks)-1]
	} else {
		*c = fresh
	}
	w.run(c)
}

// run lets a clock count from now on and fixes its deadline.
func (w *writer) run(c *models.Clock) {
	if c.Running() || !c.Stopped.IsZero() {
		return
	}
	c.Since = w.at
	c.Deadline = w.rules.hours(w.i.Priority).Add(w.at, c.Target-c.Spent)
}

// fails starts the clocks of what fails now. What is only foreseen, or has lost its spare, is
// measured by the dates of its plan and by the clock to restored redundancy.
func (w *writer) fails() {
	for _, k := range []models.ClockKind{models.ClockUpdate, models.ClockResolve} {
		if c := clock(&w.i, k); c != nil && k == models.ClockResolve {
			w.again(k)
			continue
		}
		w.begin(k)
	}
}

// pause stops counting; what was spent stays spent.
func (w *writer) pause(k models.ClockKind) {
	if c := clock(&w.i, k); c != nil && c.Running() {
		w.spend(c)
	}
}

func (w *writer) spend(c *models.Clock) {
	c.Spent += w.rules.hours(w.i.Priority).Between(c.Since, w.at)
	c.Since, c.Deadline = time.Time{}, time.Time{}
}

// resume lets a paused clock run on.
func (w *writer) resume(k models.ClockKind) {
	if c := clock(&w.i, k); c != nil {
		w.run(c)
	}
}

// stop ends a clock for good, and says so where it was late.
func (w *writer) stop(k models.ClockKind) {
	c := clock(&w.i, k)
	if c == nil || !c.Stopped.IsZero() {
		return
	}
	w.watch(c)
	if c.Running() {
		w.spend(c)
	}
	c.Stopped = w.at
}

// again starts a stopped clock where it stood: the case was not over after all.
func (w *writer) again(k models.ClockKind) {
	if c := clock(&w.i, k); c != nil && !c.Stopped.IsZero() {
		c.Stopped = time.Time{}
		w.run(c)
	}
}

// watch warns of a clock that is about to run out and tells of one that has, each once.
func (w *writer) watch(c *models.Clock) {
	if !c.Running() || c.Deadline.IsZero() {
		return
	}
	share := w.rules.Warn
	if share <= 0 || share >= 1 {
		share = DefaultWarn
	}
	spent := c.Spent + w.rules.hours(w.i.Priority).Between(c.Since, w.at)
	if !c.Breached && w.at.After(c.Deadline) {
		c.Breached, c.Warned = true, true
		w.add(models.EntryClock, string(c.Kind), "breached", w.rules.say().T("the time to %s ran out at %s", w.rules.say().T(string(c.Kind)), w.moment(c.Deadline)))
		return
	}
	if !c.Warned && spent >= time.Duration(share*float64(c.Target)) {
		c.Warned = true
		w.add(models.EntryClock, string(c.Kind), "warned", w.rules.say().T("the time to %s runs out at %s", w.rules.say().T(string(c.Kind)), w.moment(c.Deadline)))
	}
}

// moment writes one for people, by the customer's clock.
func (w *writer) moment(t time.Time) string { return w.rules.say().moment(t.In(w.rules.Hours.zone())) }

// rerate gives the running clocks the targets of a new priority; what was spent stays spent.
func (w *writer) rerate(before models.Priority) {
	for n := range w.i.Clocks {
		c := &w.i.Clocks[n]
		if !c.Stopped.IsZero() {
			continue
		}
		target := w.rules.Targets[w.i.Priority].Of(c.Kind)
		if target <= 0 {
			target = c.Target // a promise once made is not taken back
		}
		running := c.Running()
		if running {
			c.Spent += w.rules.hours(before).Between(c.Since, w.at)
			c.Since, c.Deadline = time.Time{}, time.Time{}
		}
		c.Target = target
		if running {
			w.run(c)
		}
	}
}
