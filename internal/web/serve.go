package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"
)

// grace is how long requests under way may take after the end was asked for.
const grace = 800 * time.Millisecond

// Serve answers requests on addr ("127.0.0.1:8080"; port 0 takes a free one) until
// ctx ends, and returns nil within a second of that; requests under way get most of
// that second. ready, when not nil, is called once with the address that is being
// listened on. An address that cannot be had is an error that names it.
func Serve(ctx context.Context, addr string, h http.Handler, ready func(addr string)) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		if errors.Is(err, syscall.EADDRINUSE) {
			return fmt.Errorf("listening on %q: another program has this address; stop it or choose another address: %w", addr, err)
		}
		return fmt.Errorf("listening on %q: give an address of this machine such as 127.0.0.1:8080: %w", addr, err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	if ready != nil {
		ready(l.Addr().String())
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving on %q: %w", addr, err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if srv.Shutdown(last) != nil {
		// Some request outlived the grace: it is cut, which is what was asked for.
		_ = srv.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving on %q: %w", addr, err)
	}
	return nil
}
