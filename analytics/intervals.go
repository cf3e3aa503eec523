package analytics

import (
	"math"
	"sort"

	"foresight/analytics/backtest"
)

// sizer gives the size against which an error is measured: forecast plus a tenth of the usual
// level where values cannot be negative, so that errors grow with the level and a closed day stays
// narrow; a constant otherwise.
type sizer struct {
	level    float64 // usual size of a value
	constant bool    // values of both signs: errors are alike at every level
}

// floorShare is the part of the usual level that every bucket's error may have, however small its
// forecast.
const floorShare = 0.1

func newSizer(y []float64) sizer {
	var s sizer
	sizes := make([]float64, 0, len(y))
	for _, v := range y {
		if v < 0 {
			s.constant = true
		}
		if v != 0 && !math.IsNaN(v) {
			sizes = append(sizes, math.Abs(v))
		}
	}
	s.level = median(sizes)
	if s.constant {
		s.level = deviation(y)
	}
	if !(s.level > 0) {
		s.level = 1
	}
	return s
}

func (s sizer) of(forecast float64) float64 {
	if s.constant {
		return s.level
	}
	return math.Max(forecast, 0) + floorShare*s.level
}

// deviation is the mean absolute deviation from the median.
func deviation(y []float64) float64 {
	m := median(y)
	d := make([]float64, 0, len(y))
	for _, v := range y {
		if !math.IsNaN(v) {
			d = append(d, math.Abs(v-m))
		}
	}
	return mean(d)
}

// spread turns the errors of the past into quantiles around a median forecast f at lead h
// (0 = the first bucket ahead):
//
//	q_p = f + size(f) · (a + b·√(h+1)) · c · z_p
//
// a, b ≥ 0 are fitted to the mean absolute relative error by lead, c is the factor of the bucket's
// class (near an occasion or not, the hour of the day), z_p the quantile of the errors so
// standardized, pooled over origins and leads, blended with a Student t of 5 degrees in the tails
// that hold too few of them.
type spread struct {
	size  sizer
	a, b  float64
	z     [groups]table
	class []float64 // factor by class of bucket; nil: all 1
	// leads that the backtest reached; beyond, the spread grows by the fourth root as well, since
	// nothing was seen there
	tested int
	// share of a standardized error's variance that stays the same along a path
	persistence float64
	errors      [][]float64 // standardized, by origin and lead, for the paths
}

const (
	zEdge  = 4.0
	zCells = 400
)

// table holds z by normal score from −zEdge to zEdge.
type table [zCells + 1]float64

// groups of classes have a table each: working days and days off, which are not only unsure by
// another measure but by another shape. An event that doubles a Sunday is no measure of a Monday,
// and the largest day ahead hangs on the tail of the largest days.
const groups = 2

func groupOf(class int) int { return class % dayClasses / nearness }

// sigma is the mean absolute relative error expected at a lead for a class of buckets.
func (s *spread) sigma(lead, class int) float64 {
	v := s.a + s.b*math.Sqrt(float64(lead+1))
	if class < len(s.class) {
		v *= s.class[class]
	}
	if s.tested > 0 && lead >= s.tested {
		v *= math.Sqrt(math.Sqrt(float64(lead+1) / float64(s.tested)))
	}
	return v
}

// standard is z at a normal score, for a group of classes.
func (s *spread) standard(score float64, group int) float64 {
	z := &s.z[group]
	x := (math.Max(-zEdge, math.Min(zEdge, score)) + zEdge) / (2 * zEdge) * zCells
	i := min(int(x), zCells-1)
	return z[i] + (x-float64(i))*(z[i+1]-z[i])
}

// standards is z at the probabilities, for each group.
func (s *spread) standards(probabilities []float64) [groups][]float64 {
	var out [groups][]float64
	for g := range out {
		out[g] = make([]float64, len(probabilities))
		for j, p := range probabilities {
			out[g][j] = s.standard(normalScore(p), g)
		}
	}
	return out
}

// newSpread learns the spread from a combination's medians at each trial.
func newSpread(trials []trial, medians [][]float64, size sizer, period int) *spread {
	relative := make([][]float64, 0, len(trials))
	for k, t := range trials {
		e := make([]float64, len(medians[k]))
		for i, f := range medians[k] {
			e[i] = (t.actual[i] - f) / size.of(f)
		}
		relative = append(relative, e)
	}
	return spreadOf(trials, relative, size, period)
}

// spreadOf learns the spread from relative errors at each trial, which it standardizes in place.
func spreadOf(trials []trial, relative [][]float64, size sizer, period int) *spread {
	s := &spread{size: size}
	for _, e := range relative {
		s.tested = max(s.tested, len(e))
	}
	s.a, s.b = growth(relative)
	s.class = classFactors(s, trials, relative)
	var pool [groups][]float64
	for k := range relative {
		for i := range relative[k] {
			class := trials[k].classOf(i)
			relative[k][i] /= math.Max(s.sigma(i, class), 1e-12)
			if !math.IsNaN(relative[k][i]) {
				pool[groupOf(class)] = append(pool[groupOf(class)], relative[k][i])
			}
		}
	}
	s.errors = relative
	s.persistence = persistence(trials, relative)
	s.tabulate(pool, len(trials), independent(trials, s.tested), period)
	return s
}

// growth fits the mean absolute error by lead with a + b·√lead, both at least zero, by least
// squares weighted by the number of errors.
func growth(errors [][]float64) (a, b float64) {
	var n, sx, sxx, sy, sxy float64
	for _, e := range errors {
		for i, v := range e {
			if math.IsNaN(v) {
				continue
			}
			x, y := math.Sqrt(float64(i+1)), math.Abs(v)
			n, sx, sxx, sy, sxy = n+1, sx+x, sxx+x*x, sy+y, sxy+x*y
		}
	}
	if n == 0 {
		return 0, 0
	}
	if d := n*sxx - sx*sx; d > 1e-12 {
		b = (n*sxy - sx*sy) / d
		a = (sy - b*sx) / n
	}
	switch {
	case b <= 0:
		return sy / n, 0
	case a < 0:
		return 0, sxy / sxx
	}
	return a, b
}

