package intermittent

import "errors"

// What data can do to a fit. The text says the mend.
var (
	ErrNoData    = errors.New("no observation: every value is missing")
	ErrNotFinite = errors.New("a value is infinite or beyond 1e150: mark it as missing (NaN), or choose a larger unit")
	ErrNegative  = errors.New("a value is below zero: these methods are for counts and amounts")
)

// Method says how often a demand comes is followed.
type Method int

// The methods of the package comment.
const (
	TSB Method = iota
	Croston
	SBA
)

// String is the method's usual name.
func (m Method) String() string {
	if m < TSB || m > SBA {
		return "unknown"
	}
	return [...]string{"TSB", "Croston", "SBA"}[m]
}

// Options of a fit. The zero value is TSB with both gains found.
type Options struct {
	Method Method
	// Alpha is the gain of the size, Beta that of the probability, or the interval, in
	// (0, 1]; 0 means found: the one in [0.01, Most] with the smallest squared one-step
	// errors.
	Alpha, Beta float64
	// Most is the largest gain that is found, above 0.01; 0 means 0.5. The best gain one step ahead
	// takes what came together by chance for news that lasts: many steps ahead choose 0.1.
	Most float64
	// Period is that of the shape (7 for days with a week); 0 or 1 means none.
	Period int
}

// State is what is known between two values.
type State struct {
	Size        float64 // z, of a demand
	Probability float64 // p, of a demand at a step; TSB only
	Interval    float64 // q, mean steps from one demand to the next, at least 1; Croston and SBA only
}
