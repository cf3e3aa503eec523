package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/app"
)

// loaded is a customer whose orders load a database; the resource is listed first,
// its own limit is the processor's, and cards and cash are parts of the orders.
const loaded = `customers:
  - id: shop
    country: SE
    zone: Europe/Stockholm
    lead_time: {work_days: 10}
    services:
      - id: db
        queries:
          - id: cpu
            search: index=main sourcetype="foresight:demo" series=cpu
            span: 1h
            history: 30w
            signal:
              name: Database CPU
              unit: "%"
              measure: max(value)
              min: 0
              max: 100
              driver: web/orders
              capacity:
                - {id: db1, from: 2020-01-01, limit: 85}
      - id: web
        queries:
          - id: orders
            search: index=main sourcetype="foresight:demo" (series=cards OR series=cash)
            span: 1h
            history: 30w
            split: {by: series}
            signal:
              name: Orders
              unit: orders
              measure: sum(value)
`

// loadedHours writes cards, cash and the processor's share by the hour.
func loadedHours(t *testing.T, from, to string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("series,time,value\n")
	noise := uint32(7)
	random := func() float64 { // small and reproducible, within ±1
		noise = noise*1664525 + 1013904223
		return float64(noise>>8)/float64(1<<23) - 1
	}
	for at, n := date(t, from), 0; at.Before(date(t, to)); at, n = at.Add(time.Hour), n+1 {
		level := (1 + 0.6*math.Sin(2*math.Pi*float64(at.Hour()-8)/24)) * math.Exp(0.0015*float64(n)/24) * (1 + 0.05*random())
		if at.Weekday() == time.Sunday {
			level *= 0.6
		}
		cards, cash := math.Round(700*level*(1+0.03*random())), math.Round(300*level*(1+0.06*random()))
		cpu := math.Min(100, 8+0.03*(cards+cash)+2*random())
		stamp := at.Format("2006-01-02T15:04:05")
		fmt.Fprintf(&b, "cards,%s,%.0f\ncash,%s,%.0f\ncpu,%s,%.2f\n", stamp, cards, stamp, cash, stamp, cpu)
	}
	return b.String()
}

func TestAVolumeDrivesAResourceFromEndToEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(loaded)
	w.load(loadedHours(t, "2025-08-01", "2026-03-02"), "UTC")
	o := w.run("2026-03-02")

	over := w.events("foresight:overload")
	require.Len(t, over, 1, o)
	e := over[0]
	assert.Equal(t, "web/orders", e.text("driver"))
	assert.Equal(t, "hour", e.text("volume_per"))
	// 85 = 8 + 0.03·v at 2570 orders an hour; the day's largest reading lies a little above.
	assert.InDelta(t, 2530, e.number("volume_limit_p50"), 60)
	assert.Less(t, e.number("volume_limit_p10"), e.number("volume_limit_p50"))
	assert.Less(t, e.number("volume_limit_p50"), e.number("volume_limit_p90"))
	assert.Equal(t, true, e.Event["volume_beyond_seen"])
	assert.Contains(t, e.text("detail"), "In volume 85 % lies at 2")
	assert.Contains(t, e.text("detail"), "beyond any load ever seen")

	// Parts and total add up, day by day.
	sums := map[float64]float64{}
	for _, f := range w.events("foresight:forecast") {
		switch {
		case f.text("measure") != "total" || f.text("service") != "web":
		case f.text("signal") == "orders":
			sums[f.Time] -= f.number("mean")
		default:
			sums[f.Time] += f.number("mean")
		}
	}
	require.Len(t, sums, 400)
	for at, gap := range sums {
		require.InDelta(t, 0, gap, 1, "at %v", at) // events carry seven digits
	}

	page, err := os.ReadFile(onlyPage(t, filepath.Join(w.dir, "report")))
	require.NoError(t, err)
	assert.Contains(t, string(page), "It is forecast by the volume that loads it, Orders")
	assert.Contains(t, string(page), "It is as right as the forecast of Orders")

	// The resource alone, without its volume among what is asked for.
	again := newWorld(t)
	again.configure(loaded)
	again.load(loadedHours(t, "2025-08-01", "2026-03-02"), "UTC")
	again.run("2026-03-02", "--signal", "cpu")
	alone := again.events("foresight:overload")
	require.Len(t, alone, 1)
	assert.Equal(t, e.said(), alone[0].said(), "the same, whoever asks")
	assert.Equal(t, []string{"cpu"}, ids(again.events("foresight:forecast"), "signal"))
}

func onlyPage(t *testing.T, dir string) string {
	t.Helper()
	pages, err := filepath.Glob(filepath.Join(dir, "*.html"))
	require.NoError(t, err)
	require.NotEmpty(t, pages, "a report in %s", dir)
	return pages[0]
}

func TestADriverThatIsNoneIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure(loaded, "driver: web/orders", "driver: web/order")
	o := w.foresight("check", "--offline", "-c", w.config())
	require.Equal(t, app.ExitUsage, o.code, o)
	assert.Contains(t, o.err, `did you mean "web/orders"?`)
}
