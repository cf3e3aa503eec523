// Package app is the composition root: it wires the packages into what the
// commands do. It alone reads the clock and the environment.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/term"

	"foresight/configs"
)

// App is the outside world as the commands see it.
type App struct {
	In      io.Reader
	Out     io.Writer // results
	Err     io.Writer // logs, progress, errors
	Clock   func() time.Time
	Env     func(string) (string, bool)
	Version string
	Program string // as it was called, for commands to repeat; "" is foresight

	saying sync.Mutex // of Out: a run tells its steps from several goroutines
}

// New returns an App on the process's own streams, clock and environment.
func New(version string) *App {
	return &App{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Clock: time.Now, Env: os.LookupEnv, Version: version, Program: os.Args[0]}
}

// UsageError is a mistake in how a command was called or configured.
type UsageError struct{ Err error }

// Error implements error.
func (e UsageError) Error() string { return e.Err.Error() }

// Unwrap returns the mistake itself.
func (e UsageError) Unwrap() error { return e.Err }

// usage wraps a mistake of the caller, nil as nil.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return UsageError{err}
}

// The exit codes of every command.
const (
	ExitFine        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitInterrupted = 130
)

// ExitCode returns what a command that ended with err exits with.
func ExitCode(ctx context.Context, err error) int {
	var mistaken UsageError
	switch {
	case err == nil:
		return ExitFine
	case ctx.Err() != nil:
		return ExitInterrupted
	case errors.As(err, &mistaken):
		return ExitUsage
	}
	return ExitFailed
}

// load reads the configuration file; any mistake in it is a usage error.
func (a *App) load(path string) (*configs.Config, error) {
	cfg, err := configs.Load(path, a.Env)
	if err != nil {
		return nil, usage(err)
	}
	return cfg, nil
}

// logger logs to Err as the configuration says.
func (a *App) logger(l configs.Log) zerolog.Logger {
	out := a.Err
	if l.Format == "console" {
		out = zerolog.ConsoleWriter{Out: a.Err, TimeFormat: time.RFC3339, NoColor: !isTerminal(a.Err)}
	}
	level, err := zerolog.ParseLevel(l.Level)
	if err != nil {
		level = zerolog.InfoLevel
	}
	return zerolog.New(zerolog.SyncWriter(out)).Level(level).With().Timestamp().Logger()
}

// isTerminal reports whether people watch the stream.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// say writes a line for people to Out.
func (a *App) say(format string, args ...any) error {
	a.saying.Lock()
	defer a.saying.Unlock()
	if _, err := fmt.Fprintf(a.Out, format+"\n", args...); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}
