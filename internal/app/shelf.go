package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"foresight/internal/report"
	"foresight/internal/store"
	"foresight/internal/web"
	"foresight/models"
)

// shelf shows what the passes of all processes on one database have found out, put
// together by customer. It is a web.Source.
type shelf struct {
	store *store.Store
	clock func() time.Time
	log   zerolog.Logger
	news  chan struct{} // a pass of this process has ended, or the configuration changed

	drawing sync.Mutex // one page at a time

	mu        sync.Mutex
	customers []models.Customer
	dir       string                       // of the report files
	pages     map[string]drawn             // by customer
	printed   map[string]edition           // what the files show
	unsaid    map[string]map[string]mishap // by customer and query: failures that the database did not take
}

// drawn is a page and the version of what it shows.
type drawn struct {
	*report.Drawn
	issuedAt time.Time
	version  int64
	empty    bool // it shows no signal
}

// edition tells one file from another: what runs found, and when cases last changed.
type edition struct{ shown, cases int64 }

// mishap is a pass that failed.
type mishap struct {
	at  time.Time
	why string
}

func newShelf(s *store.Store, clock func() time.Time, log zerolog.Logger) *shelf {
	return &shelf{store: s, clock: clock, log: log, news: make(chan struct{}, 1), unsaid: map[string]map[string]mishap{}}
}

// keep has the shelf show these customers, and write their files into dir. A configuration
// names and orders what is shown: all is drawn anew.
func (s *shelf) keep(customers []models.Customer, dir string) {
	s.drawing.Lock() // no page by the configuration before comes after it
	defer s.drawing.Unlock()
	s.mu.Lock()
	s.customers, s.dir, s.pages, s.printed = customers, dir, map[string]drawn{}, map[string]edition{}
	s.mu.Unlock()
	s.wake()
}

// customer returns one that is shown.
func (s *shelf) customer(id string) (models.Customer, bool) {
	customers, _ := s.now()
	i := slices.IndexFunc(customers, func(c models.Customer) bool { return c.ID == id })
	if i < 0 {
		return models.Customer{}, false
	}
	return customers[i], true
}

// wake has the files looked at.
func (s *shelf) wake() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// now returns which customers are shown, and where their files are.
func (s *shelf) now() (customers []models.Customer, dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.customers, s.dir
}

// told takes note that a pass of this process ended, and that its outcome is kept.
func (s *shelf) told(customer, query string) {
	s.mu.Lock()
	delete(s.unsaid[customer], query)
	s.mu.Unlock()
	s.wake()
}

