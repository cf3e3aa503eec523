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
	c.AddCommand(onCallCover(a), onCallUncover(a))
	return c
}

func onCallCover(a *app.App) *cobra.Command {
	var path string
	var o app.CoverOptions
	c := &cobra.Command{
		Use: "cover [-c FILE] --schedule ID --contact ID --to TIME", Short: "Put somebody into a schedule for a while", Args: cobra.NoArgs,
		Long: `Puts somebody in another's place, before whoever's turn it is and before the configuration's
overrides; of two the one made later counts. What has passed is not changed. Without a
contact nobody is on call meanwhile.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.OnCallCover(c.Context(), path, o) },
	}
	configFlag(c, &path)
	c.Flags().StringVar(&o.Customer, "customer", "", "whose schedule, by the customer's `id` (default: the only one)")
	c.Flags().StringVar(&o.Schedule, "schedule", "", "`id` of the schedule")
	c.Flags().StringVar(&o.Contact, "contact", "", "`id` of the contact")
	c.Flags().StringVar(&o.From, "from", "", "first `moment`, such as 2026-12-24T18:00 on the schedule's clock (default: now)")
	c.Flags().StringVar(&o.To, "to", "", "the first `moment` after it")
	c.Flags().StringVar(&o.By, "by", "", "who does it (default: who is logged in)")
	c.Flags().StringVarP(&o.Text, "message", "m", "", "why")
	return c
}

func onCallUncover(a *app.App) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "uncover [-c FILE] ID", Short: "Take back what cover, or the page of who is on call, did", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.OnCallUncover(c.Context(), path, args[0]) },
	}
	configFlag(c, &path)
	return c
}
