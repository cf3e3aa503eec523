package cloudservices

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/splunk/splunk-cloud-sdk-go/services"

	"foresight/splunk"
	"foresight/splunk/internal/wire"
)

// tripper carries one call of the SDK, which has neither context nor patience of its
// own. Whatever is no success leaves it as an error, so that the SDK's own reading of
// failures, which drops what is not JSON, is never asked.
type tripper struct {
	ctx      context.Context // of the call: the SDK's interface has no place for it
	tenant   *Tenant
	op       string
	patience *wire.Patience // nil: one try
	last     wire.Reply     // the last answer, success or not
}

// RoundTrip implements http.RoundTripper.
func (t *tripper) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := bodyOf(r)
	if err != nil {
		return nil, fmt.Errorf("%s: reading the request: %w", t.op, err)
	}
	header := r.Header.Clone()
	header.Del("Authorization") // the placeholder
	req := wire.Request{Op: t.op, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Body: body, Header: header}
	for {
		rep, err := t.tenant.do(t.ctx, req)
		t.last = rep
		if err == nil && rep.Status >= 200 && rep.Status < 300 {
			return answer(r, rep), nil
		}
		if err == nil {
			err = t.tenant.fail(t.op, rep)
		}
		if t.patience == nil {
			return nil, err
		}
		if err := t.patience.Wait(t.ctx, err); err != nil {
			return nil, err
		}
	}
}

// fail explains an answer whose status says no.
func (t *Tenant) fail(op string, rep wire.Reply) *splunk.Error {
	e := t.conn.Fail(op, rep)
	switch e.Why {
	case splunk.ReasonUnauthorized:
		e.Mend = "check the client's rights in the tenant"
	case splunk.ReasonNotFound:
		e.Mend = "check host and tenant"
	case splunk.ReasonRedirect:
		e.Mend = "write the final address in host"
	}
	return e
}

// bodyOf reads a request's body, so that it can be sent again, and closes it.
func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(r.Body)
	return data, errors.Join(err, r.Body.Close())
}

// answer hands an answer to the SDK.
func answer(r *http.Request, rep wire.Reply) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", rep.Status, http.StatusText(rep.Status)), StatusCode: rep.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: rep.Header, Body: io.NopCloser(bytes.NewReader(rep.Body)), ContentLength: int64(len(rep.Body)), Request: r,
	}
}

const (
	// placeholder stands where the SDK wants a token; the tripper brings the real one.
	placeholder = "set by the round tripper"
	// noLimit is the SDK's own limit on a call, far beyond those of contexts.
	noLimit = 24 * time.Hour
)

// call makes one call of the SDK. Each has a client of its own: that is how its context
// gets to the tripper, and the SDK's client may not be shared, since it renews its token
// without a lock. The reply is the last one, also beside an error.
func call[T any](ctx context.Context, t *Tenant, op string, patience *wire.Patience, do func(*services.BaseClient) (T, error)) (T, wire.Reply, error) {
	var none T
	trip := &tripper{ctx: ctx, tenant: t, op: op, patience: patience}
	client, err := services.NewClient(&services.Config{
		Token: placeholder, Tenant: t.config.Tenant, OverrideHost: t.conn.Host(), Scheme: t.conn.Scheme(),
		Timeout: noLimit, RoundTripper: trip, RetryRequests: false,
	})
	if err != nil {
		return none, wire.Reply{}, fmt.Errorf("%s: making the SDK's client: %w", op, err)
	}
	got, err := do(client)
	var e *splunk.Error
	switch {
	case errors.As(err, &e): // without the SDK's wrapping, which repeats the address
		return none, trip.last, e
	case err != nil:
		return none, trip.last, t.conn.Unclear(op, trip.last, err)
	}
	return got, trip.last, nil
}
