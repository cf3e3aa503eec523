package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
	"foresight/models"
)

// verdictsOf are the words on overloads that were told.
func verdictsOf(t *testing.T, sink *fakeSink) []models.AccuracyEvent {
	t.Helper()
	var all []models.AccuracyEvent
	for _, e := range sink.of(models.SourcetypeAccuracy) {
		body, ok := e.Body.(models.AccuracyEvent)
		require.True(t, ok)
		if body.Kind == models.KindOverload {
			all = append(all, body)
		}
	}
	return all
}

// The load passes 2600 for the first time in May: see overloaded.
var afterwards = calendar.NewDate(2026, time.June, 1)

func TestAnOverloadThatCameIsJudgedOnce(t *testing.T) {
	c, source := overloaded(t)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	run(t, l, c, asOfDay)
	require.Empty(t, verdictsOf(t, sink), "its day has not come")
	r := run(t, l, c, afterwards)
	got := verdictsOf(t, sink)
	require.Len(t, got, 1)
	require.Equal(t, models.VerdictCameTrue, got[0].Verdict)
	require.Equal(t, "shop:pay:transactions:overload:base", got[0].FindingID)
	require.Equal(t, "shop:pay:transactions:accuracy:overload-base", got[0].Subject)
	require.Regexp(t, "^2026-0[45]-", got[0].Came)
	require.Len(t, r.Verdicts, 1)
	require.Contains(t, r.Verdicts[0].Text, "came true: the load passed 2")
	run(t, l, c, afterwards.AddDays(1))
	require.Len(t, verdictsOf(t, sink), 1, "told once")
}

func TestAnOverloadAvoidedByActionIsToldSo(t *testing.T) {
	c, source := overloaded(t)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	run(t, l, c, asOfDay)
	raised := step("more", 9000)
	raised.From = calendar.NewDate(2026, time.April, 1).In(c.Zone)
	signal := &c.Services[0].Queries[0].Signal
	signal.Capacity = append(signal.Capacity, raised)
	run(t, l, c, asOfDay.AddDays(20))
	require.Empty(t, verdictsOf(t, sink))
	run(t, l, c, afterwards)
	got := verdictsOf(t, sink)
	require.Len(t, got, 1)
	require.Equal(t, models.VerdictAvoided, got[0].Verdict)
}

func TestAnOverloadThatDidNotComeIsToldSo(t *testing.T) {
	c, source := overloaded(t)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	run(t, l, c, asOfDay)
	source.answer["payments"] = growing(500, 0) // a customer has left
	run(t, l, c, asOfDay.AddDays(40))
	require.Empty(t, verdictsOf(t, sink), "it may yet come")
	run(t, l, c, asOfDay.AddDays(200))
	got := verdictsOf(t, sink)
	require.Len(t, got, 1)
	require.Equal(t, models.VerdictFalse, got[0].Verdict)
	require.Empty(t, got[0].Came)
}

func TestAnOverloadThatNobodyForesawIsToldSo(t *testing.T) {
	c, source := overloaded(t)
	source.answer["payments"] = growing(500, 0)
	sink := &fakeSink{}
	l := lineOf(source, sink, newFakeMemory())
	run(t, l, c, asOfDay)
	source.answer["payments"] = growing(3000, 0) // the whole history is another: nobody could have known
	run(t, l, c, asOfDay.AddDays(10))
	require.Empty(t, verdictsOf(t, sink), "ten days are no warning")
	memory, ok := l.Track.(*fakeMemory)
	require.True(t, ok)
	delete(memory.said, "shop:pay:transactions:overload:base") // as if it had come over night
	run(t, l, c, asOfDay.AddDays(60))
	got := verdictsOf(t, sink)
	require.Len(t, got, 1)
	require.Equal(t, models.VerdictMissed, got[0].Verdict)
}
