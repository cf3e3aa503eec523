package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

var asOfDay = calendar.NewDate(2026, time.March, 2)

// step is a capacity in force from the beginning.
func step(id string, limit float64) models.CapacityStep {
	return models.CapacityStep{ID: id, From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Limit: limit, Per: models.PerDay}
}

// overloaded is a shop whose payments grow by 1 ‰ a day into a limit.
func overloaded(t *testing.T) (models.Customer, *fakeSource) {
	source := &fakeSource{answer: map[string]func(models.Query, models.Window) (models.Fetched, error){"payments": growing(1000, 0.001)}}
	// On the as-of day the level is about 2210, with the week's top at 2430.
	return shop(t, step("base", 2600)), source
}

func run(t *testing.T, l *Line, c models.Customer, day calendar.Date) models.Result {
	t.Helper()
	r, err := l.Run(context.Background(), jobOf(t, c, day))
	require.NoError(t, err)
	return r
}

// findingOf returns the only finding of a kind.
func findingOf(t *testing.T, r models.Result, kind string) models.Finding {
	t.Helper()
	var found []models.Finding
	for _, f := range r.Findings {
		if f.Subject.Kind == kind {
			found = append(found, f)
		}
	}
	require.Len(t, found, 1, kind)
	return found[0]
}

func actionOf(t *testing.T, r models.Result, kind string) models.Action {
	t.Helper()
	for _, a := range r.Actions {
		if a.Subject.Kind == kind {
			return a
		}
	}
	require.Failf(t, "no action", "of kind %s among %d", kind, len(r.Actions))
	return models.Action{}
}

func TestOverloadBecomesAnActionWithItsLeadTime(t *testing.T) {
	c, source := overloaded(t)
	c.Freezes = []models.Freeze{{Name: "audit", From: calendar.NewDate(2026, time.April, 13).In(c.Zone), To: calendar.NewDate(2026, time.April, 17).In(c.Zone)}}
	sink := &fakeSink{}
	j := jobOf(t, c, asOfDay)
	r, err := lineOf(source, sink, newFakeMemory()).Run(context.Background(), j)
	require.NoError(t, err)
	f, a := findingOf(t, r, models.KindOverload), actionOf(t, r, actionCapacity)
	require.Equal(t, "shop:pay:transactions:overload:base", f.Subject.ID())
	require.Equal(t, f.Overload.NeedBy, a.NeedBy)
	require.True(t, a.NeedBy.After(j.AsOf.AddDate(0, 0, 30)) && a.NeedBy.Before(j.AsOf.AddDate(0, 0, 120)), a.NeedBy)
	want := j.Calendar.LatestStart(calendar.DateOf(a.NeedBy), 20, []calendar.Freeze{{From: calendar.NewDate(2026, time.April, 13), To: calendar.NewDate(2026, time.April, 17)}})
	require.Equal(t, want, calendar.DateOf(a.LatestStart))
	require.Equal(t, f.Subject.ID(), a.Finding)
	require.Greater(t, f.Overload.NeededLimit, 2600.0)
	require.Len(t, sink.of(models.SourcetypeForecast), 130)
	require.Len(t, sink.of(models.SourcetypeRun), 1)
}

func TestAStepAlreadyOrderedRemovesTheOverload(t *testing.T) {
	c, source := overloaded(t)
	ordered := step("ordered", 4000)
	ordered.From = time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC)
	c.Services[0].Queries[0].Signal.Capacity = append(c.Services[0].Queries[0].Signal.Capacity, ordered)
	r := run(t, lineOf(source, &fakeSink{}, newFakeMemory()), c, asOfDay)
	for _, f := range r.Findings {
		require.NotEqual(t, models.KindOverload, f.Subject.Kind, f.Title)
	}
}

func TestTheSameDayTwiceSaysNothingNew(t *testing.T) {
	c, source := overloaded(t)
	sink, memory := &fakeSink{}, newFakeMemory()
	run(t, lineOf(source, sink, memory), c, asOfDay)
	first := ids(sink.sent)
	again := &fakeSink{}
	run(t, lineOf(source, again, memory), c, asOfDay)
	require.Len(t, again.sent, 1, "only the run itself is told again")
	require.Subset(t, first, ids(again.sent), "under the same id")
	// After a crash between sending and remembering, all is said again under the same ids.
	afterCrash := &fakeSink{}
	run(t, lineOf(source, afterCrash, newFakeMemory()), c, asOfDay)
	require.ElementsMatch(t, first, ids(afterCrash.sent))
}

func ids(events []models.Event) []string {
	all := make([]string, len(events))
	for i, e := range events {
		all[i] = e.EventID
	}
	return all
}

func TestWhatIsOpenIsRepeatedOnceADay(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	next := &fakeSink{}
	r := run(t, lineOf(source, next, memory), c, asOfDay.AddDays(1))
	require.Len(t, next.of(models.SourcetypeOverload), 1)
	require.Empty(t, next.of(models.SourcetypeForecast), "one more day of the same growth is nothing material")
	require.Equal(t, "shop:pay:transactions:add_capacity:base", actionOf(t, r, actionCapacity).Subject.ID())
}

