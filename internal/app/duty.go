package app

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/store"
	"foresight/models"
)

// dutyRound is how often serve looks at the cases by itself: a clock that runs out is told of
// within that time.
const dutyRound = time.Minute

// duty is what serve does with the cases by itself: it watches their clocks, the ends of windows,
// who is to be told, and heartbeats. Several processes may be on duty at once: a change is made under the customer's
// lock, and whoever comes second finds nothing left to write.
type duty struct {
	counter
	wake func() // the courier, who sends what a change tells
	log  zerolog.Logger

	certificates certificates

	failing map[string]bool // customers whose last round failed, which was said
}

func newDuty(kept *store.Store, cfg *configs.Config, clock func() time.Time, wake func(), log zerolog.Logger) *duty {
	return &duty{counter: counter{kept, cfg, clock}, wake: wake, log: log, failing: map[string]bool{}}
}

// duty is that of the works' configuration.
func (w *works) duty() *duty { return newDuty(w.store, w.cfg, w.app.Clock, w.courier.Wake, w.line.Log) }

// run makes a round at once and then each minute, until ctx ends.
func (d *duty) run(ctx context.Context) {
	minute := time.NewTicker(dutyRound)
	defer minute.Stop()
	for {
		d.round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
		}
	}
}

// round looks at every customer's cases. One customer's trouble is no other's.
func (d *duty) round(ctx context.Context) {
	for _, c := range d.cfg.Customers {
		err := d.look(ctx, c, d.clock())
		if ctx.Err() != nil {
			return
		}
		switch {
		case err != nil && !d.failing[c.ID]:
			d.log.Error().Err(err).Str("customer", c.ID).Msg("watching the cases; tried again each minute")
		case err == nil && d.failing[c.ID]:
			d.log.Info().Str("customer", c.ID).Msg("the cases are watched again")
		}
		d.failing[c.ID] = err != nil
	}
}

// look brings a customer's cases to a moment. Where nothing is due it only reads.
func (d *duty) look(ctx context.Context, c models.Customer, at time.Time) error {
	cal, err := calendarOf(c.Country, c.Events)
	if err != nil {
		return fmt.Errorf("reading the calendar: %w", err)
	}
	found, err := d.kept.Found(ctx, c.ID)
	if err != nil {
		return err
	}
	c.Process = incident.WithFound(c.Process, found)
	rules, err := staffed(ctx, d.kept, c.ID, incident.RulesOf(c, cal))
	if err != nil {
		return err
	}
	beats, err := d.beats(ctx, c, at)
	if err != nil {
		return err
	}
	late, err := d.kept.LateNotices(ctx, c.ID, at.Add(-incident.Tolerance), at.Add(-lateSince))
	if err != nil {
		return err
	}
	open, err := d.kept.Incidents(ctx, models.IncidentFilter{Customer: c.ID, States: append([]models.IncidentState{models.IncidentResolved}, openStates...)})
	if err != nil {
		return err
	}
	beats = append(beats, d.upkeep(ctx, c, rules, open, at)...)
	if len(due(&sitting{cases: open, next: func() string { return "" }, rules: rules}, beats, late, at).Incidents) == 0 {
		return nil
	}
	changed := false
	err = d.kept.TakeIn(ctx, c.ID, at, nil, func(on store.Desk) (models.Turn, error) {
		t := due(sittingAt(on, rules), beats, late, at)
		changed = len(t.Incidents) > 0
		return t, nil
	})
	if err == nil && changed {
		d.wake()
	}
	return err
}

// openStates are those in which a clock may run.
var openStates = []models.IncidentState{models.IncidentNew, models.IncidentAcknowledged, models.IncidentInProgress, models.IncidentOnHold}

// lateSince is how far back notices are looked at that did not arrive.
const lateSince = 7 * 24 * time.Hour

// due is what a moment changes by itself: clocks, windows, who is told, heartbeats. late are
// notices that did not arrive in time: the timeline says so of each once.
func due(s *sitting, beats []models.Report, late []models.Posted, at time.Time) models.Turn {
	for n, i := range s.cases {
		if i.State.Done() {
			continue
		}
		t := incident.Look(i, at, s.rules)
		if len(t.Incidents) > 0 {
			i = t.Incidents[0]
		}
		if t = t.With(incident.Lapsed(i, late, at, s.rules)); len(t.Incidents) > 0 {
			s.cases[n] = t.Incidents[0]
			s.turn = s.turn.With(t)
		}
	}
	for _, b := range beats {
		s.take(b)
	}
	return s.turn
}
