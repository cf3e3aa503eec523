package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"foresight/internal/demo"
	"foresight/splunk/sandbox"
)

// SandboxOptions are the flags of `foresight sandbox`.
type SandboxOptions struct {
	SearchAddr, HECAddr, SCSAddr string

	Data  string // tidy CSV
	Fault string
	Lag   time.Duration // of the data's arrival
	Zone  string        // of the data's wall-clock times
	Index []string      // that events are taken for, besides the usual ones

	MetricIndex []string // that metric points are taken for, besides foresight_metrics
}

// Sandbox runs the Splunk-compatible server until ctx ends. It prints one line of
// JSON on Out when it is ready and, on a terminal, what to set to use it.
func (a *App) Sandbox(ctx context.Context, o SandboxOptions) error {
	faults, err := sandbox.ParseFaults(o.Fault)
	if err != nil {
		return usage(fmt.Errorf("--fault: %w", err))
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return usage(fmt.Errorf("--tz %s: no such time zone; use an IANA name such as Europe/Stockholm", o.Zone))
	}
	server, err := sandbox.Start(ctx, sandbox.Config{SearchAddr: o.SearchAddr, HECAddr: o.HECAddr, SCSAddr: o.SCSAddr, Faults: faults, Clock: a.Clock, Indexes: o.Index, MetricIndexes: o.MetricIndex})
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // it ends with the process
	if o.Data != "" {
		if err := loadSandbox(server, o.Data, o.Lag, zone); err != nil {
			return err
		}
	}
	ready := server.Ready()
	line, err := json.Marshal(ready) //nolint:gosec // G117: the password is what the caller needs; it dies with the sandbox
	if err != nil {
		return fmt.Errorf("writing that the sandbox is ready: %w", err)
	}
	if err := a.say("%s", line); err != nil {
		return err
	}
	fmt.Fprint(a.Err, "# to use it from this machine:\n"+exports(ready))
	<-ctx.Done()
	return nil
}

// exports are the shell lines with which the demo's configuration finds a sandbox.
func exports(r sandbox.Ready) string {
	text := ""
	for _, e := range environment(r) {
		text += "export " + e[0] + "='" + e[1] + "'\n"
	}
	return text
}

// environment is what the demo's configuration reads, as a sandbox gives it.
func environment(r sandbox.Ready) [][2]string {
	return [][2]string{
		{demo.EnvSearchURL, r.SearchURL}, {demo.EnvUsername, r.Username}, {demo.EnvPassword, r.Password},
		{demo.EnvHECURL, r.HECURL}, {demo.EnvHECToken, r.HECToken}, {demo.EnvCAFile, r.CAFile},
		{"FORESIGHT_SEARCH_TOKEN", r.SearchToken}, // for looking into the index with curl
	}
}

// loadSandbox fills the sandbox with a file's series.
func loadSandbox(server *sandbox.Server, path string, lag time.Duration, zone *time.Location) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the sandbox's data: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	if _, err := server.AddSeries(f, lag, zone); err != nil {
		return fmt.Errorf("loading %s into the sandbox: %w", path, err)
	}
	return nil
}
