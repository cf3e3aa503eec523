package layout

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// figuresMark begins what .ci/figures puts into a document.
var figuresMark = regexp.MustCompile(`^<!-- figures ([a-z0-9-]+): make ([a-z-]+) -->$`)

// A figure in the documents is one that a make target makes: each block of figures names a target
// that there is, and was filled by it; what claims to be measured stands in such a block.
func TestFiguresOfDocumentsAreMeasured(t *testing.T) {
	makefile, err := os.ReadFile("Makefile")
	require.NoError(t, err)
	files, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		target, filled, measured := "", false, false
		for i, line := range strings.Split(string(text), "\n") {
			mark := figuresMark.FindStringSubmatch(line)
			switch {
			case mark != nil:
				require.Emptyf(t, target, "%s:%d: a block of figures begins in another: end it with <!-- end -->", file, i+1)
				target = mark[2]
				assert.Truef(t, strings.Contains(string(makefile), "\n"+target+":"), "%s:%d: there is no target %s", file, i+1, target)
				filled = false
			case strings.HasPrefix(line, "*`make "+target+"` at "):
				filled = true
			case strings.HasPrefix(line, "<!-- figures "):
				assert.Failf(t, "no such mark", "%s:%d: write <!-- figures NAME: make TARGET -->", file, i+1)
			case line == "<!-- end -->":
				assert.Truef(t, filled, "%s:%d: the block was never filled: run make %s", file, i+1, target)
				target = ""
			case strings.HasPrefix(line, "# Part 3"):
				measured = true
			case measured && target == "" && strings.HasPrefix(line, "|"):
				assert.Failf(t, "a table of no target", "%s:%d: let a make target fill it (.ci/figures)", file, i+1)
			}
		}
		assert.Emptyf(t, target, "%s: a block of figures does not end: write <!-- end -->", file)
	}
}

// link is a Markdown link to a file of the tree.
var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksOfDocumentsLead(t *testing.T) {
	files, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, file := range append(files, "README.md") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, to := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(file), to[1]))
			assert.NoErrorf(t, err, "%s links to %s", file, to[1])
		}
	}
}
