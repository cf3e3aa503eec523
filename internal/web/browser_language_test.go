//go:build browser

package web_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A customer's people read Swedish, and no page is wider than a phone for it.
func TestBrowserReadsSwedishOnAPhone(t *testing.T) {
	h := staffed(t)
	h.desk.customers[0].Language, h.desk.customers[1].Language = "sv", "sv"
	ctx, said := browser(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for _, a := range actions {
			require.NoError(t, chromedp.Do(ctx, a))
		}
	}
	do(chromedp.EmulateViewport(375, 800), chromedp.Navigate(h.site+"/login"), chromedp.WaitVisible(`input[name=password]`),
		chromedp.SendKeys(`input[name=name]`, "all"), chromedp.SendKeys(`input[name=password]`, password+"\r"), chromedp.WaitVisible(`nav form button`))
	for name, path := range map[string]string{"sv-case": "/incidents/nord-3", "sv-oncall": "/oncall", "sv-actions": "/actions", "sv-services": "/services", "sv-incidents": "/incidents", "sv-access": "/admin/access"} {
		do(chromedp.Navigate(h.site+path), chromedp.WaitVisible(`nav form button`))
		lang, err := chromedp.Run(ctx, chromedp.AttributeValue(`html`, "lang"))
		require.NoError(t, err)
		assert.Equal(t, "sv", lang.Value, path)
		size, err := chromedp.Call(ctx, page.GetLayoutMetrics, cdp.Empty{})
		require.NoError(t, err)
		assert.LessOrEqual(t, size.CSSContentSize.Width, 375.0, path)
		if shots := os.Getenv("SHOTS"); shots != "" {
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(shots, name+".png"), shot, 0o600))
		}
	}
	assert.Empty(t, said())
}
