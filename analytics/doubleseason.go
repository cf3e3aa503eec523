package analytics

import (
	"math"

	"foresight/analytics/smoothing"
)

// What the days just past were like, smoothing follows as no profile does: double seasonal exponential
// smoothing (Taylor 2003, 2010; smoothing.DoubleSpec) with the seasons of the day and of the week, over
// the slots of the grid, of which every day has as many. Where values cannot be negative it smooths
// their square roots, since the errors of a count's root are nearly alike at every level.

const (
	doubleBefore = 10           // weeks before the first origin from which on it smooths
	doubleLeast  = 3            // weeks without which it forecasts nothing
	doubleAhead  = shortHorizon // days ahead at most; farther off, the season of the year is what counts
)

// doubleSeasonal is the model, fitted once, by the first origin that asks: its four parameters come from
// the whole history, and from each origin only what was known by then is smoothed with them.
type doubleSeasonal struct {
	tried bool
	begin int // slot of the grid from which on it smooths, the first of a week of the grid
	model *smoothing.Double
}

// smoothed is the member's forecast of cells from the buckets before place until; nil where the
// history does not carry it.
func (b *byDay) smoothed(until int, cells []cell) []float64 {
	g := b.grid
	if b.options.Horizon > doubleAhead*g.slots || until == 0 {
		return nil
	}
	end := g.slotOf(g.cells[until-1]) + 1
	model, begin := b.fitDouble(end)
	if model == nil || end <= begin {
		return nil
	}
	y := b.roots(begin, end)
	if observed(y) < 7*doubleLeast*g.slots {
		return nil
	}
	m, err := smoothing.RunDouble(y, model.DoubleSpec, model.DoubleParams, model.Start)
	if err != nil {
		return nil
	}
	ahead := m.Predict(g.slotOf(cells[len(cells)-1]) + 1 - end)
	out := make([]float64, len(cells))
	for i, c := range cells {
		at := g.slotOf(c) - end
		if at < 0 || at >= len(ahead) {
			return nil // the hour that comes twice in autumn, half known
		}
		out[i] = ahead[at]
		if b.ratio {
			out[i] = math.Pow(math.Max(0, out[i]), 2)
		}
	}
	return out
}

// fitDouble fits the model from a while before slot end of the grid, once; nil where it cannot.
func (b *byDay) fitDouble(end int) (*smoothing.Double, int) {
	d, week := &b.double, 7*b.grid.slots
	if !d.tried {
		d.tried = true
		d.begin = max(0, end/week-doubleBefore) * week
		y := b.roots(d.begin, b.grid.slotOf(b.grid.cells[len(b.grid.cells)-1])+1)
		if m, err := smoothing.FitDouble(y, smoothing.DoubleSpec{Short: b.grid.slots, Long: week, AR: true}); err == nil {
			d.model = m
		}
	}
	return d.model, d.begin
}

// roots are the values of the grid's slots [begin, end), their square roots where values cannot be
// negative; missing on days that stood still.
func (b *byDay) roots(begin, end int) []float64 {
	y := make([]float64, end-begin)
	for i := range y {
		at := begin + i
		y[i] = b.grid.values[at/b.grid.slots][at%b.grid.slots]
		if b.ratio {
			y[i] = math.Sqrt(y[i])
		}
		if b.stoodStill(at / b.grid.slots) {
			y[i] = math.NaN()
		}
	}
	return y
}
