package tidy

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
)

// Score is one figure of a backtest.
type Score struct {
	Series string
	Origin string // time of the first bucket forecast from there, or "all"
	Band   string // buckets ahead such as "8-30", or "all"
	Metric string
	Value  float64 // NaN: cannot be told
}

// scoreColumns is the header of scores.
var scoreColumns = []string{"series", "origin", "band", "metric", "value"}

// ScoreWriter writes scores in the long form series,origin,band,metric,value, as CSV or as one
// JSON array of flat objects, a line each.
type ScoreWriter struct {
	out   *bufio.Writer
	csv   *csv.Writer // nil for JSON
	begun bool
	rows  int
}

// NewScoreWriter returns a ScoreWriter. Nothing is written before the first Write or Close.
func NewScoreWriter(w io.Writer, format Format) (*ScoreWriter, error) {
	s := &ScoreWriter{out: bufio.NewWriterSize(w, 1<<16)}
	switch format {
	case CSV:
		s.csv = csv.NewWriter(s.out)
	case JSON:
	default:
		return nil, fmt.Errorf("the format %q is not known; use %s or %s", format, CSV, JSON)
	}
	return s, nil
}

// Write writes one series' scores and hands them on to the underlying writer, whose error it
// returns.
func (w *ScoreWriter) Write(scores []Score) error {
	err := w.begin()
	for _, s := range scores {
		if err == nil {
			err = w.row(s)
		}
	}
	if err == nil {
		err = w.flush()
	}
	if err != nil {
		return fmt.Errorf("writing the scores: %w", err)
	}
	return nil
}

// Close ends the table. It does not close the underlying writer.
func (w *ScoreWriter) Close() error {
	err := w.begin()
	if err == nil && w.csv == nil {
		_, err = w.out.WriteString("\n]\n")
	}
	if err == nil {
		err = w.flush()
	}
	if err != nil {
		return fmt.Errorf("ending the scores: %w", err)
	}
	return nil
}

func (w *ScoreWriter) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	if w.csv != nil {
		return w.csv.Write(scoreColumns)
	}
	return w.out.WriteByte('[')
}

func (w *ScoreWriter) row(s Score) error {
	w.rows++
	if w.csv != nil {
		return w.csv.Write([]string{s.Series, s.Origin, s.Band, s.Metric, number(s.Value, "")})
	}
	line := []byte("\n{")
	if w.rows > 1 {
		line = []byte(",\n{")
	}
	for i, text := range []string{s.Series, s.Origin, s.Band, s.Metric} {
		line = append(append(append(line, quote(scoreColumns[i])...), ':'), quote(text)...)
		line = append(line, ',')
	}
	line = append(append(line, `"value":`...), number(s.Value, "null")...)
	_, err := w.out.Write(append(line, '}'))
	return err
}

func (w *ScoreWriter) flush() error {
	if w.csv != nil {
		w.csv.Flush()
		if err := w.csv.Error(); err != nil {
			return err
		}
	}
	return w.out.Flush()
}
