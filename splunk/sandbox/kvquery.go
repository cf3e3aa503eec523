package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

func number0(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// kvQuery is a question to a collection.
type kvQuery struct {
	Query  json.RawMessage `json:"query"`
	Fields string          `json:"fields"`
	Sort   string          `json:"sort"`
	Limit  int             `json:"limit"`
	Skip   int             `json:"skip"`
}

var errQuery = errors.New("the query is not understood by this server")

// findRecords answers a query, by _key unless another order is asked for.
func findRecords(c map[string]kvRecord, q kvQuery) ([]kvRecord, error) {
	var want map[string]any
	if len(q.Query) > 0 && json.Unmarshal(q.Query, &want) != nil {
		return nil, errors.New("JSON in the request is invalid")
	}
	var found []kvRecord
	for _, key := range slices.Sorted(maps.Keys(c)) {
		ok, err := satisfies(c[key], want)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, c[key])
		}
	}
	if q.Sort != "" {
		slices.SortStableFunc(found, func(a, b kvRecord) int { return kvOrder(a, b, q.Sort) })
	}
	found = found[min(q.Skip, len(found)):]
	limit := kvRows
	if q.Limit > 0 {
		limit = min(limit, q.Limit)
	}
	found = found[:min(limit, len(found))]
	if q.Fields == "" {
		return found, nil
	}
	var cut []kvRecord
	for _, one := range found {
		some := kvRecord{}
		for field := range strings.SplitSeq(q.Fields, ",") {
			if v, ok := one[field]; ok {
				some[field] = v
			}
		}
		cut = append(cut, some)
	}
	return cut, nil
}

// kvOrder compares by fields, of which field:-1 counts backwards.
func kvOrder(a, b kvRecord, fields string) int {
	for each := range strings.SplitSeq(fields, ",") {
		field, direction, _ := strings.Cut(strings.TrimSpace(each), ":")
		x, _ := a.at(field)
		y, _ := b.at(field)
		if n := compareJSON(x, y); n != 0 && direction == "-1" {
			return -n
		} else if n != 0 {
			return n
		}
	}
	return 0
}

// at is a field, or one within it by its path with dots.
func (one kvRecord) at(path string) (any, bool) {
	if v, ok := one[path]; ok {
		return v, true
	}
	outer, inner, dotted := strings.Cut(path, ".")
	if within, ok := one[outer].(map[string]any); ok && dotted {
		return kvRecord(within).at(inner)
	}
	return nil, false
}

// satisfies knows equality, $ne $gt $gte $lt $lte, $and $or $not.
func satisfies(one kvRecord, want map[string]any) (bool, error) {
	for field, v := range want {
		var ok bool
		var err error
		switch field {
		case "$and", "$or":
			ok, err = several(one, v, field == "$or")
		case "$not":
			inner, is := v.(map[string]any)
			if !is {
				return false, errQuery
			}
			ok, err = satisfies(one, inner)
			ok = !ok
		default:
			if strings.HasPrefix(field, "$") {
				return false, errQuery
			}
			ok, err = kvCompared(one, field, v)
		}
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func several(one kvRecord, list any, any1 bool) (bool, error) {
	all, is := list.([]any)
	if !is || len(all) == 0 {
		return false, errQuery
	}
	for _, each := range all {
		inner, is := each.(map[string]any)
		if !is {
			return false, errQuery
		}
		ok, err := satisfies(one, inner)
		if err != nil || ok == any1 {
			return ok, err
		}
	}
	return !any1, nil
}

func kvCompared(one kvRecord, field string, want any) (bool, error) {
	has, there := one.at(field)
	ops, is := want.(map[string]any)
	if !is {
		return there && compareJSON(has, want) == 0 || !there && want == nil, nil
	}
	for op, v := range ops {
		n := compareJSON(has, v)
		var ok bool
		switch op {
		case "$ne":
			ok = !there || n != 0
		case "$gt":
			ok = there && n > 0
		case "$gte":
			ok = there && n >= 0
		case "$lt":
			ok = there && n < 0
		case "$lte":
			ok = there && n <= 0
		default:
			return false, errQuery
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// compareJSON orders numbers before texts before all else.
func compareJSON(a, b any) int {
	x, okX := a.(float64)
	y, okY := b.(float64)
	switch {
	case okX && okY:
		return cmp.Compare(x, y)
	case okX:
		return -1
	case okY:
		return 1
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
