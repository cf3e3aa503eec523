package sandbox

import (
	"fmt"
	"strings"
	"time"
)

// strftime formats t in UTC by the C conversions that Splunk shares; others stay as
// they are.
func strftime(t time.Time, format string) string {
	t = t.UTC()
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		if d := format[i]; d >= '1' && d <= '9' && i+1 < len(format) && (format[i+1] == 'N' || format[i+1] == 'Q') {
			i++
			fmt.Fprint(&b, fmt.Sprintf("%09d", t.Nanosecond())[:d-'0'])
			continue
		}
		if s, ok := conversion(t, format[i]); ok {
			b.WriteString(s)
		} else {
			b.WriteString(format[i-1 : i+1])
		}
	}
	return b.String()
}

func conversion(t time.Time, c byte) (string, bool) {
	switch c {
	case 'F':
		return t.Format(time.DateOnly), true
	case 'T':
		return t.Format(time.TimeOnly), true
	case 's':
		return fmt.Sprint(t.Unix()), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 'w':
		return fmt.Sprint(int(t.Weekday())), true
	case 'u':
		return fmt.Sprint((int(t.Weekday())+6)%7 + 1), true
	case 'V':
		_, w := t.ISOWeek()
		return fmt.Sprintf("%02d", w), true
	case 'G':
		y, _ := t.ISOWeek()
		return fmt.Sprint(y), true
	case 'N':
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6), true
	case 'Z':
		return "UTC", true
	case '%':
		return "%", true
	}
	layouts := map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'M': "04",
		'S': "05", 'p': "PM", 'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'z': "-0700"}
	layout, ok := layouts[c]
	return t.Format(layout), ok
}

// strptime reads s in UTC by the same conversions. What it does not know, or what is left
// over at the end, makes no time.
func strptime(s, format string) (time.Time, bool) {
	format = strings.NewReplacer("%F", "%Y-%m-%d", "%T", "%H:%M:%S").Replace(format)
	layouts := map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
		'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'Z': "MST", '%': "%"}
	for _, zone := range []string{"Z07:00", "-0700"} { // +01:00 and Z, or +0100
		layouts['z'] = zone
		var layout strings.Builder
		for i := 0; i < len(format); i++ {
			if format[i] != '%' {
				layout.WriteByte(format[i])
				continue
			}
			if i++; i == len(format) || layouts[format[i]] == "" {
				return time.Time{}, false
			}
			layout.WriteString(layouts[format[i]])
		}
		if t, err := time.Parse(layout.String(), s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
