package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newDemo(a *app.App) *cobra.Command {
	var o app.DemoOptions
	c := &cobra.Command{
		Use: "demo", Short: "Show the whole line on a sandbox Splunk with shipped series", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.Demo(c.Context(), o) },
	}
	c.Flags().BoolVar(&o.Once, "once", false, "end after the findings instead of serving the reports")
	c.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:8080", "`address` to serve the reports on")
	c.Flags().StringVar(&o.Dir, "dir", "foresight-demo", "`folder` for the reports, events, series and configuration")
	return c
}

func newSandbox(a *app.App) *cobra.Command {
	var o app.SandboxOptions
	c := &cobra.Command{
		Use: "sandbox", Short: "Run a Splunk-compatible server on this machine", Args: cobra.NoArgs,
		Long: `Runs a server on loopback that speaks Splunk's search REST interface and HTTP
Event Collector, and the search and ingest services of Splunk Cloud Services over
the same index, for demonstrations and tests. It prints one line of JSON when it
is ready (search_url, hec_url, username, password, search_token, hec_token,
ca_file, scs_url, scs_tenant, scs_client_id, scs_client_secret) and ends on Ctrl-C
or SIGTERM.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.Sandbox(c.Context(), o) },
	}
	c.Flags().StringVar(&o.SearchAddr, "search-addr", "", "`address` of the search interface (default: a free port)")
	c.Flags().StringVar(&o.HECAddr, "hec-addr", "", "`address` of the HTTP Event Collector (default: a free port)")
	c.Flags().StringVar(&o.SCSAddr, "scs-addr", "", "`address` of Splunk Cloud Services (default: a free port)")
	c.Flags().StringVar(&o.Data, "data", "", "tidy CSV `file` to load: one event a bucket, sourcetype foresight:demo")
	c.Flags().StringSliceVar(&o.Index, "index", nil, "further `index` that events are taken for, besides main, foresight, history and summary")
	c.Flags().StringSliceVar(&o.MetricIndex, "metric-index", nil, "further `index` that metric points are taken for, besides foresight_metrics")
	c.Flags().StringVar(&o.Fault, "fault", "", "how to misbehave, such as busy:3 or search:partial (see docs/sandbox.md)")
	c.Flags().DurationVar(&o.Lag, "lag", 5*time.Minute, "how late the data's events arrive in the index")
	c.Flags().StringVar(&o.Zone, "tz", "UTC", "`zone` of the data's times that carry no offset")
	return c
}

func newRun(a *app.App) *cobra.Command {
	var o app.RunOptions
	var path string
	c := &cobra.Command{
		Use: "run [-c FILE]", Short: "One pass over every query, then exit", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.Run(c.Context(), path, o) },
	}
	configFlag(c, &path)
	c.Flags().StringVar(&o.AsOf, "as-of", "", "stand on a past `moment`: a date (its local midnight, exclusive) or an RFC 3339 time")
	c.Flags().StringVar(&o.Signal, "signal", "", "only this `signal` (its id, or service/signal)")
	workersFlag(c, &o.Workers)
	return c
}

func newServe(a *app.App) *cobra.Command {
	var path string
	var o app.ServeOptions
	c := &cobra.Command{
		Use: "serve [-c FILE]", Short: "Run queries on their schedules and serve the reports", Args: cobra.NoArgs,
		Long: `Runs every query on its schedule and serves the reports. SIGHUP has the configuration
read again: a wrong one is refused with its mistakes in the log, and the one before stays in
force. SIGTERM and Ctrl-C end it within two seconds.`,
		RunE: func(c *cobra.Command, _ []string) error {
			reload := make(chan os.Signal, 1)
			signal.Notify(reload, syscall.SIGHUP)
			defer signal.Stop(reload)
			o.Reload = reload
			return a.Serve(c.Context(), path, o)
		},
	}
	configFlag(c, &path)
	workersFlag(c, &o.Workers)
	return c
}

func newReplay(a *app.App) *cobra.Command {
	var o app.ReplayOptions
	var path string
	c := &cobra.Command{
		Use: "replay [-c FILE] --from T --to T", Short: "Run as of past days, and say how what was forecast met what came", Args: cobra.NoArgs,
		Long: `Runs the same line as of each day from one to another, each run knowing what had
been indexed by then (of queries with known_by: indextime; else what had happened by
then), calendar and plans known by then, and what the runs before it had said and
learnt. Then it compares every forecast with what has come since, beside the seasonal
naive, and the peaks and overloads that were said with those that came.

It works on a state of its own, which goes when it ends, and sends nothing to Splunk
without --publish. --format csv has the figures as series,origin,band,metric,value.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.Replay(c.Context(), path, o) },
	}
	configFlag(c, &path)
	c.Flags().StringVar(&o.From, "from", "", "the first `moment` to stand on: a date (its local midnight, exclusive) or an RFC 3339 time")
	c.Flags().StringVar(&o.To, "to", "", "the last `moment` to stand on")
	c.Flags().IntVar(&o.Step, "step", 1, "`days` from one to the next")
	c.Flags().StringVar(&o.Signal, "signal", "", "only this `signal` (its id, or service/signal)")
	c.Flags().BoolVar(&o.Publish, "publish", false, "send the runs' events to Splunk")
	c.Flags().StringVar(&o.Format, "format", "table", "table, csv or json")
	return c
}

