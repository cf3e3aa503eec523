package drive

import (
	"errors"
	"math"
	"sort"

	"foresight/analytics/detect"
)

// What data can lack.
var (
	ErrTooFew     = errors.New("too few pairs of volume and resource since the hardware last changed: wait for more")
	ErrNoRelation = errors.New("the resource does not follow the volume: name another driver, or none")
)

// Options of Fit. The zero value is usable.
type Options struct {
	Since  int // first pair of the hardware in use; earlier ones are left out
	MaxLag int // the volume may act up to so many buckets later; at most a tenth of the pairs

	// Block is how many consecutive pairs hang together, for the bootstrap and for
	// finding changes of hardware: a day of hours, a week of days. 0: 24.
	Block    int
	MinPairs int // least number of complete pairs to fit; 0: 48

	// Explained is the least share of the resource's variation that the volume must
	// explain, in (0, 1); 0: 0.2.
	Explained float64

	Lower, Upper *float64 // bounds of the resource; nil: none
	Seen         float64  // largest volume ever seen, where that is before the pairs; 0: the pairs' own
	Resamples    int      // bootstrap fits behind Path and Limit; 0: 100
	Seed         uint64   // of the bootstrap
}

func (o Options) withDefaults() Options {
	if o.Block <= 0 {
		o.Block = 24
	}
	if o.MinPairs <= 0 {
		o.MinPairs = 48
	}
	if !(o.Explained > 0) {
		o.Explained = 0.2
	}
	if o.Resamples <= 0 {
		o.Resamples = 100
	}
	return o
}

// Fit learns the resource from the volume of the same buckets, in time order and of
// equal length (else it panics). A pair counts when both are finite, within ±1e100
// and the volume is not negative. Pairs before o.Since, and before the last change
// of level found in the residuals (more work done by the same volume, or less: other
// hardware, another release), are left out.
//
// Errors are ErrTooFew and ErrNoRelation.
func Fit(volume, resource []float64, o Options) (*Model, error) {
	if len(volume) != len(resource) {
		panic("drive: volume and resource differ in length")
	}
	o = o.withDefaults()
	since := min(max(0, o.Since), len(volume))
	for range maxCuts {
		f, err := fitSince(volume, resource, since, o)
		if err != nil {
			return nil, err
		}
		cut := f.shift(o.Block)
		if cut <= 0 {
			return f.model(o)
		}
		since += cut
	}
	f, err := fitSince(volume, resource, since, o)
	if err != nil {
		return nil, err
	}
	return f.model(o)
}

// maxCuts bounds how many changes of hardware are looked for, one behind the other.
const maxCuts = 3

// Where a value stops being a measurement.
const (
	largest  = 1e100
	smallest = 1e-100
)

// fitted is a robust fit of the pairs from one index on.
type fitted struct {
	since, lag int
	volume     float64 // scale of x
	centre     float64 // and of y
	unit       float64
	place      []int // of each pair in the sample's time order
	n          int   // buckets of the sample

	x, y, w, e []float64 // by ascending x: scaled pair, robust weight, residual
	order      []int     // time order: order[t] is the place in x of the t-th pair
	relation   relation
	bent       bool
	spread     spread
	line       least
}

// fitSince fits at the lag that leaves the least error.
func fitSince(volume, resource []float64, since int, o Options) (*fitted, error) {
	best, err := fitLag(volume, resource, since, 0, o)
	if err != nil {
		return nil, err
	}
	least := best.error()
	for lag := 1; lag <= min(o.MaxLag, (len(volume)-since)/10); lag++ {
		f, err := fitLag(volume, resource, since, lag, o)
		if err != nil {
			continue
		}
		if e := f.error(); e < lagGain*least {
			best, least = f, e
		}
	}
	return best, nil
}

// lagGain is the share of the error that a longer lag must go below to be believed.
const lagGain = 0.95

// error is the robust scale of the residuals in the resource's unit.
func (f *fitted) error() float64 { return f.unit * scale(f.e) }

func fitLag(volume, resource []float64, since, lag int, o Options) (*fitted, error) {
	f := &fitted{since: since, lag: lag, n: len(volume) - since}
	if err := f.gather(volume, resource, o.MinPairs); err != nil {
		return nil, err
	}
	f.robust()
	return f, nil
}

