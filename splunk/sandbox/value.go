package sandbox

import (
	"math"
	"strconv"
	"strings"
)

// kind is what a value holds. Fields read from events are text; arithmetic reads
// text that looks like a number as one, as SPL does.
type kind uint8

const (
	null kind = iota
	text
	number
	boolean // lives inside expressions only; never a field
	multi
)

// value is one SPL value.
type value struct {
	kind kind
	s    string
	n    float64 // of a boolean: 0 or 1
	mv   []string
}

func textOf(s string) value { return value{kind: text, s: s} }

func numberOf(x float64) value {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return value{}
	}
	return value{kind: number, n: x}
}

func boolOf(b bool) value {
	if b {
		return value{kind: boolean, n: 1}
	}
	return value{kind: boolean}
}

// multiOf returns the plainest value that holds vs: null, text or multi.
func multiOf(vs []string) value {
	switch len(vs) {
	case 0:
		return value{}
	case 1:
		return textOf(vs[0])
	}
	return value{kind: multi, mv: vs}
}

func (v value) isNull() bool { return v.kind == null }

func (v value) isTrue() bool { return v.kind == boolean && v.n != 0 }

// number returns the value as a number, if it is or looks like one.
func (v value) number() (float64, bool) {
	switch v.kind {
	case number:
		return v.n, true
	case text:
		return parseNumber(v.s)
	default:
		return 0, false
	}
}

// text returns the value as results show it; a multivalue's values are parted by
// newlines.
func (v value) text() string {
	switch v.kind {
	case text:
		return v.s
	case number:
		return formatNumber(v.n)
	case boolean:
		if v.n != 0 {
			return "true"
		}
		return "false"
	case multi:
		return strings.Join(v.mv, "\n")
	default:
		return ""
	}
}

// values returns the single values, none for null.
func (v value) values() []string {
	switch v.kind {
	case null:
		return nil
	case multi:
		return v.mv
	default:
		return []string{v.text()}
	}
}

// parseNumber reads decimal numbers only: no hex, infinities, NaN or underscores,
// which strconv would take.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	x, err := strconv.ParseFloat(s, 64)
	return x, err == nil
}

func formatNumber(x float64) string {
	if n := int64(x); float64(n) == x && n > -1e15 && n < 1e15 {
		return strconv.FormatInt(n, 10) // nearly always, and fast; -0 is 0
	}
	if a := math.Abs(x); a >= 1e-6 && a < 1e18 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// compare orders two values: as numbers if both are, else as text.
func compare(a, b value) int {
	x, okX := a.number()
	y, okY := b.number()
	if okX && okY {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return strings.Compare(a.text(), b.text())
}
