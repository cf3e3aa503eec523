package metrics

import (
	"math"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"foresight/models"
)

var (
	accuracyBuckets  = desc("foresight_accuracy_scored_buckets", "Buckets over which this process's latest passes have scored earlier forecasts, all signals together.", "customer", "band")
	accuracyRelative = desc("foresight_accuracy_relative_error_ratio", "Mean over signals of the forecasts' absolute error over the seasonal naive's, by how many days ahead: below 1 is better than the naive.", "customer", "band")
	accuracyCoverage = desc("foresight_accuracy_coverage_ratio", "Mean over signals of the share of what came that lay within the 90 % range, by how many days ahead: 0.9 is right.", "customer", "band")
)

// scored is a signal's accuracy in one band.
type scored struct{ buckets, relative, coverage float64 }

// accuracies hold the latest accuracy of every signal that this process has passed over.
// They are told by customer and band only: a thousand signals would be a thousand series.
type accuracies struct {
	mu     sync.Mutex
	latest map[string]map[string]map[models.LeadBand]scored // by customer, and by signal and measure
}

// take notes what a pass says of its signals.
func (a *accuracies) take(r models.Result) {
	a.mu.Lock()
	defer a.mu.Unlock()
	of := a.latest[r.Customer.ID]
	if of == nil {
		of = map[string]map[models.LeadBand]scored{}
		if a.latest == nil {
			a.latest = map[string]map[string]map[models.LeadBand]scored{}
		}
		a.latest[r.Customer.ID] = of
	}
	for _, s := range r.Signals {
		for _, x := range s.Accuracy {
			if x.Override != "" || x.Buckets == 0 {
				continue // a planner's figure is no forecast of ours
			}
			key := s.Service.ID + "/" + s.Signal.ID + " " + string(x.Measure)
			if of[key] == nil {
				of[key] = map[models.LeadBand]scored{}
			}
			of[key][x.Band] = scored{float64(x.Buckets), x.Relative, x.Coverage90}
		}
	}
}

// mean is of what is known.
type mean struct{ sum, n float64 }

func (m *mean) add(x float64) {
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		m.sum, m.n = m.sum+x, m.n+1
	}
}

// tell sends the means over signals.
func (a *accuracies) tell(ch chan<- prometheus.Metric) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for customer, signals := range a.latest {
		for _, band := range models.LeadBands {
			var buckets float64
			var relative, coverage mean
			for _, bands := range signals {
				if s, known := bands[band]; known {
					buckets += s.buckets
					relative.add(s.relative)
					coverage.add(s.coverage)
				}
			}
			if buckets == 0 {
				continue
			}
			put(ch, accuracyBuckets, buckets, customer, band.String())
			if relative.n > 0 {
				put(ch, accuracyRelative, relative.sum/relative.n, customer, band.String())
			}
			if coverage.n > 0 {
				put(ch, accuracyCoverage, coverage.sum/coverage.n, customer, band.String())
			}
		}
	}
}
