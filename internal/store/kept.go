package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"foresight/models"
)

// keptFormat begins the coded points of a forecast; another format has another number.
const keptFormat = 1

// maxKept bounds what a damaged length can ask for.
const maxKept = 1 << 16

var errKept = errors.New("its points are damaged")

// finest is how much of the middle half of a forecast's narrowest range a kept number may
// be off, and largest how many steps of rounding its largest number may have.
const (
	finest  = 1.0 / 20
	largest = 1 << 30
)

// sheafPoints is how many points lie in one sheaf: scoring a day of each of a year's
// forecasts unpacks one sheaf of each.
const sheafPoints = 112

// numbers is how many numbers a point has: its median, its mean, its other quantiles.
const numbers = 1 + len(models.Probabilities)

// encodeKept packs a forecast's points into about 3 kB for 400 days:
//
//	format, decimals, lag, count of sheaves, (first time, length of each), (sheaves)
//
// as varints; a sheaf is deflated and stands alone:
//
//	count, (steps between times), (median, mean, the other quantiles of each point)
//
// Numbers are whole multiples of a power of ten that is small beside the narrowest range,
// so that round ones (a bound, a constant) stay what they are. Medians are told by how they
// differ from those a lag before, the others by how their distance from the median does:
// both are small wherever the week repeats.
func encodeKept(points []models.KeptPoint, span models.Span) ([]byte, error) {
	decimals, lag := decimalsOf(points), 1
	if span == models.SpanDay {
		lag = 7
	}
	out := binary.AppendVarint([]byte{keptFormat}, int64(decimals))
	out = binary.AppendUvarint(out, uint64(lag))
	out = binary.AppendUvarint(out, uint64((len(points)+sheafPoints-1)/sheafPoints))
	var sheaves []byte
	for sheaf := range slices.Chunk(points, sheafPoints) {
		packed, err := deflate(encodeSheaf(sheaf, decimals, lag))
		if err != nil {
			return nil, err
		}
		out = binary.AppendUvarint(binary.AppendVarint(out, sheaf[0].Time), uint64(len(packed)))
		sheaves = append(sheaves, packed...)
	}
	return append(out, sheaves...), nil
}

func encodeSheaf(points []models.KeptPoint, decimals, lag int) []byte {
	raw := binary.AppendUvarint(nil, uint64(len(points)))
	last := points[0].Time
	for _, p := range points {
		raw = binary.AppendVarint(raw, p.Time-last)
		last = p.Time
	}
	rows := make([][numbers]int64, len(points))
	for i, p := range points {
		rows[i] = keptRow(p, decimals)
		for j, v := range rows[i] {
			if i >= lag {
				v -= rows[i-lag][j]
			}
			raw = binary.AppendVarint(raw, v)
		}
	}
	return raw
}

// keptRow returns a point's median, and the distances of its mean and other quantiles from
// that, as whole multiples of 10^−decimals.
func keptRow(p models.KeptPoint, decimals int) (row [numbers]int64) {
	whole := func(v float64) int64 { return int64(math.Round(v * math.Pow10(decimals))) }
	row[0] = whole(p.Quantiles[models.Q50])
	row[1] = whole(p.Mean) - row[0]
	at := 2
	for j, q := range p.Quantiles {
		if j != models.Q50 {
			row[at] = whole(q) - row[0]
			at++
		}
	}
	return row
}

// pointOf is keptRow's reverse.
func pointOf(at int64, row [numbers]int64, decimals int) models.KeptPoint {
	scaled := func(n int64) float64 {
		if decimals > 0 { // tenths are no binary numbers: divide by what is one
			return float64(n) / math.Pow10(decimals)
		}
		return float64(n) * math.Pow10(-decimals)
	}
	p := models.KeptPoint{Time: at, Mean: scaled(row[0] + row[1])}
	place := 2
	for j := range p.Quantiles {
		if j == models.Q50 {
			p.Quantiles[j] = scaled(row[0])
			continue
		}
		p.Quantiles[j] = scaled(row[0] + row[place])
		place++
	}
	return p
}

