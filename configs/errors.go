package configs

import (
	"fmt"
	"sort"
	"strings"
)

// Error is one thing that is wrong with a configuration file.
type Error struct {
	File   string
	Line   int    // from 1; 0 when the whole file is meant
	Column int    // from 1
	Key    string // path.to.key, "" for the whole file
	Text   string // what is wrong; the mend
}

// Error returns `file:line:column: path.to.key: what is wrong; mend`.
func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	if e.Key != "" {
		b.WriteString(": " + e.Key)
	}
	b.WriteString(": " + e.Text)
	return b.String()
}

// Errors is everything that is wrong with a file, a line each, from its top down.
type Errors []Error

// Error joins the errors by line breaks.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

func (e Errors) sorted() Errors {
	sort.SliceStable(e, func(i, j int) bool {
		if e[i].Line != e[j].Line {
			return e[i].Line < e[j].Line
		}
		return e[i].Column < e[j].Column
	})
	return e
}
