package configs

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
)

// redacted is all that is ever printed of a secret.
const redacted = "<secret>"

// Secret is a password or token. It prints as <secret> whatever the verb or the
// encoder; only Value gives it away. The zero Secret is "not set" and prints as
// nothing.
type Secret struct {
	value string
	file  *secretFile // where it was read from; nil: elsewhere
}

// NewSecret wraps value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Value returns the secret itself. It is for the request's header, never for a log.
func (s Secret) Value() string { return s.value }

// Now returns the secret as its file has it now, so that a token can be replaced while we
// run; one that does not come from a file, or whose file is not right, as it was last.
func (s Secret) Now() string {
	if s.file == nil {
		return s.value
	}
	return s.file.now(s.value)
}

// secretFile is a file that holds a secret.
type secretFile struct {
	path string

	mu   sync.Mutex
	seen os.FileInfo
	last string // "": as it was at the start
}

func (f *secretFile) now(first string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == "" {
		f.last = first
	}
	info, err := os.Stat(f.path)
	if err != nil || f.seen != nil && os.SameFile(f.seen, info) && f.seen.ModTime().Equal(info.ModTime()) && f.seen.Size() == info.Size() {
		return f.last
	}
	data, err := os.ReadFile(f.path)
	if err != nil {
		return f.last
	}
	if s, err := clean(string(data), f.path); err == nil {
		f.seen, f.last = info, s.value
	}
	return f.last
}

// IsSet reports whether there is a secret.
func (s Secret) IsSet() bool { return s.value != "" }

// String returns <secret>, or nothing when none is set.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return redacted
}

// GoString is String, so that %#v does not print the field either.
func (s Secret) GoString() string { return s.String() }

// Format writes String for every verb; %x and %d would otherwise reach the field.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText writes String; JSON, YAML and XML encoders use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// secretSource is where the file says that a secret is found: exactly one of Env
// and File. A secret written out is refused before it gets here.
type secretSource struct {
	Env  string `yaml:"env" jsonschema_description:"Name of the environment variable that holds the secret."`
	File string `yaml:"file" jsonschema_description:"Path of a file that holds the secret (a final line break is cut off); relative to this file."`
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// missingSecret says that a secret is not where the file says it is, which may be
// right where nothing is going to log in.
type missingSecret struct{ error }

// read fetches the secret; the error of one that is not there is a missingSecret.
func (s secretSource) read(configPath string, env func(string) (string, bool)) (Secret, error) {
	switch {
	case s.Env != "" && s.File != "":
		return Secret{}, errors.New("both env and file are given; keep one")
	case s.Env != "" && !variableName.MatchString(s.Env):
		// It may be the secret itself, so it is not repeated.
		return Secret{}, errors.New("env is not the name of a variable; write the variable's name there, and the secret into the variable")
	case s.Env != "":
		v, ok := env(s.Env)
		if !ok || v == "" {
			return Secret{}, missingSecret{fmt.Errorf("environment variable %s is not set; export it before the start, or use {file: path}", s.Env)}
		}
		return clean(v, "environment variable "+s.Env)
	case s.File != "":
		path := resolve(configPath, s.File)
		data, err := os.ReadFile(path)
		if err != nil {
			return Secret{}, missingSecret{fmt.Errorf("%w; create the file, readable by Foresight's user only", err)}
		}
		secret, err := clean(string(data), "file "+s.File)
		secret.file = &secretFile{path: path}
		return secret, err
	}
	return Secret{}, errors.New("no source; write {env: NAME} or {file: path}")
}

// clean cuts the final line break of a file, and refuses what no HTTP header takes.
func clean(v, where string) (Secret, error) {
	v = strings.TrimRight(v, "\r\n")
	if v == "" {
		return Secret{}, fmt.Errorf("%s is empty; put the secret in", where)
	}
	if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return Secret{}, fmt.Errorf("%s holds a line break or control character; keep one line", where)
	}
	return NewSecret(v), nil
}
