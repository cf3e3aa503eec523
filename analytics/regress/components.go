package regress

import (
	"math"
	"slices"
	"time"
)

// Components splits Predict(times) into its parts: "trend" in the series' unit,
// then "week", "year", "month day" and each occasion by its name, as factors
// around 1 on the log scale and as amounts around 0 on the linear one. Together
// they give Predict to rounding: what closes a day, and the correction where a
// series has zeros of its own, is the part "closed".
func (m *Model) Components(times []time.Time) []Component {
	es := m.evaluate(times)
	trend := Component{Name: partTrend.name, Multiplicative: m.scale.log, Values: make([]float64, len(times))}
	rest := []Component{}
	at := func(p part) *Component {
		for i := range rest {
			if rest[i].Name == p.name && rest[i].Occasion == p.occasion {
				return &rest[i]
			}
		}
		c := Component{Name: p.name, Family: p.family, Multiplicative: m.scale.log, Occasion: p.occasion, Values: make([]float64, len(times))}
		if m.scale.log {
			for i := range c.Values {
				c.Values[i] = 1
			}
		}
		rest = append(rest, c)
		return &rest[len(rest)-1]
	}
	closed := part{name: "closed"}
	for i, e := range es {
		product, sum := 1.0, 0.0
		for _, c := range e.parts {
			v := c.value
			if m.scale.log {
				v = math.Exp(v)
			} else {
				v *= m.scale.unit
			}
			if *c.part == partTrend {
				if m.scale.log {
					v *= m.scale.unit
				} else {
					v += m.scale.offset * m.scale.unit
				}
				trend.Values[i] = v
			} else {
				at(*c.part).Values[i] = v
			}
			product *= v
			sum += v
		}
		switch {
		case m.scale.log && math.Abs(e.value-product) > 1e-12*product:
			at(closed).Values[i] = e.value / product
		case !m.scale.log && math.Abs(e.value-sum) > 1e-12*m.scale.unit:
			at(closed).Values[i] = e.value - sum
		}
	}
	slices.SortStableFunc(rest, func(a, b Component) int { return rank(a) - rank(b) })
	return append([]Component{trend}, rest...)
}

// rank orders components: the seasons, the occasions, and what closes a day.
func rank(c Component) int {
	switch {
	case c.Occasion:
		return 4
	case c.Name == partWeek.name:
		return 1
	case c.Name == partYear.name:
		return 2
	case c.Name == partMonthDay.name:
		return 3
	}
	return 5
}
