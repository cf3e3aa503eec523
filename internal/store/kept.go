package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

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

// encodeKept packs a forecast's points into about 3 kB for 400 days:
//
//	format, decimals, lag, count, (steps between times), (medians), (means and the other quantiles)
//
// as varints, deflated. Numbers are whole multiples of a power of ten that is small beside
// the narrowest range, so that round numbers (a bound, a constant) stay what they are.
// Medians are told by how they differ from those a lag before, the others by how their
// distance from the median does: both are small wherever the week repeats.
func encodeKept(points []models.KeptPoint, span models.Span) ([]byte, error) {
	decimals, lag := decimalsOf(points), 1
	if span == models.SpanDay {
		lag = 7
	}
	raw := binary.AppendVarint([]byte{keptFormat}, int64(decimals))
	raw = binary.AppendUvarint(binary.AppendUvarint(raw, uint64(lag)), uint64(len(points)))
	last, step := int64(0), int64(0)
	for _, p := range points {
		raw = binary.AppendVarint(raw, p.Time-last-step)
		last, step = p.Time, p.Time-last
	}
	columns := columnsOf(points, decimals)
	for j, c := range columns {
		for i := range c {
			v := c[i]
			if j > 0 {
				v -= columns[0][i]
			}
			if before := i - lag; before >= 0 {
				v -= c[before]
				if j > 0 {
					v += columns[0][before]
				}
			}
			raw = binary.AppendVarint(raw, v)
		}
	}
	return deflate(raw)
}

// decodeKept is encodeKept's reverse; anything else is an error.
func decodeKept(packed []byte) ([]models.KeptPoint, error) {
	raw, err := inflate(packed, 10*(2+len(models.Probabilities))*maxKept)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errKept, err)
	}
	r := bytes.NewReader(raw)
	format, err := r.ReadByte()
	if err != nil || format != keptFormat {
		return nil, errKept
	}
	next := func() (v int64) {
		if err == nil {
			v, err = binary.ReadVarint(r)
		}
		return v
	}
	decimals := next()
	lag, err1 := binary.ReadUvarint(r)
	n, err2 := binary.ReadUvarint(r)
	if errors.Join(err, err1, err2) != nil || n > maxKept || lag == 0 || lag > maxKept || decimals < -400 || decimals > 400 {
		return nil, errKept
	}
	points := make([]models.KeptPoint, n)
	last, step := int64(0), int64(0)
	for i := range points {
		step += next()
		last += step
		points[i].Time = last
	}
	columns := make([][]int64, 1+len(models.Probabilities))
	for j := range columns {
		c := make([]int64, n)
		for i := range c {
			c[i] = next()
			if before := i - int(lag); before >= 0 {
				c[i] += c[before]
			}
		}
		columns[j] = c
	}
	if err != nil || r.Len() > 0 {
		return nil, errKept
	}
	for i := range points {
		points[i].Quantiles[models.Q50] = scaled(columns[0][i], int(decimals))
		at := others(&points[i])
		for j := 1; j < len(columns); j++ {
			*at[j-1] = scaled(columns[0][i]+columns[j][i], int(decimals))
		}
	}
	return points, nil
}

// others are a point's numbers besides its median.
func others(p *models.KeptPoint) []*float64 {
	all := []*float64{&p.Mean}
	for j := range p.Quantiles {
		if j != models.Q50 {
			all = append(all, &p.Quantiles[j])
		}
	}
	return all
}

// columnsOf returns the medians and then the others as whole multiples of 10^−decimals.
func columnsOf(points []models.KeptPoint, decimals int) [][]int64 {
	columns := make([][]int64, 1+len(models.Probabilities))
	for j := range columns {
		columns[j] = make([]int64, len(points))
	}
	for i := range points {
		columns[0][i] = whole(points[i].Quantiles[models.Q50], decimals)
		for j, v := range others(&points[i]) {
			columns[j+1][i] = whole(*v, decimals)
		}
	}
	return columns
}

func whole(v float64, decimals int) int64 {
	return int64(math.Round(v * math.Pow10(decimals)))
}

// scaled divides by the power of ten where there is one, since tenths are no binary numbers.
func scaled(n int64, decimals int) float64 {
	if decimals > 0 {
		return float64(n) / math.Pow10(decimals)
	}
	return float64(n) * math.Pow10(-decimals)
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
