package store

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"foresight/models"
)

// resultFormat begins a packed result; another format has another number.
const resultFormat = 1

// maxResult bounds what a damaged result can ask for.
const maxResult = 4 << 30

var errResult = errors.New("it is damaged or of another release; the next pass replaces it")

// packer writes times with their offset to the nanosecond, and numbers as they are: most
// of a result are digits of the engine's that no packing shortens.
var packer = func() cbor.EncMode {
	mode, err := cbor.EncOptions{Time: cbor.TimeRFC3339Nano}.EncMode()
	if err != nil {
		panic(err) // of options that do not go together
	}
	return mode
}()

// packResult packs a query's result: CBOR, deflated. JSON has no number for a hole, and gob
// forgets a pointer to zero. What the configuration says of customer, service, query and
// signal is left out, but for the ids and a signal's name.
func packResult(r models.Result) ([]byte, error) {
	r.Customer, r.Errors, r.Signals = models.Customer{}, nil, slices.Clone(r.Signals)
	for i := range r.Signals {
		s := &r.Signals[i]
		s.Service, s.Query, s.Signal = models.Service{ID: s.Service.ID}, models.Query{ID: s.Query.ID}, models.Signal{ID: s.Signal.ID, Name: s.Signal.Name}
	}
	var out bytes.Buffer
	out.WriteByte(resultFormat)
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	err := packer.NewEncoder(w).Encode(r)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// unpackResult is packResult's reverse.
func unpackResult(content []byte) (r models.Result, err error) {
	if len(content) == 0 || content[0] != resultFormat {
		return r, errResult
	}
	if err := cbor.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(content[1:])), maxResult)).Decode(&r); err != nil {
		return r, fmt.Errorf("%w (%w)", errResult, err)
	}
	return r, nil
}
