package app

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"foresight/configs"
	"foresight/internal/store"
	"foresight/models"
	"foresight/splunk"
)

// itsiRound is how often the calendar is brought to the plans.
const itsiRound = 5 * time.Minute

// itsi keeps the maintenance windows of services, and of the work that plans ask for, in the calendar
// of Splunk ITSI: each is made once, moves under its key, and goes when its reason does. Several
// processes may do so at once: a window's title is one window's there.
type itsi struct {
	kept     *store.Store
	cfg      *configs.Config
	calendar splunk.Maintenance
	clock    func() time.Time
	log      zerolog.Logger

	away string // why ITSI does not answer; which was said
}

func (w *works) itsi() *itsi {
	if w.cfg.Splunk.ITSI == nil || w.clients.windows == nil {
		return nil
	}
	return &itsi{kept: w.store, cfg: w.cfg, calendar: w.clients.windows, clock: w.app.Clock, log: w.line.Log}
}

// run brings the calendar up to date at once and then again and again, until ctx ends.
func (c *itsi) run(ctx context.Context) {
	if c == nil {
		return
	}
	tick := time.NewTicker(itsiRound)
	defer tick.Stop()
	for {
		if err := c.round(ctx); err != nil && ctx.Err() == nil {
			c.log.Error().Err(err).Msg("keeping maintenance windows in ITSI; tried again")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// round makes, moves and removes what differs. What fails is tried again by the next.
func (c *itsi) round(ctx context.Context) error {
	want, err := c.wanted(ctx)
	if err != nil {
		return err
	}
	have, err := c.kept.KeptWindows(ctx)
	if err != nil {
		return err
	}
	var trouble error
	for _, ref := range slices.Sorted(maps.Keys(want)) {
		at, err := c.bring(ctx, want[ref], have[ref])
		trouble = cmp.Or(trouble, at)
		if err != nil {
			return err
		}
	}
	for _, ref := range slices.Sorted(maps.Keys(have)) {
		if _, still := want[ref]; still {
			continue
		}
		if have[ref].To.After(c.clock()) { // what is over is history, which stays there
			if err := c.calendar.RemoveWindow(ctx, have[ref].Key); err != nil {
				trouble = cmp.Or(trouble, err)
				continue
			}
		}
		if err := c.kept.ForgetWindow(ctx, ref); err != nil {
			return err
		}
	}
	said(c.log, &c.away, trouble, "maintenance windows cannot be kept in ITSI; tried again", "maintenance windows are kept in ITSI again")
	return ctx.Err()
}

// bring makes a window, or moves the one that is there. The first error is ITSI's.
func (c *itsi) bring(ctx context.Context, w models.ServiceWindow, have models.KeptWindow) (theirs, ours error) {
	if have.Key != "" && same(have.ServiceWindow, w) {
		return nil, nil
	}
	key := have.Key
	if key != "" {
		switch err := c.calendar.ReplaceWindow(ctx, key, w); {
		case errors.Is(err, splunk.ErrNoWindow):
			key = "" // somebody has removed it there: it still holds
		case err != nil:
			return err, nil
		}
	}
	if key == "" {
		var err error
		if key, err = c.calendar.MakeWindow(ctx, w); err != nil {
			return err, nil
		}
	}
	return nil, c.kept.KeepWindow(ctx, models.KeptWindow{Key: key, ServiceWindow: w})
}

// same compares windows by their moments.
func same(a, b models.ServiceWindow) bool {
	if !a.From.Equal(b.From) || !a.To.Equal(b.To) {
		return false
	}
	a.From, a.To, b.From, b.To = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return reflect.DeepEqual(a, b)
}

// wanted are the windows that ought to be there: those of the configuration, and one for each work on
// a system that a plan asks for, the night before it must be finished.
func (c *itsi) wanted(ctx context.Context) (map[string]models.ServiceWindow, error) {
	all := map[string]models.ServiceWindow{}
	for _, customer := range c.cfg.Customers {
		in := c.windowsOf(customer)
		said, err := c.kept.Said(ctx, customer.ID)
		if err != nil {
			return nil, err
		}
		cases, err := c.kept.Incidents(ctx, models.IncidentFilter{Customer: customer.ID, States: openStates})
		if err != nil {
			return nil, err
		}
		in.configured()
		in.planned(cases, said)
		maps.Copy(all, in.all)
	}
	return all, nil
}

// windows gathers a customer's.
type windows struct {
	customer models.Customer
	how      configs.ITSI
	now      time.Time
	keys     map[string]string // of services in ITSI
	all      map[string]models.ServiceWindow
}

func (c *itsi) windowsOf(customer models.Customer) *windows {
	in := &windows{customer: customer, how: *c.cfg.Splunk.ITSI, now: c.clock(), keys: map[string]string{}, all: map[string]models.ServiceWindow{}}
	for _, s := range customer.Services {
		if s.ITSI != "" {
			in.keys[s.ID] = s.ITSI
		}
	}
	return in
}

// add takes a window of services that ITSI knows, unless it is over.
func (w *windows) add(id, title, comment string, services []string, from, to time.Time) {
	var objects []string
	for _, s := range services {
		if key := w.keys[s]; key != "" {
			objects = append(objects, key)
		}
	}
	if len(objects) == 0 || !to.After(w.now) {
		return
	}
	slices.Sort(objects)
	ref := w.customer.ID + "/" + id
	w.all[ref] = models.ServiceWindow{Ref: ref, Title: "Foresight " + ref + ": " + title, Comment: comment, Objects: slices.Compact(objects), From: from.UTC(), To: to.UTC()}
}

// configured are the windows of whole services: ITSI would quiet a service for one of its components.
func (w *windows) configured() {
	for _, m := range w.customer.Process.Windows {
		if len(m.Components) > 0 {
			continue
		}
		services := m.Services
		if len(services) == 0 {
			services = slices.Sorted(maps.Keys(w.keys))
		}
		w.add("window/"+m.ID, m.Name, "Maintenance that Foresight was told of.", services, m.From, m.To)
	}
}

// planned are the works of cases, and of actions that no case has taken up.
func (w *windows) planned(cases []models.Incident, said map[string]models.Said) {
	taken := map[string]bool{}
	for _, i := range cases {
		for _, t := range i.Plan {
			taken[i.Finding] = true
			if !t.State.Over() && slices.Contains(w.how.Tasks, t.ID) {
				w.night(i.ID+"/"+t.ID, t.Title, "The last night for the work that case "+i.ID+" asks for: "+i.Title, i.Service, t.NeedBy)
			}
		}
	}
	for id, s := range said {
		if a := s.Action; a != nil && s.State == models.StateOpen && !a.Work.Over() && !taken[a.Finding] && slices.Contains(w.how.Tasks, a.Subject.Kind) {
			w.night(models.Revision("itsi", id), a.Title, "The last night for it: "+a.Reason, a.Subject.Service, a.NeedBy)
		}
	}
}

// night is the window of a work, on the day before the day of need.
func (w *windows) night(id, title, comment, service string, need time.Time) {
	if need.IsZero() {
		return
	}
	zone := w.customer.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := need.In(zone).Date()
	from := time.Date(y, m, d-1, int(w.how.At.Hours()), int(w.how.At.Minutes())%60, 0, 0, zone)
	w.add("work/"+id, title, comment, []string{service}, from, from.Add(w.how.For))
}
