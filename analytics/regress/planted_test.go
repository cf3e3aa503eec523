package regress

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

var (
	daily   = calendar.Step{Unit: calendar.Day, N: 1}
	weekly  = calendar.Step{Unit: calendar.Week, N: 1}
	monthly = calendar.Step{Unit: calendar.Month, N: 1}
)

// days returns n local midnights from Monday 3 January 2022.
func days(n int) []time.Time {
	t := make([]time.Time, n)
	for i := range t {
		t[i] = time.Date(2022, 1, 3+i, 0, 0, 0, 0, time.UTC)
	}
	return t
}

// shape is a planted series: a level, growth a year, a week, a year and noise on
// the log scale.
type shape struct {
	growth, year, noise float64
	linear              bool // growth is an amount a year, in units of 1000
}

var plantedWeek = [7]float64{-.15, 0, .02, .03, .05, .15, -.1} // sums to 0, from Sunday

func (s shape) median(t time.Time) float64 {
	u := float64(t.Sub(days(1)[0])/(24*time.Hour)) / 365.25
	level := 1000 * math.Exp(s.growth*u)
	if s.linear {
		level = 1000 * (1 + s.growth*u)
	}
	return level * math.Exp(plantedWeek[t.Weekday()]+s.year*math.Sin(2*math.Pi*u))
}

func (s shape) draw(times []time.Time, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 7))
	y := make([]float64, len(times))
	for i, t := range times {
		y[i] = s.median(t) * math.Exp(s.noise*r.NormFloat64())
	}
	return y
}

func fit(t testing.TB, times []time.Time, y []float64, o Options) *Model {
	t.Helper()
	if o.Step == (calendar.Step{}) {
		o.Step = daily
	}
	m, err := Fit(times, y, o)
	require.NoError(t, err)
	return m
}

// level returns the mean log ratio of a forecast to the planted median.
func level(m *Model, s shape, times []time.Time) float64 {
	sum := 0.0
	for i, p := range m.Predict(times) {
		sum += math.Log(p / s.median(times[i]))
	}
	return sum / float64(len(times))
}

func TestGrowthIsCarriedOn(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		shape shape
		tol   float64 // of the level 80 to 94 days ahead
	}{
		{"20 % a year over three years", 1096, shape{growth: .18, year: .1, noise: .05}, .03},
		{"40 % a year over three years", 1096, shape{growth: .34, year: .15, noise: .05}, .03},
		{"20 % a year over two years", 730, shape{growth: .18, year: .1, noise: .03}, .04},
		{"an amount a year over three years", 1096, shape{growth: .3, linear: true, noise: .05}, .03},
		{"no growth", 1096, shape{year: .15, noise: .1}, .03},
		{"shrinking", 1096, shape{growth: -.25, year: .1, noise: .05}, .03},
	} {
		times := days(c.n + 94)
		m := fit(t, times[:c.n], c.shape.draw(times[:c.n], 3), Options{Calendar: testCalendar(t, "SE")})
		assert.InDelta(t, 0, level(m, c.shape, times[c.n+80:]), c.tol, c.name)
	}
}

// A line from 100 by 0.5 a day reaches 450 in 700 days; a limit of 470 is crossed
// on day 740.
func TestStraightLineReachesItsLimit(t *testing.T) {
	for _, noise := range []float64{0, 2, 5} {
		times := days(790)
		r := rand.New(rand.NewPCG(9, 9))
		y := make([]float64, 700)
		for i := range y {
			y[i] = 100 + .5*float64(i) + noise*r.NormFloat64()
		}
		p := fit(t, times[:700], y, Options{}).Predict(times[700:])
		assert.InDelta(t, 450, p[0], 10, "noise %v: the day after", noise)
		assert.InDelta(t, 494, p[87], 25, "noise %v: 88 days ahead", noise)
		assert.Greater(t, p[87], 475.0, "noise %v", noise)
	}
}

func TestSeasonsAreRecovered(t *testing.T) {
	s := shape{growth: .1, year: .2, noise: .05}
	times := days(1096)
	m := fit(t, times, s.draw(times, 1), Options{})
	assert.InDelta(t, .05, m.Sigma(), .006)
	for _, c := range m.Components(times[:7]) {
		if c.Name != "week" {
			continue
		}
		for i, v := range c.Values {
			assert.InDelta(t, plantedWeek[times[i].Weekday()], math.Log(v), .02)
		}
	}
	future := make([]time.Time, 365)
	for i := range future {
		future[i] = times[1095].AddDate(0, 0, i+1)
	}
	for i, p := range m.Predict(future) {
		assert.InDelta(t, 0, math.Log(p/s.median(future[i])), .12)
	}
}