func TestAForecastThatMovesKeepsTheAction(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	line := lineOf(source, &fakeSink{}, memory)
	before := actionOf(t, run(t, line, c, asOfDay), actionCapacity)

	source.answer["payments"] = growing(1040, 0.001) // four per cent more than thought
	sink := &fakeSink{}
	ledgerOf(t, line).sink = sink
	after := actionOf(t, run(t, line, c, asOfDay.AddDays(1)), actionCapacity)
	require.Equal(t, before.Subject.ID(), after.Subject.ID())
	require.True(t, after.NeedBy.Before(before.NeedBy))
	require.Equal(t, "due", after.Moved[0].Field)
	require.Equal(t, "data", after.Moved[0].Cause)
	e := sink.of(models.SourcetypeAction)[0].Body.(models.ActionEvent)
	require.Contains(t, e.Moved, day(before.NeedBy)+" → "+day(after.NeedBy))
	require.Equal(t, "modified", e.Verb)

	c.Services[0].Queries[0].Signal.Capacity[0].Limit = 2700
	moved := actionOf(t, run(t, line, c, asOfDay.AddDays(2)), actionCapacity)
	require.Equal(t, "capacity", moved.Moved[0].Cause)
}

func TestWithdrawnOnce(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	c.Services[0].Queries[0].Signal.Capacity[0].Limit = 9000
	sink := &fakeSink{}
	r := run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(1))
	require.Equal(t, models.StateWithdrawn, findingOf(t, r, models.KindOverload).State)
	require.Len(t, sink.of(models.SourcetypeOverload), 1)
	require.Equal(t, models.StateWithdrawn, sink.of(models.SourcetypeAction)[0].Body.(models.ActionEvent).State)

	sink = &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(2))
	require.Empty(t, sink.of(models.SourcetypeOverload), "it is withdrawn once")

	c.Services[0].Queries[0].Signal.Capacity[0].Limit = 2600
	sink = &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(3))
	require.Equal(t, models.StateOpen, sink.of(models.SourcetypeOverload)[0].Body.(models.OverloadEvent).State, "it comes back under its old id")
}

func TestUnknownIsNotNoLonger(t *testing.T) {
	c, source := overloaded(t)
	memory, sink := newFakeMemory(), &fakeSink{}
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	source.answer["payments"] = func(models.Query, models.Window) (models.Fetched, error) {
		return models.Fetched{}, errors.New("the results are partial")
	}
	r, err := lineOf(source, sink, memory).Run(context.Background(), jobOf(t, c, asOfDay.AddDays(1)))
	require.ErrorContains(t, err, "pay/payments: fetching its history: the results are partial")
	require.Empty(t, r.Signals)
	require.Empty(t, r.Findings, "nothing is withdrawn by a run that knows nothing")
	require.Len(t, sink.sent, 1)
	require.Contains(t, sink.sent[0].Body.(models.RunEvent).ErrorText, "partial")
}

func TestASearchThatFindsNothingIsAnError(t *testing.T) {
	c, source := overloaded(t)
	source.answer["payments"] = func(_ models.Query, w models.Window) (models.Fetched, error) {
		return models.Fetched{Window: w, Columns: []models.Column{{}}}, nil
	}
	r, err := lineOf(source, &fakeSink{}, newFakeMemory()).Run(context.Background(), jobOf(t, c, asOfDay))
	require.ErrorContains(t, err, "returned nothing")
	require.Equal(t, "no_rows", r.Errors[0].Reason)
}

func TestWhatIsNotKeptIsSaidByTheNextRun(t *testing.T) {
	c, source := overloaded(t)
	memory, sink := newFakeMemory(), &fakeSink{}
	line := lineOf(source, sink, memory)
	ledgerOf(t, line).fails = errors.New("the disk is full")
	r, err := line.Run(context.Background(), jobOf(t, c, asOfDay))
	require.ErrorContains(t, err, "keeping the run of customer shop and its 13")
	require.ErrorContains(t, err, "the disk is full")
	require.Equal(t, StageCommit, r.Errors[0].Stage)
	require.Zero(t, r.Told)
	require.Empty(t, memory.said)
	require.NotEmpty(t, r.Signals, "what was found stands")
	ledgerOf(t, line).fails = nil
	r = run(t, line, c, asOfDay)
	require.Len(t, sink.of(models.SourcetypeOverload), 1)
	require.Equal(t, len(sink.sent), r.Told)
}

