package sandbox

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// toText is tostring: of a boolean True or False; a number with commas, as hexadecimal
// or as hours, minutes and seconds. Another format makes null: this server does not know it.
func toText(vs []value) value {
	v := vs[0]
	if v.kind == boolean {
		return textOf(map[bool]string{true: "True", false: "False"}[v.isTrue()])
	}
	if len(vs) == 1 {
		return textOf(v.text())
	}
	x, ok := v.number()
	if !ok {
		return value{}
	}
	switch vs[1].text() {
	case "commas":
		return textOf(withCommas(x))
	case "hex":
		return textOf(fmt.Sprintf("0x%X", int64(x)))
	case "duration":
		seconds := int64(math.Round(x))
		text := fmt.Sprintf("%02d:%02d:%02d", seconds%86400/3600, seconds%3600/60, seconds%60)
		if days := seconds / 86400; days > 0 {
			text = fmt.Sprintf("%d+%s", days, text)
		}
		return textOf(text)
	}
	return value{}
}

// withCommas parts thousands, and keeps two decimals where there are any.
func withCommas(x float64) string {
	whole, decimals, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'f', 2, 64), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals != "00" {
		whole += "." + decimals
	}
	if x < 0 {
		whole = "-" + whole
	}
	return whole
}

func trimmed(name, s string, cut []value) value {
	set := " \t"
	if len(cut) > 0 {
		set = cut[0].text()
	}
	switch name {
	case "ltrim":
		return textOf(strings.TrimLeft(s, set))
	case "rtrim":
		return textOf(strings.TrimRight(s, set))
	}
	return textOf(strings.Trim(s, set))
}

// appended is mvappend: all values of all arguments.
func appended(vs []value) value {
	var all []string
	for _, v := range vs {
		all = append(all, v.values()...)
	}
	return multiOf(all)
}

// ofMany is the functions of one multivalue.
func ofMany(name string, vs []value) value {
	all := vs[0].values()
	switch name {
	case "mvjoin":
		return textOf(strings.Join(all, vs[1].text()))
	case "mvsort":
		all = slices.Clone(all)
		slices.Sort(all)
		return multiOf(all)
	}
	var once []string
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return multiOf(once)
}
