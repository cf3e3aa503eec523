package configs

import (
	"regexp"
	"strings"
	"unicode"
)

var (
	measureForm = regexp.MustCompile(`^([a-z_]+[0-9.]*)\s*(?:\((.*)\))?$`)
	percentile  = regexp.MustCompile(`^(?:p|perc)(?:[1-9][0-9]?(?:\.[0-9]{1,3})?|0?0\.[0-9]{0,2}[1-9])$`)
	bareField   = regexp.MustCompile(`^[\pL_@][\pL\pN_.:{}@-]*$`)
)

// functionOf returns a measure's function by its first name (count, sum, avg, max,
// min, last, dc, p) and its argument; ok is false when there is no such function.
// What the argument may hold is checked by validate, and conditions in
// count(eval(…)) by the splunk package, which has their grammar.
func functionOf(measure string) (function, argument string, ok bool) {
	m := measureForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(measure)))
	if m == nil {
		return "", "", false
	}
	_, argument, _ = strings.Cut(measure, "(")
	argument = strings.TrimSuffix(strings.TrimSpace(argument), ")")
	switch name := m[1]; {
	case name == "mean":
		return "avg", argument, true
	case name == "latest":
		return "last", argument, true
	case name == "distinct_count":
		return "dc", argument, true
	case name == "median", percentile.MatchString(name):
		return "p", argument, true
	case name == "count", name == "sum", name == "avg", name == "max", name == "min", name == "last", name == "dc":
		return name, argument, true
	}
	return "", "", false
}

// measure returns the measure's function, "" when it is not one.
func (v validator) measure(key, text string) string {
	const mend = "write count, sum(f), avg(f), max(f), min(f), last(f), dc(f) or p95(f)"
	function, argument, ok := functionOf(text)
	if !ok || (argument == "" && function != "count") || strings.Contains(text, "(") != strings.HasSuffix(strings.TrimSpace(text), ")") {
		v.fail(key, "%q is not a measure; %s", text, mend)
		return ""
	}
	argument = strings.TrimSpace(argument)
	switch unquoted := strings.Trim(argument, `"`); {
	case argument == "" && strings.Contains(text, "("):
		v.fail(key, "%q names no field; %s", text, mend)
		return ""
	case argument == "":
	case function == "count" && strings.HasPrefix(strings.ToLower(argument), "eval("):
	case len(argument) >= 2 && argument == `"`+unquoted+`"`:
		v.field(key, unquoted)
	case !bareField.MatchString(argument):
		v.fail(key, "%q is not the name of one field; put a name with spaces or other signs in quotes", argument)
	default:
		v.field(key, argument)
	}
	return function
}

// field refuses names that SPL would take for something else, and the prefix of
// Foresight's own columns.
func (v validator) field(key, name string) {
	bad := strings.IndexFunc(name, func(r rune) bool {
		return strings.ContainsRune("\"'\\*`$|[]()", r) || unicode.IsControl(r)
	})
	switch {
	case strings.TrimSpace(name) == "":
		v.fail(key, "the field has no name; write one")
	case strings.TrimSpace(name) != name || bad >= 0 || len(name) > 200:
		v.fail(key, "%q cannot be a field; give the field an alias in Splunk", name)
	case strings.HasPrefix(strings.ToLower(name), "fs_"):
		v.fail(key, "%q begins with fs_, as Foresight's own columns do; give the field an alias in Splunk", name)
	}
}
