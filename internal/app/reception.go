package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"foresight/configs"
	"foresight/internal/incident"
	"foresight/internal/metrics"
	"foresight/internal/store"
	"foresight/internal/web/intake"
	"foresight/models"
)

// Bounds of the queue before the cases.
const (
	mostWaiting      = 20_000           // reports; beyond it senders are asked to come again
	mostAtOnce       = 2_000            // reports in one transaction
	keepingAtLongest = 30 * time.Second // of one transaction
)

// reception is where systems report. What comes in while a transaction is under way is kept by
// the next, all together: a storm costs few transactions, and who reports alone waits for one.
type reception struct {
	counter
	wake  func() // the courier
	lines map[string]*queue
	held  chan struct{} // something waits to be verified
}

// queue is what waits for one customer's cases.
type queue struct {
	customer string
	rules    incident.Rules // of the configuration

	mu      sync.Mutex
	waiting []*waiting
	reports int // of them
	busy    bool
}

// waiting is a request that waits.
type waiting struct {
	in    models.Intake
	taken []models.Taken
	err   error
	done  chan struct{}
}

// newReception opens the door to every customer of the configuration.
func newReception(kept *store.Store, cfg *configs.Config, clock func() time.Time, wake func()) (*reception, error) {
	r := &reception{counter: counter{kept, cfg, clock}, wake: wake, lines: map[string]*queue{}, held: make(chan struct{}, 1)}
	for _, c := range cfg.Customers {
		_, rules, err := r.configured(c.ID)
		if err != nil {
			return nil, err
		}
		r.lines[c.ID] = &queue{customer: c.ID, rules: rules}
	}
	return r, nil
}

// Take implements intake.Desk.
func (r *reception) Take(ctx context.Context, in models.Intake) ([]models.Taken, error) {
	q := r.lines[in.Customer]
	if q == nil {
		return nil, fmt.Errorf("taking a report: there is no customer %q", in.Customer)
	}
	one := &waiting{in: in, done: make(chan struct{})}
	q.mu.Lock()
	if q.reports+len(in.Reports) > mostWaiting {
		q.mu.Unlock()
		return nil, models.ErrTooMany
	}
	q.waiting, q.reports = append(q.waiting, one), q.reports+len(in.Reports)
	if !q.busy {
		q.busy = true
		go r.work(context.WithoutCancel(ctx), q) // for all who come meanwhile, whether this one stays or not
	}
	q.mu.Unlock()
	select {
	case <-one.done:
		return one.taken, one.err
	case <-ctx.Done():
		return nil, fmt.Errorf("keeping a report of customer %q: %w", in.Customer, context.Cause(ctx))
	}
}

// Beat implements intake.Desk.
func (r *reception) Beat(ctx context.Context, customer, integration string, at time.Time) error {
	return r.kept.KeepBeat(ctx, customer, integration, at)
}

// Hold implements intake.Desk.
func (r *reception) Hold(ctx context.Context, h models.HeldIntake) error {
	if err := r.kept.Hold(ctx, h); err != nil {
		return err
	}
	select {
	case r.held <- struct{}{}:
	default: // the verifier knows already
	}
	return nil
}

// work keeps what waits, transaction after transaction, until nothing does.
func (r *reception) work(ctx context.Context, q *queue) {
	for {
		batch := q.next()
		if batch == nil {
			return
		}
		inTime, cancel := context.WithTimeout(ctx, keepingAtLongest)
		changed, err := r.keep(inTime, q, batch)
		cancel()
		for _, one := range batch {
			if err != nil {
				one.taken, one.err = nil, err
			}
			close(one.done)
		}
		if changed && err == nil {
			r.wake()
		}
	}
}

// next takes the head of the queue; nil when it is empty, and then the work is over.
func (q *queue) next() []*waiting {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, reports := 0, 0
	for n < len(q.waiting) && (n == 0 || reports+len(q.waiting[n].in.Reports) <= mostAtOnce) {
		reports += len(q.waiting[n].in.Reports)
		n++
	}
	batch := q.waiting[:n:n]
	q.waiting, q.reports = q.waiting[n:], q.reports-reports
	q.busy = n > 0
	if n == 0 {
		return nil
	}
	return batch
}

