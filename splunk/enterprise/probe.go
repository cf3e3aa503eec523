package enterprise

import (
	"context"
	"net/http"

	"foresight/splunk/internal/wire"
)

// Peer asks the collector for its certificate and its clock, of whatever health it is.
func (h *HECClient) Peer(ctx context.Context) (Peer, error) {
	before := h.config.Clock()
	rep, err := h.conn.Do(ctx, wire.Request{Op: "asking for the event collector's certificate", Method: http.MethodGet, Path: "/services/collector/health", Header: h.header()})
	return peerOf(rep, before, h.config.Clock()), err
}

// Check proves the collector's health and the token without writing anything: a
// request without events is refused with code 5 (no data) when the token is good,
// and for the token's sake when it is not. The health endpoint alone proves no
// token.
func (h *HECClient) Check(ctx context.Context) error {
	if err := h.Health(ctx); err != nil {
		return err
	}
	const op = "trying the event collector's token"
	rep, err := h.conn.Do(ctx, wire.Request{Op: op, Method: http.MethodPost, Path: "/services/collector/event", Header: h.header()})
	if err != nil {
		return err
	}
	const noData = 5
	a := parseAnswer(rep.Body)
	if rep.Status == http.StatusBadRequest && a.code() == noData {
		return nil
	}
	return h.refused(op, rep, a, rule(rep.Status, a.code()))
}
