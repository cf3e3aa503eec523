//go:build browser

package report_test

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
)

// pageFile writes the fixture's page and returns its address.
func pageFile(t *testing.T) string {
	r := fixture()
	file := filepath.Join(t.TempDir(), "page.html")
	require.NoError(t, os.WriteFile(file, []byte(render(t, r, withHindsight(r))), 0o600))
	return "file://" + file
}

// box is a rectangle on the screen.
type box struct{ X, Y, Width, Height float64 }

const boxesOf = `(sel => [...document.querySelectorAll(sel)].map(e => { const b = e.getBoundingClientRect(); return {X: b.x, Y: b.y, Width: b.width, Height: b.height} }))`

// evaluate returns what a script of the page's says.
func evaluate[T any](ctx context.Context, t *testing.T, script string) T {
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	require.NoError(t, err)
	return v
}

func TestBrowser(t *testing.T) {
	ctx, said := browsertest.Start(t)
	url := pageFile(t)
	shots := os.Getenv("SHOTS") // a folder to keep the pictures in
	for _, c := range []struct {
		name, scheme string
		width        int64
	}{{"wide", "light", 1280}, {"phone", "light", 390}, {"dark", "dark", 1280}, {"phone-dark", "dark", 390}} {
		t.Run(c.name, func(t *testing.T) {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: c.scheme}}})
			require.NoError(t, err)
			require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(c.width, 900), chromedp.Navigate(url),
				chromedp.WaitVisible("#actions tbody tr")))
			over := evaluate[bool](ctx, t, `document.documentElement.scrollWidth > document.documentElement.clientWidth`)
			rows := evaluate[bool](ctx, t, `document.querySelector("#actions tbody tr").getBoundingClientRect().top < innerHeight`)
			plots := evaluate[[]box](ctx, t, boxesOf+`("svg.plot")`)
			paper := evaluate[string](ctx, t, `getComputedStyle(document.body).backgroundColor`)
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
			require.NoError(t, err)
			assert.False(t, over, "the body must not scroll sideways")
			assert.True(t, rows, "the first action is seen without scrolling")
			require.GreaterOrEqual(t, len(plots), 6)
			for i, b := range plots {
				assert.Greater(t, b.Width, 300.0, "plot %d", i)
				assert.Greater(t, b.Height, 60.0, "plot %d", i)
			}
			want := "rgb(251, 250, 248)"
			if c.scheme == "dark" {
				want = "rgb(20, 24, 29)"
			}
			assert.Equal(t, want, paper)
			assert.NotEmpty(t, shot)
			if shots != "" {
				require.NoError(t, os.WriteFile(filepath.Join(shots, c.name+".jpg"), shot, 0o600))
			}
		})
	}
	assert.Empty(t, said(), "the console stays silent")
}
