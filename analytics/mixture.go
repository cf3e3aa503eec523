package analytics

import "math"

// knots is a quantile function known at some probabilities: linear in the normal score between and
// beyond them, so that a normal distribution's tails come out as they are.
type knots struct{ score, value []float64 }

// newKnots takes the published quantiles and, unless it is NaN, the median; a quantile at one half
// wins over it.
func newKnots(probabilities, quantiles []float64, median float64) knots {
	k := knots{make([]float64, 0, len(quantiles)+1), make([]float64, 0, len(quantiles)+1)}
	add := func(score, value float64) {
		if n := len(k.value); n > 0 && value < k.value[n-1] {
			value = k.value[n-1]
		}
		k.score, k.value = append(k.score, score), append(k.value, value)
	}
	for j, p := range probabilities {
		if p > 0.5 && !math.IsNaN(median) {
			add(0, median)
		}
		if p >= 0.5 {
			median = math.NaN()
		}
		add(normalScore(p), quantiles[j])
	}
	if !math.IsNaN(median) {
		add(0, median)
	}
	return k
}

// at is the quantile at a normal score.
func (k knots) at(score float64) float64 {
	n := len(k.score)
	if n == 1 {
		return k.value[0]
	}
	i := 1
	for i < n-1 && score > k.score[i] {
		i++
	}
	return k.value[i-1] + (score-k.score[i-1])/(k.score[i]-k.score[i-1])*(k.value[i]-k.value[i-1])
}

// below is the probability of a value of at most x.
func (k knots) below(x float64) float64 {
	n := len(k.score)
	if n == 1 || k.value[0] == k.value[n-1] {
		if x < k.value[0] {
			return 0
		}
		return 1
	}
	i := 1
	for i < n-1 && x >= k.value[i] {
		i++
	}
	if rise := k.value[i] - k.value[i-1]; rise > 0 {
		return normalCDF(k.score[i-1] + (x-k.value[i-1])/rise*(k.score[i]-k.score[i-1]))
	}
	switch { // a flat end: nothing lies beyond it
	case x < k.value[i]:
		return 0
	case i == n-1:
		return 1
	}
	return normalCDF(k.score[i])
}

// mixed is how many draws of the changes' ranges a bucket's distribution is mixed of.
const mixed = 51

// mixture is what becomes of a distribution when each of several equally likely pairs of a factor
// and an amount may act on it: P(y·F + A ≤ x) is the mean over the pairs of P(y ≤ (x − A)/F), and its
// quantiles are where that passes p.
type mixture struct{ factors, amounts []float64 }

// below is the mixture's probability of a value of at most x.
func (m mixture) below(k knots, x float64) float64 {
	sum := 0.0
	for i, f := range m.factors {
		switch {
		case f > 0:
			sum += k.below((x - m.amounts[i]) / f)
		case x >= m.amounts[i]: // the factor 0 leaves the amount alone
			sum++
		}
	}
	return sum / float64(len(m.factors))
}

// quantile is the mixture's quantile at a probability.
func (m mixture) quantile(k knots, p float64) float64 {
	q := k.at(normalScore(p))
	low, high := math.Inf(1), math.Inf(-1)
	for i, f := range m.factors {
		v := q*f + m.amounts[i]
		low, high = math.Min(low, v), math.Max(high, v)
	}
	// Each pair alone has its quantile within [low, high], and so has the mixture.
	return root(func(x float64) float64 { return m.below(k, x) - p }, low, high)
}

// root finds where an ascending function passes zero between low and high: the false position with
// the Illinois halving (Dowell & Jarratt 1971), every third step a bisection for what is flat or
// jumps. It ends within a ten-millionth in the function's value, or of the range.
func root(f func(float64) float64, low, high float64) float64 {
	const enough, steps = 1e-7, 60
	a, b, width := f(low), f(high), high-low
	if a >= 0 {
		return low
	}
	if b <= 0 {
		return high
	}
	side := 0
	for i := range steps {
		x := low + (high-low)/2
		if secant := low - a*(high-low)/(b-a); i%3 != 2 && secant > low && secant < high {
			x = secant
		}
		v := f(x)
		switch {
		case math.Abs(v) < enough:
			return x
		case v < 0:
			if low, a = x, v; side < 0 {
				b /= 2
			}
			side = -1
		default:
			if high, b = x, v; side > 0 {
				a /= 2
			}
			side = 1
		}
		if high-low <= enough*width {
			break
		}
	}
	return low + (high-low)/2
}
