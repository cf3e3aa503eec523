// Package sandboxtest makes the sandbox a target of splunktest's suite, for the clients of both of Splunk's
// products; the suite itself knows no server, so that it can be held against a real one.
package sandboxtest

import (
	"fmt"
	"testing"
	"time"

	"foresight/splunk/sandbox"
	"foresight/splunk/splunktest"
)

// Target is a server with all that the suite asks of both products; the caller adds its clients.
func Target(server *sandbox.Server) splunktest.Target {
	const points = "foresight_metrics"
	server.AddDataModel(sandbox.DataModel{Name: "Suite", Dataset: "Suite", Search: "index=main sourcetype=foresight:suite", SummarizedTo: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)})
	return splunktest.Target{Index: "main", MetricIndex: points, Model: "Suite",
		Points: func(_ *testing.T, all ...splunktest.Point) {
			for _, p := range all {
				fields := map[string][]string{"metric_name:" + p.Metric: {fmt.Sprint(p.Value)}}
				for name, value := range p.Dimensions {
					fields[name] = []string{value}
				}
				server.Add(sandbox.Event{Time: p.Time, Index: points, Metric: true, Fields: fields})
			}
		}}
}
