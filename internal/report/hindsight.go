package report

import (
	"strings"
	"time"

	"foresight/models"
)

// hindsight sums up what has come true since the run: the error of the total, the
// share of values within the 80 % band, whether a crossing came, and the largest
// day against the forecast's. Nil when nothing is known yet.
func (b builder) hindsight(s models.SignalResult, f models.Forecast, findings []models.Finding) []string {
	came := map[string]float64{}
	for _, h := range b.since(s) {
		if v := value(h, f.Measure); finite(v) {
			came[isoDay(h.Time, b.loc)] = v
		}
	}
	var actual, said, inside, n float64
	var top, expected fanPoint // largest day: what came (as Q50), what was said
	first := ""
	for _, p := range f.Points {
		v, ok := came[isoDay(p.Time, b.loc)]
		if !ok || !finite(p.Mean) {
			continue
		}
		actual, said, n = actual+v, said+p.Mean, n+1
		if v >= p.Quantiles[models.Q10] && v <= p.Quantiles[models.Q90] {
			inside++
		}
		if top.t.IsZero() || v > top.q[models.Q50] {
			top.t, top.q[models.Q50] = p.Time, v
		}
		if expected.t.IsZero() || p.Quantiles[models.Q50] > expected.q[models.Q50] {
			expected = fanPoint{p.Time, p.Quantiles}
		}
		if first == "" && finite(p.Limit) && v > p.Limit {
			first = b.say.on(p.Time, f.Span, b.loc)
		}
	}
	if n == 0 {
		return nil
	}
	unit := s.Signal.Unit
	var out []string
	if actual != 0 {
		how := b.say.T("in sum")
		if ratio := said / actual; !adds(s, f) { // the mean of what does not add up
			how, actual, said = b.say.T("on average"), actual/n, actual/n*ratio
		}
		out = append(out, b.say.T("Over the %s known since, the forecast was %s against what came (%s %s said, %s came).",
			b.say.count(int(n), f.Span), b.say.change(said/actual-1), how, b.say.withUnit(b.say.figure(said), unit), b.say.withUnit(b.say.figure(actual), unit)))
	}
	out = append(out, b.say.T("%s of them fell within the 80 %% band.", b.say.percent(inside/n)))
	out = append(out, b.largestCame(f.Span, top, expected, unit))
	return append(out, b.crossingCame(f.Span, findings, first)...)
}

// largestCame compares the largest day that came with the largest that was said.
func (b builder) largestCame(span models.Span, top, expected fanPoint, unit string) string {
	off := bucketsBetween(expected.t, top.t, span, b.loc)
	when := b.say.T("on the very day that was said")
	switch {
	case off > 0:
		when = b.say.T("%s later than said", b.say.count(off, span))
	case off < 0:
		when = b.say.T("%s earlier than said", b.say.count(-off, span))
	case spanOr(span) != models.SpanDay:
		when = b.say.T("in the very %s that was said", b.say.bucketName(span))
	}
	size := ""
	if v := top.q[models.Q50]; v != 0 {
		size = b.say.T("; the size said was %s against it", b.say.change(expected.q[models.Q50]/v-1))
	}
	return b.say.T("The largest was %s with %s, %s%s.", b.say.theWhen(top.t, span, b.loc), b.say.withUnit(b.say.figure(top.q[models.Q50]), unit), when, size)
}

// crossingCame says whether the usable limit was in fact crossed.
func (b builder) crossingCame(span models.Span, findings []models.Finding, first string) []string {
	var said time.Time
	for _, x := range findings {
		if x.Overload != nil && !x.Overload.Expected.IsZero() {
			said = x.Overload.Expected
		}
	}
	bucket, by := b.say.theBucket(span), b.say.when(said, span, b.loc)
	switch {
	case first != "" && !said.IsZero():
		return []string{b.say.T("The usable limit was first crossed %s; the 50 %% %s said was %s.", first, bucket, by)}
	case first != "":
		return []string{b.say.T("The usable limit was first crossed %s; no crossing was said with 50 %% probability.", first)}
	case !said.IsZero():
		return []string{b.say.T("The usable limit has not been crossed in these %s; the 50 %% %s said was %s.", b.say.buckets(span), bucket, by)}
	}
	return nil
}

// since returns what has come true of a signal. A total of several parts ends where
// the first of them does: what is left of it is no total.
func (b builder) since(s models.SignalResult) []models.HistoryPoint {
	came := b.o.Hindsight[HindsightKey(s)]
	for _, part := range b.r.Signals {
		if part.Service.ID != s.Service.ID || !strings.HasPrefix(part.Signal.ID, s.Signal.ID+"/") {
			continue
		}
		if known := b.o.Hindsight[HindsightKey(part)]; len(known) > 0 {
			end := time.Time{}
			for _, h := range known {
				if finite(h.Total) {
					end = h.Time
				}
			}
			for len(came) > 0 && came[len(came)-1].Time.After(end) {
				came = came[:len(came)-1]
			}
		}
	}
	return came
}
