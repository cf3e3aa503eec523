package analytics

import (
	"math"
	"slices"

	"foresight/analytics/backtest"
)

// Scores are what the forecasts of some buckets are worth. The point scores judge the median, but
// for RMSSE, which judges the mean. Buckets without an observed value are left out; what cannot be
// told is NaN. "Scaled" is over the in-sample mean absolute error of the seasonal naive with the
// main period (backtest.NaiveScale), so that series of any unit compare; the scaled scores of a
// series whose past repeats itself exactly are NaN, or 0 where the forecast was perfect.
type Scores struct {
	N     int     // observed buckets compared
	MAE   float64 // in the series' unit
	WAPE  float64 // share
	Bias  float64 // share by which the forecasts lie too high
	SMAPE float64 // per cent, 0 to 200
	MASE  float64 // Hyndman & Koehler 2006
	RMSSE float64 // of the mean, as in the M5 competition
	OWA   float64 // against Naive2; below 1 is better than it

	Pinball    float64 // scaled, mean over the quantiles asked for
	CRPS       float64 // scaled, from the quantiles 0.025 to 0.975
	MSIS       float64 // of the 95 % interval
	Coverage80 float64 // share of actual values within the 80 % interval
	Coverage95 float64 // the same of the 95 % interval

	// The largest bucket of the horizon, means over the origins; NaN in a band.
	PeakSize float64 // |largest forecast over largest actual value − 1|
	PeakBias float64 // the same with its sign: below 0 the peaks were forecast too low
	PeakDate float64 // buckets between the two
	PeakHit  float64 // share of origins whose peak was forecast in its very bucket

	// Overload; NaN without limits.
	Brier       float64 // of P(crossed by the end), mean over the origins
	BrierByDate float64 // of P(crossed by each bucket), mean over buckets and origins

	Below     []float64 // for each quantile asked for, the share of actual values not above it
	PinballBy []float64 // for each quantile asked for, its own scaled pinball loss
}

// aftermath is what came after an origin, and what it is measured by.
type aftermath struct {
	actual, naive2 []float64
	scale, scale2  float64
	crossed        []bool // by each bucket; nil without limits
}

// said is what a method said from an origin.
type said struct {
	aftermath
	probabilities []float64
	mean          []float64
	quantiles     [][]float64 // [bucket][probability]
	overload      []float64   // P(crossed by each bucket); nil without limits
}

// unit is what the scaled scores of buckets [from, to) divide by: NaN where the scale is zero, and
// one where the forecast was perfect, whatever the scale.
func (s said) unit(from, to int) float64 {
	switch {
	case s.scale > 0:
		return s.scale
	case backtest.CRPS(s.probabilities, s.actual[from:to], s.quantiles[from:to]) == 0:
		return 1
	}
	return math.NaN()
}

// scoreColumns are buckets of several origins, one after the other.
type scoreColumns struct {
	actual, naive2 []float64
	rows           [][]float64 // quantiles
}

func (c *scoreColumns) add(actual, naive2 []float64, rows [][]float64) {
	c.actual, c.naive2, c.rows = append(c.actual, actual...), append(c.naive2, naive2...), append(c.rows, rows...)
}

// at returns the quantiles of one place among the probabilities.
func (c *scoreColumns) at(j int) []float64 {
	out := make([]float64, len(c.rows))
	for i, row := range c.rows {
		out[i] = row[j]
	}
	return out
}

// poolScores puts buckets [from, to) of all origins together: as they are, in units of each origin's
// scale, and the squared scaled errors of the means.
func poolScores(all []said, from, to int) (raw, scaled scoreColumns, squares []float64) {
	for _, s := range all {
		raw.add(s.actual[from:to], s.naive2[from:to], s.quantiles[from:to])
		unit := s.unit(from, to)
		rows := make([][]float64, 0, to-from)
		for i := from; i < to; i++ {
			rows = append(rows, divided(s.quantiles[i], unit))
			e := s.actual[i] - s.mean[i]
			squares = append(squares, e*e/s.scale2)
		}
		scaled.add(divided(s.actual[from:to], unit), divided(s.naive2[from:to], unit), rows)
	}
	return raw, scaled, squares
}

