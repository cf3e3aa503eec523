package splunk

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func fetch(t testing.TB, f *fake, name string, q models.Query, w models.Window) models.Fetched {
	t.Helper()
	got, err := (&Source{Searcher: f}).Fetch(context.Background(), zone(t, name), q, w)
	require.NoError(t, err)
	return got
}

// An event each ten minutes: 144 a day, 138 on the day of 23 hours, 150 on that of 25.
func TestLocalDays(t *testing.T) {
	const name = "Europe/Stockholm"
	w := window(t, name, "2025-01-01", "2026-01-01")
	for _, source := range []models.Source{models.SourceEvents, models.SourceTstats} {
		f := &fake{t: t, events: every(w.From, w.To, 600)}
		q := query()
		q.Span, q.Source = models.SpanDay, source
		got := fetch(t, f, name, q, w)
		require.Len(t, got.Columns, 1)
		points := got.Columns[0].Points
		require.Len(t, points, 365)
		for _, p := range points {
			at := time.Unix(p.Time, 0).In(zone(t, name))
			want := map[string]float64{"2025-03-30": 138, "2025-10-26": 150}[at.Format("2006-01-02")]
			if want == 0 {
				want = 144
			}
			assert.Equal(t, "00:00:00", at.Format("15:04:05"))
			assert.InDelta(t, want, p.Value, 0, at)
			assert.InDelta(t, 1, p.Weight, 0)
		}
	}
}

func TestWeeksAndMonthsAreCombinedFromDays(t *testing.T) {
	const name = "Europe/Stockholm"
	w := window(t, name, "2025-03-01", "2025-05-01")
	f := &fake{t: t, events: every(w.From, w.To, 600)}
	q := query()
	q.Span = models.SpanMonth
	points := fetch(t, f, name, q, w).Columns[0].Points
	require.Len(t, points, 2)
	assert.InDelta(t, 31*144-6, points[0].Value, 0)
	assert.InDelta(t, 30*144, points[1].Value, 0)
	assert.Equal(t, w.From.Unix(), points[0].Time)

	q.Span, q.Signal.Measure = models.SpanWeek, "avg(x)"
	points = fetch(t, f, name, q, window(t, name, "2025-03-24", "2025-04-07")).Columns[0].Points
	require.Len(t, points, 2)
	assert.InDelta(t, 7*144-6, points[0].Weight, 0, "a mean's weight is its count")
	assert.InDelta(t, 3, points[0].Value/points[0].Weight, 0.01, "values 0 to 6 in turn")

	q.Signal.Measure = "last(x)"
	points = fetch(t, f, name, q, window(t, name, "2025-03-24", "2025-04-07")).Columns[0].Points
	last := f.events[len(f.events)-1]
	for _, e := range f.events {
		if e.at < local(t, name, "2025-04-07").Unix() {
			last = e
		}
	}
	assert.InDelta(t, last.value, points[1].Value, 0)

	q.Signal.Measure = "dc(x)"
	points = fetch(t, f, name, q, window(t, name, "2025-03-24", "2025-04-07")).Columns[0].Points
	assert.InDelta(t, 7, points[0].Value, 0, "distinct values of the week, not of its days added up")
}

func TestSplits(t *testing.T) {
	w := window(t, "UTC", "2025-01-01", "2025-01-02")
	// Of 8 events an hour: 4 of a, 2 of b, 1 of c, 1 without the field.
	f := &fake{t: t, events: every(w.From, w.To, 450, "a", "b", "a", "c", "a", "b", "a", "")}
	q := query()
	q.Split = &models.Split{By: "kind", Max: 2}
	got := fetch(t, f, "UTC", q, w)
	require.Len(t, got.Columns, 3)
	assert.Equal(t, []string{"", "a", "b"}, []string{got.Columns[0].Split, got.Columns[1].Split, got.Columns[2].Split})
	assert.Equal(t, 1, got.Dropped)
	for hour := range 24 {
		assert.InDelta(t, 8, got.Columns[0].Points[hour].Value, 0, "what is dropped or has no part is in the total")
		assert.InDelta(t, 4, got.Columns[1].Points[hour].Value, 0)
		assert.InDelta(t, 1, got.Columns[0].Points[hour].Weight, 0)
	}
	assert.Len(t, f.searches, 1)

	q.Signal.Measure = "max(x)"
	got = fetch(t, f, "UTC", q, w)
	assert.InDelta(t, 6, got.Columns[0].Points[0].Value, 0)

	q.Signal.Measure = "dc(x)" // a total of its own: distinct values do not add up
	f.searches = nil
	got = fetch(t, f, "UTC", q, w)
	assert.Len(t, f.searches, 2)
	assert.InDelta(t, 7, got.Columns[0].Points[0].Value, 0)
	assert.Less(t, got.Columns[1].Points[0].Value, 7.0)
	assert.Contains(t, f.searches[1].Label, "total")
}

func TestWitness(t *testing.T) {
	w := window(t, "UTC", "2025-01-01", "2025-01-02")
	w.From = w.From.Add(6 * time.Hour)
	noon := w.From.Add(6 * time.Hour)
	f := &fake{t: t, events: append(every(w.From, w.To, 600), every(w.From.Add(-6*time.Hour), noon, 600, "heartbeat")...)}
	q := query()
	q.Witness = &models.Witness{Search: "heartbeat", Span: models.SpanHour}
	got := fetch(t, f, "UTC", q, w)
	assert.Len(t, got.Witness, 6)
	assert.Equal(t, w.From.Unix(), got.Witness[0])

	q.Witness.Span = models.SpanDay // a whole span though the window cuts it
	got = fetch(t, f, "UTC", q, w)
	assert.Equal(t, []int64{local(t, "UTC", "2025-01-01").Unix()}, got.Witness)
}

