package app

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"foresight/internal/report"
	"foresight/internal/web"
	"foresight/models"
)

// shelf holds the latest result of each customer for the pages, put together of
// the passes over its queries.
type shelf struct {
	*web.Board
	mu     sync.Mutex
	latest map[string]models.Result
}

func newShelf(customers []models.Customer) *shelf {
	return &shelf{Board: web.NewBoard(customers), latest: map[string]models.Result{}}
}

// put takes a pass's result in: it replaces what the pass speaks of and keeps the
// rest. It writes the customer's page into dir and shows it, with the pass's own
// failure beside it.
func (s *shelf) put(dir string, r models.Result, hindsight map[string][]models.HistoryPoint, ended time.Time, failed error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole := merge(s.latest[r.Customer.ID], r)
	if len(whole.Signals) > 0 { // what knows nothing leaves the last good file where it is
		if _, err := writeReport(dir, whole, hindsight); err != nil {
			s.Failed(r.Customer.ID, ended, errors.Join(failed, err))
			return err
		}
	}
	var page bytes.Buffer
	if err := report.HTML(&page, whole, report.Options{Hindsight: hindsight}); err != nil {
		return err
	}
	s.latest[r.Customer.ID] = whole
	s.Done(whole, page.Bytes(), ended, failed)
	return nil
}

// merge returns the newer pass with what it did not speak of taken from the older.
func merge(older, newer models.Result) models.Result {
	queries, signals := map[string]bool{}, map[string]bool{}
	for _, x := range newer.Signals {
		queries[x.Service.ID+"/"+x.Query.ID] = true
		signals[x.Service.ID+"/"+x.Signal.ID] = true
	}
	whole := newer
	var kept []models.SignalResult
	for _, x := range older.Signals {
		if !queries[x.Service.ID+"/"+x.Query.ID] {
			kept = append(kept, x)
		}
	}
	whole.Signals = inOrderOf(newer.Customer, append(kept, newer.Signals...))
	whole.Findings, whole.Actions, whole.Errors = nil, nil, nil
	for _, f := range older.Findings {
		if !signals[f.Subject.Service+"/"+f.Subject.Signal] {
			whole.Findings = append(whole.Findings, f)
		}
	}
	for _, a := range older.Actions {
		if !signals[a.Subject.Service+"/"+a.Subject.Signal] {
			whole.Actions = append(whole.Actions, a)
		}
	}
	failed := map[string]bool{}
	for _, e := range newer.Errors {
		failed[e.Service+"/"+e.Query] = true
	}
	for _, e := range older.Errors {
		if key := e.Service + "/" + e.Query; !queries[key] && !failed[key] {
			whole.Errors = append(whole.Errors, e)
		}
	}
	whole.Findings = append(whole.Findings, newer.Findings...)
	whole.Actions = append(whole.Actions, newer.Actions...)
	whole.Errors = append(whole.Errors, newer.Errors...)
	return whole
}

// inOrderOf sorts results as the configuration lists their queries; parts stay
// after their total.
func inOrderOf(c models.Customer, results []models.SignalResult) []models.SignalResult {
	place := map[string]int{}
	for _, s := range c.Services {
		for _, q := range s.Queries {
			place[s.ID+"/"+q.ID] = len(place)
		}
	}
	slices.SortStableFunc(results, func(a, b models.SignalResult) int {
		if d := place[a.Service.ID+"/"+a.Query.ID] - place[b.Service.ID+"/"+b.Query.ID]; d != 0 {
			return d
		}
		return strings.Count(a.Signal.ID, "/") - strings.Count(b.Signal.ID, "/")
	})
	return results
}
