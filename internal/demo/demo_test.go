package demo

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foresight/models"
)

func TestTheShopIsTheSameEverywhere(t *testing.T) {
	a, err := Webshop()
	require.NoError(t, err)
	b, err := Webshop()
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.Equal(t, "shop_payments", a[0].Name)
	// Daylight saving makes no hour twice and loses none.
	hours := shopTo.Sub(shopFrom).Hours()
	// It begins in summer time and ends in winter time, an hour later.
	require.Equal(t, int(hours)+1-4, len(a[0].Times), "all hours but the four of the hole")
	for i := 1; i < len(a[0].Times); i++ {
		require.True(t, a[0].Times[i].After(a[0].Times[i-1]))
	}
}

// The overload that the demo is about is in the data, 80 days after its day: the
// configuration's usable limit is first crossed then.
func TestTheOverloadIsPlanted(t *testing.T) {
	all, err := Webshop()
	require.NoError(t, err)
	asOf, err := time.Parse(time.DateOnly, AsOf)
	require.NoError(t, err)
	require.Contains(t, string(Config), "{id: base-2016, from: 2016-01-11, limit: 10000, per: 1h, headroom: 0.08")
	require.Contains(t, string(Config), "{id: base-2016, from: 2016-01-11, limit: 6600, per: 1h, headroom: 0.08")
	for i, limit := range []float64{10000 * 0.92, 6600 * 0.92} {
		first := ""
		for k, at := range all[i].Times {
			if at.Format(time.DateOnly) >= "2016-01-11" && all[i].Values[k] > limit {
				first = at.Format(time.DateOnly)
				break
			}
		}
		if i == 0 {
			require.Equal(t, asOf.AddDate(0, 0, 80).Format(time.DateOnly), first)
		} else {
			require.Less(t, first, "2016-06-04", "orders would cross theirs within the horizon, were it not for the ordered step")
			require.Greater(t, first, "2016-04-11")
		}
	}
}

func TestPaydays(t *testing.T) {
	// Known Swedish paydays: the 25th, or the banking day before.
	for _, d := range []string{"2016-01-25", "2016-03-24", "2016-06-23", "2016-09-23", "2015-12-23", "2014-10-24"} {
		day, err := time.Parse(time.DateOnly, d)
		require.NoError(t, err)
		require.True(t, isPayday(day), d)
		require.False(t, isPayday(day.AddDate(0, 0, 1)), d)
	}
}

func TestShippedSeries(t *testing.T) {
	all, err := All()
	require.NoError(t, err)
	require.Len(t, all, 2+5+1)
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
		require.Len(t, s.Values, len(s.Times))
		for _, v := range s.Values {
			require.False(t, math.IsNaN(v) || v < 0, s.Name)
		}
		require.Contains(t, string(Config), s.Name, "every series is watched")
	}
	require.Equal(t, "us_drink_wholesale_sales", names[len(names)-1])
	for _, s := range all[3:7] {
		require.Equal(t, all[2].Times[len(all[2].Times)-1], s.Times[len(s.Times)-1], "the stations end together")
	}
	var csv bytes.Buffer
	require.NoError(t, WriteCSV(&csv, all))
	require.True(t, strings.HasPrefix(csv.String(), "series,time,value\nshop_payments,2012-06-01T00:00:00+02:00,"))
}

func TestTheStoryTellsWhatCame(t *testing.T) {
	at := time.Date(2016, 2, 5, 0, 0, 0, 0, time.UTC)
	point := func(days int, total, busiest float64) models.HistoryPoint {
		return models.HistoryPoint{Time: at.AddDate(0, 0, days), Total: total, Busiest: busiest}
	}
	step := models.CapacityStep{ID: "base", Limit: 100, Headroom: 0.1}
	subject := models.Subject{Service: "pay", Signal: "tx"}
	over := &models.Overload{StepID: "base", Measure: models.MeasureBusiest, NeedBy: at.AddDate(0, 0, 80), Expected: at.AddDate(0, 0, 81), NeededLimit: 130}
	r := models.Result{
		Customer: models.Customer{Name: "Shop"}, AsOf: at,
		Signals: []models.SignalResult{{Service: models.Service{ID: "pay"}, Signal: models.Signal{ID: "tx", Name: "Payments", Capacity: []models.CapacityStep{step}, Horizon: 2400 * time.Hour}}},
		Findings: []models.Finding{
			{Subject: subject, State: models.StateOpen, Title: "will cross", Overload: over},
			{Subject: subject, State: models.StateOpen, Peak: &models.Peak{Date: at.AddDate(0, 0, 1), Event: "Christmas", Expected: 110, Factor: 1.5}},
			{Subject: subject, State: models.StateWithdrawn, Title: "no longer"},
		},
		Errors: []models.RunError{{Service: "pay", Query: "q2", Text: "busy"}},
	}
	var out bytes.Buffer
	Tell(&out, r, Truth{"pay/tx": {point(0, 90, 50), point(1, 100, 89), point(82, 100, 91)}})
	require.Contains(t, out.String(), "! will cross")
	require.Contains(t, out.String(), "80 days ahead")
	require.Contains(t, out.String(), "crossed on Wed 27 April 2016")
	require.Contains(t, out.String(), "came: 100 (+10 %)")
	require.Contains(t, out.String(), "unknown: pay/q2: busy")
	require.NotContains(t, out.String(), "no longer")
}
