package app

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// Macros are the search macros of an app, which Splunk expands on its side. Name is as the stanza
// has it: "name", or "name(2)" of one with two arguments.
type Macros map[string]Macro

// Macro is one definition; $arg$ stands for an argument.
type Macro struct {
	Definition string
	Args       []string
}

// ReadMacros reads default/macros.conf of an app's folder.
func ReadMacros(files fs.FS) (Macros, error) {
	conf, err := ReadConf(files, "default/macros.conf")
	if err != nil {
		return nil, err
	}
	macros := Macros{}
	for _, s := range conf {
		definition, ok := s.Get("definition")
		if !ok {
			return nil, fmt.Errorf("default/macros.conf: the macro [%s] has no definition", s.Name)
		}
		m := Macro{Definition: definition}
		if args, has := s.Get("args"); has {
			for _, a := range strings.Split(args, ",") {
				m.Args = append(m.Args, strings.TrimSpace(a))
			}
		}
		macros[s.Name] = m
	}
	return macros, nil
}

// called is what stands between backticks: name or name(arguments).
var called = regexp.MustCompile(`^\s*([^(\s]+)\s*(?:\((.*)\))?\s*$`)

// deepest is how many macros may stand in one another; Splunk allows a hundred.
const deepest = 20

// Expand puts the macros' definitions into a search, those of definitions too. A macro that is not
// defined, is called with another number of arguments, or stands in double quotes, where Splunk
// leaves it as it is, is an error.
func (m Macros) Expand(search string) (string, error) {
	for range deepest {
		parts, err := splitCalls(search)
		if err != nil {
			return "", err
		}
		if len(parts) == 1 {
			return search, nil
		}
		for i := 1; i < len(parts); i += 2 {
			if parts[i], err = m.one(parts[i]); err != nil {
				return "", err
			}
		}
		search = strings.Join(parts, "")
	}
	return "", fmt.Errorf("macros stand more than %d deep in one another in %q", deepest, search)
}

// Called lists the macros that a search calls by itself, each once, in order.
func Called(search string) ([]string, error) {
	parts, err := splitCalls(search)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := 1; i < len(parts); i += 2 {
		if found := called.FindStringSubmatch(parts[i]); found != nil && !slices.Contains(names, found[1]) {
			names = append(names, found[1])
		}
	}
	return names, nil
}

// splitCalls cuts a search at its backticks: every second part is a macro's call.
func splitCalls(search string) ([]string, error) {
	var parts []string
	start, quoted, inCall := 0, false, false
	for i := 0; i < len(search); i++ {
		switch c := search[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && !inCall:
			quoted = !quoted
		case c == '`' && quoted:
			return nil, fmt.Errorf("a macro in double quotes, which Splunk does not expand, in %q: join it on with a dot", search)
		case c == '`':
			parts = append(parts, search[start:i])
			start, inCall = i+1, !inCall
		}
	}
	if inCall {
		return nil, fmt.Errorf("a backtick is not closed in %q", search)
	}
	return append(parts, search[start:]), nil
}

// one returns the definition that a call stands for.
func (m Macros) one(call string) (string, error) {
	found := called.FindStringSubmatch(call)
	if found == nil {
		return "", fmt.Errorf("%q between backticks is no macro", call)
	}
	name, given := found[1], []string(nil)
	if found[2] != "" {
		for _, a := range strings.Split(found[2], ",") {
			given = append(given, strings.Trim(strings.TrimSpace(a), `"`))
		}
		name = fmt.Sprintf("%s(%d)", name, len(given))
	}
	macro, ok := m[name]
	if !ok {
		return "", fmt.Errorf("the macro %s is not in default/macros.conf", name)
	}
	if len(macro.Args) != len(given) {
		return "", fmt.Errorf("the macro %s has %d arguments in default/macros.conf", name, len(macro.Args))
	}
	text := macro.Definition
	for i, arg := range macro.Args {
		text = strings.ReplaceAll(text, "$"+arg+"$", given[i])
	}
	return text, nil
}
