package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/google/renameio/v2"

	splunkapp "foresight/splunk/app"
)

// PackageOptions are the flags of `foresight app package`.
type PackageOptions struct {
	Out string // the file to write
	Lib string // folder of the search command's library; "": the command is left out
}

// PackageApp writes the Splunk app as a package that Splunk installs.
func (a *App) PackageApp(o PackageOptions) (err error) {
	if o.Out == "" {
		return usage(errors.New("say with --out which file to write, as in --out foresight.spl"))
	}
	packing := splunkapp.Options{Version: a.Version}
	if o.Lib != "" {
		if packing.Lib, err = folder(o.Lib); err != nil {
			return usage(fmt.Errorf("--lib: %w", err))
		}
	}
	f, err := renameio.NewPendingFile(o.Out, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("writing the package: %w", err)
	}
	defer f.Cleanup() //nolint:errcheck // after the replacement there is nothing to clean up
	packed, err := splunkapp.Pack(f, packing)
	if err != nil {
		return fmt.Errorf("packing the Splunk app: %w", err)
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("writing the package: %w", err)
	}
	if err := a.say("%s: version %s, %d files", o.Out, packed.Version, packed.Files); err != nil || packed.Command {
		return err
	}
	return a.say("The search command is not in it (%s): its library was not given. Install it with\n"+
		"  pip install --target lib splunk-sdk\nand say --lib lib, or use make app.", strings.Join(packed.LeftOut, ", "))
}

// folder opens a folder that must be there.
func folder(name string) (fs.FS, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("opening the library's folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder", name)
	}
	return os.DirFS(name), nil
}
