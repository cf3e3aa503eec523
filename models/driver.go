package models

import "time"

// NotReached stands for a volume at which a limit would be reached and is not.
const NotReached = -1.0

// Driver is the volume by which a resource is forecast, and what its limit is in it.
// Volumes are a rate: as many as in one Per at that pace.
type Driver struct {
	Signal    string    // "service/signal"
	Name      string    // for people
	Unit      string    // of the volume
	Per       string    // "hour", "15 minutes", "day"…
	Pairs     int       // pairs of volume and resource behind the relation
	Since     time.Time // of the first pair
	Changed   bool      // the relation was another one before: other hardware, another release
	Explained float64   // share of the resource's variation that the volume explains
	Learned   float64   // largest volume of the pairs
	Seen      float64   // largest volume ever seen
	Ahead     float64   // 95 % quantile of the largest volume looked ahead at
	Beyond    bool      // Ahead is more than was ever seen

	// The volume at which one bucket in ten, one in two and nine in ten lie above the
	// resource's usable limit; NotReached at ten times the largest volume of the pairs,
	// or without a limit.
	LimitP10, LimitP50, LimitP90 float64
}
