package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newIncident(a *app.App) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "incident", Short: "The cases of the incident process", Args: cobra.NoArgs,
		Long: `The cases of the incident process, whichever of the three levels they are of: 1 something
fails now, 2 nothing is down yet but it would take one more thing, 3 a forecast says that it
will. Each change is told to Splunk as a foresight:incident event; commands work beside a
running serve.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(incidentOpen(a, &path), incidentList(a, &path), incidentShow(a, &path), incidentExport(a, &path))
	for _, v := range []struct{ verb, short, why string }{
		{"ack", "Take a case: its finder waits no longer", ""},
		{"start", "Begin, or go on after a hold", ""},
		{"hold", "Let a case wait", "what it waits for"},
		{"resolve", "It works again", "what was done"},
		{"close", "Close a resolved case for good", ""},
		{"reopen", "It does not work after all", "what fails"},
		{"cancel", "It was none", "why"},
		{"note", "Add a line for colleagues", "the line"},
		{"update", "Add a word to the customer", "the word"},
	} {
		c.AddCommand(incidentAct(a, &path, v.verb, v.short, v.why))
	}
	c.AddCommand(incidentReview(a, &path), incidentAssign(a, &path), incidentMove(a, &path), incidentRate(a, &path), incidentAudit(a, &path),
		incidentProblems(a, &path), incidentProblem(a, &path))
	for _, sub := range c.Commands() {
		configFlag(sub, &path)
	}
	return c
}

func incidentOpen(a *app.App, path *string) *cobra.Command {
	var o app.OpenOptions
	c := &cobra.Command{
		Use: "open [-c FILE] --service ID --title TEXT", Short: "Report a fault, or with --key an alarm", Args: cobra.NoArgs,
		Long: `Reports that something fails. What is told twice is one case: an alarm (--key) that fires
