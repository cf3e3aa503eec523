package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
	"foresight/models"
)

func newAction(a *app.App) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "action", Short: "The work that predictions ask for", Args: cobra.NoArgs,
		Long: `The tasks of the plans that an overload or a peak opens: each with its owner and the last day to
start. A plan re-dates itself when the forecast moves; what people did with a task stays.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var o app.ListOptions
	list := &cobra.Command{
		Use: "list [-c FILE]", Short: "List the tasks that are not over, what must start first at the top", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.ActionList(c.Context(), path, o) },
	}
	listFlags(list, &o)
	show := &cobra.Command{
		Use: "show [-c FILE] CASE/TASK", Short: "Print a task and its case", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.ActionShow(c.Context(), path, args[0]) },
	}
	c.AddCommand(list, show)
	for _, v := range []struct {
		verb, short string
		to          models.TaskState
	}{
		{"start", "Somebody has begun it", models.TaskStarted},
		{"done", "It is done", models.TaskDone},
		{"drop", "It will not be done; say why", models.TaskDropped},
	} {
		c.AddCommand(actionMove(a, &path, v.verb, v.short, v.to))
	}
	for _, sub := range c.Commands() {
		configFlag(sub, &path)
	}
	return c
}

func actionMove(a *app.App, path *string, verb, short string, to models.TaskState) *cobra.Command {
	var o app.ActOptions
	c := &cobra.Command{
		Use: verb + " [-c FILE] CASE/TASK", Short: short, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.ActionMove(c.Context(), *path, args[0], to, o)
		},
	}
	c.Flags().StringVarP(&o.Text, "text", "m", "", "a line for the timeline")
	actFlags(c, &o)
	return c
}
