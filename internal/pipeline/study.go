package pipeline

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"foresight/models"
)

// study is what one query came to, from its fetch to its actions.
type study struct {
	service     models.Service
	query       models.Query
	signals     []models.SignalResult
	findings    []models.Finding
	actions     []models.Action
	errors      []models.RunError
	failures    []error
	reviews     [][]review    // by signal
	stepsPassed []passedSteps // of each signal, beside signals
	buckets     int           // buckets of the window
	holes       int           // of which unknown
	revised     int           // buckets read again that had another value before
	decided     bool          // the forecast stands, so that what it no longer says may be withdrawn

	histories []history // kept for those that it drives, until the run ends
	outlooks  []outlook
	done      chan struct{} // closed when the study is over, well or not
	driver    *study        // of the volume that its signal is driven by; nil: none
	drives    bool          // another's signal
	aside     bool          // nobody wants it but those that it drives
}

func newStudy(service models.Service, q models.Query) *study {
	return &study{service: service, query: q, done: make(chan struct{})}
}

// key names the query among the customer's.
func (s *study) key() string { return s.service.ID + "/" + s.query.ID }

func (s *study) fail(stage string, err error) {
	s.errors = append(s.errors, models.RunError{Service: s.service.ID, Query: s.query.ID, Stage: stage, Reason: reason(err), Text: err.Error()})
	s.failures = append(s.failures, fmt.Errorf("%s/%s: %w", s.service.ID, s.query.ID, err))
}

// study takes every wanted query through fetch, series, forecast, findings and
// actions, and returns them in configuration order.
func (l *Line) study(ctx context.Context, j Job) []*study {
	var studies []*study
	for _, service := range j.Customer.Services {
		for _, q := range service.Queries {
			if j.Want == nil || j.Want(service, q) {
				studies = append(studies, newStudy(service, q))
			}
		}
	}
	studies = drivers(j, studies)
	work := l.Desk
	if work == nil {
		work = NewDesk(1, 1)
	}
	var wait sync.WaitGroup
	for _, s := range studies {
		wait.Go(func() {
			defer close(s.done)
			err := l.guarded(s, func() error { l.studyQuery(ctx, j, s, work); return nil })
			if err != nil {
				s.decided, s.signals, s.reviews, s.findings, s.actions = false, nil, nil, nil, nil
				s.fail("forecast", err)
			}
		})
	}
	wait.Wait()
	return slices.DeleteFunc(studies, func(s *study) bool { return s.aside })
}

// studyQuery is the line itself for one query.
func (l *Line) studyQuery(ctx context.Context, j Job, s *study, work *Desk) {
	tell := func(stage string, err error) {
		if l.Step != nil {
			l.Step(Progress{Customer: j.Customer.ID, Service: s.service.ID, Query: s.query.ID, Stage: stage, Err: err})
		}
	}
	var fetched models.Fetched
	err := at(ctx, work.fetching, func() (err error) {
		tell("fetching", nil)
		return l.timed(StageFetch, func() (err error) {
			fetched, err = l.fetch(ctx, j, s)
			return err
		})
	})
	if err != nil {
		s.fail("fetch", err)
		tell("failed", err)
		return
	}
	histories := settle(s.query, fetched, j.Customer.Zone)
	for i := range histories {
		histories[i].speak(j.say())
	}
	// The parts of a split repeat the total's buckets: the total counts for all.
	s.buckets, s.holes = histories[0].buckets, histories[0].holes
	if s.drives {
		histories[0].paths = cmp.Or(l.Paths, drivenPaths)
	}
	if !s.drives && s.driver == nil {
		histories[0].fine = nil
	}
	histories = l.withRest(histories)
	err = s.wait(ctx)
	tell("forecasting", nil)
	if err == nil {
		err = l.studySignals(ctx, j, s, histories, work)
	}
	if err != nil {
		s.fail("forecast", err)
		tell("failed", err)
		return
	}
	tell("done", nil)
}

// studySignals forecasts a query's signals side by side and says, in their order,
// what follows from them, all in the places that the desk has for such work.
func (l *Line) studySignals(ctx context.Context, j Job, s *study, histories []history, work *Desk) error {
	outlooks := make([]outlook, len(histories))
	var group errgroup.Group
	// No more of a query's signals wait in line than can be served at once: behind the
	// thousands of a split another query would come last.
	group.SetLimit(cap(work.forecasting))
	for i, h := range histories {
		group.Go(func() error {
			return at(ctx, work.forecasting, func() error {
				return l.guarded(s, func() error { return l.lookAhead(ctx, j, s, h, &outlooks[i]) })
			})
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return at(ctx, work.forecasting, func() error { // it is as much work as some forecasts
		conclude(j, s, histories, outlooks)
		return nil
	})
}

// conclude has parts and total agree, and says what follows from the forecasts.
func conclude(j Job, s *study, histories []history, outlooks []outlook) {
	agree(j, s, histories, outlooks)
	if s.drives {
		s.histories, s.outlooks = histories, outlooks
	}
	s.decided = true
	for i, o := range outlooks {
		if histories[i].hidden {
			continue
		}
		o.beside(j, s, histories[i])
		s.review(&o)
		s.tellPlans(o)
		s.decided = s.decided && (o.signal.Err == "" || histories[i].part) // of a part nothing is found
		s.stepsPassed = append(s.stepsPassed, passedOf(histories[i]))
		s.signals = append(s.signals, o.signal)
		found := findings(j, s, histories[i], o)
		s.findings = append(s.findings, found...)
		s.actions = append(s.actions, actions(j, s, o.signal.Signal, found)...)
	}
}

// lookAhead forecasts one signal, and lays what is planned over it.
func (l *Line) lookAhead(ctx context.Context, j Job, s *study, h history, o *outlook) error {
	h.reviews = l.review(ctx, j, s, h)
	err := l.timed(StageForecast, func() (err error) {
		*o, err = l.forecast(ctx, j, s, h)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.carried(ctx, j, h, o); err != nil {
		return err
	}
	return o.plan(j, s, h)
}
