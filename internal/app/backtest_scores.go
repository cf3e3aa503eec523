package app

import (
	"fmt"
	"math"
	"strconv"

	"foresight/analytics"
	"foresight/internal/tidy"
)

// naivePrefix marks the seasonal naive's figures.
const naivePrefix = "naive_"

// figures are named scores in the order in which they are written.
type figures []struct {
	name  string
	value float64
}

func (f *figures) add(name string, value float64) {
	*f = append(*f, struct {
		name  string
		value float64
	}{name, value})
}

// figuresOf names scores. Those of peaks belong to a whole horizon, those of overload to a call
// with a limit.
func (r request) figuresOf(s analytics.Scores, whole bool) figures {
	var f figures
	f.add("n", float64(s.N))
	f.add("mae", s.MAE)
	f.add("wape", s.WAPE)
	f.add("bias", s.Bias)
	f.add("smape", s.SMAPE)
	f.add("mase", s.MASE)
	f.add("rmsse", s.RMSSE)
	f.add("owa", s.OWA)
	f.add("pinball", s.Pinball)
	f.add("crps", s.CRPS)
	f.add("msis", s.MSIS)
	f.add("coverage80", s.Coverage80)
	f.add("coverage95", s.Coverage95)
	for i, p := range r.Quantiles {
		q := "q" + strconv.FormatFloat(p, 'f', -1, 64)
		f.add("below_"+q, s.Below[i])
		f.add("pinball_"+q, s.PinballBy[i])
	}
	if whole {
		f.add("peak_size", s.PeakSize)
		f.add("peak_bias", s.PeakBias)
		f.add("peak_date", s.PeakDate)
		f.add("peak_hit", s.PeakHit)
	}
	if !math.IsNaN(r.Capacity) {
		f.add("brier", s.Brier)
		f.add("brier_by_date", s.BrierByDate)
	}
	return f
}

// both are Foresight's figures and the seasonal naive's.
func (r request) both(ours, naive analytics.Scores, whole bool) figures {
	f := r.figuresOf(ours, whole)
	for _, n := range r.figuresOf(naive, whole) {
		f.add(naivePrefix+n.name, n.value)
	}
	return f
}

// everywhere is what is written for all origins, or all bands.
const everywhere = "all"

// bandName names a band by its buckets ahead.
func bandName(b analytics.BacktestBand) string { return fmt.Sprintf("%d-%d", b.From, b.To) }

// scoreList writes backtests in the long form, for programs.
type scoreList struct {
	w       *tidy.ScoreWriter
	request request
}

func (l *scoreList) put(s scored) error {
	var rows []tidy.Score
	add := func(origin, band string, all figures) {
		for _, f := range all {
			rows = append(rows, tidy.Score{Series: s.name, Origin: origin, Band: band, Metric: f.name, Value: f.value})
		}
	}
	add(everywhere, everywhere, l.request.both(s.Scores, s.Naive, true))
	for _, b := range s.Bands {
		add(everywhere, bandName(b), l.request.both(b.Scores, b.Naive, false))
	}
	for _, o := range s.Origins {
		f := l.request.both(o.Scores, o.Naive, true)
		f.add("training", float64(o.Training))
		f.add("largest", o.Largest)
		if !math.IsNaN(o.Overload) {
			f.add("overload_probability", o.Overload)
			f.add("overloaded", truth(o.Overloaded))
			f.add("needed_capacity", o.Needed)
		}
		add(o.Time.Format(s.layout), everywhere, f)
	}
	return l.w.Write(rows)
}

func (l *scoreList) end() error { return l.w.Close() }

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// pooled is the mean of each figure over the series that have it, every series with equal weight.
type pooled struct {
	n          int // series
	sum, count map[string]float64
}

func newPooled() *pooled { return &pooled{sum: map[string]float64{}, count: map[string]float64{}} }

func (p *pooled) add(all figures) {
	p.n++
	for _, f := range all {
		if !math.IsNaN(f.value) {
			p.sum[f.name] += f.value
			p.count[f.name]++
		}
	}
}

// of returns a figure's mean, NaN when no series has it.
func (p *pooled) of(name string) float64 { return p.sum[name] / p.count[name] }
