package report

import (
	"html"
	"html/template"
	"math"
	"time"

	"foresight/models"
)

// The paper of a chart, in units of one CSS pixel at full width.
const (
	chartWidth  = 1080.0
	chartHeight = 300.0 // of the drawing area
	chartLeft   = 84.0
	chartRight  = 1064.0
	labelRow    = 17.0 // height of a row of labels
)

// fanPoint is one forecast bucket with its quantiles.
type fanPoint struct {
	t time.Time
	q [len(models.Probabilities)]float64
}

// mark is a named peak in a chart.
type mark struct {
	t        time.Time
	v        float64
	label    string
	title    string
	strength float64
	minor    bool // unusual for its day only
}

// stretch is a time of the history that was not taken as it was observed.
type stretch struct {
	from, to time.Time
	title    string
}

// crossing is a day on which a limit is crossed with some probability.
type crossing struct {
	t      time.Time
	share  string // "10" or, on one day, "10, 50"
	label  string
	strong bool
}

// chart is everything one picture shows, before it has places.
type chart struct {
	say             voice
	id, title, desc string
	loc             *time.Location
	from, to        time.Time
	asOf            time.Time
	weekly          bool // ticks on Mondays rather than months
	zeroBase        bool

	history     []point
	low, high   []point // range behind the history, equal times
	before      []point // a year before, moved to today
	since       []point // what has come true
	masked      []stretch
	fan         []fanPoint
	limit       []point
	peaks       []mark
	crossings   []crossing
	limitHidden bool    // it lies above the picture
	clipped     bool    // the fan does
	top         float64 // largest limit left out
}

// valueRange returns the y range: history and fan, the limit too when it lies
// within reach, from zero where zero means something.
func (c *chart) valueRange() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if finite(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	for _, ps := range [][]point{c.history, c.low, c.high, c.since, c.before} {
		for _, p := range ps {
			see(p.v)
		}
	}
	for _, p := range c.fan {
		see(p.q[models.Q50])
	}
	core := hi // what a fan may reach above before it is cut
	for _, p := range c.fan {
		see(p.q[models.Q05])
		see(p.q[models.Q95])
	}
	if finite(core) && core > 0 && hi > 4*core {
		hi, c.clipped = 4*core, true
	}
	reach := hi
	for _, p := range c.limit {
		if !finite(p.v) {
			continue
		}
		if finite(reach) && reach > 0 && p.v > 2*reach {
			c.limitHidden, c.top = true, p.v
			continue
		}
		see(p.v)
	}
	if !finite(lo) || !finite(hi) {
		return 0, 1
	}
	if lo >= 0 && (c.zeroBase || lo < 0.6*hi) {
		lo = 0
	}
	return lo, hi
}

// draw returns the picture as inline SVG.
func (c *chart) draw() template.HTML {
	lo, hi := c.valueRange()
	ticks := niceTicks(lo, hi, 5)
	s := scale{from: c.from, to: c.to, lo: ticks[0], hi: ticks[len(ticks)-1],
		left: chartLeft, right: chartRight}
	peakLabels := c.peakLabels(s)
	crossLabels := c.crossLabels(s)
	s.top = 10 + labelRow*float64(rowsOf(peakLabels))
	s.bottom = s.top + chartHeight
	height := s.bottom + 26 + labelRow*float64(rowsOf(crossLabels))

	var p pen
	p.raw(`<svg class="plot" role="img" viewBox="0 0 ` + coord(chartWidth) + ` ` + coord(height) +
		`" aria-labelledby="` + c.id + `-t ` + c.id + `-d"><title id="` + c.id + `-t">` + html.EscapeString(c.title) +
		`</title><desc id="` + c.id + `-d">` + html.EscapeString(c.desc) + `</desc>`)
	p.raw(`<clipPath id="` + c.id + `-c"><rect x="` + coord(s.left) + `" y="` + coord(s.top-4) +
		`" width="` + coord(s.right-s.left) + `" height="` + coord(s.bottom-s.top+4) + `"/></clipPath>`)
	c.drawAxes(&p, s, ticks, height-8)
	p.raw(`<g clip-path="url(#` + c.id + `-c)">`)
	c.drawData(&p, s)
	p.raw(`</g>`)
	c.drawCrossings(&p, s, crossLabels)
	c.drawPeaks(&p, s, peakLabels)
	p.raw(`</svg>`)
	return template.HTML(p.String()) //nolint:gosec // G203: built of numbers and escaped text
}

