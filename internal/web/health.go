package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// patience is how long the database may take to answer for the process to count as
// healthy: longer than any of its transactions, shorter than a probe waits.
const patience = 3 * time.Second

// healthy says whether the process can do its work: the database answers. A process
// whose database is away mends itself when it comes back, so that restarting it helps
// nobody: /livez is for those who restart.
func (v *server) healthy(w http.ResponseWriter, r *http.Request) {
	if v.options.Database != nil {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		if err := v.options.Database(ctx); err != nil {
			v.options.OnError(fmt.Errorf("asking the database whether it is there: %w", err))
			plain(w, http.StatusServiceUnavailable, "not healthy: the database does not answer; the log says why")
			return
		}
	}
	plain(w, http.StatusOK, "ok")
}

// ready says whether every customer's last run succeeded and its events reach Splunk.
func (v *server) ready(w http.ResponseWriter, r *http.Request) {
	all, err := v.source.Customers(r.Context())
	if err != nil {
		v.options.OnError(fmt.Errorf("reading the standing of the customers: %w", err))
		plain(w, http.StatusServiceUnavailable, "not ready: the standing of the customers cannot be read")
		return
	}
	var why []string
	for _, s := range all {
		switch {
		case s.Run.Ended.IsZero():
			why = append(why, fmt.Sprintf("customer %q: no run has ended yet", s.ID))
		case s.Run.Error != "":
			why = append(why, fmt.Sprintf("customer %q: the last run failed: %s", s.ID, s.Run.Error))
		case s.Pending > 0:
			why = append(why, fmt.Sprintf("customer %q: %d of its queries have had no run yet", s.ID, s.Pending))
		}
	}
	if len(all) == 0 {
		why = append(why, "no customer is configured")
	}
	if v.options.Delivery != nil {
		held, err := v.options.Delivery(r.Context())
		if err != nil {
			v.options.OnError(fmt.Errorf("reading what waits to be sent: %w", err))
			held = []string{"what waits to be sent cannot be read; the log says why"}
		}
		for _, h := range held {
			why = append(why, "delivery: "+h)
		}
	}
	if len(why) > 0 && !who(r).SeesAll() {
		plain(w, http.StatusServiceUnavailable, "not ready: sign in as somebody who sees every customer, and this page says why")
		return
	}
	if len(why) > 0 {
		plain(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(why, "\nnot ready: "))
		return
	}
	plain(w, http.StatusOK, "ready")
}

// plain answers in text for machines.
func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = fmt.Fprintln(w, text) // the reader has gone: nobody to tell
}