again is counted, and a fault of a service that has an open case of level 1 joins it. A
component of a redundant group makes a case of level 2 as long as enough others are up.`,
		Example: `  foresight incident open --service shop --title "Customers cannot pay" --impact 1 --urgency 1
  foresight incident open --service shop --component db2 --key fan --title "fan failed"
  foresight incident open --service shop --component db2 --key fan --title "fan failed" --over`,
		RunE: func(c *cobra.Command, _ []string) error { return a.IncidentOpen(c.Context(), *path, o) },
	}
	f := c.Flags()
	f.StringVar(&o.Customer, "customer", "", "`id` of the customer (default: the only one)")
	f.StringVar(&o.Service, "service", "", "`id` of the service that fails")
	f.StringVar(&o.Component, "component", "", "`name` of the host or device, if it is known")
	f.StringVar(&o.Title, "title", "", "what fails, in a few `words`")
	f.StringVar(&o.Detail, "detail", "", "what else is known (`text`)")
	f.IntVar(&o.Impact, "impact", 0, "1 high, 2 medium, 3 low (default 2)")
	f.IntVar(&o.Urgency, "urgency", 0, "1 high, 2 medium, 3 low (default 2)")
	f.StringVar(&o.Key, "key", "", "name of an alarm, the same each time that it fires (`text`)")
	f.StringVar(&o.Source, "source", "command", "what raised the alarm (`name`)")
	f.BoolVar(&o.Over, "over", false, "the alarm is over")
	f.StringVar(&o.By, "by", "", "`who` reports it (default: who is logged in)")
	return c
}

func incidentList(a *app.App, path *string) *cobra.Command {
	var o app.ListOptions
	c := &cobra.Command{
		Use: "list [-c FILE]", Short: "List the cases that are not over, the last changed first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.IncidentList(c.Context(), *path, o) },
	}
	listFlags(c, &o)
	return c
}

func incidentExport(a *app.App, path *string) *cobra.Command {
	var o app.ListOptions
	c := &cobra.Command{
		Use: "export [-c FILE]", Short: "Print cases with their timelines: a JSON object a line", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.IncidentExport(c.Context(), *path, o) },
	}
	listFlags(c, &o)
	return c
}

func listFlags(c *cobra.Command, o *app.ListOptions) {
	f := c.Flags()
	f.StringVar(&o.Customer, "customer", "", "only those of this customer `id`")
	f.StringVar(&o.Service, "service", "", "only those of this service `id`")
	f.IntVar(&o.Level, "level", 0, "only those of this level: 1, 2 or 3")
	f.BoolVar(&o.All, "all", false, "also those that are closed or canceled")
	f.IntVar(&o.Last, "last", 0, "how many at most (default: all)")
}

func incidentShow(a *app.App, path *string) *cobra.Command {
	return &cobra.Command{
		Use: "show [-c FILE] CASE", Short: "Print a case and its timeline", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.IncidentShow(c.Context(), *path, args[0]) },
	}
}

// incidentAct is a command that changes a case; why says what its text is, "" where none is needed.
func incidentAct(a *app.App, path *string, verb, short, why string) *cobra.Command {
	var o app.ActOptions
	c := &cobra.Command{
		Use: verb + " [-c FILE] CASE", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.IncidentAct(c.Context(), *path, args[0], verb, o)
		},
	}
	if why == "" {
		why = "a line for the timeline"
	}
	c.Flags().StringVarP(&o.Text, "text", "m", "", why)
	actFlags(c, &o)
	return c
}

func actFlags(c *cobra.Command, o *app.ActOptions) {
	c.Flags().StringVar(&o.By, "by", "", "`who` does it (default: who is logged in)")
	c.Flags().IntVar(&o.Seen, "seen", 0, "refuse unless the case is still of this `version` (see show)")
}

func incidentAssign(a *app.App, path *string) *cobra.Command {
	var o app.ActOptions
	c := &cobra.Command{
		Use: "assign [-c FILE] CASE --to WHO", Short: "Give a case to a person or a team", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.IncidentAct(c.Context(), *path, args[0], "assign", o)
		},
	}
	c.Flags().StringVar(&o.To, "to", "", "person or team (`name`)")
	actFlags(c, &o)
	return c
}

func incidentMove(a *app.App, path *string) *cobra.Command {
	var o app.ActOptions
	c := &cobra.Command{
		Use: "move [-c FILE] CASE --level N", Short: "Move a case to another level; its history goes with it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.IncidentAct(c.Context(), *path, args[0], "move", o)
		},
	}
	c.Flags().IntVar(&o.Level, "level", 0, "1 reactive, 2 proactive, 3 predictive")
	c.Flags().StringVarP(&o.Text, "text", "m", "", "why")
	actFlags(c, &o)
	return c
}

func incidentRate(a *app.App, path *string) *cobra.Command {
	var o app.ActOptions
	c := &cobra.Command{
		Use: "rate [-c FILE] CASE --impact N | --urgency N", Short: "Set impact or urgency or both, and with them the priority", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.IncidentAct(c.Context(), *path, args[0], "rate", o)
		},
	}
	c.Flags().IntVar(&o.Impact, "impact", 0, "1 high, 2 medium, 3 low (default: as it is)")
	c.Flags().IntVar(&o.Urgency, "urgency", 0, "1 high, 2 medium, 3 low (default: as it is)")
	c.Flags().StringVarP(&o.Text, "text", "m", "", "why")
	actFlags(c, &o)
	return c
}

func incidentReview(a *app.App, path *string) *cobra.Command {
	var o app.ActOptions
	var file string
	c := &cobra.Command{
		Use: "review [-c FILE] CASE [--file FILE|-]", Short: "Print a review to be filled in, or keep the one written", Args: cobra.ExactArgs(1),
		Long: `Without --file the review of a resolved case is printed as it is kept, or a template with what the
timeline knows; with it the text is kept in the case and the review is no longer due.`,
		RunE: func(c *cobra.Command, args []string) error {
			return a.IncidentReview(c.Context(), *path, args[0], file, o)
		},
	}
	c.Flags().StringVar(&file, "file", "", "`file` of the text, - for standard input")
	actFlags(c, &o)
	return c
}
