package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func incidentAudit(a *app.App, path *string) *cobra.Command {
	var o app.AuditOptions
	c := &cobra.Command{
		Use: "audit [-c FILE]", Short: "Say who should have been told of a case and was not, or late", Args: cobra.NoArgs,
		Long: `Compares what the policies wanted with what was sent, case by case: steps that were due and
not carried out, notices that did not arrive or were late, cases that no policy is for. The
exit code is 1 where there is any.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.IncidentAudit(c.Context(), *path, o) },
	}
	c.Flags().StringVar(&o.Customer, "customer", "", "only those of this customer `id`")
	c.Flags().IntVar(&o.Days, "days", 7, "of cases that are over, those that changed within so many `days`")
	return c
}

func newOnCall(a *app.App) *cobra.Command {
	var path string
	var days int
	c := &cobra.Command{
		Use: "oncall [-c FILE]", Short: "Print who is on call, now and in the coming days", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.OnCall(c.Context(), path, days) },
	}
	configFlag(c, &path)
	c.Flags().IntVar(&days, "days", 14, "how many `days` ahead")
	return c
}
