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
