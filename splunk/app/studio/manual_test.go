package studio_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foresight/splunk/app"
)

// largest is how large a picture of the manual may be, in bytes.
const largest = 150 << 10

// The manual has a section on each dashboard, which begins with its picture.
func TestTheManualShowsEveryDashboard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/splunk-app.md")
	require.NoError(t, err)
	for _, v := range views(t, app.Files()) {
		file := "pictures/" + v.Name + ".webp"
		assert.Contains(t, string(text), "### "+v.Label+"\n\n!["+v.Label+"]("+file+")\n", "docs/splunk-app.md")
		picture, err := os.ReadFile("../../../docs/" + file)
		require.NoError(t, err, "make pictures makes it")
		assert.Truef(t, len(picture) < largest && strings.HasPrefix(string(picture), "RIFF") && string(picture[8:12]) == "WEBP", "docs/%s is no WebP of less than %d bytes", file, largest)
	}
}
