package analytics

// member is one method of forecasting.
type member struct {
	name string
	// fit forecasts the medians of the window's buckets ahead; nil when the window does not
	// carry the method.
	fit func(w *window) []float64
}

// yardstick is the member that every other is measured against.
const yardstick = "seasonal naive"

// catalogue returns the methods in the order in which they are tried and reported.
func catalogue() []member {
	return []member{
		{yardstick, seasonalNaive},
		{"ridge", ridge},
		{"holt-winters", holtWinters},
		{"stl", decomposed},
		{"theta", theta},
		{"drift", drift},
		{"mean", flatMean},
	}
}

// Models lists the names that Options.Model takes, besides "auto".
func Models() []string {
	var names []string
	for _, m := range catalogue() {
		names = append(names, m.name)
	}
	return names
}

// run calls the member and takes only a whole, finite answer.
func (m member) run(w *window) []float64 {
	f := m.fit(w)
	if len(f) != len(w.ahead) || !finite(f) {
		return nil
	}
	return f
}
