package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"foresight/models"
)

// The headers of a request that is signed as our own webhooks are: the signature is "v1=" and the
// hexadecimal HMAC-SHA256, by the integration's secret, of the time in Unix seconds, a full stop and
// the body. The secret itself is never sent.
const (
	ownSignatureHeader = "X-Foresight-Signature"
	ownTimestampHeader = "X-Foresight-Timestamp"
	ownScheme          = "v1="
	signedWithin       = 5 * time.Minute
)

// Bounds of a signed request.
const (
	mostReports = 100
	leastID     = 8
	mostID      = 200
)

// letter is the body of a signed request.
type letter struct {
	ID      string   `json:"id"`      // the same when it is sent again, another for what happens anew
	Dry     bool     `json:"dry"`     // look at it, and change nothing
	Reports []report `json:"reports"` // taken all or none
}

// signedRequest takes a request of the kind signed, to which no other way leads.
func (s *server) signedRequest(w http.ResponseWriter, r *http.Request, d *door) {
	in, dry, err := s.letter(w, r, d)
	if err == nil && dry {
		send(w, http.StatusOK, answer{Taken: []models.Taken{}, Dry: true})
		return
	}
	var taken []models.Taken
	if err == nil {
		taken, err = s.take(r, []models.Intake{in})
	}
	s.reply(w, r, d, taken, err)
}

// letter reads a signed request and says what it would bring.
func (s *server) letter(w http.ResponseWriter, r *http.Request, d *door) (in models.Intake, dry bool, err error) {
	if r.Header.Get(ownSignatureHeader) == "" {
		return in, false, no(http.StatusUnauthorized, reasonSecret, "this integration takes signed requests only: "+ownTimestampHeader+" and "+ownSignatureHeader)
	}
	data, err := body(w, r, mostBytes)
	if err != nil {
		return in, false, err
	}
	now := s.Clock()
	if err := d.vouches(r, data, now); err != nil {
		return in, false, err
	}
	if err := s.allow(d); err != nil {
		return in, false, err
	}
	var l letter
	if err := strictly(data, &l); err != nil {
		return in, false, errors.New("the body is not what a signed integration sends: " + plainly(err))
	}
	switch {
	case len(l.ID) < leastID || len(l.ID) > mostID:
		return in, false, fmt.Errorf("id is %d characters long; it names the request, by %d to %d", len(l.ID), leastID, mostID)
	case len(l.Reports) == 0:
		return in, false, errors.New("it holds no reports")
	case len(l.Reports) > mostReports:
		return in, false, no(http.StatusRequestEntityTooLarge, reasonSize, fmt.Sprintf("it holds %d reports; send %d at most", len(l.Reports), mostReports))
	}
	in = d.intake(now, "signed\x1f"+l.ID)
	for n, o := range l.Reports {
		rep, err := d.reported(o, now)
		if err != nil {
			return in, false, fmt.Errorf("report %d: %w", n+1, err)
		}
		in.Reports = append(in.Reports, rep)
	}
	return in, l.Dry, nil
}

// vouches checks a signature of ours over time and body.
func (d *door) vouches(r *http.Request, data []byte, now time.Time) error {
	stamp := r.Header.Get(ownTimestampHeader)
	mac := hmac.New(sha256.New, []byte(d.Secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(data)
	if d.Secret == "" || !hmac.Equal([]byte(ownScheme+hex.EncodeToString(mac.Sum(nil))), []byte(r.Header.Get(ownSignatureHeader))) {
		return errSecret
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return no(http.StatusUnauthorized, reasonReplayed, ownTimestampHeader+" is not a time in Unix seconds")
	}
	return fresh(seconds, now)
}

// fresh refuses what was signed too long ago, or ahead.
func fresh(seconds int64, now time.Time) error {
	if age := now.Sub(time.Unix(seconds, 0)); age > signedWithin || age < -signedWithin {
		return no(http.StatusUnauthorized, reasonReplayed, "it was signed more than 5 minutes ago or ahead: a replay, or clocks that differ")
	}
	return nil
}
