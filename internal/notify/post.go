package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// poster sends requests and says what their answers mean.
type poster struct {
	client *http.Client
	agent  string
}

// noRedirect keeps a secret from wherever a server would have it sent.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// enough of an answer to show.
const enough = 500

// send posts a body.
func (p *poster) send(ctx context.Context, to string, body []byte, header http.Header) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return &Error{Why: "address", Text: "the channel's address cannot be asked; mend it"} // not repeated: it may be the secret
	}
	for k, v := range header {
		r.Header[k] = v
	}
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("User-Agent", p.agent)
	answer, err := p.client.Do(r)
	if err != nil {
		return &Error{Why: "network", Text: bare(err).Error()}
	}
	defer answer.Body.Close() //nolint:errcheck // what is read of it is for people only
	text, _ := io.ReadAll(io.LimitReader(answer.Body, enough))
	return verdict(answer, strings.TrimSpace(string(text)))
}

// json is send of a value.
func (p *poster) json(ctx context.Context, to string, v any, header http.Header) error {
	body, err := json.Marshal(v)
	if err != nil {
		return &Error{Why: "unwritable", Text: err.Error(), Final: true}
	}
	return p.send(ctx, to, body, header)
}

// bare takes the address out of a client's error: it may be the secret.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// verdict is what an answer means for the notice and for the channel.
func verdict(answer *http.Response, text string) error {
	code := answer.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	e := &Error{Why: "status_" + strconv.Itoa(code), Text: fmt.Sprintf("status %d", code)}
	if text != "" {
		e.Text += ": " + oneLine(text)
	}
	switch code {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		e.Final, e.Alone = true, true
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if s, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && s > 0 {
			e.After = time.Duration(s) * time.Second
		}
	}
	// All else, a refused secret too, holds the channel: a person mends it, or it passes.
	return e
}
