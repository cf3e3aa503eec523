// Package report renders one run of one customer as a page for people: what needs
// doing and by when, then each signal's past and future. A page stands on its own
// (no script, no font, no picture from elsewhere), so that it can be mailed, filed
// and opened years later. The package reads no clock: all times are the result's.
package report

import (
	"embed"
	"io"
	"strings"
	"time"

	"foresight/internal/wording"
	"foresight/models"
)

//go:embed page.gohtml work.gohtml process.gohtml style.css
var files embed.FS

// Options are the choices of a page.
type Options struct {
	// Lang is the language of the page, by its ISO 639-1 code; the customer's where it is empty.
	Lang string
	// Hindsight is what has since come true after the run's AsOf, by HindsightKey.
	// It is drawn beside the forecast and summed up. Nil: nothing is known yet.
	Hindsight map[string][]models.HistoryPoint
}

// HindsightKey names a signal in Options.Hindsight: "service/signal", by their ids.
func HindsightKey(s models.SignalResult) string { return s.Service.ID + "/" + s.Signal.ID }

// HTML writes the page of one result. It returns an error for a language it does
// not know and when w fails; no content of r is an error: what is missing or not
// finite is said as unknown.
func HTML(w io.Writer, r models.Result, o Options) error {
	d, err := Draw(r, o)
	if err != nil {
		return err
	}
	return d.HTML(w)
}

// voice speaks the language of the page.
func (o Options) voice(c models.Customer) voice {
	if o.Lang != "" {
		return voice{wording.In(o.Lang)}
	}
	return voice{wording.In(c.Language)}
}

// FileName returns the file name of a customer's page: its id, with what a file
// system or a URL might take amiss replaced, and ".html".
func FileName(c models.Customer) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, c.ID)
	safe = strings.TrimLeft(safe, ".")
	if safe == "" {
		safe = "customer"
	}
	return safe + ".html"
}

// zone returns the customer's zone, UTC when it has none.
func zone(c models.Customer) *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}