func TestTooLargeSearchesAreCut(t *testing.T) {
	w := window(t, "UTC", "2025-01-01", "2025-02-01")
	f := &fake{t: t, events: every(w.From, w.To, 600), tooLarge: 5 * 86400}
	var seen []string
	s := &Source{Searcher: f, Progress: func(done, total int) { seen = append(seen, fmt.Sprint(done, "/", total)) }}
	got, err := s.Fetch(context.Background(), time.UTC, query(), w)
	require.NoError(t, err)
	assert.Len(t, got.Columns[0].Points, 31*24)
	assert.Equal(t, "8/8", seen[len(seen)-1])

	f.tooLarge = 60
	_, err = s.Fetch(context.Background(), time.UTC, query(), w)
	assert.Equal(t, ReasonTooLarge, ReasonOf(err), "a single bucket cannot be cut")
}

// rowsOf answers every search with the same rows.
type rowsOf []Row

func (r rowsOf) Search(context.Context, Search) (Rows, error) { return Rows{Rows: r}, nil }

func TestRowsThatAreRefused(t *testing.T) {
	w := window(t, "UTC", "2025-01-01", "2025-01-02")
	at := fmt.Sprint(w.From.Unix())
	row := func(epoch, value string) Row { return Row{epochColumn: {epoch}, valueColumn: {value}} }
	for _, tt := range []struct {
		want string
		rows rowsOf
	}{
		{"outside the window", rowsOf{row(fmt.Sprint(w.To.Unix()), "1")}},
		{"outside the window", rowsOf{row(fmt.Sprint(w.From.Unix()-3600), "1")}},
		{"time zone be UTC", rowsOf{row(fmt.Sprint(w.From.Unix()+1800), "1")}},
		{"comes twice", rowsOf{row(at, "1"), row(at, "1")}},
		{"is no number", rowsOf{row(at, "many")}},
		{"is no number", rowsOf{row(at, "NaN")}},
		{"is no number", rowsOf{row(at, "1e999")}},
		{"fs_value is missing", rowsOf{{epochColumn: {at}}}},
		{"no whole epoch", rowsOf{row("", "1")}},
		{"no whole epoch", rowsOf{row(at+".5", "1")}},
		{"is no number", rowsOf{row("2025-01-01", "1")}},
		{"holds 2 values", rowsOf{{epochColumn: {at}, valueColumn: {"1", "2"}}}},
	} {
		_, err := (&Source{Searcher: tt.rows}).Fetch(context.Background(), time.UTC, query(), w)
		assert.ErrorContains(t, err, tt.want)
		assert.Equal(t, ReasonBadReply, ReasonOf(err), tt.want)
	}
	got, err := (&Source{Searcher: rowsOf{row(at+".000", "1e3")}}).Fetch(context.Background(), time.UTC, query(), w)
	require.NoError(t, err)
	assert.Equal(t, []models.Point{{Time: w.From.Unix(), Value: 1000, Weight: 1}}, got.Columns[0].Points)
}

// Nothing measured is no point; nothing to sum under a ratio is zero.
func TestEmptyValues(t *testing.T) {
	w := window(t, "UTC", "2025-01-01", "2025-01-02")
	at := []string{fmt.Sprint(w.From.Unix())}
	for _, tt := range []struct {
		measure, denominator string
		row                  Row
		want                 []models.Point
	}{
		{"sum(x)", "", Row{epochColumn: at}, []models.Point{}},
		{"avg(x)", "", Row{epochColumn: at, weightColumn: {"0"}}, []models.Point{}},
		{"sum(x)", "count", Row{epochColumn: at, weightColumn: {"5"}}, []models.Point{{Time: w.From.Unix(), Value: 0, Weight: 5}}},
		{"max(x)", "count", Row{epochColumn: at, weightColumn: {"5"}}, []models.Point{}},
		{"sum(x)", "sum(y)", Row{epochColumn: at, valueColumn: {"5"}}, []models.Point{}},
	} {
		q := query()
		q.Signal.Measure, q.Signal.Denominator = tt.measure, tt.denominator
		got, err := (&Source{Searcher: rowsOf{tt.row}}).Fetch(context.Background(), time.UTC, q, w)
		require.NoError(t, err, tt.measure)
		assert.Equal(t, tt.want, got.Columns[0].Points, tt.measure)
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("outer: %w", &Error{Op: "creating", Host: "h:8089", Status: 503, Code: 9, Reply: "busy", Why: ReasonBusy, Mend: "wait", Err: cause})
	assert.Equal(t, `outer: creating at h:8089: HTTP 503 code 9: cause: server says "busy"; wait`, err.Error())
	assert.ErrorIs(t, err, cause)
	assert.Equal(t, ReasonBusy, ReasonOf(err))
	assert.Empty(t, ReasonOf(nil))
	assert.Equal(t, ReasonOther, ReasonOf(cause))
	assert.Equal(t, ReasonOther, (&Error{}).Reason())
	assert.True(t, (&Error{Why: ReasonBusy}).Temporary())
	assert.False(t, (&Error{Why: ReasonUnauthorized}).Temporary())
	sent := &SendError{Taken: 3, Of: 5, Err: err}
	assert.ErrorContains(t, sent, "3 of 5 taken")
	assert.Equal(t, ReasonBusy, ReasonOf(sent))
}
