package sandbox

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// call compiles a function call, checking how many arguments it has.
func call(name string, args []expr, now time.Time) (expr, error) {
	least, most, ok := arity(name)
	switch {
	case !ok:
		return nil, fmt.Errorf("the '%s' function is unsupported or undefined", name)
	case len(args) < least || len(args) > most || name == "case" && len(args)%2 != 0:
		return nil, fmt.Errorf("the arguments to the '%s' function are invalid", name)
	}
	switch name {
	case "now", "time":
		return constant(numberOf(math.Floor(epochOf(now)))), nil
	case "match", "replace":
		return patternCall(name, args), nil
	case "if", "case", "coalesce": // these look at no more arguments than they must
		return choose(name, args), nil
	case "in":
		return oneOf(args[0], args[1:]), nil
	}
	return func(r *row) value {
		vs := make([]value, len(args))
		for i, a := range args {
			vs[i] = a(r)
		}
		if f := mathOf(name); f != nil {
			if x, ok := vs[0].number(); ok {
				return numberOf(f(x))
			}
			return value{}
		}
		return apply(name, vs)
	}, nil
}

func arity(name string) (least, most int, ok bool) {
	const many = 1000
	switch name {
	case "null", "true", "false", "now", "time":
		return 0, 0, true
	case "isnull", "isnotnull", "isnum", "isstr", "mvdedup", "mvsort", "len", "lower", "upper", "floor", "ceil", "ceiling", "abs", "ln", "exp", "sqrt", "mvcount":
		return 1, 1, true
	case "round", "tonumber", "tostring", "log", "trim", "ltrim", "rtrim":
		return 1, 2, true
	case "like", "match", "pow", "strftime", "strptime", "relative_time", "split", "nullif", "mvjoin":
		return 2, 2, true
	case "if", "replace":
		return 3, 3, true
	case "mvindex", "substr":
		return 2, 3, true
	case "case", "in":
		return 2, many, true
	case "coalesce", "min", "max", "mvappend":
		return 1, many, true
	}
	return 0, 0, false
}

func choose(name string, args []expr) expr {
	switch name {
	case "if":
		return func(r *row) value {
			if args[0](r).isTrue() {
				return args[1](r)
			}
			return args[2](r)
		}
	case "case":
		return func(r *row) value {
			for i := 0; i < len(args); i += 2 {
				if args[i](r).isTrue() {
					return args[i+1](r)
				}
			}
			return value{}
		}
	}
	return func(r *row) value {
		for _, a := range args {
			if v := a(r); !v.isNull() {
				return v
			}
		}
		return value{}
	}
}

// mathOf returns a function of one number, or nil.
func mathOf(name string) func(float64) float64 {
	switch name {
	case "floor":
		return math.Floor
	case "ceil", "ceiling":
		return math.Ceil
	case "abs":
		return math.Abs
	case "ln":
		return math.Log
	case "exp":
		return math.Exp
	case "sqrt":
		return math.Sqrt
	}
	return nil
}

func apply(name string, vs []value) value {
	switch name {
	case "null":
		return value{}
	case "true", "false":
		return boolOf(name == "true")
	case "isnull":
		return boolOf(vs[0].isNull())
	case "isnotnull":
		return boolOf(!vs[0].isNull())
	case "isnum":
		_, ok := vs[0].number()
		return boolOf(ok)
	case "isstr":
		_, ok := vs[0].number()
		return boolOf(!ok && !vs[0].isNull())
	case "mvappend":
		return appended(vs)
	case "mvcount":
		if n := len(vs[0].values()); n > 0 {
			return numberOf(float64(n))
		}
		return value{}
	case "min", "max":
		return extreme(name == "min", vs)
	}
	for _, v := range vs {
		if v.isNull() {
			return value{}
		}
	}
	if v, ok := applyNumber(name, vs); ok {
		return v
	}
	return applyText(name, vs)
}

// extreme returns the least or greatest; text is greater than any number.
func extreme(least bool, vs []value) value {
	var best value
	for _, v := range vs {
		_, isNum := v.number()
		_, bestNum := best.number()
		c := compare(v, best)
		if isNum != bestNum {
			c = 1
			if isNum {
				c = -1
			}
		}
		if !v.isNull() && (best.isNull() || least && c < 0 || !least && c > 0) {
			best = v
		}
	}
	return best
}

