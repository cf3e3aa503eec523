package pipeline

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/analytics/calendar"
	"foresight/models"
)

// fakeArchive keeps one query's last answer, as whole as it came.
type fakeArchive struct {
	search string
	kept   models.Fetched
	from   int64 // of the last Keep
	fail   error
}

func (a *fakeArchive) History(_ context.Context, _, _, search string) (models.Fetched, error) {
	if a.fail != nil || search != a.search {
		return models.Fetched{}, a.fail
	}
	return a.kept, nil
}

func (a *fakeArchive) Keep(_ context.Context, _, _, search string, answer models.Fetched, from int64) error {
	if a.fail == nil {
		a.search, a.kept, a.from = search, answer, from
	}
	return a.fail
}

// truth is what a Splunk holds: values by split and time, and when its witness spoke.
type truth struct {
	values map[string]map[int64]float64
	spoke  map[int64]bool
	asked  []models.Window

	failFrom int // the number of the first question that is not answered; 0: all are
}

func newTruth() *truth {
	return &truth{values: map[string]map[int64]float64{}, spoke: map[int64]bool{}}
}

func (s *truth) set(split string, at time.Time, v float64) {
	if s.values[split] == nil {
		s.values[split] = map[int64]float64{}
	}
	s.values[split][at.Unix()] = v
}

// points returns a split's points in a window; "" sums them all.
func (s *truth) points(split string, w models.Window) []models.Point {
	sum := map[int64]float64{}
	for name, values := range s.values {
		for at, v := range values {
			if (split == "" || split == name) && at >= w.From.Unix() && at < w.To.Unix() {
				sum[at] += v
			}
		}
	}
	var points []models.Point
	for at, v := range sum {
		points = append(points, models.Point{Time: at, Value: v, Weight: 1})
	}
	slices.SortFunc(points, func(a, b models.Point) int { return int(a.Time - b.Time) })
	return points
}

func (s *truth) Fetch(_ context.Context, _ *time.Location, q models.Query, w models.Window) (models.Fetched, error) {
	s.asked = append(s.asked, w)
	if s.failFrom > 0 && len(s.asked) >= s.failFrom {
		return models.Fetched{}, errors.New("cut off")
	}
	f := models.Fetched{Window: w}
	var parts []models.Column
	if q.Split != nil {
		for name := range s.values {
			if points := s.points(name, w); len(points) > 0 {
				parts = append(parts, models.Column{Split: name, Points: points})
			}
		}
		largestFirst(parts)
		if n := len(parts); n > q.Split.Max {
			f.Dropped, parts = n-q.Split.Max, parts[:q.Split.Max]
		}
	}
	f.Columns = append([]models.Column{{Points: s.points("", w)}}, parts...)
	for at := range s.spoke {
		if at >= w.From.Unix() && at < w.To.Unix() {
			f.Witness = append(f.Witness, at)
		}
	}
	slices.Sort(f.Witness)
	return f, nil
}

// archiveDay is the first day on which the tests below run.
var archiveDay = calendar.NewDate(2026, time.March, 20)

// readingOf is one query of sixty days' history, an overlap of five, and its job of a day.
func readingOf(t require.TestingT, split *models.Split) (*study, func(day int) Job) {
	zone, err := time.LoadLocation("Europe/Stockholm")
	require.NoError(t, err)
	q := hourly(models.EmptyZero)
	q.Search, q.History, q.Overlap, q.Split = "index=a", 60*24*time.Hour, 5*24*time.Hour, split
	return newStudy(models.Service{ID: "s"}, q), func(day int) Job {
		return Job{Customer: models.Customer{ID: "c", Zone: zone}, AsOf: archiveDay.AddDays(day).In(zone)}
	}
}