// decodeKept is encodeKept's reverse, of the points in [from, until); anything else is an
// error.
func decodeKept(packed []byte, from, until int64) ([]models.KeptPoint, error) {
	r := bytes.NewReader(packed)
	format, err := r.ReadByte()
	if err != nil || format != keptFormat {
		return nil, errKept
	}
	decimals, err1 := binary.ReadVarint(r)
	lag, err2 := binary.ReadUvarint(r)
	n, err3 := binary.ReadUvarint(r)
	if errors.Join(err1, err2, err3) != nil || n > maxKept/sheafPoints || lag == 0 || lag > maxKept || decimals < -400 || decimals > 400 {
		return nil, errKept
	}
	d := unpacking{decimals: int(decimals), lag: int(lag), from: from, until: until}
	type sheaf struct{ first, size int64 }
	sheaves := make([]sheaf, n)
	for i := range sheaves {
		first, err1 := binary.ReadVarint(r)
		size, err2 := binary.ReadUvarint(r)
		if errors.Join(err1, err2) != nil || size > uint64(len(packed)) {
			return nil, errKept
		}
		sheaves[i] = sheaf{first, int64(size)}
	}
	rest := packed[len(packed)-r.Len():]
	var points []models.KeptPoint
	for i, s := range sheaves {
		if s.size > int64(len(rest)) {
			return nil, errKept
		}
		own := rest[:s.size]
		rest = rest[s.size:]
		if s.first >= until || i+1 < len(sheaves) && sheaves[i+1].first <= from {
			continue
		}
		if points, err = d.sheaf(points, own, s.first); err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 {
		return nil, errKept
	}
	return points, nil
}

// unpacking is how a forecast's sheaves are coded, and which of its points are wanted.
type unpacking struct {
	decimals, lag int
	from, until   int64
}

// sheaf appends a sheaf's points in [from, until), and unpacks no later ones.
func (d unpacking) sheaf(points []models.KeptPoint, packed []byte, first int64) ([]models.KeptPoint, error) {
	raw, err := inflate(packed, 10*(2+numbers)*sheafPoints)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errKept, err)
	}
	next := func() int64 {
		v, n := binary.Varint(raw)
		if n <= 0 {
			err = errKept
			return 0
		}
		raw = raw[n:]
		return v
	}
	n, used := binary.Uvarint(raw)
	if used <= 0 || n > sheafPoints {
		return nil, errKept
	}
	raw = raw[used:]
	var times [sheafPoints]int64
	at := first
	for i := range n {
		at += next()
		times[i] = at
	}
	var rows [sheafPoints][numbers]int64
	for i := range int(n) {
		if err != nil || times[i] >= d.until {
			return points, err
		}
		for j := range rows[i] {
			rows[i][j] = next()
			if i >= d.lag {
				rows[i][j] += rows[i-d.lag][j]
			}
		}
		if times[i] >= d.from {
			points = append(points, pointOf(times[i], rows[i], d.decimals))
		}
	}
	if err != nil || len(raw) > 0 {
		return nil, errKept
	}
	return points, nil
}

// decimalsOf is how many decimals a forecast's numbers need; below 0 it is the zeros that
// their whole part ends with.
func decimalsOf(points []models.KeptPoint) int {
	size, narrow := 0.0, math.Inf(1)
	for i := range points {
		q := points[i].Quantiles
		size = math.Max(size, math.Max(math.Abs(points[i].Mean), math.Max(math.Abs(q[0]), math.Abs(q[len(q)-1]))))
		if w := q[models.Q75] - q[models.Q25]; w > 0 {
			narrow = math.Min(narrow, w)
		}
	}
	if size == 0 {
		return 0
	}
	step := size / largest
	if !math.IsInf(narrow, 1) {
		step = math.Max(step, narrow*finest)
	}
	return int(math.Max(-300, math.Min(300, -math.Floor(math.Log10(step)))))
}
