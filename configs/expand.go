package configs

import (
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"
)

var variable = regexp.MustCompile(`\$?\$\{[^}]*\}?`)

var variableForm = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}$`)

// expand fills in ${VAR} and ${VAR:-default}; the default also stands for an empty
// variable, as in the shell. What a variable holds is not expanded again.
func expand(text string, env func(string) (string, bool)) (string, error) {
	var failed error
	out := variable.ReplaceAllStringFunc(text, func(ref string) string {
		if strings.HasPrefix(ref, "$$") {
			return ref[1:]
		}
		m := variableForm.FindStringSubmatch(ref)
		if m == nil {
			failed = fmt.Errorf("%q is not ${NAME} or ${NAME:-default}; mend it, or write $${ for a plain ${", ref)
			return ref
		}
		v, ok := env(m[1])
		switch {
		case m[2] != "" && v == "":
			return m[3]
		case !ok:
			failed = fmt.Errorf("environment variable %s is not set; export it, or give a default as ${%s:-value}", m[1], m[1])
		}
		return v
	})
	return out, failed
}

// suggest ends an "unknown key" with its mend: the nearest key, or all of them.
func suggest(name string, t reflect.Type) string {
	var keys []string
	for k := range fieldsOf(t) {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	if near := nearest(name, keys); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return "; delete it, or use one of: " + strings.Join(keys, ", ")
}

// nearest returns the candidate at the least edit distance from name, "" when none
// is near enough to be meant.
func nearest(name string, candidates []string) string {
	best, least := "", 1+max(1, len(name)/3)
	for _, c := range candidates {
		if n := distance(strings.ToLower(name), strings.ToLower(c)); n < least {
			best, least = c, n
		}
	}
	return best
}

// distance is the Levenshtein distance of two strings, in bytes.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return max(len(a), len(b)) // nobody means that
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