// classPrior is how much larger than the usual ones the errors of a class of days are where a
// history does not tell: the mean over the daily development series.
var classPrior = [nearness]float64{usualDay: 1, besideFeast: 1.2, christmasWeeks: 1.5}

// classFactors compares the errors of each class with all errors, shrunk towards the prior as if
// twenty more of its size had been seen, within ½ to 3; nil without classes. Classes are those of
// days, times the hour of the day.
func classFactors(s *spread, trials []trial, relative [][]float64) []float64 {
	const unseen = 20
	sum, n := make([]float64, dayClasses), make([]float64, dayClasses)
	var all, count float64
	for k, t := range trials {
		for i, e := range relative[k] {
			if math.IsNaN(e) || t.class == nil {
				continue
			}
			for t.class[i] >= len(sum) {
				sum, n = append(sum, 0), append(n, 0)
			}
			z := math.Abs(e) / math.Max(s.sigma(i, 0), 1e-12)
			sum[t.class[i]] += z
			n[t.class[i]]++
			all, count = all+z, count+1
		}
	}
	if all == 0 {
		return nil
	}
	usual := all / count
	for c := range sum {
		sum[c] = math.Min(3, math.Max(0.5, (sum[c]/usual+unseen*classPrior[c%nearness])/(n[c]+unseen)))
	}
	return sum
}

// persistence is the share of the errors' variance that lies between origins: a level that was
// missed is missed from the first bucket to the last. It is told from the origins' medians and the
// usual distance from them, on working days where there are: a feast that was misjudged once says
// nothing of how days hang together.
//
// What moves with the weeks within a horizon counts as passing here, and is not: with the share as
// measured the largest value ahead was forecast too high, its actual quantile 0.30 to 0.41 on
// average over births, transit, units and shops; with half of what passes counted as staying it is
// 0.39 to 0.51.
func persistence(trials []trial, errors [][]float64) float64 {
	const (
		few               = 0.5 // with too few origins to tell
		unseenPersistence = 0.5
	)
	var between, n float64
	var within []float64
	for k, e := range errors {
		usual := make([]float64, 0, len(e))
		for i, v := range e {
			if !math.IsNaN(v) && trials[k].classOf(i)%dayClasses == usualDay {
				usual = append(usual, v)
			}
		}
		m := median(usual)
		if math.IsNaN(m) {
			continue
		}
		between, n = between+m*m, n+1
		for _, v := range usual {
			within = append(within, math.Abs(v-m))
		}
	}
	spread := 1.4826 * median(within)
	if n < 3 || !(between/n+spread*spread > 0) {
		return few
	}
	return math.Min(0.98, math.Max(0.1, 1-unseenPersistence*(1-between/n/(between/n+spread*spread))))
}

// fewOrigins over the square of the independent ones is the share by which the spread is widened:
// the errors of a few origins fall short of what is to come.
const fewOrigins = 0.35

// independent is the number of origins that do not overlap, at least one: origins closer together
// than their horizon repeat one another's errors.
func independent(trials []trial, horizon int) float64 {
	n := float64(len(trials))
	if n < 2 {
		return 1
	}
	apart := float64(trials[len(trials)-1].origin-trials[0].origin) / (n - 1)
	return math.Max(1, n*math.Min(1, apart/float64(max(1, horizon))))
}

// tabulate fills z from the pooled standardized errors of each group, of so many origins.
func (s *spread) tabulate(pool [groups][]float64, count int, origins float64, period int) {
	for g := range s.z {
		s.z[g].fill(pool[g], count, 1+fewOrigins/(origins*origins), period)
	}
}

func (z *table) fill(pool []float64, count int, widen float64, period int) {
	sort.Float64s(pool)
	centre := backtest.Quantile(pool, 0.5)
	leads := float64(len(pool)) / math.Max(1, float64(count))
	independent := float64(count) * math.Max(1, leads/float64(max(2, period)))
	for i := range z {
		score := -zEdge + 2*zEdge*float64(i)/zCells
		p := normalCDF(score)
		parametric := tailQuantile(score)
		z[i] = parametric
		if len(pool) > 0 {
			beyond := independent * math.Min(p, 1-p)
			w := beyond / (beyond + 1)
			z[i] = w*(backtest.Quantile(pool, p)-centre) + (1-w)*parametric
		}
		z[i] *= widen
		if i > 0 {
			z[i] = math.Max(z[i], z[i-1])
		}
	}
	z.centre()
}

// centre makes the median of z exactly zero.
func (z *table) centre() {
	m := z[zCells/2]
	for i := range z {
		z[i] -= m
	}
}

// tailQuantile is the quantile of a Student t with 5 degrees of freedom at a normal score, scaled
// to mean absolute value 1, by the Cornish-Fisher expansion of the t quantile (Abramowitz & Stegun
// 26.7.5). E|t_5| = 0.9490.
func tailQuantile(x float64) float64 {
	const nu = 5.0
	x2 := x * x
	g1 := x * (x2 + 1) / 4
	g2 := x * ((5*x2+16)*x2 + 3) / 96
	g3 := x * (((3*x2+19)*x2+17)*x2 - 15) / 384
	return (x + g1/nu + g2/(nu*nu) + g3/(nu*nu*nu)) / 0.9490
}

func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// normalScore is the inverse of normalCDF.
func normalScore(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