// failed notes a pass that failed without leaving anything: for all processes where the
// database takes it, else for this one's pages.
func (s *shelf) failed(ctx context.Context, customer, query string, asOf time.Time, err error) {
	now := s.clock()
	kept := s.store.Failed(context.WithoutCancel(ctx), customer, asOf, models.Showing{Query: query, Ended: now, Failure: err.Error()})
	if kept == nil {
		s.told(customer, query)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaid[customer] == nil {
		s.unsaid[customer] = map[string]mishap{}
	}
	s.unsaid[customer][query] = mishap{now, err.Error()}
}

// Customers implements web.Source.
func (s *shelf) Customers(ctx context.Context) ([]web.Standing, error) {
	customers, _ := s.now()
	open, err := s.store.Incidents(ctx, models.IncidentFilter{States: openStates})
	if err != nil {
		return nil, err
	}
	all := make([]web.Standing, 0, len(customers))
	for _, c := range customers {
		states, err := s.store.QueryStates(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		one := s.standing(c, states)
		for _, i := range open {
			if i.Customer == c.ID && len(i.Plan) > 0 {
				one.Plans = append(one.Plans, i)
			}
		}
		all = append(all, one)
	}
	return all, nil
}

// standing adds up where a customer's queries stand.
func (s *shelf) standing(c models.Customer, states []models.QueryState) web.Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := web.Standing{ID: c.ID, Name: c.Name, Zone: c.Zone, Findings: map[string]int{}}
	by := map[string]models.QueryState{}
	for _, x := range states {
		by[x.Query] = x
	}
	var why []string
	complete := true
	for _, key := range queriesOf(c) {
		x, known := by[key]
		if m, unsaid := s.unsaid[c.ID][key]; unsaid {
			x.Ended, x.Failure, known = m.at, m.why, true
		}
		if !known {
			w.Pending++
			complete = false
			continue
		}
		if x.Failure != "" {
			why = append(why, x.Failure)
		}
		w.Run.Ended, w.AsOf = later(w.Run.Ended, x.Ended), later(w.AsOf, x.AsOf)
		w.Actions, w.Unknown = append(w.Actions, x.Actions...), w.Unknown+x.Unknown
		for kind, n := range x.Findings {
			w.Findings[kind] += n
		}
		if complete = complete && !x.Succeeded.IsZero(); complete && (w.Complete.IsZero() || x.Succeeded.Before(w.Complete)) {
			w.Complete = x.Succeeded
		}
	}
	if !complete {
		w.Complete = time.Time{}
	}
	w.Run.Error = strings.Join(why, "; ")
	w.Overloads, w.Further = w.Findings[models.KindOverload], w.Findings[models.KindOutlook]
	return w
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Report implements web.Source. While the database is away it shows the last page that
// was drawn.
func (s *shelf) Report(ctx context.Context, customer string) (web.Page, bool, error) {
	if _, known := s.customer(customer); !known {
		return web.Page{}, false, nil
	}
	versions, err := s.store.Shown(ctx)
	if err == nil && versions[customer] == 0 {
		return web.Page{}, false, nil
	}
	page, last := s.last(customer)
	if err != nil && last {
		var plain bytes.Buffer
		if err := page.HTML(&plain); err != nil {
			return web.Page{}, false, err
		}
		return web.Page{HTML: plain.Bytes(), IssuedAt: page.issuedAt}, true, nil
	}
	if err != nil {
		return web.Page{}, false, err
	}
	if page, err = s.draw(ctx, customer, versions[customer]); err != nil {
		return web.Page{}, false, err
	}
	c, _ := s.customer(customer)
	whole, changed, err := withProcess(ctx, s.store, c, page.Drawn, s.clock())
	if err != nil {
		return web.Page{}, false, err
	}
	return web.Page{HTML: whole, IssuedAt: later(page.issuedAt, changed)}, true, nil
}

// last is the page that was last drawn.
func (s *shelf) last(customer string) (drawn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page, there := s.pages[customer]
	return page, there
}

// draw draws a customer's page anew when there is news since it was last drawn.
func (s *shelf) draw(ctx context.Context, customer string, version int64) (drawn, error) {
	s.drawing.Lock()
	defer s.drawing.Unlock()
	if page, there := s.last(customer); there && page.version >= version {
		return page, nil
	}
	c, _ := s.customer(customer)
	showings, err := s.store.Showings(ctx, c.ID)
	if err != nil {
		return drawn{}, err
	}
	whole := together(c, showings)
	one, err := report.Draw(whole, report.Options{})
	if err != nil {
		return drawn{}, err
	}
	page := drawn{one, whole.IssuedAt, version, len(whole.Signals) == 0}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[customer] = page
	return page, nil
}

// together makes one result of what a customer's queries show, in their order in the
// configuration, which also says what services, queries and signals are.
func together(c models.Customer, showings []models.Showing) models.Result {
	whole := models.Result{Customer: c}
	by := map[string]models.Result{}
	for _, one := range showings {
		by[one.Query] = one.Result
	}
	for _, service := range c.Services {
		for _, q := range service.Queries {
			r, known := by[service.ID+"/"+q.ID]
			if !known {
				continue
			}
			for _, moments := range []any{&r.AsOf, &r.IssuedAt, &r.Signals, &r.Findings, &r.Actions} {
				zoned(moments, c.Zone)
			}
			if r.IssuedAt.After(whole.IssuedAt) {
				whole.RunID, whole.AsOf, whole.IssuedAt, whole.Duration = r.RunID, r.AsOf, r.IssuedAt, r.Duration
			}
			for _, x := range r.Signals {
				x.Service, x.Query, x.Signal = service, q, signalOf(q, x.Signal)
				whole.Signals = append(whole.Signals, x)
			}
			whole.Findings = append(whole.Findings, r.Findings...)
			whole.Actions = append(whole.Actions, r.Actions...)
			whole.Errors = append(whole.Errors, r.Errors...)
		}
	}
	return whole
}

// signalOf is a query's signal, or the part of it that is named.
func signalOf(q models.Query, named models.Signal) models.Signal {
	signal := q.Signal
	if named.ID != signal.ID { // a part, whose limit is the total's
		signal.ID, signal.Name, signal.Capacity, signal.Ceilings = named.ID, named.Name, nil, nil
	}
	return signal
}

// queriesOf lists a customer's queries as "service/query".
func queriesOf(c models.Customer) []string {
	var all []string
	for _, s := range c.Services {
		for _, q := range s.Queries {
			all = append(all, s.ID+"/"+q.ID)
		}
	}
	return all
}

// How often the files are looked at: after a pass at once, but no customer's page is drawn
// for a tenth of the time or more; for the sake of other processes' passes now and then.
const (
	printEvery = 30 * time.Second
	printRest  = time.Second
)

// print keeps the report files up to date until ctx ends.
func (s *shelf) print(ctx context.Context) error {
	tick := time.NewTicker(printEvery)
	defer tick.Stop()
	for {
		began := s.clock()
		if err := s.printNews(ctx); err != nil && ctx.Err() == nil {
			s.log.Error().Err(err).Msg("writing the reports")
		}
		rest := time.NewTimer(max(printRest, 10*s.clock().Sub(began)))
		select {
		case <-ctx.Done():
			rest.Stop()
			return nil
		case <-rest.C:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.news:
		case <-tick.C:
		}
	}
}

// printNews writes the page of every customer of whom there is news. A customer of whom
// nothing is known keeps the last good file.
func (s *shelf) printNews(ctx context.Context) error {
	versions, err := s.store.Shown(ctx)
	if err != nil {
		return err
	}
	cases, err := s.store.CasesChanged(ctx)
	if err != nil {
		return err
	}
	var failures []error
	customers, dir := s.now()
	for _, c := range customers {
		now := edition{versions[c.ID], cases[c.ID]}
		if s.isPrinted(c.ID, now) {
			continue
		}
		page, err := s.draw(ctx, c.ID, now.shown)
		if err == nil && !page.empty {
			var whole []byte
			if whole, _, err = withProcess(ctx, s.store, c, page.Drawn, s.clock()); err == nil {
				_, err = writePage(dir, c, whole)
			}
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("customer %s: %w", c.ID, err))
			continue
		}
		s.mu.Lock()
		s.printed[c.ID] = edition{page.version, now.cases}
		s.mu.Unlock()
	}
	return errors.Join(failures...)
}

func (s *shelf) isPrinted(customer string, now edition) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.printed[customer] == now
}
