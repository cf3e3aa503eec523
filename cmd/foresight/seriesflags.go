package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"foresight/internal/app"
)

// seriesFlags are the flags of the commands that forecast the series of a file.
type seriesFlags struct{ quantiles, capacity string }

// add puts the flags on a command, into its options.
func (s *seriesFlags) add(c *cobra.Command, o *app.ForecastOptions) {
	f := c.Flags()
	f.IntVar(&o.Horizon, "horizon", 0, "how many `buckets` ahead, of the series' own width or --freq's (default: three months; two weeks below an hour)")
	f.StringVar(&o.Freq, "freq", "auto", "width of a bucket: auto, Nmin, Nh, D, W or M")
	f.StringVar(&o.Aggregate, "aggregate", "", "how rows make the buckets of a coarser --freq: "+strings.Join(app.Aggregations(), ", ")+"; sum with --freq M also says of monthly rows that a longer month holds more")
	f.StringVar(&s.quantiles, "quantiles", "0.05,0.5,0.95", "probabilities, ascending, separated by commas")
	f.StringVar(&o.Country, "country", "", "`country` whose holidays and paydays count: "+strings.Join(app.Countries(), ", "))
	f.StringVar(&o.Events, "events", "", "own events, past and to come: CSV `file` date,event or .ics")
	f.StringVar(&o.Mask, "mask", "", "known outages and maintenance, which are not learned from: CSV `file` from,to,reason, and series where they concern one")
	f.StringArrayVar(&o.Ceiling, "ceiling", nil, "what a saturated system let through at most in a bucket: `amount[@from[..to]]`; values there count as at least that. Without it, a largest value that comes improbably often is taken for one; none looks for none")
	f.StringVar(&o.Zone, "tz", "", "`zone` of the wall-clock times, such as Europe/Stockholm")
	f.StringVar(&s.capacity, "capacity", "", "`limit` a bucket")
	f.StringVar(&o.Model, "model", "auto", "auto, or one of "+strings.Join(app.Models(), ", "))
	f.IntVar(&o.Jobs, "jobs", 0, "series at a time (default: one per CPU)")
}

// collectRarely halves the work of the garbage collector, unless the environment says what it is to
// do: a fit leaves much garbage and hardly anything behind, so that it saves a twentieth of the
// processor's time for some tens of MiB.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}

// read checks what was given and fills the options' numbers in.
func (s *seriesFlags) read(c *cobra.Command, o *app.ForecastOptions) error {
	if err := errors.Join(atLeastOne(c, "horizon", "bucket ahead"), atLeastOne(c, "jobs", "series at a time")); err != nil {
		return err
	}
	o.Country = strings.ToUpper(o.Country)
	var err error
	if o.Quantiles, err = parseQuantiles(s.quantiles); err != nil {
		return err
	}
	o.Capacity, err = parseCapacity(s.capacity)
	return err
}

// atLeastOne refuses a whole number below one where it was given.
func atLeastOne(c *cobra.Command, flag, what string) error {
	if n, err := c.Flags().GetInt(flag); err == nil && c.Flags().Changed(flag) && n < 1 {
		return fmt.Errorf("--%s %d: at least one %s", flag, n, what)
	}
	return nil
}

func parseQuantiles(text string) ([]float64, error) {
	var all []float64
	for _, t := range strings.Split(text, ",") {
		p, err := strconv.ParseFloat(strings.TrimSpace(t), 64)
		if err != nil {
			return nil, fmt.Errorf("--quantiles %q: %q is not a number", text, t)
		}
		all = append(all, p)
	}
	return all, nil
}

// parseCapacity reads the limit, NaN for none.
func parseCapacity(text string) (float64, error) {
	if text == "" {
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("--capacity %q is not a number", text)
	}
	return x, nil
}
