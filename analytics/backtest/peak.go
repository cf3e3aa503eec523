package backtest

// Peak says how a forecast met the largest value of a stretch.
type Peak struct {
	Size   float64 // largest forecast over largest actual value, minus 1: −0.1 is 10 % too low
	Offset int     // buckets from the actual largest value to the forecast one: 2 is two buckets late
}

// PeakError compares the largest forecast with the largest actual value over the places where both
// are there; of equal values the first counts. False when there is no such place, or the largest
// actual value is not positive, so that there is no share of it.
func PeakError(actual, forecast []float64) (Peak, bool) {
	top, said := -1, -1
	for i := range min(len(actual), len(forecast)) {
		if missing(actual[i]) || missing(forecast[i]) {
			continue
		}
		if top < 0 || actual[i] > actual[top] {
			top = i
		}
		if said < 0 || forecast[i] > forecast[said] {
			said = i
		}
	}
	if top < 0 || actual[top] <= 0 {
		return Peak{}, false
	}
	return Peak{Size: forecast[said]/actual[top] - 1, Offset: said - top}, true
}
