package tidy_test

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"foresight/internal/tidy"
)

func TestJSONIsReadAsCSVIs(t *testing.T) {
	all, err := tidy.ReadJSON(strings.NewReader(`[
		{"series":"b","time":"2024-01-03","value":3,"more":[1]}, {"value":"1.5","time":"2024-01-01","series":"b"},
		{"series":"å","time":"2024-01-01","value":9}, {"series":"b","time":"2024-01-02","value":null}, {"series":"å","time":"2024-01-02"}]`), "x", nil)
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, []string{"2024-01-01", "2024-01-02", "2024-01-03"}, printed(all[0]))
	assert.Equal(t, []int{2, 4, 1}, all[0].Rows)
	assert.Equal(t, []float64{1.5, 3}, []float64{all[0].Values[0], all[0].Values[2]})
	assert.True(t, math.IsNaN(all[0].Values[1]))
	assert.Equal(t, "å", all[1].Name)
	assert.True(t, math.IsNaN(all[1].Values[1]))
}

func TestBadJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "it is not a JSON array",
		`{"series":"a"}`:      "it is not a JSON array",
		"series,time,value\n": "it is not a JSON array",
		"[]":                  "the array is empty",
		`[{"series":"a","time":"2024-01-01","value":1}`:              "ends too early",
		`[{"series":"a","time":"2024-01-01","value":1},`:             "row 2: the JSON ends too early",
		`[{"series":"a","time":"2024-01-01","value":1} x`:            "breaks at byte",
		`[{"series":1,"time":"2024-01-01","value":1}]`:               `row 1: "series" is a number where a string is expected`,
		`[{"time":"2024-01-01","value":1}]`:                          "row 1: the series has no name",
		`[{"series":"a","time":"2024-01-01","value":1},{"value":1}]`: "row 2: the series has no name",
		`[[1]]`: "row 1",
	} {
		_, err := tidy.ReadJSON(strings.NewReader(text), "the request", nil)
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "the request", text)
	}
	for value, want := range map[string]string{`"x"`: `"x" is not a number`, "true": `"true" is not a number`, "[1]": `"[1]" is not a number`, "1e999": "that can be held"} {
		all, err := tidy.ReadJSON(strings.NewReader(`[{"series":"a","time":"2024-01-01","value":`+value+`}]`), "x", nil)
		require.NoError(t, err)
		require.ErrorContains(t, all[0].Err, "row 1, column value: ", value)
		require.ErrorContains(t, all[0].Err, want, value)
	}
	broken := errors.New("disk on fire")
	for _, begun := range []string{"", "[", `[{"series":"a",`} {
		_, err := tidy.ReadJSON(io.MultiReader(strings.NewReader(begun), iotest.ErrReader(broken)), "x", nil)
		require.ErrorIs(t, err, broken, begun)
	}
}

func printedDay(n int) string {
	return time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Whatever numbers there are, both forms of the table make the same series.
func TestJSONAndCSVAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows, objects []string
		for n, v := range rapid.SliceOfN(rapid.Float64(), 1, 20).Draw(t, "values") {
			at, text := printedDay(n), number(v)
			rows = append(rows, "a,"+at+","+text)
			objects = append(objects, `{"series":"a","time":"`+at+`","value":`+text+`}`)
		}
		csv, err := tidy.Read(strings.NewReader(header+strings.Join(rows, "\n")), "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		js, err := tidy.ReadJSON(strings.NewReader("["+strings.Join(objects, ",")+"]"), "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(csv) != 1 || len(js) != 1 || len(csv[0].Values) != len(js[0].Values) {
			t.Fatalf("%+v is not %+v", csv, js)
		}
		for i := range csv[0].Values {
			if csv[0].Values[i] != js[0].Values[i] || !csv[0].Times[i].Equal(js[0].Times[i]) {
				t.Fatalf("row %d: %v is not %v", i, csv[0].Values[i], js[0].Values[i])
			}
		}
	})
}
