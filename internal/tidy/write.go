package tidy

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
)

// Format is how forecasts are written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	JSON Format = "json" // one array of objects, a line each; a series' first has its summary
)

// Forecast is one series' forecast as a table. All slices have one entry a time.
type Forecast struct {
	Series    string
	Layout    string // of the input's Series
	Times     []time.Time
	Mean      []float64
	Quantiles [][]float64 // by time, in the order of the Writer's probabilities
	Overload  []float64   // probability of a crossing by then; nil without a capacity
	Summary   *Summary    // nil: none; of no meaning to CSV
}

// Writer writes forecasts one after the other as
// series,time,mean,q0.05,…[,overload_probability].
type Writer struct {
	out      *bufio.Writer
	csv      *csv.Writer // nil for JSON
	columns  []string
	overload bool
	begun    bool // the header, or the array's bracket, is out
	rows     int
	cells    []string
}

// NewWriter returns a Writer of forecasts with quantiles at the given probabilities;
// overload adds the column overload_probability. Nothing is written before the first
// Write or Close.
func NewWriter(w io.Writer, format Format, probabilities []float64, overload bool) (*Writer, error) {
	t := &Writer{out: bufio.NewWriterSize(w, 1<<16), columns: []string{"series", "time", "mean"}, overload: overload}
	for _, p := range probabilities {
		t.columns = append(t.columns, "q"+strconv.FormatFloat(p, 'f', -1, 64))
	}
	if overload {
		t.columns = append(t.columns, "overload_probability")
	}
	switch format {
	case CSV:
		t.csv = csv.NewWriter(t.out)
	case JSON:
	default:
		return nil, fmt.Errorf("the format %q is not known; use %s or %s", format, CSV, JSON)
	}
	return t, nil
}

// Write writes one series' forecast and hands it on to the underlying writer, whose
// error (a closed pipe, a full disk) it returns.
func (w *Writer) Write(f Forecast) error {
	quantiles := len(w.columns) - 3
	if w.overload {
		quantiles--
	}
	if len(f.Mean) != len(f.Times) || len(f.Quantiles) != len(f.Times) || w.overload && len(f.Overload) != len(f.Times) {
		return fmt.Errorf("writing series %q: its columns differ in length", f.Series)
	}
	if err := w.begin(); err != nil {
		return fmt.Errorf("writing series %q: %w", f.Series, err)
	}
	numbers := make([]float64, 0, len(w.columns))
	summary, err := f.Summary.field()
	if err != nil {
		return fmt.Errorf("writing series %q: %w", f.Series, err)
	}
	for i, t := range f.Times {
		if len(f.Quantiles[i]) != quantiles {
			return fmt.Errorf("writing series %q: %d quantiles instead of %d", f.Series, len(f.Quantiles[i]), quantiles)
		}
		numbers = append(append(numbers[:0], f.Mean[i]), f.Quantiles[i]...)
		if w.overload {
			numbers = append(numbers, f.Overload[i])
		}
		if err := w.row(f.Series, t.Format(f.Layout), numbers, summary); err != nil {
			return fmt.Errorf("writing series %q: %w", f.Series, err)
		}
		summary = nil
	}
	if err := w.flush(); err != nil {
		return fmt.Errorf("writing series %q: %w", f.Series, err)
	}
	return nil
}

// Close ends the table. It does not close the underlying writer.
func (w *Writer) Close() error {
	err := w.begin()
	if err == nil && w.csv == nil {
		_, err = w.out.WriteString("\n]\n")
	}
	if err == nil {
		err = w.flush()
	}
	if err != nil {
		return fmt.Errorf("ending the table: %w", err)
	}
	return nil
}

func (w *Writer) begin() error {
	if w.begun {
		return nil
	}
	w.begun = true
	if w.csv != nil {
		return w.csv.Write(w.columns)
	}
	return w.out.WriteByte('[')
}

func (w *Writer) flush() error {
	if w.csv != nil {
		w.csv.Flush()
		if err := w.csv.Error(); err != nil {
			return err
		}
	}
	return w.out.Flush()
}

// row writes one bucket; more is what only JSON appends to it.
func (w *Writer) row(series, at string, numbers []float64, more []byte) error {
	w.rows++
	if w.csv != nil {
		w.cells = append(w.cells[:0], series, at)
		for _, x := range numbers {
			w.cells = append(w.cells, number(x, ""))
		}
		return w.csv.Write(w.cells)
	}
	line := []byte("\n{")
	if w.rows > 1 {
		line = []byte(",\n{")
	}
	line = append(append(line, `"series":`...), quote(series)...)
	line = append(append(line, `,"time":`...), quote(at)...)
	for i, x := range numbers {
		line = append(append(line, ','), quote(w.columns[i+2])...)
		line = append(append(line, ':'), number(x, "null")...)
	}
	_, err := w.out.Write(append(append(line, more...), '}'))
	return err
}

// quote is s in JSON; bytes that are not UTF-8 become U+FFFD.
func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`) // a string always marshals
	}
	return b
}

// number prints ten significant digits, more than any forecast is worth, and enough
// that sums of what is printed come out; the same digits on every machine that
// differs in the last bits only. What is not finite prints as none.
func number(x float64, none string) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return none
	}
	short := strconv.FormatFloat(x, 'g', 10, 64)
	if y, err := strconv.ParseFloat(short, 64); err == nil {
		x = y
	}
	if x == 0 {
		return "0" // -0 as well
	}
	if a := math.Abs(x); a < 1e-5 || a >= 1e15 {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
