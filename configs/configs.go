// Package configs reads Foresight's configuration file: YAML with strict keys,
// defaults in one place (withDefaults), every rule in another (validate), and
// errors that name file, line and key and say the mend.
//
// Any string of the file may hold ${VAR} or ${VAR:-default}, taken from the
// environment; $${ is a plain ${. Relative paths are relative to the file.
package configs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"foresight/models"
)

// Config is a configuration file, checked and with its defaults filled in. All
// paths but Path are absolute.
type Config struct {
	Path      string // of the file itself
	Splunk    Splunk
	State     State
	Outbox    Outbox
	Report    Report
	Web       Web
	Log       Log
	Run       Run
	Channels  []Channel // all customers' and each one's, whose ids differ; who may use which is in the Process
	Customers []models.Customer

	// EventFiles holds the CSV and iCalendar files of each customer's own days, by
	// customer id. They are read by the caller, which knows the stretch of time that
	// a repeating event is wanted for.
	EventFiles map[string][]string

	// IntakeSecrets are what the customers' integrations show to be let in, by the ids of
	// customer and integration.
	IntakeSecrets map[string]map[string]Secret

	// FeedSecrets open the customers' calendar feeds, by customer id; one that is not set has none.
	FeedSecrets map[string]Secret
}

// Splunk says where volumes are read and events are written.
type Splunk struct {
	Deployment    Deployment // "" with CloudServices
	Search        Search
	HEC           HEC
	CloudServices *CloudServices // in the place of both; nil where they are given
	ITSI          *ITSI          // nil: nothing is kept there
	Notes         *Notes         // that people write inside Splunk; nil: they are not read
}

// Search is the management port's REST interface. Either Token is set, or
// Username and Password are.
type Search struct {
	URL       string
	Failover  []string // further search heads
	Token     Secret
	Username  string
	Password  Secret
	App       string // the app that searches run in
	Owner     string // the user that searches run as
	CAFile    string // PEM; "" for the system's roots
	Way       Way
	Timeout   time.Duration // of one request
	TimeLimit time.Duration // of one search job, from its creation to its last page
}

// HEC is the HTTP Event Collector.
type HEC struct {
	URL     string
	Token   Secret
	Index   string
	CAFile  string
	Way     Way
	Timeout time.Duration // of one request
	Batch   Batch

	MetricIndex string // that forecasts are written to as metric points too; "": none
}

// Batch bounds one request to the HTTP Event Collector.
type Batch struct {
	Events int
	Bytes  int
}

// State says where what must survive a restart is kept: in a database of its own in
// the folder Dir, or in the PostgreSQL database at URL when that is set.
type State struct {
	Dir       string
	URL       Secret
	Retention time.Duration // of told forecasts, scores and records of runs
}

// Outbox bounds what waits to be sent.
type Outbox struct {
	MaxBytes int // of the database; beyond them forecasts are left out
}

// Report says where reports are written.
type Report struct{ Dir string }

// Web is where `serve` and `demo` listen.
type Web struct {
	Addr        string
	MetricsAddr string // of /metrics; "": Addr
	URL         string // of the pages as people reach them, without a slash at its end; "": not known
	Users       []models.User
	OIDC        OIDC
	Tokens      []WebToken
}

// WebToken lets a program use the interface.
type WebToken struct {
	Name   string
	Secret Secret
	Grants []models.Grant
}

// Log says what is logged, and how.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // json, console
}

// Run bounds a run.
type Run struct {
	Workers  int    // forecasts at a time; 0: one per CPU
	Searches int    // searches in Splunk at a time; 0: two more than workers
	Missed   Missed // of serve
}

// Missed says what becomes of what was due while no process ran.
type Missed string

// What serve does at its start.
const (
	MissedCatchUp Missed = "catch_up" // what has had no complete pass for the day is due at once
	MissedSkip    Missed = "skip"     // it waits for the next time of its schedule
)

// Load reads and checks the file at path. env looks up environment variables
// (os.LookupEnv). The error of a wrong file is an Errors, all of them at once.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(err)
	}
	return Parse(path, data, env)
}

// unreadable says of a file that is not there how to name another.
func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading configuration: %w; name the file with -c", err)
	}
	return fmt.Errorf("reading configuration: %w", err)
}

// Parse is Load of data already read. path names the file in errors, and relative
// paths in it are relative to path's folder; secret files are read.
func Parse(path string, data []byte, env func(string) (string, bool)) (*Config, error) {
	return newDecoder(path, env).config(data)
}

// LoadOffline is Load for a check of the file alone. A secret that is not there
// (environment variable not set, file that cannot be read) stays unset in the
// Config and is among the warnings; it is not an error.
func LoadOffline(path string, env func(string) (string, bool)) (c *Config, warnings Errors, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	d := newDecoder(path, env)
	d.offline = true
	c, err = d.config(data)
	return c, d.warnings.sorted(), err
}

// config reads and checks data.
func (d *decoder) config(data []byte) (*Config, error) {
	var f file
	if d.decode(data, &f) {
		withDefaults(&f)
		validate(d, &f)
	}
	if len(d.errs) > 0 {
		return nil, d.errs.sorted()
	}
	return build(d.path, &f), nil
}

// resolve reads p relative to the configuration file's folder and makes it
// absolute, so that it stays right whatever the working directory becomes.
func resolve(configPath, p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	p = filepath.Join(filepath.Dir(configPath), p)
	if abs, err := filepath.Abs(p); err == nil {
		return abs
	}
	return p // no working directory; the relative path is as good as it gets
}
