package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"foresight/configs"
	"foresight/internal/demo"
	"foresight/internal/pipeline"
	"foresight/internal/report"
	"foresight/internal/web"
	"foresight/models"
	"foresight/splunk/sandbox"
)

// DemoOptions are the flags of `foresight demo`.
type DemoOptions struct {
	Once bool
	Addr string
	Dir  string
}

// demoLag is how late the demo's events arrive in its index.
const demoLag = 5 * time.Minute

// Demo shows the whole line on the embedded default: a sandbox, shipped and
// generated series, the real pipeline as of a past day, what has since come true,
// and the reports.
func (a *App) Demo(ctx context.Context, o DemoOptions) error {
	if err := a.layOut(o.Dir); err != nil {
		return err
	}
	server, err := sandbox.Start(ctx, sandbox.Config{Clock: a.Clock})
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // it ends with the process
	if err := a.say("Sandbox Splunk at %s, loading the demo's series …", server.Ready().SearchURL); err != nil {
		return err
	}
	if err := loadSandbox(server, filepath.Join(o.Dir, "series.csv"), demoLag, time.UTC); err != nil {
		return err
	}
	shown, err := a.demoRun(ctx, o.Dir, server)
	if err != nil {
		return err
	}
	if err := leaveEvents(o.Dir, server); err != nil {
		return err
	}
	if err := a.demoEnd(o); err != nil || o.Once {
		return err
	}
	return web.Serve(ctx, o.Addr, web.New(shown, a.webOptions(zerolog.Nop())), func(addr string) {
		a.say("Reports at http://%s (Ctrl-C ends the demo)", addr) //nolint:errcheck,gosec // the pages are up all the same
	})
}

// layOut writes the demo's folder afresh; what an earlier demo remembered as sent
// would keep this one silent.
func (a *App) layOut(dir string) error {
	for _, d := range []string{"state", "report"} {
		if err := os.RemoveAll(filepath.Join(dir, d)); err != nil {
			return fmt.Errorf("clearing the demo's folder: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("making the demo's folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "foresight.yml"), demo.Config, 0o600); err != nil {
		return fmt.Errorf("writing the demo's configuration: %w", err)
	}
	all, err := demo.All()
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "series.csv"))
	if err != nil {
		return fmt.Errorf("writing the demo's series: %w", err)
	}
	return errors.Join(demo.WriteCSV(f, all), f.Close())
}

// demoRun takes the customers through the real line as of the demo's day and tells
// each one's story.
func (a *App) demoRun(ctx context.Context, dir string, server *sandbox.Server) (*display, error) {
	env := map[string]string{}
	for _, e := range environment(server.Ready()) {
		env[e[0]] = e[1]
	}
	cfg, err := configs.Load(filepath.Join(dir, "foresight.yml"), func(name string) (string, bool) {
		v, ok := env[name]
		return v, ok
	})
	if err != nil {
		return nil, err
	}
	w, err := a.works(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer w.close()
	w.line.Step = func(p pipeline.Progress) {
		a.say("  %-12s %s/%s: %s", p.Customer, p.Service, p.Query, p.Stage) //nolint:errcheck,gosec // progress only
	}
	at, err := parseAsOf(demo.AsOf, a.Clock())
	if err != nil {
		return nil, err
	}
	shown := newDisplay(cfg.Customers)
	var stories []func()
	for _, c := range cfg.Customers {
		job, err := w.job(c, at, nil)
		if err != nil {
			return nil, err
		}
		result, err := w.line.Run(ctx, job)
		if err != nil {
			return nil, err
		}
		truth, err := w.line.Came(ctx, job, job.AsOf.AddDate(0, 0, pipeline.DefaultHorizon))
		if err != nil {
			return nil, err
		}
		if err := shown.put(cfg.Report.Dir, result, hindsight(result, truth), a.Clock()); err != nil {
			return nil, err
		}
		stories = append(stories, func() { demo.Tell(a.Out, result, truth) })
	}
	if err := errors.Join(w.deliver(ctx, patience), w.refusal()); err != nil {
		return nil, err
	}
	for _, tell := range stories {
		tell()
	}
	return shown, nil
}

// leaveEvents writes every event that reached the sandbox's index.
func leaveEvents(dir string, server *sandbox.Server) error {
	f, err := os.Create(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		return fmt.Errorf("writing the demo's events: %w", err)
	}
	err = server.WriteEvents(f, func(e sandbox.Event) bool { return e.Index == "foresight" })
	return errors.Join(err, f.Close())
}

func (a *App) demoEnd(o DemoOptions) error {
	return a.say(`
The web shop is generated, the stations and the wholesale sales are real; all three were
forecast knowing nothing after %[1]s.
  reports      %[2]s
  events       %[3]s
  by hand      %[5]s sandbox --data %[4]s
               (in another shell: paste the export lines that it prints, rm -r %[6]s, then)
               %[5]s run -c %[7]s --as-of %[1]s`,
		demo.AsOf, filepath.Join(o.Dir, "report", "*.html"), filepath.Join(o.Dir, "events.jsonl"),
		filepath.Join(o.Dir, "series.csv"), cmp.Or(a.Program, "foresight"), filepath.Join(o.Dir, "state"), filepath.Join(o.Dir, "foresight.yml"))
}

// hindsight keys what came as the report wants it.
func hindsight(r models.Result, truth map[string][]models.HistoryPoint) map[string][]models.HistoryPoint {
	keyed := map[string][]models.HistoryPoint{}
	for _, s := range r.Signals {
		if points, known := truth[s.Service.ID+"/"+s.Signal.ID]; known {
			keyed[report.HindsightKey(s)] = points
		}
	}
	return keyed
}
