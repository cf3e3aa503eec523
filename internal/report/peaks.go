package report

import (
	"html"
	"html/template"
	"sort"
	"time"

	"foresight/models"
)

// peakDays is how far ahead the list of peaks looks.
const peakDays = 400

// peaks lists the open peaks of the coming 400 days by day and occasion, and draws
// them as a strip. Where a signal has a peak of both measures, its total speaks.
func (b builder) peaks() (peakList, template.HTML) {
	end := b.r.AsOf.AddDate(0, 0, peakDays)
	best := map[string]peakItem{}
	for _, f := range b.open(models.KindPeak) {
		p := f.Peak
		if p.Date.After(end) || daysBetween(b.r.AsOf, p.Date, b.loc) < 0 {
			continue
		}
		key := f.Subject.Service + "\x1f" + f.Subject.Signal + "\x1f" + isoDay(p.Date, b.loc) + "\x1f" + p.Event
		if old, ok := best[key]; ok && old.key == string(models.MeasureTotal) {
			continue
		}
		best[key] = b.peakItem(f)
	}
	items := make([]peakItem, 0, len(best))
	for _, it := range best {
		items = append(items, it)
	}
	sort.Slice(items, func(i, j int) bool {
		a, c := items[i], items[j]
		switch {
		case !a.date.Equal(c.date):
			return a.date.Before(c.date)
		case a.occasion != c.occasion:
			return a.occasion < c.occasion
		case a.service != c.service:
			return a.service < c.service
		}
		return a.signal < c.signal
	})
	return b.peakList(items), b.strip(items)
}

// peakItem words one peak.
func (b builder) peakItem(f models.Finding) peakItem {
	p := f.Peak
	s := b.signal(f.Subject)
	occasion := b.say.Occasion(p.Event)
	if occasion == "" {
		occasion = b.say.T("no known occasion")
	}
	it := peakItem{Where: b.where(f.Subject), Measure: b.say.measure(p.Measure, s),
		Expected: b.say.withUnit(b.say.figure(p.Expected), s.Signal.Unit), Range: b.say.spanOf(p.Low, p.High), Factor: b.say.times(p.Factor),
		Seen: b.say.seen(*p), date: p.Date, span: s.Span, strength: p.Factor, key: string(p.Measure), occasion: occasion,
		service: f.Subject.Service, signal: f.Subject.Signal, eventID: p.EventID}
	if p.Event == "" {
		it.Seen = "–" // the occasion's column says it
	}
	if unusual(s.History, *p) {
		it.Unusual = b.say.T("unusual %s", b.say.bucketName(s.Span))
	}
	if v, ok := b.cameOn(s, p.Measure, p.Date); ok {
		it.Came = b.say.withUnit(b.say.figure(v), s.Signal.Unit)
	}
	return it
}

// cameOn returns what has since been measured on a day.
func (b builder) cameOn(s models.SignalResult, m models.Measure, date time.Time) (float64, bool) {
	for _, h := range b.since(s) {
		if isoDay(h.Time, b.loc) == isoDay(date, b.loc) {
			v := value(h, m)
			return v, finite(v)
		}
	}
	return 0, false
}

// strip draws the coming peaks as a calendar of 400 days: one dot a day, as large
// as the largest factor of that day, and a ring where the day is unusual only.
// Paydays are left to their own line.
func (b builder) strip(items []peakItem) template.HTML {
	s := scale{from: b.r.AsOf, to: b.r.AsOf.AddDate(0, 0, peakDays), left: 16, right: chartWidth - 24}
	var ms []mark
	for _, it := range items {
		if isPayday(it.eventID) {
			continue
		}
		name := it.occasion
		if it.eventID == "" {
			name = ""
		}
		m := mark{t: it.date, strength: it.strength, minor: it.Unusual != "", label: b.say.peakLabel(models.Peak{Event: name, Date: it.date}, it.span, b.loc),
			title: it.occasion + ", " + b.say.when(it.date, it.span, b.loc)}
		if n := len(ms); n > 0 && ms[n-1].t.Equal(m.t) {
			if was := ms[n-1]; (was.minor && !m.minor) || (was.minor == m.minor && m.strength > was.strength) {
				ms[n-1] = m
			}
			continue
		}
		ms = append(ms, m)
	}
	if len(ms) == 0 {
		return ""
	}
	ls := make([]*label, 0, len(ms))
	for _, m := range ms {
		ls = append(ls, &label{x: s.x(m.t), text: m.label, place: m.strength})
	}
	placeLabels(ls, 4, 4, chartWidth-4)
	base := 22 + labelRow*float64(rowsOf(ls))
	var p pen
	p.raw(`<svg class="plot strip" role="img" viewBox="0 0 ` + coord(chartWidth) + ` ` + coord(base+34) +
		`" aria-labelledby="strip-t strip-d"><title id="strip-t">` + html.EscapeString(b.say.T("Peaks of the coming %s", b.ahead())) +
		`</title><desc id="strip-d">` + html.EscapeString(b.say.T("A line of the coming months with a dot on each peak; the table below lists them all.")) + `</desc>`)
	p.rule("axis", s.left, base, s.right, base)
	for _, m := range b.say.monthTicks(s.from, s.to, b.loc, 14) {
		x := s.x(m.t)
		p.rule("axis", x, base-4, x, base+4)
		class := "tick"
		if m.strong {
			class = "tick strong"
		}
		p.text(class, clamp(x, 32, chartWidth-32), base+26, "middle", m.text)
	}
	for i, m := range ms {
		if l := ls[i]; l.row >= 0 {
			p.path("leader", "M"+coord(s.x(m.t))+" "+coord(base-6)+"V"+coord(base-10-labelRow*float64(l.row)))
		}
		r := 4.0
		if finite(m.strength) {
			r = clamp(2+2*m.strength, 3, 9)
		}
		class := "peak solid"
		if m.minor {
			class = "peak"
		}
		p.dot(class, s.x(m.t), base, r, m.title)
	}
	for _, l := range ls { // after the lines, which must not run through names
		if l.row >= 0 {
			p.text("peaklabel", l.at, base-14-labelRow*float64(l.row), "middle", l.text)
		}
	}
	p.raw(`</svg>`)
	return template.HTML(p.String()) //nolint:gosec // G203: built of numbers and escaped text
}
