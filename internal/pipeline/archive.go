package pipeline

import (
	"cmp"
	"context"
	"slices"
	"time"

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
	if q.Split != nil {
		content = append(content, "split", q.Split.By, q.Split.Max)
	}
	return models.Revision(content...)
}

// archived reads a query's window: what lies before the archive's end less the query's
// overlap comes from the archive, the rest from Splunk; and all of it from Splunk, where
// the archive does not reach back far enough, is of a later day, or cannot be continued
// (see splice). It returns how many of the buckets read again had another value before.
func (l *Line) archived(ctx context.Context, j Job, s *study, w models.Window) (answer models.Fetched, revised int, err error) {
	q := s.query
	whole := func() (models.Fetched, error) { return l.Source.Fetch(ctx, j.Customer.Zone, q, w) }
	if l.Archive == nil {
		answer, err = whole()
		return answer, 0, err
	}
	log := l.Log.With().Str("customer", j.Customer.ID).Str("query", s.key()).Logger()
	search := searchID(j, q)
	kept, err := l.Archive.History(ctx, j.Customer.ID, s.key(), search)
	if err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("the whole history is read: what earlier runs kept of it cannot be")
	}
	// A past day's window reaches further back than what is kept, which may also hold
	// what had not been indexed by then.
	past := len(kept.Columns) > 0 && w.To.Before(kept.Window.To)
	if past {
		kept = models.Fetched{}
	}
	from := seam(j, q, kept, w)
	spliced := false
	if from.After(w.From) {
		read := w
		read.From = from
		if answer, err = l.Source.Fetch(ctx, j.Customer.Zone, q, read); err != nil {
			return models.Fetched{}, 0, err
		}
		revised = differences(kept, answer)
		answer, spliced = splice(kept, answer, w, q.Split)
	}
	if !spliced {
		if answer, err = whole(); err != nil {
			return models.Fetched{}, 0, err
		}
	}
	if revised > 0 {
		log.Info().Int("buckets", revised).Msg("values that were read before have been revised")
	}
	if past || len(answer.Columns) == 0 || len(answer.Columns[0].Points) == 0 {
		return answer, revised, nil // what is kept stays
	}
	var changed int64
	if spliced {
		changed = from.Unix()
	}
	if err := l.Archive.Keep(ctx, j.Customer.ID, s.key(), search, answer, changed); err != nil && ctx.Err() == nil {
		log.Warn().Err(err).Msg("this query's history is not kept: the next run reads it again")
	}
	return answer, revised, nil
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
