package sandbox

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDataModels(t *testing.T) {
	s := shop()
	s.models = []DataModel{
		{Name: "Pay", Dataset: "Payments", Search: "sourcetype=pay", SummarizedTo: noon.Add(-time.Hour)}, // before 11:00 are two
		{Name: "Raw", Dataset: "Raw", Search: "sourcetype=pay"},
	}
	for spl, want := range map[string]string{
		`| tstats count from datamodel=Pay.Payments`:                                                             "count=10",
		`| tstats summariesonly=t count from datamodel=Pay.Payments`:                                             "count=2",
		`| tstats summariesonly=true count from datamodel=Raw.Raw`:                                               "count=0",
		`| tstats sum(Payments.n) as n dc(Payments.channel) as c from datamodel=Pay.Payments where Payments.n>7`: "n=17 c=2",
		`| tstats count from datamodel=Pay.Payments where (host=h0 Payments.n<5) by _time, Payments.channel span=1h`: "_time=1773831600 Payments.channel=Web count=1|" +
			"_time=1773831600 Payments.channel=app count=1|_time=1773831600 Payments.channel=web count=1",
	} {
		got, err := find(t, s, spl, "", "")
		if assert.NoError(t, err, spl) {
			assert.Equal(t, want, strings.Join(got, "|"), spl)
		}
	}
	for spl, want := range map[string]string{
		`| tstats count from datamodel=Pay.Other`:                        "does not exist",
		`| tstats count from datamodel=Pay.Payments where n=1`:           "write Payments.FIELD",
		`| tstats count from datamodel=Pay.Payments by channel`:          "write Payments.FIELD",
		`| tstats summariesonly=maybe count from datamodel=Pay.Payments`: "option summariesonly=maybe",
	} {
		_, err := find(t, s, spl, "", "")
		assert.ErrorContains(t, err, want, spl)
	}
}

func TestSavedSearches(t *testing.T) {
	c := start(t, Config{})
	s := shop()
	for _, name := range []string{"shared", "mine"} {
		owner := map[string]string{"shared": "nobody", "mine": "admin"}[name]
		status, body := c.search(http.MethodPost, "/servicesNS/"+owner+"/shop/saved/searches", "name", name,
			"search", "sourcetype=pay | timechart span=1h count", "dispatch.earliest_time", "-1h@h")
		require.Equal(t, http.StatusCreated, status, body)
	}
	run := func(spl, owner, app string, b bounds) ([]string, error) {
		p, err := compile(spl, b, noon, knowledge{s, &c.s.settings, &c.s.kv, owner, app})
		if err != nil {
			return nil, err
		}
		out, err := p.run(context.Background(), s.snapshot())
		return lines(out.table), err
	}
	own := []string{"_time=1773831600 count=8"}
	got, err := run(`| savedsearch shared`, "admin", "shop", unbounded(noon))
	require.NoError(t, err)
	assert.Equal(t, own, got, "over its own time range, where the request has none")
	all := unbounded(noon)
	all.earliest = epochOf(noon.Add(-2 * time.Hour))
	got, err = run(`| savedsearch "shared" nosubstitution=true | search (count>0) | stats sum(count) as n`, "other", "shop", all)
	require.NoError(t, err)
	assert.Equal(t, []string{"n=10"}, got, "over the request's")
	for _, place := range [][2]string{{"other", "shop"}, {"admin", "search"}} {
		_, err = run(`| savedsearch mine`, place[0], place[1], all)
		require.ErrorContains(t, err, "unable to find saved search named 'mine'", "another's, and of another app")
	}
	_, err = run(`savedsearch shared`, "admin", "shop", all)
	require.ErrorContains(t, err, "must be the first command")
	_, err = run(`| savedsearch shared x=1`, "admin", "shop", all)
	require.ErrorContains(t, err, "'x=1' is not supported")
}