func TestChristmasPeakIsSized(t *testing.T) {
	effect := map[int]float64{20: .1, 21: .15, 22: .25, 23: .4, 24: .65, 31: .4}
	s := shape{noise: .04}
	times := days(1430)
	y := s.draw(times, 5)
	for i, d := range times {
		if d.Month() == time.December {
			y[i] *= math.Exp(effect[d.Day()])
			if effect[d.Day()] > .3 { // nobody asks for the weekday then
				y[i] *= math.Exp(-plantedWeek[d.Weekday()])
			}
		}
	}
	n := 1400 // 2 November 2025, three Christmases seen
	m := fit(t, times[:n], y[:n], Options{Calendar: testCalendar(t, "SE")})
	eve := []time.Time{time.Date(2025, 12, 24, 0, 0, 0, 0, time.UTC)}
	assert.InDelta(t, .65-plantedWeek[time.Wednesday], math.Log(m.Predict(eve)[0]/s.median(eve[0])), .05)
	assert.InDelta(t, 0, math.Log(m.Baseline(eve)[0]/s.median(eve[0])), .05)
	product := 1.0
	for _, c := range m.Components(eve) {
		if c.Family == "christmas" {
			assert.Equal(t, "Christmas", c.Name)
			assert.Greater(t, c.Values[0], 1.5)
		}
		product *= c.Values[0]
	}
	assert.InEpsilon(t, m.Predict(eve)[0], product, 1e-12)
}

// A quiet series' feasts are many spreads out, and what the forecast is for.
func TestFeastsOfAQuietSeriesAreNoOutliers(t *testing.T) {
	cal, err := calendar.New("SE", calendar.Options{})
	require.NoError(t, err)
	times := days(1100)
	for _, noise := range []float64{0.03, 0.01, 0.003} {
		y := (shape{growth: .2, noise: noise}).draw(times, 3)
		lift := func(d calendar.Date) float64 {
			for _, o := range cal.On(d) {
				switch o.ID {
				case "black_friday":
					return 1.9
				case "mothers_day":
					return 1.4
				}
			}
			return 1
		}
		for i, at := range times {
			y[i] *= lift(calendar.DateOf(at))
		}
		m := fit(t, times, y, Options{Calendar: cal})
		ahead := days(1100 + 365)[1100:]
		for i, p := range m.Predict(ahead) {
			if l := lift(calendar.DateOf(ahead[i])); l > 1 {
				assert.InEpsilon(t, l, p/m.Baseline(ahead)[i], 0.12, "%s with noise %v", ahead[i].Format(time.DateOnly), noise)
			}
		}
	}
}

func TestOwnEventIsLearntAndDoesNotLeak(t *testing.T) {
	s := shape{growth: .1, noise: .08}
	times := days(800)
	y := s.draw(times, 11)
	var own []calendar.OwnEvent
	for k, at := range []int{60, 205, 333, 470, 640, 770} { // five seen, one to come
		d := calendar.DateOf(times[at])
		own = append(own, calendar.OwnEvent{Name: "Big sale", From: d, To: d})
		if k < 5 {
			y[at] *= 2.5
		}
	}
	c, err := calendar.New("SE", calendar.Options{Own: own})
	require.NoError(t, err)
	n := 730
	m := fit(t, times[:n], y[:n], Options{Calendar: c})
	p := m.Predict(times)
	assert.InEpsilon(t, 2.5*s.median(times[770]), p[770], .2)
	for _, at := range []int{769, 771} {
		assert.InEpsilon(t, s.median(times[at]), p[at], .06, "a neighbour")
	}
	adjusted := m.Adjusted(times[:n], y[:n])
	assert.InEpsilon(t, y[205]/2.5, adjusted[205], .12)
	found := false
	for _, k := range m.Components(times[770:771]) {
		if k.Name == "Big sale" {
			found = true
			assert.True(t, k.Occasion)
			assert.InEpsilon(t, 2.5, k.Values[0], .15)
		}
	}
	assert.True(t, found, "the event is a component by its own name")
}

func TestShiftIsNoSeason(t *testing.T) {
	s := shape{year: .1, noise: .05}
	times := days(1096)
	y := s.draw(times, 2)
	for i := 400; i < 550; i++ { // five months at half the volume, once
		y[i] *= .5
	}
	m := fit(t, times[:700], y[:700], Options{})
	assert.InDelta(t, 0, level(m, s, times[700:790]), .05)
	assert.InDelta(t, 0, level(m, s, times[765:915]), .06, "a year after the shock")
}

func TestRecentShiftIsBelieved(t *testing.T) {
	s := shape{year: .1, noise: .05}
	times := days(790)
	for _, at := range []int{500, 640, 674} { // the last one 26 days ago
		y := s.draw(times, 2)
		for i := at; i < len(y); i++ {
			y[i] *= 1.6
		}
		m := fit(t, times[:700], y[:700], Options{})
		assert.InDelta(t, math.Log(1.6), level(m, s, times[700:]), .06, "shift on day %d of 700", at)
	}
}

