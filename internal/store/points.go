package store

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"

	"foresight/models"
)

// pointsFormat begins a coded run of points; another format has another number.
const pointsFormat = 1

// maxPoints bounds what a damaged length can ask for: a leap year of minutes.
const maxPoints = 366 * 24 * 60

var errPoints = errors.New("its buckets are damaged")

// packers holds writers of half a megabyte each between their uses. It is memory, not
// state: Reset makes a writer as good as new.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // of a level that is none
	}
	return w
}}

// unpackers are the same of readers.
var unpackers = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// encodePoints packs a year's points, in time order, into about a third of their JSON:
//
//	format, count, (steps between times), (values), equal weights?, (weights)
//
// as varints, IEEE 754 doubles and a byte, column by column, deflated.
func encodePoints(points []models.Point) ([]byte, error) {
	raw := binary.AppendUvarint([]byte{pointsFormat}, uint64(len(points)))
	last, ones := int64(0), byte(1)
	for _, p := range points {
		raw = binary.AppendVarint(raw, p.Time-last)
		last = p.Time
		if p.Weight != 1 {
			ones = 0
		}
	}
	for _, p := range points {
		raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(p.Value))
	}
	raw = append(raw, ones)
	if ones == 0 {
		for _, p := range points {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(p.Weight))
		}
	}
	return deflate(raw)
}

// deflate compresses.
func deflate(raw []byte) ([]byte, error) {
	var packed bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&packed)
	_, err := w.Write(raw)
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("packing: %w", err)
	}
	return packed.Bytes(), nil
}

// inflate is deflate's reverse, of at most so many bytes.
func inflate(packed []byte, most int) ([]byte, error) {
	r := unpackers.Get().(io.ReadCloser)
	defer unpackers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(packed), nil); err != nil {
		return nil, err
	}
	raw := bytes.NewBuffer(make([]byte, 0, 4*len(packed)+bytes.MinRead))
	_, err := raw.ReadFrom(io.LimitReader(r, int64(most)))
	return raw.Bytes(), err
}

// decodePoints is encodePoints' reverse; anything else is an error.
func decodePoints(packed []byte) ([]models.Point, error) {
	raw, err := inflate(packed, 32*maxPoints)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errPoints, err)
	}
	r := bytes.NewReader(raw)
	format, err := r.ReadByte()
	if err != nil || format != pointsFormat {
		return nil, errPoints
	}
	n, err := binary.ReadUvarint(r)
	if err != nil || n > maxPoints {
		return nil, errPoints
	}
	points := make([]models.Point, n)
	last := int64(0)
	for i := range points {
		step, err := binary.ReadVarint(r)
		if err != nil {
			return nil, errPoints
		}
		last += step
		points[i].Time, points[i].Weight = last, 1
	}
	rest := raw[len(raw)-r.Len():]
	values := 8 * len(points)
	if len(rest) <= values || rest[values] > 1 || len(rest) != values+1+values*int(1-rest[values]) {
		return nil, errPoints
	}
	for i := range points {
		points[i].Value = double(rest[8*i:])
		if rest[values] == 0 {
			points[i].Weight = double(rest[values+1+8*i:])
		}
	}
	return points, nil
}

func double(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
