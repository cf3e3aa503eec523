package report

import (
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// point is one value at one time.
type point struct {
	t time.Time
	v float64
}

// scale maps times and values onto a drawing area. Every coordinate that leaves it
// is finite and inside the paper, whatever went in.
type scale struct {
	from, to                 time.Time
	lo, hi                   float64
	left, right, top, bottom float64
}

// x returns the place of a time, held within one paper's width of the area.
func (s scale) x(t time.Time) float64 {
	width := s.to.Sub(s.from).Seconds()
	if width <= 0 {
		return s.left
	}
	return clamp(s.left+(s.right-s.left)*t.Sub(s.from).Seconds()/width, s.left-2000, s.right+2000)
}

// y returns the place of a value, and false when it is no number.
func (s scale) y(v float64) (float64, bool) {
	if !finite(v) {
		return 0, false
	}
	// Halves before the difference: hi − lo of huge values must not overflow.
	d := s.hi/2 - s.lo/2
	if d <= 0 || !finite(d) {
		return s.bottom, true
	}
	share := (v/2 - s.lo/2) / d
	return clamp(s.bottom-(s.bottom-s.top)*share, s.top-2000, s.bottom+2000), true
}

// within says whether a time lies in the drawing area.
func (s scale) within(t time.Time) bool { return !t.Before(s.from) && !t.After(s.to) }

func clamp(x, lo, hi float64) float64 { return math.Max(lo, math.Min(hi, x)) }

// coord prints a coordinate to a tenth of a unit, which is below what a screen shows.
func coord(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	s = strings.TrimSuffix(s, ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

// line returns the path of points in time order; what is no number breaks it.
func (s scale) line(ps []point) string {
	var b strings.Builder
	pen, last, run := false, "", 0
	for _, p := range ps {
		y, ok := s.y(p.v)
		if !ok {
			pen = closeDot(&b, last, run)
			run = 0
			continue
		}
		last = coord(s.x(p.t)) + " " + coord(y)
		if pen {
			b.WriteString("L")
		} else {
			b.WriteString("M")
		}
		b.WriteString(last)
		pen, run = true, run+1
	}
	closeDot(&b, last, run)
	return b.String()
}

// closeDot makes a run of one point visible: a line of no length, drawn by its
// round cap. It returns false, the state of a lifted pen.
func closeDot(b *strings.Builder, last string, run int) bool {
	if run == 1 {
		b.WriteString("L" + last)
	}
	return false
}

// steps returns the path of a value that holds from each point until the next.
func (s scale) steps(ps []point, end time.Time) string {
	var b strings.Builder
	pen := false
	for i, p := range ps {
		y, ok := s.y(p.v)
		if !ok {
			pen = false
			continue
		}
		until := end
		if i+1 < len(ps) {
			until = ps[i+1].t
		}
		if pen {
			b.WriteString("L")
		} else {
			b.WriteString("M")
		}
		b.WriteString(coord(s.x(p.t)) + " " + coord(y) + "H" + coord(s.x(until)))
		pen = true
	}
	return b.String()
}

// band returns the closed path between two rows of points of equal times.
func (s scale) band(low, high []point) string {
	var b strings.Builder
	start := 0
	for i := 0; i <= len(low); i++ {
		if i < len(low) && finite(low[i].v) && finite(high[i].v) {
			continue
		}
		s.area(&b, low[start:i], high[start:i])
		start = i + 1
	}
	return b.String()
}

// area writes one closed run of a band: along the top, back along the bottom.
func (s scale) area(b *strings.Builder, low, high []point) {
	if len(low) == 0 {
		return
	}
	letter := "M"
	for _, p := range high {
		y, _ := s.y(p.v)
		b.WriteString(letter + coord(s.x(p.t)) + " " + coord(y))
		letter = "L"
	}
	for i := len(low) - 1; i >= 0; i-- {
		y, _ := s.y(low[i].v)
		b.WriteString("L" + coord(s.x(low[i].t)) + " " + coord(y))
	}
	b.WriteString("Z")
}

// pen collects SVG elements; text is escaped on its way in.
type pen struct{ strings.Builder }

// raw adds what is SVG already. A strings.Builder never fails.
func (p *pen) raw(s string) { _, _ = p.WriteString(s) }

// path adds a path of a class; an empty one is left out.
func (p *pen) path(class, d string) {
	if d != "" {
		p.raw(`<path class="` + class + `" d="` + d + `"/>`)
	}
}

// rule adds a straight line.
func (p *pen) rule(class string, x1, y1, x2, y2 float64) {
	p.path(class, "M"+coord(x1)+" "+coord(y1)+"L"+coord(x2)+" "+coord(y2))
}

// block adds an upright rectangle with a tooltip, wide enough to be seen.
func (p *pen) block(class string, x1, y1, x2, y2 float64, title string) {
	const least = 2
	p.raw(`<rect class="` + class + `" x="` + coord(x1) + `" y="` + coord(y1) + `" width="` + coord(math.Max(least, x2-x1)) + `" height="` + coord(y2-y1) + `">`)
	if title != "" {
		p.raw(`<title>` + html.EscapeString(title) + `</title>`)
	}
	p.raw(`</rect>`)
}

// text adds text; anchor is start, middle or end.
func (p *pen) text(class string, x, y float64, anchor, s string) {
	p.raw(`<text class="` + class + `" x="` + coord(x) + `" y="` + coord(y) + `"`)
	if anchor != "start" {
		p.raw(` text-anchor="` + anchor + `"`)
	}
	p.raw(`>` + html.EscapeString(s) + `</text>`)
}

// dot adds a circle with a tooltip.
func (p *pen) dot(class string, x, y, r float64, title string) {
	p.raw(`<circle class="` + class + `" cx="` + coord(x) + `" cy="` + coord(y) + `" r="` + coord(r) + `">`)
	if title != "" {
		p.raw(`<title>` + html.EscapeString(title) + `</title>`)
	}
	p.raw(`</circle>`)
}