// drawAxes draws the grid, its figures and the line of the as-of day.
func (c *chart) drawAxes(p *pen, s scale, ticks []float64, textY float64) {
	for _, v := range ticks {
		y, ok := s.y(v)
		if !ok {
			continue
		}
		p.rule("grid", s.left, y, s.right, y)
		p.text("tick", s.left-10, y+4, "end", c.say.tickText(v, math.Max(math.Abs(s.lo), math.Abs(s.hi))))
	}
	marks := c.say.monthTicks(c.from, c.to, c.loc, 14)
	if c.weekly {
		marks = c.say.weekTicks(c.from, c.to, c.loc, 12)
	}
	for _, m := range marks {
		x := s.x(m.t)
		p.rule("grid", x, s.top, x, s.bottom+5)
		class := "tick"
		if m.strong {
			class = "tick strong"
		}
		half := textWidth(m.text) / 2
		p.text(class, clamp(x, s.left-20+half, chartWidth-half), textY, "middle", m.text)
	}
	if s.within(c.asOf) {
		x := s.x(c.asOf)
		p.rule("asof", x, s.top, x, s.bottom)
		p.text("tick", x-7, s.top+13, "end", c.say.T("measured"))
		p.text("tick", x+7, s.top+13, "start", c.say.T("forecast"))
	}
}

// drawData draws what lies inside the drawing area, back to front.
func (c *chart) drawData(p *pen, s scale) {
	for _, m := range c.masked {
		p.block("masked", s.x(m.from), s.top, s.x(m.to), s.bottom, m.title)
	}
	p.path("range", s.band(c.low, c.high))
	for _, b := range []struct {
		class  string
		lo, hi int
	}{{"fan90", models.Q05, models.Q95}, {"fan80", models.Q10, models.Q90}, {"fan50", models.Q25, models.Q75}} {
		p.path(b.class, s.band(quantile(c.fan, b.lo), quantile(c.fan, b.hi)))
	}
	p.path("before", s.line(c.before))
	p.path("history", s.line(c.history))
	p.path("median", s.line(quantile(c.fan, models.Q50)))
	p.path("since", s.line(c.since))
	for _, q := range c.since { // dots, so that the median stays seen below them
		if y, ok := s.y(q.v); ok && s.within(q.t) {
			p.dot("sincedot", s.x(q.t), y, 2.2, "")
		}
	}
	p.path("limit", s.steps(c.limit, c.to))
	for i, q := range c.limit {
		if y, ok := s.y(q.v); ok && q.v <= s.hi {
			until := s.right
			if i+1 < len(c.limit) {
				until = s.x(c.limit[i+1].t)
			}
			if text := c.say.figure(q.v); until-math.Max(s.x(q.t), s.left) > textWidth(text) {
				p.text("limitlabel", until-6, y-6, "end", text)
			}
		}
	}
}

// quantile picks one quantile of a fan as points.
func quantile(fan []fanPoint, q int) []point {
	out := make([]point, len(fan))
	for i, p := range fan {
		out[i] = point{p.t, p.q[q]}
	}
	return out
}

// peakLabels places the names of the peaks in rows above the drawing area.
func (c *chart) peakLabels(s scale) []*label {
	ls := make([]*label, 0, len(c.peaks))
	for _, m := range c.peaks {
		ls = append(ls, &label{x: s.x(m.t), text: m.label, place: m.strength})
	}
	placeLabels(ls, 4, chartLeft, chartWidth-4)
	return ls
}

// crossLabels places the crossing dates in rows below the drawing area.
func (c *chart) crossLabels(s scale) []*label {
	ls := make([]*label, 0, len(c.crossings))
	for _, m := range c.crossings {
		ls = append(ls, &label{x: s.x(m.t), text: m.label})
	}
	placeLabels(ls, 3, chartLeft, chartWidth-4)
	return ls
}

// rowsOf counts the rows that placed labels use.
func rowsOf(ls []*label) int {
	n := 0
	for _, l := range ls {
		n = max(n, l.row+1)
	}
	return n
}

// drawPeaks draws a ring on each peak, its name above and a line between them.
func (c *chart) drawPeaks(p *pen, s scale, ls []*label) {
	for i, m := range c.peaks {
		y, ok := s.y(m.v)
		if !ok || !s.within(m.t) {
			continue
		}
		y = clamp(y, s.top, s.bottom)
		if l := ls[i]; l.row >= 0 {
			p.path("leader", "M"+coord(s.x(m.t))+" "+coord(y-5)+"V"+coord(s.top-5-labelRow*float64(l.row)))
		}
		p.dot("peak", s.x(m.t), y, 4, m.title)
	}
	for _, l := range ls { // after the lines, which must not run through names
		if l.row >= 0 {
			p.text("peaklabel", l.at, s.top-9-labelRow*float64(l.row), "middle", l.text)
		}
	}
}

// drawCrossings draws the days on which the limit is crossed and their labels.
func (c *chart) drawCrossings(p *pen, s scale, ls []*label) {
	for i, m := range c.crossings {
		if !s.within(m.t) {
			continue
		}
		x, class := s.x(m.t), "cross"
		if m.strong {
			class = "cross strong"
		}
		p.rule(class, x, s.top, x, s.bottom+6+labelRow*float64(max(ls[i].row, 0)))
	}
	for _, l := range ls {
		if l.row >= 0 {
			p.text("crosslabel", l.at, s.bottom+17+labelRow*float64(l.row), "middle", l.text)
		}
	}
}
