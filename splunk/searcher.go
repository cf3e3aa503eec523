package splunk

import (
	"context"
	"fmt"
	"time"

	"foresight/models"
)

// Search is one search to run to its end.
type Search struct {
	SPL              string    // begins with "search " or "|"
	Earliest, Latest time.Time // [Earliest, Latest)
	Label            string    // says which search this is, for errors and logs
	App, Owner       string    // namespace of the knowledge objects that it names; "" for the client's own
}

// Message is what the server says about a search or a request.
type Message struct {
	Type string // FATAL, ERROR, WARN, INFO or DEBUG
	Text string
}

// Row is one result: the values of each field, of which a multivalue field has
// several and an empty one none.
type Row map[string][]string

// One returns the single value of a field, "" when it has none, and an error when
// it has several.
func (r Row) One(field string) (string, error) {
	switch v := r[field]; len(v) {
	case 0:
		return "", nil
	case 1:
		return v[0], nil
	default:
		return "", fmt.Errorf("field %s holds %d values in one row, where one is expected", field, len(v))
	}
}

// Rows is the complete result of a search.
type Rows struct {
	Fields   []string
	Rows     []Row
	Messages []Message // harmless ones; any other makes the search an error
	Cost     Cost
}

// Cost is what a search took of the server, as far as it says.
type Cost struct {
	Runtime time.Duration
	Scanned int // events read from disk
}

// Searcher runs a search and returns its complete result or an error, never a
// part of it.
type Searcher interface {
	Search(ctx context.Context, s Search) (Rows, error)
}

// Sender hands events to Splunk in their order. It returns those that will never
// be taken; every other event was taken unless it returns an error, which then is
// a *SendError.
type Sender interface {
	Send(ctx context.Context, events []models.Event) ([]models.Rejected, error)
}
