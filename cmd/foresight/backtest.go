package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newBacktest(a *app.App) *cobra.Command {
	o := app.BacktestOptions{}
	var shared seriesFlags
	c := &cobra.Command{
		Use: "backtest FILE|-", Short: "Say how right forecasts of the series would have been", Args: cobra.ExactArgs(1),
		Long: `Reads tidy CSV as forecast does, forecasts each series from several moments in its
past (origins) as if nothing were known after them, and compares what was said with
what came. The seasonal naive (the same weekday a year ago) is judged beside.

  WAPE       sum of the errors over the sum of the actual values
  MASE       error over that of the last season repeated, in the past; below 1 is better
  CRPS       the same for the whole range, not only its middle
  OWA        error over that of Naive2, the yardstick of the M4 competition
  within     share of the actual values inside the 80 % and 95 % intervals
  peak size  how far the largest forecast missed the largest actual value
  peak date  buckets between the two
  Brier      of the chance of an overload, with --capacity: 0 is perfect, 0.25 a guess

A row a series, the mean over the series, and that by how far ahead. --format csv has
these and more as series,origin,band,metric,value. A series too short for an origin is
named on standard error; the others are written and the command exits with 1.`,
		RunE: func(c *cobra.Command, args []string) error {
			o.Path = args[0]
			for _, err := range []error{
				shared.read(c, &o.ForecastOptions), atLeastOne(c, "origins", "origin"), atLeastOne(c, "step", "bucket between origins"),
			} {
				if err != nil {
					return app.UsageError{Err: err}
				}
			}
			collectRarely()
			return a.Backtest(c.Context(), o)
		},
	}
	shared.add(c, &o.ForecastOptions)
	f := c.Flags()
	f.Lookup("capacity").Usage += "; adds how right the chances of crossing it were"
	f.Lookup("quantiles").Usage += ": those that pinball_ and below_ are told of"
	f.IntVar(&o.Origins, "origins", 0, "most `origins` a series (default: eight)")
	f.IntVar(&o.Step, "step", 0, "`buckets` between origins (default: a third of the horizon, less where the origins would not fit)")
	f.StringVar(&o.Format, "format", "table", "table, csv or json")
	return c
}
