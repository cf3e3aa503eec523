package splunk

import (
	"cmp"
	"slices"
	"time"

	"foresight/models"
)

// cells are the buckets of one series in order of time. Rows come in that order, so
// that to add one is to append it: thousands of signals take what their points take.
type cells struct{ sorted []models.Point }

// find returns where the bucket at an epoch is, or belongs.
func (s *cells) find(epoch int64) (int, bool) {
	if n := len(s.sorted); n == 0 || s.sorted[n-1].Time < epoch {
		return n, false
	}
	return slices.BinarySearchFunc(s.sorted, epoch, func(p models.Point, epoch int64) int { return cmp.Compare(p.Time, epoch) })
}

// add puts a bucket in; false when it is there.
func (s *cells) add(p models.Point) bool {
	i, found := s.find(p.Time)
	if !found {
		s.sorted = slices.Insert(s.sorted, i, p)
	}
	return !found
}

// merge combines a point into its bucket.
func (s *cells) merge(p models.Point, c combining) {
	i, found := s.find(p.Time)
	if !found {
		s.sorted = slices.Insert(s.sorted, i, p)
		return
	}
	old := s.sorted[i]
	switch c {
	case combineAdd:
		p.Value, p.Weight = old.Value+p.Value, old.Weight+p.Weight
	case combineMax:
		p.Value = max(old.Value, p.Value)
	case combineMin:
		p.Value = min(old.Value, p.Value)
	case combineLast, combineNot: // the later one stands
	}
	s.sorted[i] = p
}

// points lists the buckets in time order, days combined into weeks or months when
// span is one of these.
func (s *cells) points(zone *time.Location, span models.Span, c combining) []models.Point {
	out := s
	if span == models.SpanWeek || span == models.SpanMonth {
		out = &cells{}
		for _, p := range s.sorted {
			p.Time = bucketStart(time.Unix(p.Time, 0), span, zone).Unix()
			out.merge(p, c)
		}
	}
	if out.sorted == nil {
		return []models.Point{}
	}
	return out.sorted
}
