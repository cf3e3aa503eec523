package app

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Options say what goes into a package beside the app's own files.
type Options struct {
	Version string // the program's
	Lib     fs.FS  // what belongs into lib: splunklib; nil: the search command is left out
}

// Contents tells what was packed.
type Contents struct {
	Version string   // the app's
	Files   int      // how many
	Command bool     // the search command is in it
	LeftOut []string // files of the search command, where its library is missing
}

// packedAt is the time of every file of a package, so that the same content is the same package.
var packedAt = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// appConf is where Splunk reads an app's version.
const appConf = "default/app.conf"

// Pack writes the app as Splunk installs it, a gzipped tar file of one folder, to w. The same options
// make the same bytes.
func Pack(w io.Writer, o Options) (Contents, error) {
	return pack(w, Files(), o)
}

func pack(w io.Writer, app fs.FS, o Options) (Contents, error) {
	c := Contents{Version: Version(o.Version), Command: o.Lib != nil}
	files, err := gather(app, "", ours)
	if err != nil {
		return c, err
	}
	if o.Lib == nil {
		if c.LeftOut, err = dropCommand(app, files); err != nil {
			return c, err
		}
	} else if err := addLib(files, o.Lib); err != nil {
		return c, err
	}
	if files[appConf], err = stampVersion(files[appConf], c.Version, build(digest(files))); err != nil {
		return c, err
	}
	c.Files = len(files)
	return c, write(w, files)
}

// gather reads the files of a tree that keep takes, by their names below prefix.
func gather(tree fs.FS, prefix string, keep func(string) (bool, error)) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		base := path.Base(name)
		if d.IsDir() {
			if strings.HasPrefix(base, ".") || base == "__pycache__" {
				return fs.SkipDir
			}
			return nil
		}
		if wanted, err := keep(name); err != nil || !wanted || strings.HasPrefix(base, ".") || strings.HasSuffix(base, ".pyc") {
			return err
		}
		files[prefix+name], err = fs.ReadFile(tree, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the app's files: %w", err)
	}
	return files, nil
}

// ours takes every file of the app.
func ours(string) (bool, error) { return true, nil }

// addLib puts the search command's library below lib: Python's sources and what they are licensed by.
func addLib(files map[string][]byte, lib fs.FS) error {
	more, err := gather(lib, "lib/", func(name string) (bool, error) {
		switch path.Ext(name) {
		case ".so", ".pyd", ".dylib", ".dll", ".exe":
			return false, fmt.Errorf("%s is compiled: the package must run on every machine, so take a library of pure Python", name)
		}
		top, _, _ := strings.Cut(name, "/")
		if strings.HasSuffix(top, ".dist-info") {
			base := strings.ToUpper(path.Base(name))
			return strings.HasPrefix(base, "LICENSE") || strings.HasPrefix(base, "NOTICE"), nil
		}
		return top != "bin", nil
	})
	if err != nil {
		return err
	}
	if _, has := more["lib/splunklib/searchcommands/__init__.py"]; !has {
		return errors.New("the library's folder has no splunklib/searchcommands: hand over the folder that pip install --target splunk-sdk has filled")
	}
	for name, content := range more {
		files[name] = content
	}
	return nil
}

// dropCommand takes the search command out, which cannot run without its library.
func dropCommand(app fs.FS, files map[string][]byte) ([]string, error) {
	commands, err := ReadConf(app, "default/commands.conf")
	if err != nil {
		return nil, err
	}
	needing := []string{"default/commands.conf", "default/searchbnf.conf", "README/commands.conf.spec"}
	for _, s := range commands {
		if script, has := s.Get("filename"); has {
			needing = append(needing, "bin/"+script)
		}
	}
	var dropped []string
	for _, name := range needing {
		if _, has := files[name]; has {
			delete(files, name)
			dropped = append(dropped, name)
		}
	}
	return dropped, nil
}

// stampVersion fills in what app.conf says of the version.
func stampVersion(conf []byte, version string, build uint32) ([]byte, error) {
	lines := strings.Split(string(conf), "\n")
	stamped := 0
	for i, line := range lines {
		key, _, _ := strings.Cut(line, "=")
		switch strings.TrimSpace(key) {
		case "version":
			lines[i], stamped = "version = "+version, stamped+1
		case "build":
			lines[i], stamped = "build = "+strconv.FormatUint(uint64(build), 10), stamped+1
		}
	}
	if stamped != 3 {
		return nil, fmt.Errorf("%s: version stands in [launcher] and [id] and build in [install], but %d of the three were found", appConf, stamped)
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// digest is all content in order of name.
func digest(files map[string][]byte) []byte {
	var all bytes.Buffer
	for _, name := range names(files) {
		fmt.Fprintf(&all, "%s\x00%d\x00", name, len(files[name]))
		all.Write(files[name])
	}
	return all.Bytes()
}

func names(files map[string][]byte) []string {
	all := make([]string, 0, len(files))
	for name := range files {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// write makes the archive: folders before what is in them, everything in order of name.
func write(w io.Writer, files map[string][]byte) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("packing: %w", err)
	}
	t := tar.NewWriter(z)
	made := map[string]bool{}
	for _, name := range names(files) {
		if err := folders(t, made, path.Join(Name, name)); err != nil {
			return err
		}
		h := &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(Name, name), Mode: mode(name), Size: int64(len(files[name])), ModTime: packedAt, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
		if _, err := t.Write(files[name]); err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := errors.Join(t.Close(), z.Close()); err != nil {
		return fmt.Errorf("ending the package: %w", err)
	}
	return nil
}

// folders writes an entry for each folder above a file that has none yet.
func folders(t *tar.Writer, made map[string]bool, file string) error {
	dir := path.Dir(file)
	if dir == "." || made[dir] {
		return nil
	}
	if err := folders(t, made, dir); err != nil {
		return err
	}
	made[dir] = true
	h := &tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: packedAt, Format: tar.FormatUSTAR}
	if err := t.WriteHeader(h); err != nil {
		return fmt.Errorf("packing the folder %s: %w", dir, err)
	}
	return nil
}

// mode lets scripts be executed, and nothing else.
func mode(name string) int64 {
	if strings.HasPrefix(name, "bin/") && strings.HasSuffix(name, ".py") {
		return 0o755
	}
	return 0o644
}
