package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newApp(a *app.App) *cobra.Command {
	var o app.PackageOptions
	c := &cobra.Command{Use: "app", Short: "The app for Splunk", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	pack := &cobra.Command{
		Use: "package --out FILE", Short: "Write the Splunk app as a package that Splunk installs", Args: cobra.NoArgs,
		Long: `Writes the Splunk app (dashboards, scheduled searches, alert actions, fields for the
Common Information Model and the search command) as one file, which Splunk installs
under Apps > Manage Apps > Install app from file. The same program makes the same
bytes. The search command builds on a library of Splunk's, which --lib hands in:

  pip install --target lib splunk-sdk
  foresight app package --out foresight.spl --lib lib

Without it the package has all but the command, and says so.`,
		RunE: func(*cobra.Command, []string) error { return a.PackageApp(o) },
	}
	pack.Flags().StringVar(&o.Out, "out", "", "`file` to write, such as foresight.spl")
	pack.Flags().StringVar(&o.Lib, "lib", "", "`folder` with splunklib, which the search command needs")
	c.AddCommand(pack)
	return c
}
