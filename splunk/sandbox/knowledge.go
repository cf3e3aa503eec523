package sandbox

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// DataModel is a dataset of a data model, which tstats reads: the events that satisfy its
// search, with their search-time fields as DATASET.FIELD.
type DataModel struct {
	Name, Dataset string
	Search        string    // the terms of its constraint
	SummarizedTo  time.Time // events from then on are in no summary yet; zero: it is not accelerated
}

// AddDataModel puts a data model in, or another in the place of one of the same name and
// dataset.
func (s *Server) AddDataModel(m DataModel) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.models = append([]DataModel{m}, s.store.models...)
}

// knowledge is what a search refers to by name: index-time fields, data models, and the
// saved searches that are seen from a user and app.
type knowledge struct {
	store      *store
	settings   *settings // nil: there are none
	kv         *kvstore
	owner, app string
}

func (k knowledge) isIndexed(field string) bool { return k.store.isIndexed(field) }

// dataModel finds MODEL.DATASET.
func (k knowledge) dataModel(name string) (DataModel, error) {
	k.store.mu.Lock()
	defer k.store.mu.Unlock()
	for _, m := range k.store.models {
		if m.Name+"."+m.Dataset == name {
			return m, nil
		}
	}
	return DataModel{}, fmt.Errorf("the data model or dataset '%s' does not exist", name)
}

// cutFrom takes "from datamodel=NAME" off the functions of tstats.
func cutFrom(head string) (rest, model string) {
	i := clause(head, "from")
	if i < 0 {
		return head, ""
	}
	_, model, _ = strings.Cut(head[i:], "=")
	return head[:i], strings.Trim(strings.TrimSpace(model), `"`)
}

// within narrows terms to the events of the data model, and to those in its summaries.
func (m DataModel) within(terms filter, summariesOnly bool, now time.Time) (filter, error) {
	constraint, err := parseFilter(m.Search, now)
	if err != nil {
		return filter{}, fmt.Errorf("the constraint of data model %s: %w", m.Name, err)
	}
	inside, inner, end := inIndexes(constraint), terms.match, math.Inf(1)
	if summariesOnly {
		end = epochOf(m.SummarizedTo)
	}
	terms.match = func(r *row) bool {
		return r.rec.epoch < end && inside(&row{rec: r.rec}) && inner(r)
	}
	terms.fields, terms.indexes = append(slices.Clone(terms.fields), "index"), append(slices.Clone(terms.indexes), constraint.indexes...)
	return terms, nil
}

// has tells whether a field is named as one of the dataset's.
func (m DataModel) has(field string) bool { return strings.HasPrefix(field, m.Dataset+".") }

// modelled returns a field of the row's dataset, or one that every event has.
func (r *row) modelled(name string) value {
	if field, ok := strings.CutPrefix(name, r.dataset+"."); ok {
		return r.rec.get(field)
	}
	v, _ := r.rec.meta(name)
	return v
}

const savedSearches = "saved/searches"

// expand is "| savedsearch NAME": the saved search, over the request's time range where it
// has one and over its own where it has none.
func (k knowledge) expand(args string, b bounds, now time.Time) (*program, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	name, err := c.name()
	if err != nil {
		return nil, err
	}
	if key, val, ok := c.option(); ok {
		if _, err := truth(val); err != nil || key != "nosubstitution" {
			return nil, fmt.Errorf("the argument '%s=%s' is not supported by this server", key, val)
		}
	}
	if !c.atEnd() {
		return nil, fmt.Errorf("the argument is not expected %s", c.here())
	}
	saved, found := k.saved(name)
	if !found {
		return nil, fmt.Errorf("unable to find saved search named '%s'", name)
	}
	if all := unbounded(now); b == all {
		for key, at := range map[string]*float64{"dispatch.earliest_time": &b.earliest, "dispatch.latest_time": &b.latest} {
			if saved[key] == "" {
				continue
			}
			t, err := parseTime(saved[key], now)
			if err != nil {
				return nil, err
			}
			*at = epochOf(t)
		}
	}
	spl := strings.TrimSpace(saved["search"])
	if first, _ := splitName(spl); !strings.HasPrefix(spl, "|") && !strings.EqualFold(first, "search") {
		spl = "search " + spl
	}
	if strings.Contains(spl, "savedsearch") {
		return nil, fmt.Errorf("a saved search within a saved search is not supported by this server")
	}
	return compile(spl, b, now, k)
}

// saved finds a search that is kept in the app and by the owner that this one runs as, or
// by nobody, which is for all.
func (k knowledge) saved(name string) (map[string]string, bool) {
	if k.settings == nil {
		return nil, false
	}
	k.settings.mu.Lock()
	defer k.settings.mu.Unlock()
	values, found := k.settings.kept[savedSearches+"\x1f"+name]
	app, owner := values["eai:app"], values["eai:owner"]
	if found && (app != "" && app != k.app || owner != "" && owner != "nobody" && owner != k.owner) {
		return nil, false
	}
	return values, found
}
