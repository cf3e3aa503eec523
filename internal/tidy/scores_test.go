package tidy

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ExampleScoreWriter() {
	w, err := NewScoreWriter(os.Stdout, CSV)
	if err != nil {
		panic(err)
	}
	if err := w.Write([]Score{{"a", "all", "1-7", "mase", 0.5}, {"a", "2024-03-01", "all", "brier", math.NaN()}}); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	// Output:
	// series,origin,band,metric,value
	// a,all,1-7,mase,0.5
	// a,2024-03-01,all,brier,
}

func TestScoresAsJSON(t *testing.T) {
	var b strings.Builder
	w, err := NewScoreWriter(&b, JSON)
	require.NoError(t, err)
	require.NoError(t, w.Write([]Score{{`a "b"`, "all", "all", "n", 3}, {"c", "all", "all", "owa", math.Inf(1)}}))
	require.NoError(t, w.Close())
	assert.JSONEq(t, `[{"series":"a \"b\"","origin":"all","band":"all","metric":"n","value":3},
		{"series":"c","origin":"all","band":"all","metric":"owa","value":null}]`, b.String())
	assert.Equal(t, 4, strings.Count(b.String(), "\n"), "a line each")
}

func TestNoScores(t *testing.T) {
	for format, want := range map[Format]string{CSV: "series,origin,band,metric,value\n", JSON: "[\n]\n"} {
		var b strings.Builder
		w, err := NewScoreWriter(&b, format)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		assert.Equal(t, want, b.String())
	}
	_, err := NewScoreWriter(nil, "table")
	assert.ErrorContains(t, err, `"table"`)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestScoresOntoAFullDisk(t *testing.T) {
	for _, format := range []Format{CSV, JSON} {
		w, err := NewScoreWriter(full{}, format)
		require.NoError(t, err)
		assert.ErrorContains(t, w.Write([]Score{{"a", "all", "all", "n", 3}}), "writing the scores: disk full")
		assert.ErrorContains(t, w.Close(), "ending the scores: disk full")
	}
}