// Whatever comes in, late by up to the overlap, a run with an archive works with what a
// reading of the whole window would bring; where values pass the cap, with the same
// total and with parts that are each right.
func TestArchiveAndSplunkTogetherAreSplunk(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		source, archive := newTruth(), &fakeArchive{}
		line := lineOf(source, nil, nil)
		line.Archive = archive
		var split *models.Split
		if rapid.Bool().Draw(r, "split") {
			split = &models.Split{By: "card", Max: rapid.IntRange(1, 4).Draw(r, "max")}
		}
		s, jobOn := readingOf(r, split)
		written, day := -70, 0
		for range rapid.IntRange(1, 6).Draw(r, "runs") {
			day += rapid.IntRange(0, 9).Draw(r, "days") // runs again, and after a pause
			j := jobOn(day)
			late := min(written, day-5)
			talking := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 1, 3).Draw(r, "talking")
			for d := max(late, -70); d < day; d++ {
				for _, name := range rapid.SliceOfN(rapid.SampledFrom(talking), 0, 3).Draw(r, "splits") {
					at := archiveDay.AddDays(d).In(j.Customer.Zone).Add(time.Duration(rapid.IntRange(0, 22).Draw(r, "hour")) * time.Hour)
					if d < written && rapid.Bool().Draw(r, "gone") {
						delete(source.values[name], at.Unix())
					} else {
						source.set(name, at, float64(rapid.IntRange(1, 50).Draw(r, "value")))
					}
					source.spoke[at.Unix()] = true
				}
			}
			// A run of a day reads five days back from the last one's.
			written = day
			w := window(j, s.query)
			got, _, err := line.archived(r.Context(), j, s, w)
			require.NoError(r, err)
			want, err := source.Fetch(r.Context(), nil, s.query, w)
			require.NoError(r, err)
			require.Equal(r, want.Columns[0].Points, got.Columns[0].Points)
			require.Equal(r, want.Witness, got.Witness)
			require.Equal(r, want.Window, got.Window)
			if want.Dropped == 0 {
				require.Equal(r, want, got)
			}
			for _, c := range got.Columns[1:] {
				require.Equal(r, source.points(c.Split, w), c.Points, c.Split)
			}
			if split != nil {
				require.LessOrEqual(r, len(got.Columns), split.Max+1)
			}
		}
	})
}

// daysOf is a source with a row an hour up to a day.
func daysOf(zone *time.Location, until int) *truth {
	source := newTruth()
	for at := archiveDay.AddDays(-90).In(zone); at.Before(archiveDay.AddDays(until).In(zone)); at = at.Add(time.Hour) {
		source.set("a", at, float64(at.Hour()+1))
	}
	return source
}

func TestOnlyWhatIsNewIsAskedFor(t *testing.T) {
	s, jobOn := readingOf(t, nil)
	zone := jobOn(0).Customer.Zone
	source, archive := daysOf(zone, 10), &fakeArchive{}
	line := lineOf(source, nil, nil)
	line.Archive = archive
	ask := func(day int) (w models.Window, revised int) {
		t.Helper()
		source.asked = nil
		_, revised, err := line.archived(t.Context(), jobOn(day), s, window(jobOn(day), s.query))
		require.NoError(t, err)
		require.Len(t, source.asked, 1)
		return source.asked[0], revised
	}
	on := func(day int) time.Time { return archiveDay.AddDays(day).In(zone) }

	w, revised := ask(0)
	require.Equal(t, [2]time.Time{on(-60), on(0)}, [2]time.Time{w.From, w.To}, "at first everything")
	require.Zero(t, archive.from)
	require.Zero(t, revised)
	w, revised = ask(1)
	require.Equal(t, [2]time.Time{on(-5), on(1)}, [2]time.Time{w.From, w.To})
	require.Equal(t, on(-5).Unix(), archive.from)
	require.Zero(t, revised)

	// Revised: one value, one row that came late, one that is gone; a hole stays one.
	source.set("a", on(0).Add(time.Hour), 99)
	source.set("a", on(-1).Add(30*time.Minute), 1)
	delete(source.values["a"], on(-2).Unix())
	w, revised = ask(1)
	require.Equal(t, on(-4), w.From)
	require.Equal(t, 3, revised)
	_, found := slices.BinarySearchFunc(archive.kept.Columns[0].Points, on(-2).Unix(), pointAt)
	require.False(t, found)

	// A past day is Splunk's alone, and leaves what is kept.
	before := archive.kept
	w, _ = ask(0)
	require.Equal(t, on(-60), w.From)
	require.Equal(t, before, archive.kept)

	// A changed search, a longer history and a long pause are read whole; a failing
	// archive too, and fails no run.
	w, _ = ask(2)
	require.Equal(t, on(-4), w.From)
	s.query.Search = "index=b"
	w, _ = ask(2)
	require.Equal(t, on(-58), w.From)
	s.query.History += 24 * time.Hour
	w, _ = ask(2)
	require.Equal(t, on(-59), w.From)
	w, _ = ask(80)
	require.Equal(t, on(80-61), w.From)
	archive.fail = errors.New("disk full")
	w, _ = ask(81)
	require.Equal(t, on(81-61), w.From)
}

