package sandbox

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// generator makes the rows that a search begins with.
type generator func() (table, error)

// parseInputlookup reads "inputlookup NAME": the records of the app's collection of that name.
// A lookup that is named otherwise than its collection, or is a file, this server does not have.
func (k knowledge) parseInputlookup(args string) (generator, error) {
	name := strings.TrimSpace(args)
	if strings.ContainsAny(name, " =|") || name == "" {
		return nil, fmt.Errorf("this server takes the name of a lookup and nothing else")
	}
	return func() (table, error) {
		k.kv.mu.Lock()
		defer k.kv.mu.Unlock()
		c, ok := k.kv.in(k.app, name)
		if !ok {
			return table{}, refusef("Error in 'inputlookup' command: The lookup table '%s' does not exist.", name)
		}
		var out table
		for _, key := range slices.Sorted(maps.Keys(c)) {
			r := &row{set: map[string]value{}}
			for field, v := range c[key] {
				if field != "_user" && v != nil {
					r.set[field] = kvValue(v)
				}
			}
			out.rows = append(out.rows, r)
		}
		return out, nil
	}, nil
}

func kvValue(v any) value {
	switch v := v.(type) {
	case float64:
		return numberOf(v)
	case string:
		return textOf(v)
	}
	return textOf(fmt.Sprint(v))
}

// parseOutputlookup reads "outputlookup append=true NAME", which adds each row to a collection: one
// that has a _key replaces its record. Without append Splunk would empty the collection first.
func (k knowledge) parseOutputlookup(args string) (stage, error) {
	c, err := newCursor(args, modeArgs)
	if err != nil {
		return nil, err
	}
	appends := false
	for {
		key, val, ok := c.option()
		if !ok {
			break
		}
		if on, err := truth(val); key != "append" || err != nil || !on {
			return nil, fmt.Errorf("the option %s=%s is not supported by this server", key, val)
		}
		appends = true
	}
	name, err := c.name()
	if err != nil || !c.atEnd() || !appends {
		return nil, fmt.Errorf("this server takes append=true and the name of a lookup")
	}
	return func(_ context.Context, in table) (table, error) {
		k.kv.mu.Lock()
		defer k.kv.mu.Unlock()
		into, ok := k.kv.in(k.app, name)
		if !ok {
			return table{}, refusef("Error in 'outputlookup' command: The lookup table '%s' is invalid.", name)
		}
		for _, r := range in.rows {
			one := kvRecord{}
			for _, field := range in.header() {
				v := r.get(field)
				if x, numeric := v.number(); numeric && v.kind == number {
					one[field] = x
				} else if !v.isNull() {
					one[field] = v.text()
				}
			}
			put1(into, one)
		}
		return in, nil
	}, nil
}

// parseRest reads "rest /services/authentication/current-context …", the one address that
// this server's searches may ask.
func (k knowledge) parseRest(args string) (generator, error) {
	fields := strings.Fields(args)
	if len(fields) == 0 || fields[0] != "/services/authentication/current-context" {
		return nil, fmt.Errorf("this server answers /services/authentication/current-context only")
	}
	return func() (table, error) {
		return table{columns: []string{"username"}, rows: []*row{{set: map[string]value{"username": textOf(k.owner)}}}}, nil
	}, nil
}