func applyNumber(name string, vs []value) (value, bool) {
	x, okX := vs[0].number()
	second, okY := 0.0, true
	if len(vs) > 1 {
		second, okY = vs[1].number()
	}
	switch name {
	case "round", "log", "pow":
		if !okX || !okY {
			return value{}, true
		}
	}
	switch name {
	case "round":
		p := math.Pow(10, math.Trunc(second))
		return numberOf(math.Round(x*p) / p), true
	case "log":
		if len(vs) == 1 {
			return numberOf(math.Log10(x)), true
		}
		return numberOf(math.Log(x) / math.Log(second)), true
	case "pow":
		return numberOf(math.Pow(x, second)), true
	case "tonumber":
		return toNumber(vs[0], second, len(vs) > 1), true
	}
	return value{}, false
}

func toNumber(v value, base float64, based bool) value {
	if based {
		if base < 2 || base > 36 {
			return value{}
		}
		n, err := strconv.ParseInt(strings.ToLower(v.text()), int(base), 64)
		if err != nil {
			return value{}
		}
		return numberOf(float64(n))
	}
	if x, ok := v.number(); ok {
		return numberOf(x)
	}
	return value{}
}

func applyText(name string, vs []value) value {
	s := vs[0].text()
	switch name {
	case "len":
		return numberOf(float64(utf8.RuneCountInString(s)))
	case "lower":
		return textOf(strings.ToLower(s))
	case "upper":
		return textOf(strings.ToUpper(s))
	case "trim", "ltrim", "rtrim":
		return trimmed(name, s, vs[1:])
	case "tostring":
		return toText(vs)
	case "like":
		return like(vs[0], vs[1])
	case "split":
		return multiOf(strings.Split(s, vs[1].text()))
	case "nullif":
		if compare(vs[0], vs[1]) == 0 {
			return value{}
		}
		return vs[0]
	case "strftime":
		if x, ok := vs[0].number(); ok {
			return textOf(strftime(fromEpoch(x), vs[1].text()))
		}
	case "strptime":
		if t, ok := strptime(s, vs[1].text()); ok {
			return numberOf(epochOf(t))
		}
	case "relative_time":
		if x, ok := vs[0].number(); ok {
			if t, err := parseTime(vs[1].text(), fromEpoch(x)); err == nil {
				return numberOf(epochOf(t))
			}
		}
	case "mvjoin", "mvsort", "mvdedup":
		return ofMany(name, vs)
	case "mvindex":
		return part(vs, vs[0].values(), 0, func(p []string) value { return multiOf(p) })
	case "substr":
		return part(vs, strings.Split(s, ""), 1, func(p []string) value { return textOf(strings.Join(p, "")) })
	}
	return value{}
}

// part cuts items: for mvindex (first 0) vs holds start and end, for substr (first 1)
// start and length; negative places count from the end.
func part(vs []value, items []string, first int, wrap func([]string) value) value {
	x, ok := vs[1].number()
	if !ok || math.Abs(x) > 1e9 {
		return value{}
	}
	from := int(x) - first
	if x < 0 {
		from = len(items) + int(x)
	}
	to := from + 1 // mvindex of one
	if first == 1 {
		to = len(items)
	}
	if len(vs) > 2 {
		y, ok := vs[2].number()
		switch {
		case !ok || math.Abs(y) > 1e9:
			return value{}
		case first == 1:
			to = from + int(y)
		case y < 0:
			to = len(items) + int(y) + 1
		default:
			to = int(y) + 1
		}
	}
	from, to = max(from, 0), min(to, len(items))
	if from >= to {
		return value{}
	}
	return wrap(items[from:to])
}

// like matches SQL's pattern: % any text, _ one character.
func like(v, pattern value) value {
	if v.isNull() || pattern.isNull() {
		return value{}
	}
	re := regexp.QuoteMeta(pattern.text())
	re = strings.ReplaceAll(strings.ReplaceAll(re, "%", ".*"), "_", ".")
	ok, err := regexp.MatchString("(?s)^"+re+"$", v.text())
	return boolOf(ok && err == nil)
}

// patternCall compiles match and replace; the last pattern is kept, since it is
// nearly always a constant.
func patternCall(name string, args []expr) expr {
	var src string
	var re *regexp.Regexp
	return func(r *row) value {
		v, p := args[0](r), args[1](r)
		if v.isNull() || p.isNull() {
			return value{}
		}
		if s := p.text(); re == nil || s != src {
			compiled, err := regexp.Compile(s)
			if err != nil {
				return value{}
			}
			re, src = compiled, s
		}
		if name == "match" {
			return boolOf(re.MatchString(v.text()))
		}
		with := strings.NewReplacer(`\1`, "${1}", `\2`, "${2}", `\3`, "${3}", "$", "$$").Replace(args[2](r).text())
		return textOf(re.ReplaceAllString(v.text(), with))
	}
}
