// Command foresight tells months ahead where systems will hit their limits: it
// reads volumes out of Splunk, forecasts them and writes dated maintenance actions
// back as events.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/spf13/cobra"

	"foresight/internal/app"
)

// version is set by the build.
var version = "dev"

// grace is how long a command may take to end after Ctrl-C: it cancels its search
// jobs in that time. Whatever still runs then is left behind.
const grace = 1500 * time.Millisecond

const interrupted = "foresight: interrupted"

func main() {
	// A closed pipe is an error of the write, not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second Ctrl-C ends at once
		<-time.After(grace)
		fmt.Fprintln(os.Stderr, interrupted)
		os.Exit(app.ExitInterrupted)
	}()
	os.Exit(execute(ctx, app.New(version), os.Args[1:]))
}

// execute runs one command and returns its exit code.
func execute(ctx context.Context, a *app.App, args []string) int {
	root := newRoot(a) //nolint:contextcheck // cobra hands each command its context
	root.SetArgs(args)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := root.ExecuteContext(ctx)
	code := app.ExitCode(ctx, err)
	switch {
	case code == app.ExitInterrupted:
		fmt.Fprintln(a.Err, interrupted)
	case err != nil && !errors.Is(err, syscall.EPIPE):
		fmt.Fprintln(a.Err, "foresight:", err)
	}
	return code
}

// newRoot puts the commands together. A mistake in flags or arguments is a usage
// error; cobra's own words for it follow on Err.
func newRoot(a *app.App) *cobra.Command {
	root := &cobra.Command{
		Use:           "foresight",
		Short:         "Predictive maintenance on top of Splunk",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		// Only a command that runs has its arguments checked: without it a mistyped
		// command would print the help and exit with 0.
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddCommand(newDemo(a), newSandbox(a), newRun(a), newServe(a), newReplay(a), newCheck(a), newForecast(a), newBacktest(a), newAction(a), newIncident(a), newOnCall(a), newOutbox(a), newStore(a), newWeb(a), newApp(a), newVersion(a))
	for _, c := range withSubcommands(root) {
		c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
			if said, _, number := strings.Cut(err.Error(), ": strconv.ParseInt"); number {
				err = fmt.Errorf("%s: it is not a whole number", said)
			}
			return app.UsageError{Err: fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())}
		})
		if args := c.Args; args != nil {
			c.Args = func(c *cobra.Command, given []string) error {
				if err := args(c, given); err != nil {
					return app.UsageError{Err: fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())}
				}
				return nil
			}
		}
	}
	return root
}

// withSubcommands lists a command and all below it.
func withSubcommands(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		all = append(all, withSubcommands(sub)...)
	}
	return all
}

func newVersion(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.Out, "foresight", a.Version)
			return err
		},
	}
}
