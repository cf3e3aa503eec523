package main

import (
	"github.com/spf13/cobra"

	"foresight/internal/app"
)

func newForecast(a *app.App) *cobra.Command {
	o := app.ForecastOptions{}
	var shared seriesFlags
	c := &cobra.Command{
		Use: "forecast FILE|-", Short: "Forecast the series of a tidy CSV file", Args: cobra.ExactArgs(1),
		Long: `Reads tidy CSV (columns series,time,value; ISO 8601 times; gzip is recognised) and
writes series,time,mean and a column a quantile, for each series in the input's
order. A series that cannot be forecast is named on standard error; the others are
written all the same and the command exits with 1. How many series have too little
history for a backtest, so that their ranges are guesses, is said there too.`,
		RunE: func(c *cobra.Command, args []string) error {
			o.Path = args[0]
			if err := shared.read(c, &o); err != nil {
				return app.UsageError{Err: err}
			}
			return a.Forecast(c.Context(), o)
		},
	}
	shared.add(c, &o)
	c.Flags().Lookup("capacity").Usage += "; adds the column overload_probability, which is cumulative: the share of paths that have crossed the limit by then"
	c.Flags().StringVar(&o.Format, "format", "csv", "csv or json")
	return c
}
