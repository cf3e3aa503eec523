package configs

import (
	"fmt"
	"slices"
)

// drivers wants every driver to be a signal of the customer, and no signal to
// drive itself, round about either.
func (v validator) drivers(key string, c *fileCustomer) {
	driver, place := map[string]string{}, map[string]string{}
	for i, s := range c.Services {
		for j, q := range s.Queries {
			path := s.ID + "/" + q.Signal.ID
			driver[path] = q.Signal.Driver
			place[path] = fmt.Sprintf("%s.services[%d].queries[%d].signal.driver", key, i, j)
		}
	}
	var names []string
	for path := range driver {
		names = append(names, path)
	}
	slices.Sort(names)
	for _, path := range names {
		to := driver[path]
		if to == "" {
			continue
		}
		if _, ok := driver[to]; !ok {
			mend := "write service/signal of this customer"
			if near := nearest(to, names); near != "" {
				mend = fmt.Sprintf("did you mean %q?", near)
			}
			v.fail(place[path], "there is no signal %q; %s", to, mend)
			continue
		}
		// Following at most all signals either leaves the loop or comes back.
		for step, at := 0, to; at != "" && step <= len(names); step, at = step+1, driver[at] {
			if at == path {
				v.fail(place[path], "the signal drives itself, by way of %q; take one driver out", to)
				break
			}
		}
	}
}
