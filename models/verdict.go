package models

import "time"

// The verdicts on a prediction, once its day has come.
const (
	VerdictCameTrue = "came_true" // the load passed the limit
	VerdictAvoided  = "avoided"   // it passed what the limit was, which had been raised in time
	VerdictFalse    = "false"     // it did not
	VerdictMissed   = "missed"    // it passed a limit, and nobody had said so
)

// Verdict is how a predicted overload came.
type Verdict struct {
	Finding string // subject id of the prediction; of a missed one that which it would have had
	Verdict string
	Day     time.Time // on which the load passed; zero: on none
	Text    string    // the same for people
}
