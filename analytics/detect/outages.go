package detect

// Span is the values [From, To).
type Span struct{ From, To int } // indices

// OutageOptions says what counts as an outage. The zero value is usable.
type OutageOptions struct {
	Share       float64 // of the expected value, up to which a value counts as nothing; 0: 0.02
	MinRun      int     // values that it lasts at least, closed ones not counted; 0: 1
	MinExpected float64 // sum expected within it at least; 0: 10, since of a Poisson count of 10 nothing comes once in 22 000
}

func (o OutageOptions) withDefaults() OutageOptions {
	if !(o.Share > 0) {
		o.Share = .02
	}
	if o.MinRun <= 0 {
		o.MinRun = 1
	}
	if !(o.MinExpected > 0) {
		o.MinExpected = 10
	}
	return o
}

// Outages returns the runs in which y is missing, or next to nothing, although the
// pattern expects volume. Where nothing is expected (a closed day; expected ≤ 0 or
// NaN) a run neither begins nor ends. Values without an expected one beside them
// are not looked at. The spans come in time order.
func Outages(y, expected []float64, o OutageOptions) []Span {
	o = o.withDefaults()
	var spans []Span
	run, count, sum := Span{From: -1}, 0, 0.0
	end := func() {
		if run.From >= 0 && count >= o.MinRun && sum >= o.MinExpected {
			spans = append(spans, run)
		}
		run, count, sum = Span{From: -1}, 0, 0
	}
	for i := range min(len(y), len(expected)) {
		e := expected[i]
		switch {
		case !(e > 0):
			continue
		case y[i] > o.Share*e:
			end()
		default: // NaN as well
			if run.From < 0 {
				run.From = i
			}
			run.To = i + 1
			count, sum = count+1, sum+e
		}
	}
	end()
	return spans
}
