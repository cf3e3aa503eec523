package pipeline

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"foresight/analytics/calendar"
	"foresight/models"
)

// Archive keeps what queries have answered, so that a run asks Splunk only for what is
// new. It is known by customer, "service/query" and the search's fingerprint: what
// another search has answered is not there.
type Archive interface {
	// History returns what is kept, without columns when nothing is.
	History(ctx context.Context, customer, query, search string) (models.Fetched, error)
	// Keep replaces what is kept by an answer that differs from it from a moment on
	// only; the zero moment says that all may differ.
	Keep(ctx context.Context, customer, query, search string, answer models.Fetched, from int64) error
}

// searchID hashes everything that an answer's numbers depend on.
func searchID(j Job, q models.Query) string {
	content := []any{j.Customer.Zone, q.Source, q.Search, q.Span, q.KnownBy, q.Signal.Kind, q.Signal.Measure, q.Signal.Denominator, q.Signal.Aggregate}
	if q.Witness != nil {
		content = append(content, "witness", q.Witness.Search, q.Witness.Span)
	}
	if w := q.Witness; w != nil && (w.Metric != "" || w.Source != "" && w.Source != q.Source) {
		content = append(content, "witness's", w.Source, w.Metric)
	}
	if q.Split != nil {
		content = append(content, "split", q.Split.By, q.Split.Max)
	}
	if m := q.DataModel; m != nil {
		content = append(content, "data model", m.Name, m.Dataset, m.SummariesOnly)
	}
	if s := q.Saved; s != nil {
		content = append(content, "saved", s.Name, s.App, s.Owner)
	}
	return models.Revision(content...)
}

// archived reads a query's window: what lies before the archive's end less the query's
// overlap comes from the archive, the rest from Splunk; and all of it from Splunk, where
// the archive does not reach back far enough, is of a later day, or cannot be continued
// (see splice). It returns how many of the buckets read again had another value before.
func (l *Line) archived(ctx context.Context, j Job, s *study, w models.Window) (answer models.Fetched, revised int, err error) {
	if l.Archive == nil {
		answer, err = l.Source.Fetch(ctx, j.Customer.Zone, s.query, w)
		return answer, 0, err
	}
	r := reading{line: l, job: j, query: s.query, key: s.key(), window: w, search: searchID(j, s.query)}
	r.log = l.Log.With().Str("customer", j.Customer.ID).Str("query", r.key).Logger()
	if r.kept, err = l.Archive.History(ctx, j.Customer.ID, r.key, r.search); err != nil && ctx.Err() == nil {
		r.log.Warn().Err(err).Msg("the whole history is read: what earlier runs kept of it cannot be")
	}
	if len(r.kept.Columns) > 0 && w.To.Before(r.kept.Window.To) {
		// A past day's window reaches further back than what is kept, which may also hold
		// what had not been indexed by then. What is kept stays.
		answer, err = l.Source.Fetch(ctx, j.Customer.Zone, s.query, w)
		return answer, 0, err
	}
	answer, err = r.read(ctx)
	if r.revised > 0 {
		r.log.Info().Int("buckets", r.revised).Msg("values that were read before have been revised")
	}
	return answer, r.revised, err
}

// reading is one query's window on its way out of archive and Splunk.
type reading struct {
	line    *Line
	job     Job
	query   models.Query
	key     string // "service/query"
	window  models.Window
	search  string
	log     zerolog.Logger
	kept    models.Fetched // what the archive had
	begun   bool           // the archive holds the window's beginning
	broken  bool           // the archive takes nothing
	revised int
}

// read continues the archive piece by piece, the oldest first, and keeps each as it
// comes: a first reading of years that was interrupted goes on where it was.
func (r *reading) read(ctx context.Context) (models.Fetched, error) {
	from := seam(r.job, r.query, r.kept, r.window)
	var answer models.Fetched
	if r.begun = from.After(r.window.From); r.begun {
		answer = r.kept
	}
	for from.Before(r.window.To) {
		piece := r.window
		piece.From, piece.To = from, r.pieceEnd(from)
		got, err := r.line.Source.Fetch(ctx, r.job.Customer.Zone, r.query, piece)
		if err != nil {
			return models.Fetched{}, err
		}
		if r.begun {
			r.revised += differences(r.kept, got)
		}
		until := r.window
		until.To = piece.To
		spliced, ok := splice(answer, got, until, r.query.Split)
		if !ok {
			return r.whole(ctx)
		}
		answer = spliced
		r.keep(ctx, answer, from)
		from = piece.To
	}
	return answer, nil
}

// pieceEnd is a year on. A split's largest values are told by the whole window only.
func (r *reading) pieceEnd(from time.Time) time.Time {
	zone := r.job.Customer.Zone
	end := periodStart(r.query.Span, calendar.DateOf(from.In(zone).AddDate(1, 0, 0))).In(zone)
	if r.query.Split != nil || end.After(r.window.To) {
		return r.window.To
	}
	return end
}

func (r *reading) whole(ctx context.Context) (models.Fetched, error) {
	answer, err := r.line.Source.Fetch(ctx, r.job.Customer.Zone, r.query, r.window)
	if err == nil {
		r.begun = false
		r.keep(ctx, answer, r.window.From)
	}
	return answer, err
}