func newCheck(a *app.App) *cobra.Command {
	var path string
	var o app.CheckOptions
	c := &cobra.Command{
		Use: "check [-c FILE]", Short: "Check configuration, connection, rights and each search; write nothing", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.Check(c.Context(), path, o) },
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&o.Offline, "offline", false, "check the configuration only, without Splunk; missing secrets and certificates are warnings")
	c.Flags().StringVar(&o.AsOf, "as-of", "", "end each search's sample at a past `moment`: a date (its local midnight, exclusive) or an RFC 3339 time")
	return c
}

func newOutbox(a *app.App) *cobra.Command {
	var path string
	c := &cobra.Command{Use: "outbox", Short: "What waits to be sent, and what Splunk refused", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	list := &cobra.Command{
		Use: "list [-c FILE]", Short: "Print what waits to be sent, by run, and each event that Splunk refused for good, with its reply: a JSON object a line", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.OutboxList(c.Context(), path) },
	}
	var again, forget bool
	retry := &cobra.Command{
		Use: "retry [-c FILE] ID… | --all", Short: "Put refused events in line once more", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, ids []string) error { return a.OutboxRetry(c.Context(), path, ids, again) },
	}
	retry.Flags().BoolVar(&again, "all", false, "every event that Splunk refused")
	drop := &cobra.Command{
		Use: "drop [-c FILE] ID… | --all", Short: "Take refused events, or all that waits of a run, out for good", Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, ids []string) error { return a.OutboxDrop(c.Context(), path, ids, forget) },
	}
	drop.Flags().BoolVar(&forget, "all", false, "every event that Splunk refused")
	for _, sub := range []*cobra.Command{list, retry, drop} {
		configFlag(sub, &path)
		c.AddCommand(sub)
	}
	return c
}

func newStore(a *app.App) *cobra.Command {
	var path string
	var o app.RunsOptions
	c := &cobra.Command{Use: "store", Short: "What is kept", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	runs := &cobra.Command{
		Use: "runs [-c FILE]", Short: "List the last runs, the latest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.StoreRuns(c.Context(), path, o) },
	}
	configFlag(runs, &path)
	runs.Flags().StringVar(&o.Customer, "customer", "", "only those of this customer `id`")
	runs.Flags().IntVar(&o.Last, "last", 20, "how many at most")
	vacuum := &cobra.Command{
		Use: "vacuum [-c FILE]", Short: "Remove what is older than state.retention, and give its room back", Args: cobra.NoArgs,
		Long: `Removes told forecasts, their scores, refused events and records of runs that are older
than state.retention, and gives their room back to the disk. serve removes them every day
too; the embedded database's file gets smaller only by this command, while no other
process works with it and the disk has room for it once more.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.StoreVacuum(c.Context(), path) },
	}
	var force bool
	backup := &cobra.Command{
		Use: "backup FILE [-c FILE]", Short: "Write the embedded database, as it is at one moment, to a file; serve may go on", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.StoreBackup(c.Context(), path, args[0], force) },
	}
	backup.Flags().BoolVar(&force, "force", false, "replace the file if it is there")
	export := &cobra.Command{
		Use: "export DIR [-c FILE]", Short: "Write told forecasts, scores, runs, findings and actions as CSV files into a folder", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.StoreExport(c.Context(), path, args[0]) },
	}
	for _, sub := range []*cobra.Command{vacuum, backup, export} {
		configFlag(sub, &path)
	}
	c.AddCommand(runs, vacuum, backup, export)
	return c
}

func workersFlag(c *cobra.Command, workers *int) {
	c.Flags().IntVar(workers, "workers", 0, "how `many` forecasts at a time (default: the configuration's run.workers)")
}

func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", "foresight.yml", "configuration `file`")
}
