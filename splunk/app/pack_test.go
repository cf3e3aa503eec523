package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// library is what pip install --target leaves, in small.
var library = fstest.MapFS{
	"splunklib/__init__.py":                       {Data: []byte("")},
	"splunklib/searchcommands/__init__.py":        {Data: []byte("# here\n")},
	"splunklib/__pycache__/x.cpython-311.pyc":     {Data: []byte("x")},
	"splunk_sdk-2.1.0.dist-info/METADATA":         {Data: []byte("x")},
	"splunk_sdk-2.1.0.dist-info/licenses/LICENSE": {Data: []byte("Apache")},
	"bin/tool":      {Data: []byte("x")},
	".hidden/x":     {Data: []byte("x")},
	"deprecated.py": {Data: []byte("x = 1\n")},
}

// entry is one file or folder of a package.
type entry struct {
	mode    fs.FileMode
	content string
}

func unpack(t *testing.T, packed []byte) map[string]entry {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	all, seen := map[string]entry{}, map[string]bool{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		assert.Zero(t, h.Uid+h.Gid, h.Name)
		assert.True(t, h.ModTime.Equal(packedAt), h.Name)
		name := strings.TrimSuffix(h.Name, "/")
		if dir := path.Dir(name); dir != "." {
			assert.Truef(t, seen[dir], "%s comes before its folder", h.Name)
		}
		require.Falsef(t, seen[name], "%s comes twice", name)
		seen[name] = true
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		mode := h.FileInfo().Mode()
		if mode.IsDir() {
			assert.Equal(t, fs.FileMode(0o755), mode.Perm(), h.Name)
			continue
		}
		all[name] = entry{mode.Perm(), string(content)}
	}
}

func packed(t *testing.T, o Options) (map[string]entry, Contents) {
	t.Helper()
	var b bytes.Buffer
	c, err := Pack(&b, o)
	require.NoError(t, err)
	files := unpack(t, b.Bytes())
	require.Len(t, files, c.Files)
	return files, c
}

func TestPackageIsTheSameTwice(t *testing.T) {
	var one, two, other bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		_, err := Pack(b, Options{Version: "v1.2.3", Lib: library})
		require.NoError(t, err)
	}
	require.Equal(t, one.Bytes(), two.Bytes())
	_, err := Pack(&other, Options{Version: "v1.2.4", Lib: library})
	require.NoError(t, err)
	require.NotEqual(t, one.Bytes(), other.Bytes())
}

func TestPackageIsAnAppOfOneFolder(t *testing.T) {
	files, c := packed(t, Options{Version: "v1.2.3-4-gabcdef", Lib: library})
	assert.Equal(t, "1.2.3", c.Version)
	for name, e := range files {
		assert.Equal(t, Name, strings.Split(name, "/")[0], name)
		for _, part := range strings.Split(name, "/") {
			assert.Falsef(t, strings.HasPrefix(part, ".") || part == "__pycache__" || part == "local", name)
		}
		want := fs.FileMode(0o644)
		if strings.HasPrefix(name, "foresight/bin/") {
			want = 0o755
		}
		assert.Equal(t, want, e.mode, name)
	}
	conf, err := ParseConf(strings.NewReader(files["foresight/default/app.conf"].content))
	require.NoError(t, err)
	for _, stanza := range []string{"launcher", "id"} {
		s, _ := conf.Stanza(stanza)
		version, _ := s.Get("version")
		assert.Equal(t, "1.2.3", version, stanza)
	}
	id, _ := conf.Stanza("id")
	name, _ := id.Get("name")
	assert.Equal(t, Name, name)
	install, _ := conf.Stanza("install")
	number, _ := install.Get("build")
	assert.NotEqual(t, "0", number)
}

func TestPackageHoldsTheLibraryWithoutItsTools(t *testing.T) {
	files, c := packed(t, Options{Lib: library})
	assert.True(t, c.Command)
	var lib []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "foresight/lib/") {
			lib = append(lib, strings.TrimPrefix(name, "foresight/lib/"))
		}
	}
	assert.Equal(t, []string{"deprecated.py", "splunk_sdk-2.1.0.dist-info/licenses/LICENSE", "splunklib/__init__.py", "splunklib/searchcommands/__init__.py"}, lib)
}

func TestPackageRefusesWhatIsNoLibrary(t *testing.T) {
	_, err := Pack(io.Discard, Options{Lib: fstest.MapFS{"x.py": {}}})
	require.ErrorContains(t, err, "no splunklib/searchcommands")
	_, err = Pack(io.Discard, Options{Lib: fstest.MapFS{"splunklib/searchcommands/__init__.py": {}, "fast/x.so": {}}})
	require.ErrorContains(t, err, "fast/x.so is compiled")
}

func TestPackageWithoutLibraryHasAllButTheCommand(t *testing.T) {
	app := fstest.MapFS{
		"default/app.conf":       {Data: []byte("[install]\nbuild = 0\n[launcher]\nversion = 0\n[id]\nversion = 0\n")},
		"default/commands.conf":  {Data: []byte("[foresight]\nfilename = foresight_command.py\nchunked = true\n")},
		"default/searchbnf.conf": {Data: []byte("x")}, "bin/foresight_command.py": {Data: []byte("x")}, "bin/report.py": {Data: []byte("x")},
		"bin/__pycache__/report.pyc": {Data: []byte("x")}, "default/macros.conf": {Data: []byte("[m]\ndefinition = x\n")},
	}
	var b bytes.Buffer
	c, err := pack(&b, app, Options{Version: "1.0.0"})
	require.NoError(t, err)
	assert.False(t, c.Command)
	assert.Equal(t, []string{"default/commands.conf", "default/searchbnf.conf", "bin/foresight_command.py"}, c.LeftOut)
	assert.Equal(t, []string{"foresight/bin/report.py", "foresight/default/app.conf", "foresight/default/macros.conf"}, slices.Sorted(maps.Keys(unpack(t, b.Bytes()))))

	b.Reset()
	c, err = pack(&b, app, Options{Version: "1.0.0", Lib: library})
	require.NoError(t, err)
	assert.Empty(t, c.LeftOut)
	assert.Contains(t, unpack(t, b.Bytes()), "foresight/bin/foresight_command.py")

	delete(app, "default/app.conf")
	app["default/app.conf"] = &fstest.MapFile{Data: []byte("[id]\nversion = 0\n")}
	_, err = pack(io.Discard, app, Options{})
	require.ErrorContains(t, err, "1 of the three")
}

func TestVersionIsOneThatSplunkTakes(t *testing.T) {
	for program, want := range map[string]string{
		"v1.2.3": "1.2.3", "1.2.3": "1.2.3", "v10.0.1-5-gabc-dirty": "10.0.1", "2.0.0+build": "2.0.0",
		"dev": "0.0.0", "107edd6": "0.0.0", "v1.2": "0.0.0", "1.2.3.4": "0.0.0", "": "0.0.0",
	} {
		assert.Equal(t, want, Version(program), program)
	}
}
