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
history for a backtest, so that their ranges are guesses, is said there too.

What is known of the past is told by --mask (outages and maintenance, which are not
learned from) and --ceiling (what a saturated system let through, which counts as at
least that). Outages in a series that never is zero, plateaus and one-off events are
found; what was not taken as observed is said on standard error and in the summary,
one-off events in the summary alone.

  from,to,reason,series
  2026-03-04T22:00,2026-03-05T04:00,new database,orders
  2026-05-17,2026-05-18,power cut (the whole of the 17th),

What-if flags lay plans over the finished forecast, one or several together, each
as often as wanted: they change the columns and, with --format json, stand in the
series' summary beside the outlook without them. Days are local days.

With --state FILE the next run of the same series, within a week of days, four weeks or
three months, takes a tenth of the time, and the choice of members changes only for a
gain beyond its noise. With --siblings short histories learn from the others of their kind.

With --format json each series' first row has the field summary: members with
their weights and scores, backtest, components, fallback, crossing dates at 10, 50
and 90 %, expected (50 %) and cautious (5 %) dates, the capacity needed for 5 %,
and the distribution of the horizon's maximum.`,
		Example: `  foresight forecast sales.csv --country SE --capacity 1200
  # every night, on what has come since
  foresight forecast sales.csv --country SE --state sales.state.json
  # a new customer from March on, and what was ordered comes in May
  foresight forecast sales.csv --capacity 1200 --growth 1.2@2026-03-01 --add-capacity 2026-05-04=400
  # last year's campaign again, and one that lifts by a fifth, give or take
  foresight forecast sales.csv --campaign "2026-05-04 like 2025-05-05..2025-05-09"
  foresight forecast sales.csv --events days.csv --campaign "2026-05-04 like spring sale"
  foresight forecast sales.csv --effect "2026-05-04..2026-05-08=+10%..+20%..+40%"`,
		RunE: func(c *cobra.Command, args []string) error {
			o.Path = args[0]
			if err := shared.read(c, &o); err != nil {
				return app.UsageError{Err: err}
			}
			collectRarely()
			return a.Forecast(c.Context(), o)
		},
	}
	shared.add(c, &o)
	c.Flags().Lookup("capacity").Usage += "; adds the column overload_probability, which is cumulative: the share of paths that have crossed the limit by then"
	c.Flags().StringVar(&o.Format, "format", "csv", "csv or json")
	c.Flags().StringVar(&o.State, "state", "", "`file` from which each series' run continues, and in which it leaves what it chose and learnt; made when it is not there")
	c.Flags().BoolVar(&o.Siblings, "siblings", false, "let each series learn its seasons from the other ones in --state, as far as earlier runs know them")
	whatIfFlags(c, &o)
	return c
}

// whatIfFlags are the plans that a forecast may assume.
func whatIfFlags(c *cobra.Command, o *app.ForecastOptions) {
	f := c.Flags()
	f.StringArrayVar(&o.Growth, "growth", nil, "what-if: `factor[@from[..to]]` on every bucket, such as 1.2 or 1.2@2026-03-01..2026-06-30")
	f.StringArrayVar(&o.Effect, "effect", nil, "what-if: `date[..date]=effect` of +20%, -300 or low..expected..high of such, an amount being one a bucket")
	f.StringArrayVar(&o.Campaign, "campaign", nil, "what-if: `\"date[..date] like past\"`, the effect that past days (date..date) or an event or feast by its name had")
	f.StringArrayVar(&o.AddCapacity, "add-capacity", nil, "what-if: `date=amount` more than --capacity from that day on")
}
