package pipeline

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// fakeSource answers queries by id.
type fakeSource struct {
	answer map[string]func(models.Query, models.Window) (models.Fetched, error)

	mu    sync.Mutex
	asked []models.Window
}

func (s *fakeSource) Fetch(_ context.Context, _ *time.Location, q models.Query, w models.Window) (models.Fetched, error) {
	s.mu.Lock()
	s.asked = append(s.asked, w)
	s.mu.Unlock()
	f, ok := s.answer[q.ID]
	if !ok {
		return models.Fetched{}, errors.New("no such query in the fake")
	}
	return f(q, w)
}

// fakeSink keeps what it is sent, or fails.
type fakeSink struct {
	sent   []models.Event
	fail   error
	refuse func(models.Event) bool
}

func (s *fakeSink) Send(_ context.Context, events []models.Event) ([]models.Rejected, error) {
	if s.fail != nil {
		return nil, s.fail
	}
	var rejected []models.Rejected
	for _, e := range events {
		if s.refuse != nil && s.refuse(e) {
			rejected = append(rejected, models.Rejected{Event: e, Code: 6, Text: "Invalid data format"})
			continue
		}
		s.sent = append(s.sent, e)
	}
	return rejected, nil
}

// of returns the events of a sourcetype and forgets none.
func (s *fakeSink) of(sourcetype string) []models.Event {
	var found []models.Event
	for _, e := range s.sent {
		if e.Sourcetype == sourcetype {
			found = append(found, e)
		}
	}
	return found
}

// fakeMemory is a Memory in memory.
type fakeMemory struct {
	said        map[string]models.Said
	quarantined []models.Rejected
}

func newFakeMemory() *fakeMemory { return &fakeMemory{said: map[string]models.Said{}} }

func (m *fakeMemory) Said(context.Context, string) (map[string]models.Said, error) {
	all := map[string]models.Said{}
	for k, v := range m.said {
		all[k] = v
	}
	return all, nil
}

func (m *fakeMemory) Remember(_ context.Context, _ string, news []models.Said) error {
	for _, s := range news {
		m.said[s.Subject] = s
	}
	return nil
}

func (m *fakeMemory) Quarantine(_ context.Context, rejected []models.Rejected) error {
	m.quarantined = append(m.quarantined, rejected...)
	return nil
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

// growing answers with daily counts that grow by a share a day on a level, with a
// small week, from the window's start.
func growing(level, growth float64) func(models.Query, models.Window) (models.Fetched, error) {
	return func(_ models.Query, w models.Window) (models.Fetched, error) {
		f := models.Fetched{Window: w, Columns: []models.Column{{}}}
		epoch := calendar.NewDate(2024, time.January, 1)
		for d := calendar.DateOf(w.From); d.Before(calendar.DateOf(w.To)); d = d.AddDays(1) {
			n := float64(d.Sub(epoch))
			v := level * math.Exp(growth*n) * (1 + 0.1*math.Sin(2*math.Pi*n/7)) * (1 + 0.01*math.Sin(12.9898*n))
			f.Columns[0].Points = append(f.Columns[0].Points, models.Point{Time: d.In(w.From.Location()).Unix(), Value: math.Round(v), Weight: 1})
		}
		return f, nil
	}
}

// shop is a customer with one daily query.
func shop(t *testing.T, capacity ...models.CapacityStep) models.Customer {
	zero := 0.0
	q := models.Query{
		ID: "payments", Span: models.SpanDay, History: 400 * 24 * time.Hour, Empty: models.EmptyZero,
		Signal: models.Signal{
			ID: "transactions", Name: "Payments", Unit: "payments", Kind: models.KindCount, Measure: "count", Aggregate: models.AggregateSum,
			Min: &zero, Capacity: capacity, LeadTime: models.LeadTime{WorkDays: 20}, Risk: 0.2, Horizon: 120 * 24 * time.Hour,
		},
	}
	return models.Customer{ID: "shop", Name: "Shop", Country: "SE", Zone: zoneOf(t, "Europe/Stockholm"),
		Services: []models.Service{{ID: "pay", Name: "Payments", Queries: []models.Query{q}}}}
}

// jobOf makes a job of a customer as of a day.
func jobOf(t *testing.T, c models.Customer, day calendar.Date) Job {
	t.Helper()
	cal, err := calendar.New(c.Country, calendar.Options{})
	require.NoError(t, err)
	return Job{RunID: "run-" + day.String(), Customer: c, Calendar: cal, AsOf: day.In(c.Zone)}
}

func lineOf(source Source, sink Sink, memory Memory) *Line {
	issued := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return &Line{Source: source, Sink: sink, Memory: memory, Clock: func() time.Time { return issued }, Log: zerolog.Nop(), Workers: 2, Horizon: 130, Paths: 300}
}
