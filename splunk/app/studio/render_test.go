//go:build browser

package studio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/internal/browsertest"
	"foresight/splunk/app/studio"
	"foresight/splunk/sandbox"
)

// screens is where the pictures go; git does not keep them.
const screens = "../../../bin/screens"

// empty are the panels that the story rightly leaves empty, and why.
var empty = map[string]string{
	"foresight_forecast viz_whatif":  "the demo has no plans that are not decided",
	"foresight_actions viz_latelist": "nothing is late",
	"foresight_actions viz_donelist": "nothing was finished",
	"foresight_accuracy viz_drift":   "nothing drifts",
	"foresight_health viz_silent":    "every signal talks",
}

// drawn is a panel as the browser shows it.
type drawn struct {
	ID, Text   string
	Cut        bool // its description does not fit
	X, Y, W, H float64
}

const (
	// settled says that every search is answered, and the page has had time to draw the answers.
	settled = `(() => { const f = window.foresight; return f.asked > 0 && f.asked === f.answered && performance.now() - f.last > 1500; })()`

	// panels are those of the page with their places on it; descriptions are what must fit.
	panels = `[...document.querySelectorAll('[data-test="viz-item"]')].map(e => { const r = e.getBoundingClientRect();
  const cut = [...e.querySelectorAll('*')].some(x => x.children.length === 0 && %s.includes(x.textContent) && x.scrollWidth > x.clientWidth + 1);
  return {ID: e.dataset.id, Text: e.innerText, Cut: cut, X: r.x + scrollX, Y: r.y + scrollY, W: r.width, H: r.height}; })`

	noData = "No data!" // what Splunk's panels say
)

// sheet is a browser with Splunk's packages loaded.
type sheet struct {
	t     *testing.T
	ctx   context.Context //nolint:containedctx // of the browser, for the test's length
	bench *bench
}

// open starts a browser for one dashboard.
func (b *bench) open(t *testing.T) sheet {
	t.Helper()
	ctx, said := browsertest.Start(t)
	s := sheet{t, ctx, b}
	s.do(chromedp.Navigate(b.URL))
	_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!window.foresight?.show", chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	require.NoError(t, err, strings.Join(said(), "\n"))
	return s
}

func (s sheet) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	for _, step := range steps {
		require.NoError(s.t, chromedp.Do(s.ctx, step))
	}
}

// value runs one action and returns what it says.
func value[T any](s sheet, a chromedp.Action[T]) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, a)
	require.NoError(s.t, err)
	return v
}

// show has the page show a dashboard at an address, and waits until it stands still.
func (s sheet) show(v studio.View, theme, address string) []byte {
	s.t.Helper()
	height := 0
	for _, p := range v.Definition.Layout.Structure {
		height = max(height, p.Position.Y+p.Position.H)
	}
	s.do(chromedp.EmulateViewport(1440, int64(height)+110))
	require.True(s.t, value(s, chromedp.Evaluate[bool](fmt.Sprintf("foresight.show(%q, %q, %q)", v.Name, theme, address), chromedp.EvalAwaitPromise)))
	s.waitFor(settled, v.Name+" never came to rest")
	assert.Empty(s.t, value(s, chromedp.Evaluate[[]string]("window.foresight.errors")), "searches that failed")
	// Charts are drawn line by line, after their searches.
	var shot []byte
	for deadline := time.Now().Add(time.Minute); ; {
		before := shot
		if shot = value(s, chromedp.CaptureScreenshot()); bytes.Equal(before, shot) {
			return shot
		}
		require.Truef(s.t, time.Now().Before(deadline), "%s does not stand still", v.Name)
	}
}

func (s sheet) waitFor(condition, otherwise string) {
	s.t.Helper()
	_, err := chromedp.Run(s.ctx, chromedp.Poll[bool](condition, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(time.Minute)))
	require.NoError(s.t, err, otherwise)
}

// draw shows a dashboard and returns its panels and its picture, which it keeps in a file.
func (s sheet) draw(v studio.View, theme, file string) (map[string]drawn, image.Image) {
	s.t.Helper()
	shot := s.show(v, theme, "/")
	require.NoError(s.t, os.MkdirAll(screens, 0o750))
	require.NoError(s.t, os.WriteFile(filepath.Join(screens, file), shot, 0o600))
	picture, err := png.Decode(bytes.NewReader(shot))
	require.NoError(s.t, err)
	var descriptions []string
	for _, p := range v.Definition.Visualizations {
		descriptions = append(descriptions, p.Description)
	}
	list, err := json.Marshal(descriptions)
	require.NoError(s.t, err)
	all := map[string]drawn{}
	for _, p := range value(s, chromedp.Evaluate[[]drawn](fmt.Sprintf(panels, list))) {
		all[p.ID] = p
	}
	return all, picture
}

// spread is how much the grey of a panel's lower part, below its title, varies; a blank one's does not.
func spread(picture image.Image, p drawn) float64 {
	var n, sum, squares float64
	for y := int(p.Y) + 50; y < int(p.Y+p.H)-2; y++ {
		for x := int(p.X) + 2; x < int(p.X+p.W)-2; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			grey := float64(r+g+b) / (3 * 257)
			n, sum, squares = n+1, sum+grey, squares+grey*grey
		}
	}
	return math.Sqrt(max(0, squares/n-sum/n*sum/n))
}

// Each dashboard is drawn with Splunk's own packages, light and dark: no search fails, no panel is blank,
// and what each says about being empty can be read.
func TestBrowserDashboardsAreDrawn(t *testing.T) {
	b := newBench(t, tell(t).server)
	for name, v := range b.views {
		t.Run(name, func(t *testing.T) {
			s := b.open(t)
			for _, theme := range []string{"dark", "light"} {
				shown, picture := s.draw(v, theme, name+"-"+theme+".png")
				for id, panel := range v.Definition.Visualizations {
					p, ok := shown[id]
					if !assert.Truef(t, ok && p.W > 80 && p.H > 60, "%s %s is not drawn", theme, id) {
						continue
					}
					assert.Falsef(t, p.Cut, "%s %s: its description does not fit: %q", theme, id, panel.Description)
					if _, ok := empty[name+" "+id]; ok {
						continue
					}
					assert.NotContainsf(t, p.Text, noData, "%s %s", theme, id)
					assert.NotContainsf(t, p.Text, "N/A", "%s %s", theme, id)
					assert.Greaterf(t, spread(picture, p), 2.0, "%s %s is blank", theme, id)
				}
			}
			s.keepPicture(name)
			s.follow(v)
		})
	}
}

// On an index that holds nothing no search fails, panels say that they are empty, and the overview says
// what to set up.
func TestBrowserDashboardsOnNothing(t *testing.T) {
	server, err := sandbox.Start(t.Context(), sandbox.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	b := newBench(t, server)
	s := b.open(t)
	v := b.views["foresight_overview"]
	shown, picture := s.draw(v, "light", "empty-light.png")
	assert.Contains(t, shown["viz_setup"].Text, "start foresight serve")
	for _, id := range []string{"viz_work", "viz_limits", "viz_cases", "viz_peaks"} {
		assert.Contains(t, shown[id].Text, noData, id)
		assert.Contains(t, shown[id].Text, "Empty", id)
	}
	assert.Greater(t, spread(picture, shown["viz_work"]), 2.0)
	assert.Less(t, spread(image.NewUniform(color.White), shown["viz_work"]), 2.0, "what is blank is seen to be")
}