func TestClosedDaysAreForecastClosed(t *testing.T) {
	s := shape{noise: .05}
	times := days(1100)
	y := s.draw(times, 4)
	for i, d := range times {
		if d.Weekday() == time.Sunday || (d.Month() == time.December && d.Day() == 25) {
			y[i] = 0
		}
	}
	m := fit(t, times[:1000], y[:1000], Options{Calendar: testCalendar(t, "SE")})
	assert.InDelta(t, .05, m.Sigma(), .01, "zeros take no part")
	p, usual := m.Predict(times), m.Baseline(times)
	for i, d := range times[1000:] {
		switch {
		case d.Weekday() == time.Sunday:
			assert.Zero(t, p[1000+i])
			assert.Zero(t, usual[1000+i])
		case d.Month() == time.December && d.Day() == 25:
			assert.Zero(t, p[1000+i])
			assert.InEpsilon(t, s.median(d), usual[1000+i], .1)
		default:
			assert.Greater(t, p[1000+i], 500.0)
		}
	}
}

// Sundays opened only in the last year, and the shop was shut for two months before.
func TestPastClosuresSayNothingOfTheFuture(t *testing.T) {
	s := shape{noise: .05}
	times := days(820)
	y := s.draw(times, 4)
	for i, d := range times[:730] {
		if d.Weekday() == time.Sunday && i < 400 || i >= 200 && i < 260 {
			y[i] = 0
		}
	}
	m := fit(t, times[:730], y[:730], Options{Calendar: testCalendar(t, "SE")})
	assert.InDelta(t, .05, m.Sigma(), .01)
	for i, p := range m.Predict(times[730:]) {
		if _, holiday := m.design.span(times).erased(dayOf(times[730+i])); !holiday {
			assert.InEpsilon(t, s.median(times[730+i]), p, .15, times[730+i].Format("Mon 2 Jan"))
		}
	}
	for i, d := range times[640:730] { // and the other way about: closed for three months
		if d.Weekday() == time.Sunday {
			y[640+i] = 0
		}
	}
	m = fit(t, times[:730], y[:730], Options{})
	for i, p := range m.Predict(times[730:]) {
		assert.Equal(t, times[730+i].Weekday() == time.Sunday, p == 0)
	}
}

func TestVolumeThatIsGoneStaysGone(t *testing.T) {
	times := days(560)
	y := shape{noise: .05}.draw(times[:500], 4)
	clear(y[430:])
	for _, p := range fit(t, times[:500], y, Options{}).Predict(times[500:]) {
		assert.Less(t, p, 50.0)
	}
}

func TestOutagesAndOutliersMoveNothing(t *testing.T) {
	s := shape{noise: .05}
	times := days(820)
	clean := s.draw(times[:730], 6)
	dirty := append([]float64(nil), clean...)
	for _, i := range []int{100, 101, 102, 350, 500, 700, 701} {
		dirty[i] = 0
	}
	dirty[200], dirty[720] = 30000, 12000
	dirty[300] = math.NaN()
	a := fit(t, times[:730], clean, Options{}).Predict(times[730:])
	b := fit(t, times[:730], dirty, Options{}).Predict(times[730:])
	for i := range a {
		assert.InEpsilon(t, a[i], b[i], .03)
	}
}

func TestMaskedDaysTakeNoPart(t *testing.T) {
	s := shape{noise: .05}
	times := days(500)
	y := s.draw(times[:400], 8)
	w := make([]float64, 400)
	for i := range w {
		w[i] = 1
	}
	for i := 330; i < 400; i++ { // a load test, known to everybody
		y[i] *= 4
		w[i] = 0
	}
	m := fit(t, times[:400], y, Options{Weights: w})
	assert.InDelta(t, 0, level(m, s, times[400:]), .05)
	assert.True(t, math.IsNaN(m.Residuals()[350]))
}

func TestWeeksAndMonths(t *testing.T) {
	s := shape{growth: .1, year: .2, noise: .03}
	all := days(6 * 365)
	y := s.draw(all, 3)
	for _, c := range []struct {
		step  calendar.Step
		first time.Time
		n     int
	}{{weekly, all[0], 290}, {monthly, time.Date(2022, 2, 1, 0, 0, 0, 0, time.UTC), 66}} {
		var times []time.Time
		var v, truth []float64
		for k := range c.n {
			from, to := c.step.Add(c.first, k), c.step.Add(c.first, k+1)
			sum, want := 0.0, 0.0
			for i, d := range all {
				if !d.Before(from) && d.Before(to) {
					sum, want = sum+y[i], want+s.median(d)
				}
			}
			times, v, truth = append(times, from), append(v, sum), append(truth, want)
		}
		train := c.n * 5 / 6
		m := fit(t, times[:train], v[:train], Options{Step: c.step, Calendar: testCalendar(t, "SE")})
		for i, p := range m.Predict(times[train:]) {
			assert.InEpsilon(t, truth[train+i], p, .12, "%v, %d ahead", c.step, i+1)
		}
	}
}
