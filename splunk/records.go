package splunk

import "context"

// Record is one of a KV store's collection; _key names it.
type Record map[string]any

// Records reads and writes a collection of an app.
type Records interface {
	// Records returns those that satisfy a query (JSON, as MongoDB's), by _key, from the skip-th on.
	Records(ctx context.Context, in Collection, query string, skip, most int) ([]Record, error)
	// SaveRecords replaces records whole, by their _key.
	SaveRecords(ctx context.Context, in Collection, records []Record) error
}

// Collection is where records are.
type Collection struct{ App, Name string }
