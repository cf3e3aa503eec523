package models

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ID returns the subject id: the non-empty parts joined by ":", each escaped so
// that no part can imitate another.
func (s Subject) ID() string {
	parts := make([]string, 0, 5)
	for _, p := range []string{s.Customer, s.Service, s.Signal, s.Kind, s.Episode} {
		if p != "" {
			parts = append(parts, escapePart(p))
		}
	}
	return strings.Join(parts, ":")
}

// partEscapes keep "/" (a split part's own separator) and escape ":" and "%".
var partEscapes = strings.NewReplacer("%", "%25", ":", "%3A")

func escapePart(p string) string { return partEscapes.Replace(p) }

// PartID names the signal of one split value: `signal/escaped value`.
func PartID(signal, value string) string { return signal + "/" + url.PathEscape(value) }

// Revision hashes the content that matters. Equal content gives an equal revision
// on every machine; callers round numbers first (see Round).
func Revision(content ...any) string {
	h := sha256.New()
	for _, c := range content {
		fmt.Fprintf(h, "%v\x1f", c)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// Round returns x with digits significant digits, as text for a revision; noise
// below them makes no new revision.
func Round(x float64, digits int) string {
	if math.IsNaN(x) {
		return "nan"
	}
	if x == 0 {
		return "0" // -0 as well
	}
	return strconv.FormatFloat(x, 'e', digits-1, 64)
}

// EventID is the identity of one event: of what, as known when, saying what. The
// time of sending is no part of it, so that a repeated run repeats its ids.
func EventID(subject string, asOf time.Time, revision string) string {
	h := sha256.Sum256([]byte(subject + "\x1f" + strconv.FormatInt(asOf.Unix(), 10) + "\x1f" + revision))
	return hex.EncodeToString(h[:])[:32]
}
