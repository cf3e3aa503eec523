package apptest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Lint finds in a search, its macros expanded, what goes wrong in Splunk without a word: results cut off
// or counted twice, series folded into OTHER, what lies in the future missed, what no longer holds
// taken for the last word.
func Lint(spl string, r Range) []string {
	l := linter{commands: Commands(spl), spl: quoted.ReplaceAllString(spl, `""`)}
	if !strings.Contains(l.spl, "sourcetype=foresight:") {
		l.commandsAreSound()
		return l.found
	}
	l.commandsAreSound()
	l.bucketsAreWhole(r)
	l.eventsCountOnce()
	l.lastWordComesFirst()
	l.rangeReaches(r)
	return l.found
}

type linter struct {
	commands []Command
	spl      string // without what stands in quotes
	found    []string
}

func (l *linter) say(format string, args ...any) {
	l.found = append(l.found, fmt.Sprintf(format, args...))
}

// cutting are the commands that lose rows in silence beyond a limit, or a subsearch's.
var cutting = []string{"join", "append", "appendcols", "appendpipe", "transaction", "map", "selfjoin", "multisearch", "set", "union"}

var (
	moment   = regexp.MustCompile(`(^|[\s,+-])(as_of|issued_at)\b`)
	hasLimit = regexp.MustCompile(`\blimit=`)
	counted  = regexp.MustCompile(`^\d+\s`)
)

func (l *linter) commandsAreSound() {
	if strings.Contains(l.spl, "[") {
		l.say("a subsearch: it ends after 60 seconds or 10000 rows without a word; search both at once and part them by stats")
	}
	for _, c := range l.commands {
		switch {
		case slices.Contains(cutting, c.Name):
			l.say("%s: it cuts rows off without a word; search both at once and part them by stats", c.Name)
		case c.Name == "timechart" && len(groupedBy(c.Args)) > 0 && !hasLimit.MatchString(c.Args):
			l.say("timechart … by without limit: what is not among the ten largest is folded into OTHER")
		case c.Name == "chart" && len(groupedBy(c.Args)) > 1 && !hasLimit.MatchString(c.Args):
			l.say("chart … by two fields without limit: what is not among the ten largest is folded into OTHER")
		case (c.Name == "top" || c.Name == "rare") && !hasLimit.MatchString(c.Args):
			l.say("%s without limit keeps ten values", c.Name)
		case c.Name == "sort" && !counted.MatchString(c.Args):
			l.say("sort without a count keeps 10000 rows: write sort 0")
		case c.Name == "sort" && moment.MatchString(c.Args):
			l.say("sort by a moment's text: Splunk may take the year alone, since it begins with a number; write str(as_of)")
		}
	}
}

var (
	hasSpan   = regexp.MustCompile(`\bspan=`)
	dayOfTime = regexp.MustCompile(`\bspan=(24h|1440m|86400s?)\b`)
	adds      = regexp.MustCompile(`\b(count|sum)\b`)
	ownTime   = regexp.MustCompile(`(^|[\s,])_time=`)
)

// bucketsAreWhole: without a span buckets are as wide as the range makes them, a day of 24 hours is none where
// clocks are changed, and a range that begins at an odd moment has a part of a bucket first.
func (l *linter) bucketsAreWhole(r Range) {
	moved := false // its time is no longer the events'
	for _, c := range l.commands {
		moved = moved || c.Name == "eval" && ownTime.MatchString(c.Args)
		switch {
		case c.Name != "timechart":
		case !hasSpan.MatchString(c.Args):
			l.say("timechart without a span: its buckets are as wide as the range makes them")
		case adds.MatchString(c.Args) && !moved && r.Earliest != "" && r.Earliest != "0" && !strings.Contains(r.Earliest, "@"):
			l.say("earliest=%s begins amid a bucket, which then counts too little: %s@d", r.Earliest, r.Earliest)
		}
		if (c.Name == "timechart" || c.Name == "bin") && dayOfTime.MatchString(c.Args) {
			l.say("%s of 24 hours begins at midnight UTC, and is no day where clocks are changed: span=1d", c.Name)
		}
	}
}

