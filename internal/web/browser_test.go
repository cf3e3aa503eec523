//go:build browser

package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/browsertest"
	"foresight/internal/web"
	"foresight/models"
)

// browser starts a browser that runs no script.
func browser(t *testing.T) (context.Context, func() []string) {
	ctx, said := browsertest.Start(t)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	return ctx, said
}

// A person signs in, reports a fault, takes the case and resolves it, in a real browser without script.
func TestBrowserFromReportToEnd(t *testing.T) {
	h := newHouse(t, nil)
	ctx, said := browser(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions {
			require.NoError(t, chromedp.Do(ctx, a))
		}
	}
	at := func() string {
		where, err := chromedp.Run(ctx, chromedp.Location())
		require.NoError(t, err)
		return where[len(h.site):]
	}
	// A click returns before its form has arrived: the page that answers it has the words in its timeline.
	answered := func(words string) chromedp.Action[chromedp.Void] {
		return chromedp.WaitVisible(`//td/div[.="` + words + `"]`)
	}
	do(chromedp.Navigate(h.site+"/incidents/new?customer=nord&service=till"), chromedp.WaitVisible(`input[name=password]`))
	do(chromedp.SendKeys(`input[name=name]`, "eva"), chromedp.SendKeys(`input[name=password]`, password), chromedp.Click(`main button`), chromedp.WaitVisible(`input[name=title]`))
	assert.Equal(t, "/incidents/new?customer=nord&service=till", at(), "where one wanted to go")
	do(chromedp.SendKeys(`input[name=title]`, "Nobody can pay"), chromedp.Click(`main form button`), chromedp.WaitVisible(`#do`))
	assert.Equal(t, "/incidents/nord-1", at())
	do(chromedp.SendKeys(`textarea[name=text]`, "mine"), chromedp.Click(`button[formaction$="/ack"]`), answered("mine"))
	do(chromedp.SendKeys(`textarea[name=text]`, "the bank has mended it"), chromedp.Click(`button[formaction$="/resolve"]`), answered("the bank has mended it"))
	do(chromedp.Navigate(h.site+"/incidents/nord-3"), chromedp.WaitVisible(`form.small`), chromedp.SendKeys(`form.small input[name=text]`, "ordered"), chromedp.Click(`form.small button[formaction$="/capacity/start"]`), answered("ordered"))
	require.Len(t, h.desk.reports, 1)
	assert.Equal(t, models.Report{Customer: "nord", Service: "till", Title: "Nobody can pay", Impact: 2, Urgency: 2, Source: "user", By: "eva"}, h.desk.reports[0])
	var verbs []web.Act
	for _, a := range h.desk.acts {
		a.Level, a.Impact, a.Urgency = 0, 0, 0
		verbs = append(verbs, a)
	}
	assert.Equal(t, []web.Act{{Incident: "nord-1", Verb: "ack", By: "eva", Seen: 3, Text: "mine"}, {Incident: "nord-1", Verb: "resolve", By: "eva", Seen: 3, Text: "the bank has mended it"},
		{Incident: "nord-3", Task: "capacity", Verb: "start", By: "eva", Seen: 7, Text: "ordered"}}, verbs)
	do(chromedp.Navigate(h.site+"/services"), chromedp.WaitVisible(`nav form button`))
	if shots := os.Getenv("SHOTS"); shots != "" { // a folder to keep the pictures in
		for name, path := range map[string]string{"case": "/incidents/nord-3", "incidents": "/incidents", "actions": "/actions", "services": "/services"} {
			do(chromedp.Navigate(h.site + path))
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(shots, name+".png"), shot, 0o600))
		}
	}
	do(chromedp.Click(`nav form button`), chromedp.WaitVisible(`input[name=password]`))
	assert.Equal(t, "/login", at())
	assert.Empty(t, said(), "the console stays silent: no policy is breached")
}
