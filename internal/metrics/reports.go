package metrics

import "github.com/prometheus/client_golang/prometheus"

// reports counts what systems report to the incident process over HTTP.
type reports struct{ taken, refused *prometheus.CounterVec }

func newReports(r prometheus.Registerer) reports {
	all := reports{
		taken:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foresight_reports_total", Help: "Reports that systems made over HTTP and that were kept, by what became of them."}, []string{"customer", "outcome"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "foresight_report_requests_refused_total", Help: "Requests that changed nothing, by reason; the customer is empty where they did not show whose they are."}, []string{"customer", "reason"}),
	}
	r.MustRegister(all.taken, all.refused)
	return all
}

// Reported counts a report that was kept.
func (m *Metrics) Reported(customer, outcome string) {
	m.reports.taken.WithLabelValues(customer, outcome).Inc()
}

// Unreported counts a request that changed nothing.
func (m *Metrics) Unreported(customer, reason string) {
	m.reports.refused.WithLabelValues(customer, reason).Inc()
}