// blind are the functions to which the same event twice is once.
var blind = regexp.MustCompile(`(?i)^(max|min|range|dc|distinct_count|values|earliest|latest|first|last|mode)\b`)

// eventsCountOnce: events arrive at least once.
func (l *linter) eventsCountOnce() {
	for i, c := range l.commands {
		switch c.Name {
		case "dedup":
			if slices.Contains(names(c.Args), "event_id") || slices.Contains(names(c.Args), "subject_id") {
				return
			}
		case "table":
			l.say("no dedup event_id: events may come twice; use a macro")
			return
		case "stats", "eventstats", "streamstats", "chart", "timechart":
			if !l.insensitive(c, l.commands[i+1:]) {
				l.say("%s before dedup event_id: what came twice counts twice", c.Name)
			}
			return
		}
	}
	l.say("no dedup event_id: events may come twice; use a macro")
}

// insensitive says whether an aggregation is the same of an event that came twice: its functions are
// blind to it, or it counts and nobody asks how many.
func (l *linter) insensitive(c Command, after []Command) bool {
	functions := strings.TrimSpace(options.ReplaceAllString(c.Args, ""))
	if at := clauseAt(functions); at >= 0 {
		functions = functions[:at]
	}
	for _, one := range splitFunctions(functions) {
		if blind.MatchString(one) {
			continue
		}
		used := one != "count"
		for _, later := range after {
			used = used || slices.Contains(word.FindAllString(later.Args, -1), "count")
		}
		if used || len(after) == 0 {
			return false
		}
	}
	return true
}

// changing are the fields that one subject has different values of over time.
var changing = []string{"state", "status", "late", "level", "assignee", "overload_probability", "latest_start", "due", "breached", "priority"}

// lastWordComesFirst: who filters by what changes before one word on each subject is chosen finds an
// earlier word. A history of cases may ask for the level that each had at the time.
func (l *linter) lastWordComesFirst() {
	if strings.Contains(l.spl, "sourcetype=foresight:forecast") {
		return // of a forecast's points none is changed: another forecast is sent
	}
	chosen := slices.IndexFunc(l.commands, func(c Command) bool {
		return c.Name == "dedup" && (slices.Contains(names(c.Args), "subject_id") || slices.Contains(names(c.Args), "incident_id"))
	})
	before := l.commands
	if chosen >= 0 {
		before = before[:chosen]
	}
	for _, c := range before {
		f := flow{made: map[string]bool{}}
		switch c.Name {
		case "search":
			f.terms(c.Args)
		case "where":
			f.expression(c.Args)
		}
		for _, name := range f.use.Fields {
			if slices.Contains(changing, name) && (name != "level" || chosen >= 0) {
				l.say("%s is asked for before the last word on each subject is taken: an earlier word, which no longer holds, is found", name)
			}
		}
	}
}

// rangeReaches: the default range ends now, and what is open is said once a day.
func (l *linter) rangeReaches(r Range) {
	if r.Earliest == "" || r.Latest == "" {
		l.say("no time range of its own: the user's would miss events")
		return
	}
	if strings.Contains(l.spl, "sourcetype=foresight:forecast") && !strings.HasPrefix(r.Latest, "+") {
		l.say("latest=%s misses the points of forecasts, which lie in the future: +400d", r.Latest)
	}
	if hours.MatchString(r.Earliest) && !strings.Contains(l.spl, "sourcetype=foresight:forecast") {
		l.say("earliest=%s misses what is said once a day: at least -25h", r.Earliest)
	}
}

// hours are ranges below 25 hours.
var hours = regexp.MustCompile(`^-(\d+s|\d+m|\d|1\d|2[0-4])h?(@h)?$|^-1d(@h)?$|^@d$|^-(\d|1\d|2[0-4])h(@h)?$|^-\d+m(in)?(@m)?$`)
