//go:build browser

package web_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/models"
)

// Somebody signs in by the provider and puts a colleague in on call, in a real browser without script, by keyboard alone.
func TestBrowserSignsInByTheProviderAndPutsSomebodyIn(t *testing.T) {
	h := newAbroad(t, nil)
	p := &h.desk.customers[0].Process
	h.roster.able = []string{"eva", "bo"}
	p.Contacts = []models.Contact{{ID: "eva", Name: "Eva Ek"}, {ID: "bo", Name: "Bo Berg"}}
	p.Rotas = []models.Rota{{ID: "first", Name: "First line", Zone: time.UTC, Covers: []models.Cover{{Contact: "bo", From: asOf.Add(24 * time.Hour), To: asOf.Add(30 * time.Hour)}}}}
	h.provider.QueueUser(operator())
	ctx, said := browser(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions {
			require.NoError(t, chromedp.Do(ctx, a))
		}
	}
	shoot := func(name string) {
		t.Helper()
		shots := os.Getenv("SHOTS") // a folder to keep the pictures in
		if shots == "" {
			return
		}
		for scheme, dark := range map[string]string{"light": "light", "dark": "dark"} {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: dark}}})
			require.NoError(t, err)
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(shots, name+"-"+scheme+".png"), shot, 0o600))
		}
	}
	do(chromedp.Navigate(h.site+"/oncall"), chromedp.WaitVisible(`a.button`))
	shoot("login")
	do(chromedp.SendKeys(`a.button`, "\r"), chromedp.WaitVisible(`article h3`))
	where, err := chromedp.Run(ctx, chromedp.Location())
	require.NoError(t, err)
	assert.Equal(t, h.site+"/oncall", where, "where one wanted to go")
	do(chromedp.SendKeys(`//summary[.="Put somebody else in"]`, "\r"), chromedp.WaitVisible(`select[name=contact]`),
		chromedp.SendKeys(`select[name=contact]`, "Bo"), chromedp.SendKeys(`input[name=to]`, "09152026\t0800AM"), chromedp.SendKeys(`input[name=reason]`, "Eva is ill\r"),
		chromedp.WaitVisible(`//button[.="Take back"]`))
	require.Len(t, h.roster.made, 1)
	assert.Equal(t, models.StandIn{ID: "made", Customer: "nord", Rota: "first", By: "Kim@example.com", Reason: "Eva is ill", Cover: models.Cover{Contact: "bo", From: asOf, To: time.Date(2026, 9, 15, 8, 0, 0, 0, time.UTC)}}, h.roster.made[0])
	shoot("oncall")
	do(chromedp.SendKeys(`//button[.="Take back"]`, "\r"), chromedp.WaitVisible(`//summary[.="The coming two weeks"]`))
	assert.Eventually(t, func() bool { return len(h.roster.ended) == 1 }, 5*time.Second, 10*time.Millisecond)
	assert.Empty(t, said(), "the console stays silent: no policy is breached")
}

// An administrator finds who did what and signs somebody out.
func TestBrowserAdministers(t *testing.T) {
	h := governed(t)
	eva := h.signedIn("eva")
	ctx, said := browser(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions {
			require.NoError(t, chromedp.Do(ctx, a))
		}
	}
	do(chromedp.Navigate(h.site+"/admin/access"), chromedp.WaitVisible(`input[name=password]`),
		chromedp.SendKeys(`input[name=name]`, "noa"), chromedp.SendKeys(`input[name=password]`, password+"\r"), chromedp.WaitVisible(`//button[.="Sign out everywhere"]`))
	if shots := os.Getenv("SHOTS"); shots != "" {
		for name, path := range map[string]string{"access": "/admin/access", "audit": "/admin/audit", "outbox": "/admin/outbox"} {
			do(chromedp.Navigate(h.site + path))
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(shots, name+".png"), shot, 0o600))
		}
	}
	do(chromedp.Navigate(h.site+"/admin/access"), chromedp.Click(`//button[.="Sign out everywhere"]`), chromedp.WaitVisible(`//p[starts-with(., "Nobody whose")]`))
	status, _ := h.get(eva, "/incidents")
	assert.Equal(t, 303, status, "she is signed out")
	assert.Empty(t, said())
}