// keep brings a batch into the cases in one transaction, and reports whether Splunk is told of it.
func (r *reception) keep(ctx context.Context, q *queue, batch []*waiting) (changed bool, err error) {
	var names []string
	for _, one := range batch {
		if one.in.Once != "" {
			names = append(names, one.in.Once)
		}
	}
	rules, err := staffed(ctx, r.kept, q.customer, q.rules)
	if err != nil {
		return false, err
	}
	err = r.kept.TakeIn(ctx, q.customer, r.clock(), names, func(d store.Desk) (models.Turn, error) {
		sits := sittingAt(d, rules)
		for _, one := range batch {
			if one.in.Once != "" && d.Heard[one.in.Once] {
				one.err = models.ErrReplayed
				continue
			}
			d.Heard[one.in.Once] = true
			for _, report := range one.in.Reports {
				one.taken = append(one.taken, sits.take(report))
			}
		}
		changed = len(sits.turn.Parcels)+len(sits.turn.Notices) > 0
		return sits.turn, nil
	})
	return changed, err
}

// sitting takes report after report into a customer's cases.
type sitting struct {
	cases []models.Incident
	next  func() string
	id    string // of the next case
	rules incident.Rules
	turn  models.Turn

	problems []models.Problem // the customer's
}

// sittingAt sits down at a customer's desk, by the rules and what inventories have found.
func sittingAt(d store.Desk, rules incident.Rules) *sitting {
	rules.Process = incident.WithFound(rules.Process, d.Found)
	return &sitting{cases: d.Cases, next: d.Next, id: d.Next(), rules: rules, problems: d.Problems}
}

func (d *sitting) take(r models.Report) models.Taken {
	i, entries, outcome := incident.Take(r, d.cases, d.id, d.rules)
	if outcome == incident.Dropped {
		return models.Taken{Outcome: outcome}
	}
	i, more, problem := incident.Recur(i, outcome, d.cases, d.problems, r.HeardAt(), d.rules)
	t := incident.Settle(i, append(entries, more...), r.HeardAt(), d.rules)
	if problem != nil {
		t = t.With(models.Turn{Problems: []models.Problem{*problem}, Parcels: []models.Parcel{incident.TellProblem(*problem)}})
		d.problems = models.Turn{Problems: d.problems}.With(models.Turn{Problems: []models.Problem{*problem}}).Problems
	}
	if i.ID == d.id {
		d.cases, d.id = append(d.cases, t.Incidents[0]), d.next()
	} else {
		d.cases[slices.IndexFunc(d.cases, func(c models.Incident) bool { return c.ID == i.ID })] = t.Incidents[0]
	}
	d.turn = d.turn.With(t)
	return models.Taken{Outcome: outcome, Incident: i.ID}
}

// intake is the handler of what systems report.
func (w *works) intake() (http.Handler, error) {
	r, err := newReception(w.store, w.cfg, w.app.Clock, w.courier.Wake)
	if err != nil {
		return nil, err
	}
	w.desk = r
	o := intake.Options{Desk: counting{r, w.meter}, Clock: w.app.Clock, Count: w.meter.Unreported, Refused: w.refusedReport}
	for _, c := range w.cfg.Customers {
		for _, i := range c.Process.Integrations {
			o.Doors = append(o.Doors, intake.Door{Customer: c, Integration: i, Secret: w.cfg.IntakeSecrets[c.ID][i.ID].Value()})
		}
	}
	return intake.New(o), nil
}

// counting measures what a desk takes.
type counting struct {
	intake.Desk
	meter *metrics.Metrics
}

// Take implements intake.Desk.
func (c counting) Take(ctx context.Context, in models.Intake) ([]models.Taken, error) {
	taken, err := c.Desk.Take(ctx, in)
	for _, t := range taken {
		c.meter.Reported(in.Customer, string(t.Outcome))
	}
	return taken, err //nolint:wrapcheck // it is the desk's own
}

// refusedReport tells the operator of requests that changed nothing.
func (w *works) refusedReport(r intake.Refusal) {
	e := w.line.Log.Warn()
	if r.Err != nil {
		e = w.line.Log.Error().Err(r.Err)
	}
	e = e.Str("reason", r.Reason).Str("remote", r.Remote)
	if r.Integration != "" {
		e = e.Str("customer", r.Customer).Str("integration", r.Integration)
	}
	if r.Earlier > 0 {
		e = e.Int("refused_alike_before", r.Earlier)
	}
	e.Msg("a report is refused: " + r.Text + "; more of the kind are only counted, for an hour")
}
