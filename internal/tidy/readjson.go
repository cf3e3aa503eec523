package tidy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// ReadJSON reads the table of Read as a JSON array of objects, a row each:
//
//	[{"series": "orders", "time": "2026-01-01", "value": 12.5}, …]
//
// A value that is null, empty or left out is missing; further members are ignored. Row numbers count
// the objects, from 1.
func ReadJSON(r io.Reader, name string, loc *time.Location) ([]Series, error) {
	all, err := readJSON(r, loc)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return all, nil
}

func readJSON(r io.Reader, loc *time.Location) ([]Series, error) {
	text, err := plain(r)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(text)
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil, notAn(err)
	}
	g := newGathering()
	for row := 1; d.More(); row++ {
		var o struct {
			Series string          `json:"series"`
			Time   string          `json:"time"`
			Value  json.RawMessage `json:"value"`
		}
		if err := d.Decode(&o); err != nil {
			return nil, fmt.Errorf("row %d: %w", row, jsonError(err))
		}
		if err := g.row(o.Series, o.Time, cell(o.Value), row); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, jsonError(err)
	}
	if len(g.order) == 0 {
		return nil, errors.New("the array is empty; write an object an observation")
	}
	return g.finish(loc), nil
}

// cell is a value as a CSV file would have it.
func cell(v json.RawMessage) string {
	var text string
	switch {
	case len(v) == 0 || bytes.Equal(v, []byte("null")):
		return ""
	case json.Unmarshal(v, &text) == nil:
		return text
	}
	return string(v)
}

// notAn says that the text is no array; a reader's own error is handed on.
func notAn(err error) error {
	if err != nil && jsonError(err) == err { //nolint:errorlint // is it the same one, not the same kind
		return err
	}
	return errors.New(`it is not a JSON array; write [{"series": "orders", "time": "2026-01-01", "value": 1}, …]`)
}

// jsonError says plainly what is wrong with the JSON; a reader's own error it hands on.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("%q is a %s where a %s is expected", kind.Field, kind.Value, kind.Type)
	case errors.As(err, &syntax):
		return fmt.Errorf("the JSON breaks at byte %d: %w", syntax.Offset, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends too early")
	}
	return err
}
