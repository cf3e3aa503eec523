package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Conf is a .conf file of Splunk: its stanzas in order.
type Conf []Stanza

// Stanza is one section of a .conf file.
type Stanza struct {
	Name     string // "" before the first [name]
	Settings []Setting
}

// Setting is one line key = value; a value that went on over several lines holds newlines.
type Setting struct{ Key, Value string }

// Get returns a setting's value; of one that is written twice the last, as Splunk does.
func (s Stanza) Get(key string) (string, bool) {
	for i := len(s.Settings) - 1; i >= 0; i-- {
		if s.Settings[i].Key == key {
			return s.Settings[i].Value, true
		}
	}
	return "", false
}

// Stanza returns the stanza of that name.
func (c Conf) Stanza(name string) (Stanza, bool) {
	for _, s := range c {
		if s.Name == name {
			return s, true
		}
	}
	return Stanza{}, false
}

// ParseConf reads a .conf file: comments are whole lines, values are verbatim, and a backslash at a
// line's end continues the value on the next.
func ParseConf(r io.Reader) (Conf, error) {
	var conf Conf
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || line[0] == '#':
			continue
		case line[0] == '[':
			if !strings.HasSuffix(line, "]") {
				return nil, fmt.Errorf("line %d: the stanza %q is not closed by ]", n, line)
			}
			name := line[1 : len(line)-1]
			if _, twice := conf.Stanza(name); twice {
				return nil, fmt.Errorf("line %d: the stanza [%s] comes twice: put its settings into one", n, name)
			}
			conf = append(conf, Stanza{Name: name})
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("line %d: %q is neither a stanza nor key = value", n, line)
		}
		value = strings.TrimSpace(value)
		for strings.HasSuffix(value, `\`) {
			if !lines.Scan() {
				return nil, fmt.Errorf("line %d: the file ends where a line is continued", n)
			}
			n++
			value = strings.TrimSuffix(value, `\`) + "\n" + strings.TrimRight(lines.Text(), " \t\r")
		}
		if len(conf) == 0 {
			conf = Conf{{}}
		}
		last := &conf[len(conf)-1]
		last.Settings = append(last.Settings, Setting{strings.TrimSpace(key), value})
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading: %w", err)
	}
	return conf, nil
}

// ReadConf reads a .conf file of an app's folder; one that is not there is empty.
func ReadConf(files fs.FS, name string) (Conf, error) {
	f, err := files.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", name, err)
	}
	conf, err := ParseConf(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return conf, nil
}
