package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// calendar serves a customer's feed. A wrong secret is told from a customer without a feed by
// nothing.
func (v *server) calendar(w http.ResponseWriter, r *http.Request) {
	customer := r.PathValue("customer")
	secret, named := strings.CutSuffix(r.PathValue("file"), ".ics")
	var feed []byte
	if named {
		var err error
		if feed, named, err = v.options.Calendar(r.Context(), customer, secret); err != nil {
			v.internal(w, fmt.Errorf("reading the calendar of customer %q: %w", customer, err))
			return
		}
	}
	if !named {
		v.message(w, http.StatusNotFound, "There is no such calendar", "Its address is the one that was given out, or has been replaced.")
		return
	}
	sum := sha256.Sum256(feed)
	w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(feed))
}
