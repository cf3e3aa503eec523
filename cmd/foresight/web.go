package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newWeb(a *app.App) *cobra.Command {
	c := &cobra.Command{Use: "web", Short: "What the web pages need", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(&cobra.Command{
		Use: "hash", Short: "Print the password_hash of a password, for web.users of the configuration", Args: cobra.NoArgs,
		Long: `Reads a password, from the terminal without showing it or as the first line of the input, and
prints its argon2id hash for password_hash of web.users.`,
		RunE: func(*cobra.Command, []string) error { return a.WebHash() },
	})
	return c
}
