package detect

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The bounds of Drift.
const (
	driftDays   = 28   // the test looks at so many values
	driftLeast  = 10   // and needs so many
	recentDays  = 7    // of which the last must still lie outside,
	recentLeast = 3    // so many of them: by chance it is as many in one week of 38
	driftLevel  = 1e-4 // of each of the three tests at one look
	priorRho    = 0.3  // autocorrelation taken for granted, with the weight of
	priorPairs  = 28   // so many pairs
	driftTail   = 0.05 // what lies below the 90 % interval, and above it
)

// Drifting says whether values have lately lain outside what was said of them.
type Drifting struct {
	Drifts       bool
	Known        int     // values looked at
	Below, Above int     // of which under and over the 90 % interval
	Effective    float64 // independent values that they are worth
	P            float64 // the least probability among the three tests; 1 when too few are known
}

// Drift judges whether the last 28 values lay outside the 90 % interval of their
// forecasts more often than chance permits: under it, over it, or both together. pit
// holds the probability integral transform of each value under the forecast in force,
// in time order, and NaN where one is missing; a calibrated forecast's are uniform
// (Diebold, Gunther & Tay 1998, Evaluating Density Forecasts). At least 28 earlier
// values tell best how far one depends on the last.
//
// Each test is the exact one of a binomial share (Kupiec 1995, Techniques for Verifying
// the Accuracy of Risk Measurement Models), on as many values as the dependent ones are
// worth (Bayley & Hammersley 1946, The "Effective" Number of Independent Observations in
// an Autocorrelated Time Series):
//
//	n' = n·(1 − ρ)/(1 + ρ),   k' = k·n'/n,   P(X ≥ k') = I_p(k', n' − k' + 1)
//
// with ρ the autocorrelation at lag one of pit − ½ about zero in the values before those
// tested, drawn towards 0.3, and I the regularised incomplete beta function, which is the
// binomial tail at whole numbers. It drifts where one probability is below 10⁻⁴ and at
// least three of the last seven values lie outside, so that what is over is no alarm.
//
// Calibrated forecasts looked at every day give an alarm in at most one of a hundred years,
// with errors that depend on each other as strongly as 0.6 (0.8: one of twenty). A level
// that is three standard deviations off is found within a fortnight where the errors are
// independent, within 24 days where they depend on each other by 0.5 (TestCalibratedForecastsDoNotDrift, TestAShiftDrifts).
func Drift(pit []float64) Drifting {
	d := Drifting{P: 1}
	start, recent := len(pit), 0
	for start > 0 && d.Known < driftDays {
		start--
		u := pit[start]
		if u != u {
			continue
		}
		d.Known++
		switch {
		case u < driftTail:
			d.Below++
		case u > 1-driftTail:
			d.Above++
		default:
			continue
		}
		if d.Known <= recentDays {
			recent++
		}
	}
	if d.Known < driftLeast {
		return d
	}
	rho := autocorrelation(pit[:start])
	d.Effective = float64(d.Known) * (1 - rho) / (1 + rho)
	scale := d.Effective / float64(d.Known)
	tail := func(k int, p float64) float64 {
		if k == 0 {
			return 1
		}
		x := float64(k) * scale
		return mathext.RegIncBeta(x, d.Effective-x+1, p)
	}
	d.P = min(tail(d.Below, driftTail), tail(d.Above, driftTail), tail(d.Below+d.Above, 2*driftTail))
	d.Drifts = d.P < driftLevel && recent >= recentLeast
	return d
}

// autocorrelation is that at lag one of pit − ½, about zero: a lasting bias counts as
// dependence. It is at least 0.
func autocorrelation(pit []float64) float64 {
	var product, square, pairs float64
	for i := 1; i < len(pit); i++ {
		a, b := pit[i-1]-0.5, pit[i]-0.5
		if p := a * b; p == p {
			product, square, pairs = product+p, square+(a*a+b*b)/2, pairs+1
		}
	}
	rho := 0.0
	if square > 0 {
		rho = product / square
	}
	return math.Max(0, (pairs*rho+priorPairs*priorRho)/(pairs+priorPairs))
}