// gather scales and sorts the complete pairs.
func (f *fitted) gather(volume, resource []float64, least int) error {
	var x, y []float64
	for i := f.since + f.lag; i < len(volume); i++ {
		v, r := volume[i-f.lag], resource[i]
		if v >= 0 && v <= largest && math.Abs(r) <= largest {
			x, y, f.place = append(x, v), append(y, r), append(f.place, i-f.since)
			f.volume = math.Max(f.volume, v)
		}
	}
	if len(x) < least {
		return ErrTooFew
	}
	f.centre = middle(append([]float64(nil), y...))
	for _, v := range y {
		f.unit = math.Max(f.unit, math.Abs(v-f.centre))
	}
	if f.volume < smallest || f.unit < smallest {
		return ErrNoRelation
	}
	sorted := make([]int, len(x))
	for i := range sorted {
		sorted[i] = i
	}
	sort.SliceStable(sorted, func(a, b int) bool { return x[sorted[a]] < x[sorted[b]] })
	f.order = make([]int, len(x))
	for at, i := range sorted {
		f.x, f.y = append(f.x, x[i]/f.volume), append(f.y, (y[i]-f.centre)/f.unit)
		f.order[i] = at
	}
	f.w, f.e = make([]float64, len(x)), make([]float64, len(x))
	for i := range f.w {
		f.w[i] = 1
	}
	return nil
}

// The constants of Huber's and Tukey's weights, for 95 % efficiency at the normal.
const (
	huber    = 1.345
	bisquare = 4.685
)

// robust fits by iterated weights: Huber's first, which lead to one optimum, then
// Tukey's bisquare, which forget what is far off.
func (f *fitted) robust() {
	for round := range 6 {
		f.line.sample(f.x, f.y, f.w)
		f.choose()
		for i, x := range f.x {
			f.e[i] = f.y[i] - f.relation.at(x)
		}
		f.spread = spreadOf(f.x, f.e, 1e-9)
		if round == 5 {
			return
		}
		for i, x := range f.x {
			z := math.Abs(f.e[i]) / f.spread.at(x)
			switch {
			case round < 3:
				f.w[i] = math.Min(1, huber/math.Max(z, huber))
			case z < bisquare:
				u := 1 - z*z/(bisquare*bisquare)
				f.w[i] = u * u
			default:
				f.w[i] = 0
			}
		}
	}
}

// choose takes the bend when it lowers the error by more than its two parameters
// would by chance: n·log(SSE₀/SSE₁) > 3·log n, n being what the autocorrelation of
// the residuals leaves of the pairs.
func (f *fitted) choose() {
	straight, sse0 := f.line.line()
	f.relation, f.bent = straight, false
	bent, sse1, ok := f.line.bend(max(8, len(f.x)/50))
	if !ok {
		return
	}
	for i, x := range f.x {
		f.e[i] = f.y[i] - bent.at(x)
	}
	n := f.independent()
	tiny := 1e-18 * float64(len(f.x))
	if n*math.Log((sse0+tiny)/(sse1+tiny)) > 3*math.Log(n) {
		f.relation, f.bent = bent, true
	}
}

// independent is how many independent pairs the residuals e are worth, by their
// autocorrelation at one bucket.
func (f *fitted) independent() float64 {
	var s0, s1 float64
	for t, i := range f.order {
		r := f.w[i] * f.e[i]
		s0 += r * r
		if t > 0 {
			s1 += r * f.w[f.order[t-1]] * f.e[f.order[t-1]]
		}
	}
	rho := 0.0
	if s0 > 0 {
		rho = math.Min(0.95, math.Max(0, s1/s0))
	}
	return math.Max(3, float64(len(f.x))*(1-rho)/(1+rho))
}

// shift returns the first bucket after the last lasting change of the standardized
// residuals, from the sample's start; 0 when there is none.
func (f *fitted) shift(block int) int {
	z := make([]float64, f.n)
	for t := range z {
		z[t] = math.NaN()
	}
	for t, i := range f.order {
		z[f.place[t]] = f.e[i] / f.spread.at(f.x[i])
	}
	shifts := detect.LevelShifts(z, detect.ShiftOptions{Block: block, MinSize: 1})
	if len(shifts) == 0 {
		return 0
	}
	return shifts[len(shifts)-1].Index
}
