package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
	"foresight/models"
)

func incidentProblems(a *app.App, path *string) *cobra.Command {
	var o app.ListOptions
	c := &cobra.Command{
		Use: "problems [-c FILE]", Short: "List the problem records: what comes back again and again", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.ProblemList(c.Context(), *path, o) },
	}
	f := c.Flags()
	f.StringVar(&o.Customer, "customer", "", "only those of this customer `id`")
	f.StringVar(&o.Service, "service", "", "only those of this service `id`")
	f.BoolVar(&o.All, "all", false, "also those that are resolved")
	return c
}

func incidentProblem(a *app.App, path *string) *cobra.Command {
	var o app.ProblemOptions
	var resolved, reopened bool
	c := &cobra.Command{
		Use: "problem [-c FILE] PROBLEM", Short: "Print a problem record, or write down what was found out", Args: cobra.ExactArgs(1),
		Long: `Without flags the record is printed. With a cause or a workaround it is a known error, of which
every new case of the fact tells. Once it is resolved what comes back counts anew.`,
		Example: `  foresight incident problem nord-P1 --cause "the driver leaks memory" --workaround "restart the pool"
  foresight incident problem nord-P1 --resolved -m "driver 4.2 is in"`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case resolved:
				o.To = models.ProblemResolved
			case reopened:
				o.To = models.ProblemOpen
			}
			if !o.Asks() {
				return a.ProblemShow(c.Context(), *path, args[0])
			}
			return a.ProblemChange(c.Context(), *path, args[0], o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Cause, "cause", "", "what is behind it (`text`): a known error from then on")
	f.StringVar(&o.Around, "workaround", "", "what helps until it is mended (`text`)")
	f.BoolVar(&resolved, "resolved", false, "its cause is gone; say in -m how")
	f.BoolVar(&reopened, "reopen", false, "it is not mended after all; say in -m why")
	f.StringVarP(&o.Text, "text", "m", "", "a line for its history")
	f.StringVar(&o.By, "by", "", "`who` does it (default: who is logged in)")
	f.IntVar(&o.Seen, "seen", 0, "refuse unless the record is still of this `version`")
	c.MarkFlagsMutuallyExclusive("resolved", "reopen")
	return c
}
