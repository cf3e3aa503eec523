package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// Event is one indexed event.
type Event struct {
	Time       time.Time // where it lies
	IndexTime  time.Time // when it was taken; zero: now
	Index      string    // "" = main
	Host       string
	Source     string
	Sourcetype string
	Raw        string              // the event's text; JSON is searchable by its fields
	Fields     map[string][]string // index-time fields
	Metric     bool                // a point of a metric index: Fields has metric_name:NAME and dimensions
}

// Quarantined says whether Splunk would keep the event in a quarantine bucket,
// because it lies further ahead of its index time than its index allows (30 days, Foresight's own 400). It stays searchable,
// and carries the index-time field quarantined=true.
func (e Event) Quarantined() bool { return e.Time.Sub(e.IndexTime) > ahead(e.Index) }

// record is an event with what searches need of it worked out.
type record struct {
	Event
	epoch   float64 // of Time, in seconds
	indexed float64 // of IndexTime
	once    sync.Once
	found   map[string]value // search-time fields, read on first use
}

// extracted returns the search-time fields of the event's text.
func (r *record) extracted() map[string]value {
	r.once.Do(func() { r.found = extract(r.Raw) })
	return r.found
}

// meta returns the fields that every event has.
func (r *record) meta(name string) (value, bool) {
	switch name {
	case "_time":
		return numberOf(r.epoch), true
	case "_indextime":
		return numberOf(r.indexed), true
	case "_raw":
		return textOf(r.Raw), true
	case "index":
		return textOf(r.Index), true
	case "host":
		return textOf(r.Host), true
	case "source":
		return textOf(r.Source), true
	case "sourcetype", "_sourcetype":
		return textOf(r.Sourcetype), true
	case "splunk_server":
		return textOf(serverName), true
	}
	return value{}, false
}

// indexTime returns a field that is in the index itself: tstats sees these only.
func (r *record) indexTime(name string) (value, bool) {
	if name != "_raw" {
		if v, ok := r.meta(name); ok {
			return v, true
		}
	}
	if vs, ok := r.Fields[name]; ok {
		return multiOf(vs), true
	}
	if !r.Metric {
		return value{}, false
	}
	if name == "metric_name" {
		return multiOf(r.metricNames()), true
	}
	vs, ok := r.Fields[metricPrefix+name]
	return multiOf(vs), ok
}

func (r *record) get(name string) value {
	if v, ok := r.meta(name); ok {
		return v
	}
	if vs, ok := r.Fields[name]; ok {
		return multiOf(vs)
	}
	return r.extracted()[name]
}

// store holds the events in order of time. A snapshot never changes, so a search
// runs beside new events without a lock.
type store struct {
	mu      sync.Mutex
	sorted  []*record
	pending []*record
	indexed map[string]bool // names of index-time fields ever seen
	models  []DataModel
}

func newStore() *store { return &store{indexed: map[string]bool{}} }

func (s *store) add(events ...Event) {
	rs := make([]*record, len(events))
	for i, e := range events {
		if e.Index == "" {
			e.Index = "main"
		}
		if e.Quarantined() {
			e.Fields = maps.Clone(e.Fields)
			if e.Fields == nil {
				e.Fields = map[string][]string{}
			}
			e.Fields["quarantined"] = []string{"true"}
		}
		rs[i] = &record{Event: e, epoch: epochOf(e.Time), indexed: epochOf(e.IndexTime)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rs {
		for name := range r.Fields {
			s.indexed[name] = true
		}
	}
	s.pending = append(s.pending, rs...)
}

// snapshot returns every event in ascending order of time, in order of arrival
// where times are equal.
func (s *store) snapshot() []*record {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pending) == 0 {
		return s.sorted
	}
	slices.SortStableFunc(s.pending, byTime)
	if n := len(s.sorted); n == 0 || byTime(s.sorted[n-1], s.pending[0]) <= 0 {
		s.sorted = append(s.sorted, s.pending...) // earlier snapshots end before the new tail
	} else {
		s.sorted = merge(s.sorted, s.pending)
	}
	s.pending = nil
	return s.sorted
}

func (s *store) isIndexed(field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.indexed[field]
}

func byTime(a, b *record) int { return cmp.Compare(a.epoch, b.epoch) }

func merge(a, b []*record) []*record {
	out := make([]*record, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if byTime(b[0], a[0]) < 0 {
			out, b = append(out, b[0]), b[1:]
		} else {
			out, a = append(out, a[0]), a[1:]
		}
	}
	return append(append(out, a...), b...)
}

// between returns the records with from <= time < to of an ascending snapshot.
func between(all []*record, from, to float64) []*record {
	at := func(t float64) int {
		i, _ := slices.BinarySearchFunc(all, t, func(r *record, t float64) int {
			if r.epoch < t {
				return -1
			}
			return 1
		})
		return i
	}
	i, j := at(from), at(to)
	if i >= j {
		return nil
	}
	return all[i:j]
}

// epochOf keeps microseconds: what a float64 of this century can hold.
func epochOf(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// Add puts events into the index as they are; a zero IndexTime becomes now.
func (s *Server) Add(events ...Event) {
	now := s.clock()
	stamped := slices.Clone(events)
	for i := range stamped {
		if stamped[i].IndexTime.IsZero() {
			stamped[i].IndexTime = now
		}
	}
	s.store.add(stamped...)
}

// line is an event as WriteEvents writes it.
type line struct {
	Time        json.Number         `json:"time"`      // epoch seconds
	IndexTime   json.Number         `json:"indextime"` // epoch seconds
	Index       string              `json:"index"`
	Host        string              `json:"host"`
	Source      string              `json:"source"`
	Sourcetype  string              `json:"sourcetype"`
	Event       any                 `json:"event"`
	Fields      map[string][]string `json:"fields,omitempty"`
	Quarantined bool                `json:"quarantined,omitempty"`
	Metric      bool                `json:"metric,omitempty"` // a point of a metric index, whose values are in fields
}

// WriteEvents writes the events that filter takes (nil: all) as JSON lines in order
// of time: time and indextime in epoch seconds, index, host, source, sourcetype, and
// event, which is the event's JSON where it is JSON and its text where it is not.
func (s *Server) WriteEvents(w io.Writer, filter func(Event) bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range s.store.snapshot() {
		if filter != nil && !filter(r.Event) {
			continue
		}
		l := line{Time: json.Number(formatNumber(r.epoch)), IndexTime: json.Number(formatNumber(r.indexed)), Index: r.Index,
			Host: r.Host, Source: r.Source, Sourcetype: r.Sourcetype, Event: r.Raw, Quarantined: r.Quarantined(), Metric: r.Metric}
		if json.Valid([]byte(r.Raw)) {
			l.Event = json.RawMessage(r.Raw)
		}
		l.Fields = maps.Clone(r.Fields)
		delete(l.Fields, "quarantined")
		if err := enc.Encode(l); err != nil {
			return fmt.Errorf("writing event at %s: %w", r.Time.Format(time.RFC3339), err)
		}
	}
	return nil
}
