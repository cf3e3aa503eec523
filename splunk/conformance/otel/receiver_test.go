package otel

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/ackextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"foresight/splunk/enterprise"
)

// peer is a running splunkhecreceiver and what came through it.
type peer struct {
	url     string
	logs    *consumertest.LogsSink
	metrics *consumertest.MetricsSink
	busy    atomic.Int32 // how many more batches what stands behind it refuses
	asked   atomic.Int32 // batches that came through to it
}

// consume is the sink, unless it is busy.
func (p *peer) consume(ctx context.Context, l plog.Logs) error {
	p.asked.Add(1)
	if p.busy.Add(-1) >= 0 {
		return errors.New("what stands behind the receiver is busy")
	}
	return p.logs.ConsumeLogs(ctx, l)
}

// withExtensions is a host that knows some.
type withExtensions struct {
	component.Host
	all map[component.ID]component.Component
}

func (h withExtensions) GetExtensions() map[component.ID]component.Component { return h.all }

// receive starts a receiver; change may set it otherwise.
func receive(t *testing.T, change ...func(*splunkhecreceiver.Config)) *peer {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := free.Addr().String()
	require.NoError(t, free.Close())

	factory := splunkhecreceiver.NewFactory()
	config := factory.CreateDefaultConfig().(*splunkhecreceiver.Config)
	config.Endpoint = addr
	for _, f := range change {
		f(config)
	}
	p := &peer{url: "http://" + addr, logs: new(consumertest.LogsSink), metrics: new(consumertest.MetricsSink)}
	sink, err := consumer.NewLogs(p.consume)
	require.NoError(t, err)
	settings := receivertest.NewNopCreateSettings()
	// One receiver of one configuration stands behind both.
	logs, err := factory.CreateLogsReceiver(t.Context(), settings, config, sink)
	require.NoError(t, err)
	_, err = factory.CreateMetricsReceiver(t.Context(), settings, config, p.metrics)
	require.NoError(t, err)
	require.NoError(t, logs.Start(context.Background(), withExtensions{componenttest.NewNopHost(), acknowledging(t, config.Ack.Extension)}))
	t.Cleanup(func() { require.NoError(t, logs.Shutdown(context.Background())) })
	return p
}

// acknowledging makes the extension that keeps acknowledgements, if one is named.
func acknowledging(t *testing.T, id *component.ID) map[component.ID]component.Component {
	t.Helper()
	if id == nil {
		return nil
	}
	factory := ackextension.NewFactory()
	var made extension.Extension
	made, err := factory.CreateExtension(t.Context(), extensiontest.NewNopCreateSettings(), factory.CreateDefaultConfig())
	require.NoError(t, err)
	require.NoError(t, made.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, made.Shutdown(context.Background())) })
	return map[component.ID]component.Component{*id: made}
}

// client is Foresight's, as a run makes it.
func (p *peer) client(t *testing.T, change ...func(*enterprise.HECConfig)) *enterprise.HECClient {
	t.Helper()
	c := enterprise.HECConfig{URL: p.url, Token: "a-token", Index: "foresight", Gzip: true, RetryFor: 20 * time.Second}
	for _, f := range change {
		f(&c)
	}
	h, err := enterprise.NewHEC(c)
	require.NoError(t, err)
	return h
}
