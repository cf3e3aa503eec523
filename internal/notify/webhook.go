package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"text/template"
	"time"

	"foresight/models"
)

// The headers of a signed request. The signature is "v1=" and the hexadecimal HMAC-SHA256, by
// the channel's secret, of the timestamp, a full stop and the body. The id is the same when a
// notice is sent again.
const (
	HeaderTimestamp = "X-Foresight-Timestamp"
	HeaderSignature = "X-Foresight-Signature"
	HeaderID        = "Idempotency-Key"
)

// Sign is the signature of a request made at a moment.
func Sign(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook posts a body of the owner's making, signed.
type webhook struct {
	c    Config
	p    *poster
	body *template.Template // nil: the notice itself
}

// trying is a notice that a template must be able to write: others' text holds anything.
var trying = models.Notice{ID: "1", Incident: "nord-1", Kind: models.NoticePage, Title: "\"it\"\nfails \\ {{x}}", Detail: "\t\"", Name: `E "K"`}

func newWebhook(c Config, p *poster) (*webhook, error) {
	w := &webhook{c: c, p: p}
	if c.Template == "" {
		return w, nil
	}
	t, err := template.New(c.ID).Funcs(template.FuncMap{"json": asJSON}).Option("missingkey=error").Parse(c.Template)
	if err != nil {
		return nil, fmt.Errorf("channel %s: reading its template: %w", c.ID, err)
	}
	w.body = t
	body, err := w.write(trying)
	if err != nil {
		return nil, fmt.Errorf("channel %s: its template: %w", c.ID, err)
	}
	if !json.Valid(body) {
		return nil, fmt.Errorf("channel %s: its template makes %q of a title with quotes, which is not JSON; write fields as {{json .Title}}, without quotes around", c.ID, body)
	}
	return w, nil
}

// asJSON writes a field as JSON, a text with its quotes.
func asJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

func (w *webhook) write(n models.Notice) ([]byte, error) {
	if w.body == nil {
		return json.Marshal(n)
	}
	var b bytes.Buffer
	err := w.body.Execute(&b, n)
	return b.Bytes(), err
}

// Send implements Channel.
func (w *webhook) Send(ctx context.Context, n models.Notice) error {
	body, err := w.write(n)
	if err != nil {
		return &Error{Why: "unwritable", Text: err.Error(), Final: true, Alone: true}
	}
	now := w.c.Clock()
	return w.p.send(ctx, w.c.URL, body, http.Header{
		HeaderTimestamp: {strconv.FormatInt(now.Unix(), 10)}, HeaderSignature: {Sign(w.c.Secret, now, body)}, HeaderID: {n.ID},
	})
}
