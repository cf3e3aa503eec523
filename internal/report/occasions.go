package report

import (
	"math"
	"strings"

	"foresight/models"
)

// isOccasion says whether a component is an occasion's rather than a part that the
// method always has.
func isOccasion(c models.Component) bool {
	switch strings.ToLower(c.Name) {
	case "level", "trend", "week", "year", "month day", "hour", "combination", "bucket combination":
		return false
	}
	return true
}

// sameDay names the other occasions that move the bucket i by 2 % or more, so that
// one occasion's factor is not held against the whole bucket's:
// " (and Payday 1.17 × the same day: together 2.31 ×)".
func (e voice) sameDay(c models.Component, f models.Forecast, i int, unit string) string {
	var others []string
	product, multiplicative := c.Values[i], c.Multiplicative
	for _, o := range f.Components {
		if o.Name == c.Name || !isOccasion(o) || len(o.Values) != len(f.Points) || !finite(o.Values[i]) {
			continue
		}
		v := o.Values[i]
		switch {
		case o.Multiplicative && math.Abs(v-1) >= 0.02:
			others = append(others, e.Occasion(o.Name)+" "+e.times(v))
			product *= v
		case !o.Multiplicative && math.Abs(v) >= 0.02*math.Abs(f.Points[i].Quantiles[models.Q50]) && v != 0:
			others = append(others, e.Occasion(o.Name)+" "+e.signed(v, unit))
			multiplicative = false
		}
	}
	if len(others) == 0 {
		return ""
	}
	all := strings.Join(others, e.T(" and "))
	if multiplicative {
		return e.T(" (and %s the same %s: together %s)", all, e.bucketName(f.Span), e.times(product))
	}
	return e.T(" (and %s the same %s)", all, e.bucketName(f.Span))
}
