package calendar

// Kind says what sort of day an occasion is.
type Kind string

// The kinds of occasion.
const (
	KindPublic Kind = "public" // in the list of public holidays
	KindFeast  Kind = "feast"  // kept by people, whatever the law says
	KindRetail Kind = "retail" // a day that shops made
	KindPayday Kind = "payday"
	KindBridge Kind = "bridge" // a working day between a holiday and the weekend
	KindHalf   Kind = "half"   // a working day that ends early
	KindOwn    Kind = "own"    // the customer's own event
)

// Occasion is one day of a feast, holiday or event.
type Occasion struct {
	ID        string // class shared over years: christmas_eve, payday, own:<name>
	Name      string // for people
	Family    string // what a peak is called by and an episode is named after: christmas, own:<name>
	Date      Date   // in the customer's own zone
	Kind      Kind
	Closed    bool // most offices are closed: by law, or in practice (Midsummer Eve in Sweden)
	KnownFrom Date // zero: always known
}

// OwnEvent is a run of whole days that move a customer's volume. All events of one
// name share one class. Its days stay working days.
type OwnEvent struct {
	Name      string
	From, To  Date // both included
	KnownFrom Date // zero: always known
}

// Options are what a calendar holds beyond its country.
type Options struct {
	Own []OwnEvent
}