func divided(x []float64, by float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v / by
	}
	return out
}

// scoresOf scores buckets [from, to) of all origins together; asked are the quantiles that the
// caller named. All origins have the same probabilities.
func scoresOf(all []said, asked []float64, from, to int) Scores {
	raw, scaled, squares := poolScores(all, from, to)
	p := all[0].probabilities
	raws := func(q float64) []float64 { return raw.at(slices.Index(p, q)) }
	scales := func(q float64) []float64 { return scaled.at(slices.Index(p, q)) }
	median := raws(0.5)
	out := Scores{
		N: observed(raw.actual), MAE: backtest.MAE(raw.actual, median), WAPE: backtest.WAPE(raw.actual, median),
		Bias: backtest.Bias(raw.actual, median), SMAPE: backtest.SMAPE(raw.actual, median),
		MASE: backtest.MAE(scaled.actual, scales(0.5)), RMSSE: math.Sqrt(mean(squares)),
		MSIS:       backtest.IntervalScore(0.95, scaled.actual, scales(0.025), scales(0.975)),
		Coverage80: backtest.Coverage(raw.actual, raws(0.1), raws(0.9)), Coverage95: backtest.Coverage(raw.actual, raws(0.025), raws(0.975)),
	}
	out.OWA = backtest.OWA(out.SMAPE, out.MASE, backtest.SMAPE(raw.actual, raw.naive2), backtest.MAE(scaled.actual, scaled.naive2))
	out.CRPS = backtest.CRPS(scoredAt, scaled.actual, pickedQuantiles(scaled.rows, p, scoredAt))
	out.Pinball = backtest.MeanPinball(asked, scaled.actual, pickedQuantiles(scaled.rows, p, asked))
	for _, q := range asked {
		out.Below = append(out.Below, backtest.Coverage(raw.actual, repeated(math.Inf(-1), len(raw.actual)), raws(q)))
		out.PinballBy = append(out.PinballBy, backtest.MeanPinball([]float64{q}, scaled.actual, pickedQuantiles(scaled.rows, p, []float64{q})))
	}
	out.Brier, out.BrierByDate = overloadScores(all, from, to)
	out.PeakSize, out.PeakBias, out.PeakDate, out.PeakHit = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	if from == 0 && to == len(all[0].actual) {
		out.peaks(all)
	}
	return out
}

// pickedQuantiles returns the rows' quantiles at the wanted probabilities.
func pickedQuantiles(rows [][]float64, have, want []float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, row := range rows {
		out[i] = make([]float64, len(want))
		for j, p := range want {
			out[i][j] = row[slices.Index(have, p)]
		}
	}
	return out
}

// overloadScores are the Brier scores at bucket to and over buckets [from, to); NaN without limits.
func overloadScores(all []said, from, to int) (end, byDate float64) {
	var p, by []float64
	var o, happened []bool
	for _, s := range all {
		if s.overload == nil {
			continue
		}
		p, o = append(p, s.overload[to-1]), append(o, s.crossed[to-1])
		by, happened = append(by, s.overload[from:to]...), append(happened, s.crossed[from:to]...)
	}
	return backtest.Brier(p, o), backtest.Brier(by, happened)
}

// peaks fills in the scores of the largest bucket of the horizon.
func (s *Scores) peaks(all []said) {
	var size, signed, date, hit []float64
	for _, v := range all {
		p, ok := backtest.PeakError(v.actual, v.medians())
		if !ok {
			continue
		}
		away := math.Abs(float64(p.Offset))
		size, signed, date = append(size, math.Abs(p.Size)), append(signed, p.Size), append(date, away)
		hit = append(hit, max(0, 1-away))
	}
	s.PeakSize, s.PeakBias, s.PeakDate, s.PeakHit = mean(size), mean(signed), mean(date), mean(hit)
}

func (s said) medians() []float64 {
	c := scoreColumns{rows: s.quantiles}
	return c.at(slices.Index(s.probabilities, 0.5))
}
