//go:build browser

package studio_test

import (
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// keepPicture keeps the dashboard that is shown as a picture of the manual, where make pictures wants them.
func (s sheet) keepPicture(name string) {
	s.t.Helper()
	folder := os.Getenv("FORESIGHT_PICTURES")
	if folder == "" {
		return
	}
	for quality := int64(80); ; quality -= 10 {
		require.Positivef(s.t, quality, "%s is larger than %d bytes, however poor", name, largest)
		shot, err := chromedp.Call(s.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		require.NoError(s.t, err)
		if len(shot.Data) < largest {
			require.NoError(s.t, os.WriteFile(filepath.Join(folder, name+".webp"), shot.Data, 0o644))
			return
		}
	}
}
