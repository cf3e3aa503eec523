package app

import (
	"embed"
	"io/fs"
)

// Name is the app's folder, and its id in Splunk.
const Name = "foresight"

// Python's own modules begin with an underscore, which embed leaves out unless told so.
//
//go:embed all:foresight
var embedded embed.FS

// Files is the app's folder as it stands in the source: what Pack packs, without version.
func Files() fs.FS {
	files, err := fs.Sub(embedded, Name)
	if err != nil { // the name is a constant that embed has checked
		panic(err)
	}
	return files
}