// keep hands the archive an answer that is new from a moment on. One without a row is
// a mistake more often than a history, and is not kept. A failure is said once and
// changes nothing of the run.
func (r *reading) keep(ctx context.Context, answer models.Fetched, from time.Time) {
	if r.broken || len(answer.Columns) == 0 || len(answer.Columns[0].Points) == 0 {
		return
	}
	changed := int64(0)
	if r.begun {
		changed = from.Unix()
	}
	err := r.line.Archive.Keep(ctx, r.job.Customer.ID, r.key, r.search, answer, changed)
	if r.begun, r.broken = err == nil, err != nil; r.broken && ctx.Err() == nil {
		r.log.Warn().Err(err).Msg("this query's history is not kept: the next run reads it again")
	}
}

// seam returns where the window's later part, to be read from Splunk, begins: its own
// beginning when the archive is of no use.
func seam(j Job, q models.Query, kept models.Fetched, w models.Window) (from time.Time) {
	if len(kept.Columns) == 0 || kept.Window.From.After(w.From) {
		return w.From
	}
	from = periodStart(q.Span, calendar.DateOf(kept.Window.To.Add(-q.Overlap).In(j.Customer.Zone))).In(j.Customer.Zone)
	if from.Before(w.From) {
		return w.From
	}
	return from
}

// splice lays a later answer over a kept one, into the window that begins in the one
// and ends with the other. It fails where parts of a split cannot be told to be the
// same as one reading of the whole window would bring: a value that is new may have
// been beyond the cap before, and a value that is missing may be beyond it now.
func splice(kept, later models.Fetched, w models.Window, split *models.Split) (models.Fetched, bool) {
	if len(later.Columns) == 0 {
		later.Columns = []models.Column{{}}
	}
	at, from := later.Window.From.Unix(), w.From.Unix()
	before, after := bySplit(kept), bySplit(later)
	for name := range after {
		if _, known := before[name]; !known && kept.Dropped > 0 {
			return models.Fetched{}, false
		}
	}
	out := models.Fetched{Window: w, Dropped: max(kept.Dropped, later.Dropped)}
	for name, points := range before {
		now, present := after[name]
		if !present && later.Dropped > 0 {
			return models.Fetched{}, false
		}
		after[name] = append(between(points, from, at), now...)
	}
	total := after[""]
	delete(after, "")
	for name, points := range after {
		if len(points) > 0 {
			out.Columns = append(out.Columns, models.Column{Split: name, Points: points})
		}
	}
	if split != nil && len(out.Columns) > split.Max {
		return models.Fetched{}, false
	}
	largestFirst(out.Columns)
	out.Columns = append([]models.Column{{Points: total}}, out.Columns...)
	for _, t := range kept.Witness {
		if t >= from && t < at {
			out.Witness = append(out.Witness, t)
		}
	}
	out.Witness = append(out.Witness, later.Witness...)
	return out, true
}

// bySplit returns the points by split value, the total's by "".
func bySplit(f models.Fetched) map[string][]models.Point {
	all := map[string][]models.Point{}
	for _, c := range f.Columns {
		all[c.Split] = c.Points
	}
	return all
}

// between returns a copy of the points in [from, to).
func between(points []models.Point, from, to int64) []models.Point {
	lo, _ := slices.BinarySearchFunc(points, from, pointAt)
	hi, _ := slices.BinarySearchFunc(points, to, pointAt)
	return slices.Clone(points[lo:max(lo, hi)])
}

func pointAt(p models.Point, t int64) int {
	switch {
	case p.Time < t:
		return -1
	case p.Time > t:
		return 1
	}
	return 0
}

// largestFirst sorts parts by volume as a reading does: by their weights where they
// have any (the count under a mean, a ratio's denominator), else by their values.
func largestFirst(parts []models.Column) {
	weighted := slices.ContainsFunc(parts, func(c models.Column) bool {
		return slices.ContainsFunc(c.Points, func(p models.Point) bool { return p.Weight != 1 })
	})
	volume := make(map[string]float64, len(parts))
	for _, c := range parts {
		for _, p := range c.Points {
			if weighted {
				volume[c.Split] += p.Weight
			} else {
				volume[c.Split] += p.Value
			}
		}
	}
	slices.SortFunc(parts, func(a, b models.Column) int {
		if volume[a.Split] != volume[b.Split] {
			return cmp.Compare(volume[b.Split], volume[a.Split])
		}
		return cmp.Compare(a.Split, b.Split)
	})
}

// differences counts the total's buckets that both answers cover and do not agree on.
func differences(kept, later models.Fetched) int {
	from := later.Window.From.Unix()
	to := min(kept.Window.To.Unix(), later.Window.To.Unix())
	was := map[int64]models.Point{}
	for _, p := range between(bySplit(kept)[""], from, to) {
		was[p.Time] = p
	}
	n := 0
	for _, p := range between(bySplit(later)[""], from, to) {
		if was[p.Time] != p {
			n++
		}
		delete(was, p.Time)
	}
	return n + len(was) // and those that are gone
}
