package otel

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"

	"foresight/models"
	"foresight/splunk/enterprise"
)

// record is an event as both sides know it.
type record struct {
	Millis                          int64
	Host, Source, Sourcetype, Index string
	Body                            string // canonical JSON
}

// canonical writes JSON with sorted keys and numbers as float64, as the receiver keeps them.
func canonical(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var plain any
	require.NoError(t, json.Unmarshal(raw, &plain))
	out, err := json.Marshal(plain)
	require.NoError(t, err)
	return string(out)
}

// told are the records of events, as they were to arrive in an index.
func told(t *testing.T, events []models.Event, index string) []record {
	t.Helper()
	all := make([]record, len(events))
	for i, e := range events {
		all[i] = record{e.Time.UnixMilli(), e.Host, e.Source, e.Sourcetype, index, canonical(t, e.Body)}
	}
	return all
}

// arrived are the records that the receiver handed on.
func (p *peer) arrived(t *testing.T) []record {
	t.Helper()
	var all []record
	for _, logs := range p.logs.AllLogs() {
		for i := range logs.ResourceLogs().Len() {
			resource := logs.ResourceLogs().At(i)
			of := func(key string) string {
				v, _ := resource.Resource().Attributes().Get(key)
				return v.AsString()
			}
			for j := range resource.ScopeLogs().Len() {
				kept := resource.ScopeLogs().At(j).LogRecords()
				for k := range kept.Len() {
					one := kept.At(k)
					all = append(all, record{one.Timestamp().AsTime().Round(time.Millisecond).UnixMilli(), of("host.name"), of("com.splunk.source"),
						of("com.splunk.sourcetype"), of("com.splunk.index"), canonical(t, one.Body().AsRaw())})
				}
			}
		}
	}
	return all
}

// some are n events that differ.
func some(n int) []models.Event {
	all := make([]models.Event, n)
	for i := range all {
		all[i] = models.Event{Time: time.UnixMilli(1_700_000_000_123 + int64(i)), Host: "h", Source: "foresight", Sourcetype: models.SourcetypeRun,
			Body: map[string]any{"n": i, "text": `å "quoted" | \back`, "none": nil}}
	}
	return all
}

// demo keeps the events of the demo, which takes a while.
var demo []models.Event

// ofTheDemo are all events that the demo's runs told, of every sourcetype that they have.
func ofTheDemo(t *testing.T) []models.Event {
	t.Helper()
	if demo != nil {
		return demo
	}
	binary := os.Getenv("FORESIGHT")
	require.NotEmpty(t, binary, "FORESIGHT names no program: make conformance builds and names it")
	dir := t.TempDir()
	out, err := exec.Command(binary, "demo", "--once", "--dir", dir).CombinedOutput()
	require.NoError(t, err, string(out))
	file, err := os.Open(filepath.Join(dir, "events.jsonl"))
	require.NoError(t, err)
	defer file.Close() //nolint:errcheck // read only
	var all []models.Event
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e struct {
			Time                     float64
			Host, Source, Sourcetype string
			Event                    json.RawMessage
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		all = append(all, models.Event{Time: time.UnixMilli(int64(e.Time*1000 + 0.5)), Host: e.Host, Source: e.Source, Sourcetype: e.Sourcetype, Body: e.Event})
	}
	require.NoError(t, lines.Err())
	demo = all
	return all
}

// What the demo tells arrives whole: each event once, with its time, place and every field.
func TestTheDemosEventsArrive(t *testing.T) {
	events := ofTheDemo(t)
	kinds := map[string]int{}
	for _, e := range events {
		kinds[e.Sourcetype]++
	}
	for _, kind := range []string{models.SourcetypeForecast, models.SourcetypePeak, models.SourcetypeOverload, models.SourcetypeAction, models.SourcetypeRun} {
		require.NotZero(t, kinds[kind], kind)
	}
	p := receive(t)
	rejected, err := p.client(t).Send(t.Context(), events)
	require.NoError(t, err)
	require.Empty(t, rejected)
	same(t, told(t, events, "foresight"), p.arrived(t))
	t.Logf("%d events of %d sourcetypes in %d requests, gzip", len(events), len(kinds), p.asked.Load())
}

func TestWithoutGzip(t *testing.T) {
	p := receive(t)
	rejected, err := p.client(t, func(c *enterprise.HECConfig) { c.Gzip, c.BatchEvents = false, 7 }).Send(t.Context(), some(40))
	require.NoError(t, err)
	assert.Empty(t, rejected)
	assert.Equal(t, told(t, some(40), "foresight"), p.arrived(t), "in their order")
	assert.EqualValues(t, 6, p.asked.Load())
}

// The receiver's acknowledgements, by an extension, are waited for.
func TestAcknowledged(t *testing.T) {
	id := component.MustNewID("ack")
	p := receive(t, func(c *splunkhecreceiver.Config) { c.Ack.Extension = &id })
	rejected, err := p.client(t, func(c *enterprise.HECConfig) { c.BatchEvents = 10 }).Send(t.Context(), some(35))
	require.NoError(t, err)
	assert.Empty(t, rejected)
	assert.Equal(t, told(t, some(35), "foresight"), p.arrived(t))
	assert.EqualValues(t, 4, p.asked.Load(), "acknowledged batches are not sent again")
}

// An error behind the receiver is code 8: the batch is sent again until it is taken.
func TestSentAgainUntilTaken(t *testing.T) {
	p := receive(t)
	p.busy.Store(2)
	rejected, err := p.client(t).Send(t.Context(), some(5))
	require.NoError(t, err)
	assert.Empty(t, rejected)
	assert.Equal(t, told(t, some(5), "foresight"), p.arrived(t))
	assert.EqualValues(t, 3, p.asked.Load())
}

// What is too large for the receiver is cut until it fits; what alone is too large is put aside.
func TestTooLarge(t *testing.T) {
	p := receive(t, func(c *splunkhecreceiver.Config) { c.MaxRequestBodySize = 2000 })
	events := some(40)
	events[17].Body = map[string]any{"text": strings.Repeat("x", 3000)}
	rejected, err := p.client(t, func(c *enterprise.HECConfig) { c.Gzip = false }).Send(t.Context(), events)
	require.NoError(t, err)
	require.Len(t, rejected, 1)
	assert.Equal(t, events[17], rejected[0].Event)
	assert.Equal(t, told(t, append(events[:17:17], events[18:]...), "foresight"), p.arrived(t))
}

// Neither the receiver's health nor its answer to nothing proves a token: it looks at none.
func TestHealth(t *testing.T) {
	p := receive(t)
	h := p.client(t)
	require.NoError(t, h.Health(t.Context()))
	require.NoError(t, h.Check(t.Context()))
	assert.Empty(t, p.arrived(t), "a check writes nothing")
}
