package web

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"foresight/models"
)

// Board is a Source in memory: the last run of each customer, and its last page.
// It is safe for use by several goroutines.
type Board struct {
	mu        sync.RWMutex
	order     []string
	standings map[string]Standing
	pages     map[string]Page
}

// NewBoard returns a board of customers that have not run yet.
func NewBoard(customers []models.Customer) *Board {
	b := &Board{}
	b.Keep(customers)
	return b
}

// Keep makes these the board's customers, in this order: what is known of them stays, and
// the others go.
func (b *Board) Keep(customers []models.Customer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	standings, pages := b.standings, b.pages
	b.order, b.standings, b.pages = nil, map[string]Standing{}, map[string]Page{}
	for _, c := range customers {
		if _, twice := b.standings[c.ID]; !twice {
			b.order = append(b.order, c.ID)
		}
		s := standings[c.ID]
		s.ID, s.Name, s.Zone = c.ID, c.Name, c.Zone
		b.standings[c.ID] = s
		if p, known := pages[c.ID]; known {
			b.pages[c.ID] = p
		}
	}
}

// Done takes a run that ended with a result and its page. A non-nil failed says why
// the run counts as failed all the same (a query that could not be read).
func (b *Board) Done(r models.Result, html []byte, ended time.Time, failed error) {
	if failed == nil {
		failed = standing(r.Errors) // of the other queries' last passes
	}
	s := Standing{ID: r.Customer.ID, Name: r.Customer.Name, Zone: r.Customer.Zone, AsOf: r.AsOf, Run: run(ended, failed), Findings: map[string]int{}}
	for _, a := range r.Actions {
		if a.State == models.StateOpen {
			s.Actions = append(s.Actions, a)
		}
	}
	for _, f := range r.Findings {
		if f.State == models.StateOpen {
			s.Findings[f.Subject.Kind]++
		}
		switch {
		case f.State != models.StateOpen:
		case f.Subject.Kind == models.KindOverload:
			s.Overloads++
		case f.Subject.Kind == models.KindOutlook:
			s.Further++
		}
	}
	for _, x := range r.Signals {
		if len(x.Forecasts) == 0 {
			s.Unknown++
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known(s.ID)
	s.Complete = b.standings[s.ID].Complete
	if failed == nil {
		s.Complete = ended
	}
	b.standings[s.ID] = s
	b.pages[s.ID] = Page{HTML: html, IssuedAt: r.IssuedAt}
}

// Failed takes a run that ended without a result. The last page stays.
func (b *Board) Failed(customer string, ended time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known(customer)
	s := b.standings[customer]
	s.ID, s.Run = customer, run(ended, err)
	b.standings[customer] = s
}

// standing makes one error of the queries that their last passes could not read or
// forecast, whichever pass that was. A what-if that cannot be worked out fails no run.
func standing(failures []models.RunError) error {
	var all []error
	for _, f := range failures {
		if f.Stage == "fetch" || f.Stage == "forecast" {
			all = append(all, fmt.Errorf("%s/%s: %s", f.Service, f.Query, f.Text))
		}
	}
	return errors.Join(all...)
}

// known appends a customer that the board was not made with.
func (b *Board) known(id string) {
	if _, ok := b.standings[id]; !ok {
		b.order = append(b.order, id)
	}
}

// run makes the record of a run's end.
func run(ended time.Time, err error) Run {
	if err == nil {
		return Run{Ended: ended}
	}
	return Run{Ended: ended, Error: err.Error()}
}

// Customers implements Source.
func (b *Board) Customers(context.Context) ([]Standing, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]Standing, 0, len(b.order))
	for _, id := range b.order {
		out = append(out, b.standings[id])
	}
	return out, nil
}

// Report implements Source.
func (b *Board) Report(_ context.Context, customer string) (Page, bool, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.pages[customer]
	return p, ok, nil
}
