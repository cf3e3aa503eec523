package apptest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Command is one command of a search.
type Command struct {
	Name string // lower case; the terms before the first pipe are "search"
	Args string
}

// Commands parts a search at its pipes.
func Commands(spl string) []Command {
	var all []Command
	start, quote := 0, byte(0)
	cut := func(end int) {
		text := strings.TrimSpace(spl[start:end])
		start = end + 1
		if text == "" {
			return
		}
		name, args, _ := strings.Cut(text, " ")
		if at := strings.IndexAny(name, "(="); len(all) == 0 && (at >= 0 || strings.HasPrefix(text, "(")) && name != "search" {
			name, args = "search", text
		}
		all = append(all, Command{strings.ToLower(name), strings.TrimSpace(args)})
	}
	for i := 0; i < len(spl); i++ {
		switch c := spl[i]; {
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote == 0 && c == '"':
			quote = c
		case quote == 0 && c == '|':
			cut(i)
		}
	}
	cut(len(spl))
	return all
}

// Use is how a search uses fields: of its events it reads Fields, which are those of Sourcetypes.
type Use struct {
	Sourcetypes []string
	Fields      []string
	Out         []string // the columns that it ends with; nil where they depend on the data
}

// flow follows fields through the commands of a search.
type flow struct {
	use  Use
	made map[string]bool // fields that commands before have made
	only bool            // nothing else is left: stats or table came
	any  bool            // columns that depend on the data
	err  error
}

// Fields works out which fields a search reads of its events. A command that is not among those that
// the app uses, and a field that is read after the rows no longer have it, is an error.
func Fields(spl string) (Use, error) {
	f := flow{made: map[string]bool{}}
	for i, c := range Commands(spl) {
		f.command(c, i == 0)
		if f.err != nil {
			return Use{}, fmt.Errorf("%s %s: %w", c.Name, c.Args, f.err)
		}
	}
	return f.use, nil
}

func (f *flow) command(c Command, starts bool) {
	switch c.Name {
	case "search":
		f.terms(c.Args)
		if starts {
			f.sourcetypes(c.Args)
		}
	case "where":
		f.expression(c.Args)
	case "eval":
		f.eval(c.Args)
	case "stats", "eventstats", "streamstats", "timechart", "chart":
		f.aggregate(c)
	case "table":
		f.keep(names(c.Args))
	case "fields":
		if strings.HasPrefix(c.Args, "-") {
			f.read(names(c.Args[1:])...)
			return
		}
		f.keep(names(strings.TrimPrefix(c.Args, "+")))
	case "dedup", "sort", "mvexpand":
		f.read(names(c.Args)...)
	case "fillnull":
		list := names(c.Args)
		f.make(list...)
	case "rename":
		f.rename(c.Args)
	case "bin", "bucket":
		f.read(names(c.Args)...)
	case "rex":
		f.rex(c.Args)
	case "head", "tail", "reverse":
	case "makeresults":
		f.only = true
		f.make("_time")
	default:
		f.err = fmt.Errorf("the app uses no such command: its searches are to run on the sandbox too")
	}
}

var (
	term   = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_.{}]*)\s*(?:=|!=|<=|>=|<|>)|([A-Za-z_]\w*)\s+IN\s*\(`)
	kinds  = regexp.MustCompile(`sourcetype\s*=\s*"?([a-z:]+)"?`)
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

func (f *flow) terms(args string) {
	for _, found := range term.FindAllStringSubmatch(quoted.ReplaceAllString(args, `""`), -1) {
		switch name := found[1] + found[2]; name {
		case "earliest", "latest", "_index_earliest", "_index_latest":
		default:
			f.read(name)
		}
	}
}

func (f *flow) sourcetypes(args string) {
	for _, found := range kinds.FindAllStringSubmatch(args, -1) {
		f.use.Sourcetypes = append(f.use.Sourcetypes, found[1])
	}
}

// word is a name, a field's name in single quotes, a text or an operator.
var word = regexp.MustCompile(`'[^']*'|"(?:[^"\\]|\\.)*"|[A-Za-z_][A-Za-z0-9_{}:]*|\d[\d.eE]*|\S`)

func (f *flow) expression(text string) {
	words := word.FindAllString(text, -1)
	for i, w := range words {
		switch {
		case w[0] == '\'':
			f.read(w[1 : len(w)-1])
		case !isName(w):
		case i+1 < len(words) && words[i+1] == "(":
		case slices.Contains([]string{"AND", "OR", "NOT", "XOR", "LIKE", "IN", "TRUE", "FALSE"}, strings.ToUpper(w)):
		default:
			f.read(w)
		}
	}
}

func isName(w string) bool {
	return w[0] == '_' || w[0] >= 'a' && w[0] <= 'z' || w[0] >= 'A' && w[0] <= 'Z'
}

func (f *flow) eval(args string) {
	for _, part := range splitTop(args) {
		target, expression, ok := strings.Cut(part, "=")
		if !ok {
			f.err = fmt.Errorf("%q assigns nothing", part)
			return
		}
		f.expression(expression)
		f.make(unquote(strings.TrimSpace(target)))
	}
}

