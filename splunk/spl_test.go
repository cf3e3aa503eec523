package splunk

import (
	"testing"
	"time"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The searches as they are sent, one of each kind.
func TestSearchesOfEachSource(t *testing.T) {
	day := models.Window{From: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2025, 6, 2, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		name string
		q    models.Query
		want []string
	}{
		{"metrics", models.Query{Source: models.SourceMstats, Search: "index=m app=shop", Span: models.SpanHour, Signal: models.Signal{Measure: "avg(cpu.usage)"}},
			[]string{"| mstats sum(cpu.usage) as fs_value count(cpu.usage) as fs_weight where (index=m app=shop) span=3600s | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value fs_weight"}},
		{"metrics by a dimension and day", models.Query{Source: models.SourceMstats, Search: "index=m", Span: models.SpanDay, Signal: models.Signal{Measure: "max(cpu-0)"}, Split: &models.Split{By: "host", Max: 2}},
			[]string{`| mstats max("cpu-0") as fs_value where (index=m) by host span=3600s | rename host as fs_part | eval fs_epoch=floor(_time/86400)*86400 | stats max(fs_value) as fs_value by fs_epoch, fs_part | sort 0 fs_epoch | table fs_epoch fs_value fs_part`,
				`| mstats max("cpu-0") as fs_value where (index=m) span=3600s | eval fs_epoch=floor(_time/86400)*86400 | stats max(fs_value) as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value`}},
		{"a day's percentile of a metric", models.Query{Source: models.SourceMstats, Search: "index=m", Span: models.SpanDay, Signal: models.Signal{Measure: "p95(cpu)"}},
			[]string{"| mstats p95(cpu) as fs_value count(cpu) as fs_events where (index=m) | where fs_events>0 | eval fs_epoch=1748736000 | sort 0 fs_epoch | table fs_epoch fs_value"}},
		{"a data model", models.Query{Source: models.SourceTstats, Search: "Web.status>=500", Span: models.SpanHour, Signal: models.Signal{Measure: "count"},
			DataModel: &models.DataModel{Name: "Web", Dataset: "Web", SummariesOnly: true}},
			[]string{"| tstats summariesonly=true count as fs_value from datamodel=Web.Web where (Web.status>=500) by _time span=3600s | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value"}},
		{"all of a data model", models.Query{Source: models.SourceTstats, Span: models.SpanHour, Signal: models.Signal{Measure: "count"}, DataModel: &models.DataModel{Name: "Web", Dataset: "Web"}},
			[]string{"| tstats count as fs_value from datamodel=Web.Web by _time span=3600s | eval fs_epoch=_time | sort 0 fs_epoch | table fs_epoch fs_value"}},
		{"a saved search", models.Query{Source: models.SourceSaved, Search: "channel=web", Span: models.SpanHour, Signal: models.Signal{Measure: "sum(count)"},
			Saved: &models.SavedSearch{Name: "Volume, hourly"}},
			[]string{`| savedsearch "Volume, hourly" nosubstitution=true | search (channel=web) | eval fs_epoch=floor(_time/3600)*3600 | stats sum("count") as fs_value by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value`}},
		{"an error rate", models.Query{Source: models.SourceEvents, Search: "index=web", Span: models.SpanHour, Signal: models.Signal{Measure: "count(eval(status>=500))", Denominator: "count", Kind: models.KindRatio}},
			[]string{"search (index=web) | eval fs_epoch=floor(_time/3600)*3600 | stats count(eval(status>=500)) as fs_value count as fs_weight by fs_epoch | sort 0 fs_epoch | table fs_epoch fs_value fs_weight"}},
	} {
		tt.q.ID = "q"
		chunks, err := Plan(time.UTC, tt.q, day)
		require.NoError(t, err, tt.name)
		var got []string
		for _, c := range chunks {
			got = append(got, c.Search.SPL)
		}
		assert.Equal(t, tt.want, got, tt.name)
	}
}
