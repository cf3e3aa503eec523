package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
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

// fakeSink is what was told to Splunk, in its order.
type fakeSink struct{ sent []models.Event }

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

// fakeMemory is what counts as said and learnt.
type fakeMemory struct {
	said   map[string]models.Said
	learnt map[string]json.RawMessage
	kept   []models.Kept
	scores []models.Score
}

func (m *fakeMemory) Kept(_ context.Context, _, subject string, from, _ time.Time) ([]models.Kept, error) {
	var some []models.Kept
	for _, k := range m.kept {
		if k.Subject == subject && k.Points[len(k.Points)-1].Time >= from.Unix() {
			some = append(some, k)
		}
	}
	return some, nil
}

func (m *fakeMemory) Scores(_ context.Context, _, subject string, from time.Time) ([]models.Score, error) {
	var some []models.Score
	for _, s := range m.scores {
		if s.Subject == subject && s.Time >= from.Unix() {
			some = append(some, s)
		}
	}
	return some, nil
}

func newFakeMemory() *fakeMemory {
	return &fakeMemory{said: map[string]models.Said{}, learnt: map[string]json.RawMessage{}}
}

// fakeLedger is a Ledger in memory: all that a batch brings comes to sink and memory, or
// none of it.
type fakeLedger struct {
	*fakeMemory
	sink   *fakeSink
	ran    []models.Ran
	left   []string // subjects for which there is no room
	unread error    // of reading what was learnt
	fails  error    // of committing
}

func (l *fakeLedger) Said(_ context.Context, _ string, but ...string) (map[string]models.Said, error) {
	said := maps.Clone(l.said)
	maps.DeleteFunc(said, func(_ string, one models.Said) bool { return slices.Contains(but, one.Query) })
	return said, nil
}

func (l *fakeLedger) Learnt(_ context.Context, _, forecast string) (json.RawMessage, error) {
	return l.learnt[forecast], l.unread
}

func (l *fakeLedger) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	if err := errors.Join(l.fails, ctx.Err()); err != nil {
		return models.Committed{}, err
	}
	done := models.Committed{Left: l.left}
	for _, p := range b.Parcels {
		l.sink.sent = append(l.sink.sent, p.Events...)
		done.Events += len(p.Events)
	}
	for _, s := range b.Said {
		l.said[s.Subject] = s
	}
	maps.Copy(l.learnt, b.Learnt)
	l.kept = append(l.kept, b.Forecasts...)
	l.scores = merged(l.scores, b.Scores)
	l.ran = append(l.ran, b.Ran)
	return done, nil
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

// lineOf returns a line whose ledger has the memory and tells the sink; without a sink
// it has no ledger.
func lineOf(source Source, sink *fakeSink, memory *fakeMemory) *Line {
	issued := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := &Line{Source: source, Clock: func() time.Time { return issued }, Log: zerolog.Nop(), Desk: NewDesk(2, 2), Horizon: 130, Paths: 300}
	if sink != nil {
		l.Ledger, l.Track = &fakeLedger{fakeMemory: memory, sink: sink}, memory
	}
	return l
}

// ledgerOf returns the line's ledger.
func ledgerOf(t *testing.T, l *Line) *fakeLedger {
	t.Helper()
	f, ok := l.Ledger.(*fakeLedger)
	require.True(t, ok)
	return f
}