// splitTop parts at commas outside of quotes and parentheses.
func splitTop(text string) []string {
	var parts []string
	start, depth := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case c == quote:
			quote = 0
		case quote != 0:
		case c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// options are those of the commands that aggregate.
var options = regexp.MustCompile(`\b(span|limit|useother|usenull|cont|bins|window|current|otherstr|allnum)\s*=\s*("[^"]*"|\S+)`)

// function is one aggregate, with its name where it has one.
var function = regexp.MustCompile(`(?i)^([a-z]+\d*)(?:\s*\((.*)\))?(?:\s+as\s+("[^"]+"|[^\s,]+))?$`)

func (f *flow) aggregate(c Command) {
	args := strings.TrimSpace(options.ReplaceAllString(c.Args, ""))
	functions, keys := args, groupedBy(c.Args)
	if at := clauseAt(args); at >= 0 {
		functions = args[:at]
	}
	var outputs []string
	for _, text := range splitFunctions(functions) {
		found := function.FindStringSubmatch(text)
		if found == nil {
			f.err = fmt.Errorf("%q is no function", text)
			return
		}
		switch inner := strings.TrimSpace(found[2]); {
		case strings.HasPrefix(inner, "eval("):
			f.expression(inner[len("eval"):])
		case inner != "":
			f.read(unquote(inner))
		}
		name := unquote(found[3])
		if name == "" {
			name = strings.TrimSpace(strings.Split(text, " ")[0])
		}
		outputs = append(outputs, name)
	}
	f.read(keys...)
	if c.Name == "timechart" {
		outputs = append(outputs, "_time")
	}
	f.make(outputs...)
	if c.Name == "stats" || c.Name == "timechart" || c.Name == "chart" {
		f.keep(append(keys, outputs...))
		if f.any = c.Name == "timechart" && len(keys) > 0 || c.Name == "chart" && len(keys) > 1; f.any {
			f.use.Out = nil
		}
	}
}

// groupedBy are the fields that an aggregation parts its rows by.
func groupedBy(args string) []string {
	args = options.ReplaceAllString(args, "")
	at := clauseAt(args)
	if at < 0 {
		return nil
	}
	return names(clause.ReplaceAllString(args[at:], " "))
}

// clauseAt is where the by or over of an aggregation begins, or -1.
func clauseAt(args string) int {
	unread := quoted.ReplaceAllStringFunc(args, func(text string) string { return strings.Repeat("x", len(text)) })
	if at := clause.FindStringIndex(unread); at != nil {
		return at[0]
	}
	return -1
}

var clause = regexp.MustCompile(`(?i)(?:^|\s|\b)(?:by|over)\s`)

// splitFunctions parts functions at commas and blanks, keeping "f(x) AS y" together.
func splitFunctions(text string) []string {
	var all []string
	for _, part := range splitTop(text) {
		depth, start := 0, 0
		var words []string
		for i := 0; i <= len(part); i++ {
			if i == len(part) || part[i] == ' ' && depth == 0 && strings.Count(part[start:i], `"`)%2 == 0 {
				if w := strings.TrimSpace(part[start:i]); w != "" {
					words = append(words, w)
				}
				start = i
				continue
			}
			switch part[i] {
			case '(':
				depth++
			case ')':
				depth--
			}
		}
		for i := 0; i < len(words); i++ {
			one := words[i]
			if i+2 < len(words) && strings.EqualFold(words[i+1], "as") {
				one, i = one+" AS "+words[i+2], i+2
			}
			all = append(all, one)
		}
	}
	return all
}

// listed is a name in a list: plain, or in quotes.
var listed = regexp.MustCompile(`"[^"]*"|[^\s,]+`)

// names reads a list of names; numbers, signs and options are none.
func names(text string) []string {
	var all []string
	for _, w := range listed.FindAllString(text, -1) {
		w = strings.TrimLeft(w, "+-")
		_, number := strconv.ParseFloat(w, 64)
		if w == "" || number == nil || strings.Contains(w, "=") && w[0] != '"' || w == "sortby" {
			continue
		}
		if inner, ok := strings.CutSuffix(w, ")"); ok && w[0] != '"' {
			_, w, _ = strings.Cut(inner, "(") // num(x)
		}
		all = append(all, unquote(w))
	}
	return all
}

func unquote(s string) string { return strings.Trim(s, `"'`) }

func (f *flow) rename(args string) {
	for _, found := range renamed.FindAllStringSubmatch(args, -1) {
		f.read(unquote(found[1]))
		delete(f.made, unquote(found[1]))
		f.make(unquote(found[2]))
	}
}

var renamed = regexp.MustCompile(`(?i)("[^"]+"|[^\s,]+)\s+as\s+("[^"]+"|[^\s,]+)`)

func (f *flow) rex(args string) {
	field := "_raw"
	if found := regexp.MustCompile(`field=(\S+)`).FindStringSubmatch(args); found != nil {
		field = found[1]
	}
	f.read(field)
	for _, found := range regexp.MustCompile(`\(\?P?<(\w+)>`).FindAllStringSubmatch(args, -1) {
		f.make(found[1])
	}
}

// read notes that fields are read: of the events, unless a command has made them.
func (f *flow) read(fields ...string) {
	for _, name := range fields {
		switch {
		case f.made[name] || f.any || strings.Contains(name, "*") || f.err != nil:
		case f.only:
			f.err = fmt.Errorf("the rows have no field %s any more", name)
		case !slices.Contains(f.use.Fields, name):
			f.use.Fields = append(f.use.Fields, name)
		}
	}
}

func (f *flow) make(fields ...string) {
	for _, name := range fields {
		f.made[name] = true
	}
}

// keep drops every field but these.
func (f *flow) keep(fields []string) {
	f.read(fields...)
	f.use.Out, f.only, f.any, f.made = fields, true, false, map[string]bool{}
	f.make(fields...)
}