// A first reading of years that is cut off goes on where it was: what came is kept.
func TestAFirstReadingIsResumed(t *testing.T) {
	s, jobOn := readingOf(t, nil)
	j, zone := jobOn(0), jobOn(0).Customer.Zone
	s.query.History = 1000 * 24 * time.Hour
	source, archive := newTruth(), &fakeArchive{}
	for at := archiveDay.AddDays(-900).In(zone); at.Before(j.AsOf); at = at.Add(7 * time.Hour) {
		source.set("a", at.Truncate(time.Hour), 1)
	}
	line := lineOf(source, nil, nil)
	line.Archive = archive
	source.failFrom = 3
	_, _, err := line.archived(t.Context(), j, s, window(j, s.query))
	require.ErrorContains(t, err, "cut off")
	require.Len(t, source.asked, 3)
	require.Equal(t, calendar.NewDate(2025, time.June, 24).In(zone), archive.kept.Window.To, "two years on")

	source.failFrom, source.asked = 0, nil
	j = jobOn(1)
	w := window(j, s.query)
	got, revised, err := line.archived(t.Context(), j, s, w)
	require.NoError(t, err)
	require.Zero(t, revised)
	require.Len(t, source.asked, 1)
	require.Equal(t, calendar.NewDate(2025, time.June, 19).In(zone), source.asked[0].From)
	want, err := source.Fetch(t.Context(), nil, s.query, w)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, want, archive.kept)
}

// Ingest that stopped brings no new row; the history is there all the same.
func TestNothingNewIsNoEmptyHistory(t *testing.T) {
	s, jobOn := readingOf(t, nil)
	source := daysOf(jobOn(0).Customer.Zone, 0)
	line := lineOf(source, nil, nil)
	line.Archive = &fakeArchive{}
	for day := range 12 {
		f, err := line.fetch(t.Context(), jobOn(day), s)
		require.NoError(t, err)
		require.NotEmpty(t, f.Columns[0].Points)
	}
}

// What an answer's numbers depend on makes another search of it, and nothing else does.
func TestSearchID(t *testing.T) {
	s, jobOn := readingOf(t, &models.Split{By: "card", Max: 3})
	j, q := jobOn(0), s.query
	same := q
	same.History, same.Overlap, same.Lag, same.Schedule, same.Signal.Name, same.Empty = time.Hour, time.Hour, time.Hour, "x", "x", models.EmptyMissing
	require.Equal(t, searchID(j, q), searchID(jobOn(7), same))
	seen := map[string]bool{searchID(j, q): true}
	for name, change := range map[string]func(*models.Query){
		"search": func(q *models.Query) { q.Search += " x" }, "span": func(q *models.Query) { q.Span = models.SpanDay },
		"source": func(q *models.Query) { q.Source = models.SourceTstats }, "measure": func(q *models.Query) { q.Signal.Measure = "sum(x)" },
		"denominator": func(q *models.Query) { q.Signal.Denominator = "count" }, "split": func(q *models.Query) { q.Split = nil },
		"cap": func(q *models.Query) { q.Split = &models.Split{By: "card", Max: 4} }, "known by": func(q *models.Query) { q.KnownBy = models.KnownByIndexTime },
		"witness": func(q *models.Query) { q.Witness = &models.Witness{Search: "w", Span: models.SpanHour} },
	} {
		other := q
		change(&other)
		id := searchID(j, other)
		require.False(t, seen[id], name)
		seen[id] = true
	}
}

// Whatever is read by another way is another search, whose kept history is not taken for this one's.
func TestSearchesOfOtherSourcesAreOthers(t *testing.T) {
	base := models.Query{Source: models.SourceTstats, Search: "a", Span: models.SpanHour, Witness: &models.Witness{Search: "w", Span: models.SpanHour}}
	seen := map[string]bool{}
	for i, change := range []func(*models.Query){
		func(*models.Query) {},
		func(q *models.Query) { q.Source = models.SourceMstats },
		func(q *models.Query) { q.DataModel = &models.DataModel{Name: "A", Dataset: "B"} },
		func(q *models.Query) { q.DataModel = &models.DataModel{Name: "A", Dataset: "C"} },
		func(q *models.Query) { q.DataModel = &models.DataModel{Name: "A", Dataset: "B", SummariesOnly: true} },
		func(q *models.Query) { q.Saved = &models.SavedSearch{Name: "A"} },
		func(q *models.Query) { q.Saved = &models.SavedSearch{Name: "A", App: "x", Owner: "nobody"} },
		func(q *models.Query) {
			q.Witness = &models.Witness{Search: "w", Span: models.SpanHour, Source: models.SourceEvents}
		},
		func(q *models.Query) {
			q.Witness = &models.Witness{Search: "w", Span: models.SpanHour, Source: models.SourceMstats, Metric: "m"}
		},
	} {
		q := base
		change(&q)
		id := searchID(Job{Customer: models.Customer{Zone: time.UTC}}, q)
		require.False(t, seen[id], "change %d", i)
		seen[id] = true
	}
	same := base
	same.Witness = &models.Witness{Search: "w", Span: models.SpanHour, Source: models.SourceTstats}
	require.True(t, seen[searchID(Job{Customer: models.Customer{Zone: time.UTC}}, same)], "what is kept outlives a default that is written out")
}
