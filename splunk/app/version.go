package app

import (
	"hash/fnv"
	"regexp"
)

// released is a version that Splunk takes: Major.Minor.Revision.
var released = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)(?:$|[-+])`)

// Version is the app's version for one of the program: its numbers where it has some, 0.0.0 for a
// build between releases.
func Version(program string) string {
	if m := released.FindStringSubmatch(program); m != nil {
		return m[1]
	}
	return "0.0.0"
}

// build is the number by which browsers tell one package's static files from another's. It follows
// the content, so that the same content is the same package.
func build(content []byte) uint32 {
	h := fnv.New32a()
	h.Write(content)           //nolint:gosec // a hash takes everything
	return h.Sum32() & 0x7ffff // Splunk reads a small whole number
}