// What counts as said is what is told, parcel by parcel.
func TestParcelsTellWhatCountsAsSaid(t *testing.T) {
	c, source := overloaded(t)
	memory, kept := newFakeMemory(), models.Batch{}
	line := lineOf(source, &fakeSink{}, memory)
	line.Ledger = keeping{ledgerOf(t, line), &kept}
	r := run(t, line, c, asOfDay)
	require.Equal(t, []any{"shop", r.RunID, r.AsOf}, []any{kept.Customer, kept.RunID, kept.AsOf})
	require.NotEmpty(t, kept.Learnt)
	said := map[string]string{}
	for _, s := range kept.Said {
		said[s.Subject] = s.Revision
	}
	last := len(kept.Parcels) - 1
	for i, p := range kept.Parcels {
		require.NotEmpty(t, p.Events)
		for _, e := range p.Events {
			require.Equal(t, p.Subject, e.Subject)
		}
		require.Equal(t, said[p.Subject], p.Revision)
		require.Equal(t, i == last, p.Revision == "", "the run's own event is told each time, and comes last")
		require.Equal(t, len(p.Events) == 130, p.Bulk())
	}
}

// keeping keeps the last batch besides.
type keeping struct {
	*fakeLedger
	last *models.Batch
}

func (k keeping) Commit(ctx context.Context, b models.Batch) (models.Committed, error) {
	*k.last = b
	return k.fakeLedger.Commit(ctx, b)
}

func TestAnEarlierDayLeavesLaterKnowledgeAlone(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	later := memory.said["shop:pay:transactions:overload:base"]
	sink := &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(-30))
	require.Equal(t, later, memory.said["shop:pay:transactions:overload:base"])
	for _, e := range sink.of(models.SourcetypeOverload) {
		require.NotEqual(t, models.StateWithdrawn, e.Body.(models.OverloadEvent).State)
	}
}

func TestLate(t *testing.T) {
	c, source := overloaded(t)
	c.Services[0].Queries[0].Signal.LeadTime = models.LeadTime{WorkDays: 120, ApprovalDays: 10}
	a := actionOf(t, run(t, lineOf(source, nil, nil), c, asOfDay), actionCapacity)
	require.True(t, a.Late)
	require.NotEmpty(t, a.StillHelps)
	require.Equal(t, 130, a.LeadDays)
}

func TestForecastsLieAtTheirOwnTimeWithLocalDays(t *testing.T) {
	c, source := overloaded(t)
	sink := &fakeSink{}
	run(t, lineOf(source, sink, newFakeMemory()), c, asOfDay)
	points := sink.of(models.SourcetypeForecast)
	require.Equal(t, asOfDay.In(c.Zone), points[0].Time, "the as-of day itself is the first one ahead")
	seen := map[string]bool{}
	for i, e := range points {
		require.Equal(t, asOfDay.AddDays(i).In(c.Zone).Unix(), e.Time.Unix(), "local midnight, summer time or not")
		require.False(t, seen[e.EventID])
		seen[e.EventID] = true
		f := e.Body.(models.ForecastEvent)
		require.LessOrEqual(t, float64(f.Q05), float64(f.Q50))
		require.NotNil(t, f.Limit)
	}
}

func TestCtrlCEndsTheRun(t *testing.T) {
	c, source := overloaded(t)
	ctx, cancel := context.WithCancel(context.Background())
	inner := source.answer["payments"]
	source.answer["payments"] = func(q models.Query, w models.Window) (models.Fetched, error) {
		cancel()
		return inner(q, w)
	}
	sink := &fakeSink{}
	_, err := lineOf(source, sink, newFakeMemory()).Run(ctx, jobOf(t, c, asOfDay))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, sink.sent)
}

func TestWindowEndsAtWholePeriods(t *testing.T) {
	c, _ := overloaded(t)
	q := c.Services[0].Queries[0]
	j := jobOf(t, c, calendar.NewDate(2026, time.March, 18)) // a Wednesday
	for span, want := range map[models.Span]string{models.SpanHour: "2026-03-18", models.SpanDay: "2026-03-18", models.SpanWeek: "2026-03-16", models.SpanMonth: "2026-03-01"} {
		q.Span = span
		require.Equal(t, want, window(j, q).To.Format(time.DateOnly), span)
	}
	q.KnownBy, q.Lag = models.KnownByIndexTime, 10*time.Minute
	require.Equal(t, j.AsOf.Add(10*time.Minute), window(j, q).IndexedBy)
}

func TestRemovedQueriesAreWithdrawn(t *testing.T) {
	c, source := overloaded(t)
	memory := newFakeMemory()
	run(t, lineOf(source, &fakeSink{}, memory), c, asOfDay)
	other := c.Services[0].Queries[0]
	other.ID, other.Signal.ID, other.Signal.Capacity = "orders", "orders", nil
	source.answer["orders"] = growing(50, 0)
	c.Services[0].Queries = []models.Query{other}
	sink := &fakeSink{}
	run(t, lineOf(source, sink, memory), c, asOfDay.AddDays(1))
	require.Len(t, sink.of(models.SourcetypeOverload), 1)
	require.True(t, strings.HasPrefix(sink.of(models.SourcetypeOverload)[0].Subject, "shop:pay:transactions"))
}
