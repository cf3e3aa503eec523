package splunk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"foresight/models"
)

// Source reads queries through a Searcher.
type Source struct {
	Searcher Searcher
	Progress func(done, total int) // searches of one Fetch; nil: nobody asks
}

// Fetch reads a query over a window, completely or not at all. Buckets without a
// row have no point. The total holds every part, those beyond Split.Max and events
// without the split's field included. An event with several values of the field
// counts once in each.
func (s *Source) Fetch(ctx context.Context, zone *time.Location, q models.Query, w models.Window) (models.Fetched, error) {
	chunks, err := Plan(zone, q, w)
	if err != nil {
		return models.Fetched{}, err
	}
	values, totals, witness := newTable(), newTable(), newTable()
	for done := 0; done < len(chunks); {
		c := chunks[done]
		rows, err := s.Searcher.Search(ctx, c.Search)
		if half, ok := c.halves(); err != nil && ok && ReasonOf(err) == ReasonTooLarge {
			chunks = slices.Replace(chunks, done, done+1, half...)
			continue
		}
		if err != nil {
			return models.Fetched{}, fmt.Errorf("reading %s: %w", c.Search.Label, err)
		}
		into := map[Role]*table{RoleValues: values, RoleTotal: totals, RoleWitness: witness}[c.Role]
		if err := into.add(c, rows); err != nil {
			return models.Fetched{}, &Error{Op: "reading " + c.Search.Label, Why: ReasonBadReply, Err: err}
		}
		done++
		if s.Progress != nil {
			s.Progress(done, len(chunks))
		}
	}
	return assemble(zone, q, w, chunks[0].form, values, totals, witness), nil
}

// assemble turns tables into columns: combines parts into the total and days into
// weeks or months, ranks the parts and leaves out those beyond Max.
func assemble(zone *time.Location, q models.Query, w models.Window, f *form, values, totals, witness *table) models.Fetched {
	out, c := models.Fetched{Window: w}, f.combining
	total := values.whole
	var parts []models.Column
	if q.Split != nil {
		if f.totalOfParts() {
			total = values.combined(c)
		} else {
			total = totals.whole
		}
		for name, cells := range values.parts {
			parts = append(parts, models.Column{Split: name, Points: cells.points(zone, q.Span, c)})
		}
		rank(parts, f.formula.weight != nil)
		if len(parts) > q.Split.Max {
			out.Dropped = len(parts) - q.Split.Max
			parts = slices.Clone(parts[:q.Split.Max])
		}
	}
	out.Columns = append([]models.Column{{Points: total.points(zone, q.Span, c)}}, parts...)
	if f.formula.weight == nil {
		for _, column := range out.Columns {
			for i := range column.Points {
				column.Points[i].Weight = 1
			}
		}
	}
	for _, p := range witness.whole.points(zone, "", combineAdd) {
		out.Witness = append(out.Witness, p.Time)
	}
	return out
}

// rank sorts columns by volume, the largest first: the sum of their values, or of
// their weights where there are any (the count under a mean, a ratio's denominator).
func rank(columns []models.Column, weighted bool) {
	volume := make(map[string]float64, len(columns))
	for _, c := range columns {
		for _, p := range c.Points {
			if weighted {
				volume[c.Split] += p.Weight
			} else {
				volume[c.Split] += p.Value
			}
		}
	}
	slices.SortFunc(columns, func(a, b models.Column) int {
		if x, y := volume[a.Split], volume[b.Split]; x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Split, b.Split)
	})
}
