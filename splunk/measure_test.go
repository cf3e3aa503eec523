package splunk

import (
	"strings"
	"testing"

	"foresight/models"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMeasuresArePrintedAnew(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"count", "count"},
		{" COUNT ", "count"},
		{"sum(amount)", "sum(amount)"},
		{"sum( response.time )", "sum(response.time)"},
		{`sum("response time")`, `sum("response time")`},
		{"sum('response time')", `sum("response time")`},
		{"sum(items{}.price)", `sum("items{}.price")`},
		{"sum(by)", `sum("by")`},
		{"mean(x)", "avg(x)"},
		{"last(x)", "latest(x)"}, // SPL's own last is the last one read, which is the oldest
		{"distinct_count(user)", "dc(user)"},
		{"median(x)", "p50(x)"},
		{"perc99.9(x)", "p99.9(x)"},
		{"count(x)", "count(x)"},
		{"count(eval(status>=500))", "count(eval(status>=500))"},
		{"count(eval(a.b==1))", "count(eval('a.b'==1))"},
		{`count(eval(NOT status=200 AND (m="GET" OR like(u, "/a%"))))`,
			`count(eval((NOT (status=200)) AND ((m="GET") OR (like(u,"/a%")))))`},
		{`count(eval(m="a\"|b\\"))`, `count(eval(m="a\"|b\\"))`},
		{"count(eval(isnull(x)))", "count(eval(isnull(x)))"},
		{"count(eval(x>-1.5))", "count(eval(x>-1.5))"},
		{"sum(belopp_å)", `sum("belopp_å")`},
	} {
		m, err := parseMeasure(tt.in)
		require.NoError(t, err, tt.in)
		assert.Equal(t, tt.want, m.spl(), tt.in)
	}
}

func TestMeasuresThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "begins with a function"},
		{"sum", "needs a field"},
		{"stdev(x)", "no known measure"},
		{"p0(x)", "outside (0, 100)"},
		{"p100(x)", "no known measure"},
		{"count | delete", "unexpected '|'"},
		{"count by host", "follows the measure"},
		{"count as x", "follows the measure"},
		{"sum(*)", "unexpected '*'"},
		{`sum("a*")`, "would take for something else"},
		{`sum("a|b")`, "would take for something else"},
		{"sum(fs_value)", "kept for Foresight"},
		{"sum(a", `")" is expected`},
		{"sum(a, b)", `")" is expected`},
		{"count(eval(x))", "a comparison such as"},
		{"count(eval(x=1)", `")" is expected`},
		{"count(eval(x=1 | delete))", "unexpected '|'"},
		{"count(eval(searchmatch(\"x\")))", "is not taken in a condition"},
		{"count(eval(by=1))", "word of SPL"},
		{`count(eval(x="a))`, "quote is not closed"},
		{`count(eval(x="a\n"))`, "lone backslash"},
		{"count(eval(" + strings.Repeat("(", 200) + "x=1", "nested deeper"},
		{"count(eval(" + strings.Repeat("NOT ", 200) + "x=1))", "nested deeper"},
		{strings.Repeat("x", 3000), "longer than"},
	} {
		_, err := parseMeasure(tt.in)
		assert.ErrorContains(t, err, tt.want, tt.in)
	}
}

func TestFormulas(t *testing.T) {
	mean, err := parseFormula(models.Signal{Measure: "avg(ms)"}, models.SourceEvents)
	require.NoError(t, err)
	assert.Equal(t, "sum(ms)", mean.value.spl())
	assert.Equal(t, "count(eval(isnum(ms)))", mean.weight.spl(), "a dash in a log is no number")
	assert.Equal(t, combineAdd, mean.combining())
	mean, err = parseFormula(models.Signal{Measure: "avg(ms)"}, models.SourceTstats)
	require.NoError(t, err)
	assert.Equal(t, "count(ms)", mean.weight.spl())

	ratio, err := parseFormula(models.Signal{Kind: models.KindRatio, Measure: "count(eval(status>=500))", Denominator: "count"}, models.SourceEvents)
	require.NoError(t, err)
	assert.Equal(t, combineAdd, ratio.combining())

	users, err := parseFormula(models.Signal{Kind: models.KindRatio, Measure: "dc(user)", Denominator: "count"}, models.SourceEvents)
	require.NoError(t, err)
	assert.Equal(t, combineNot, users.combining(), "a ratio combines only when both of its parts add up")

	largest, err := parseFormula(models.Signal{Kind: models.KindRatio, Measure: "max(a)", Denominator: "max(b)"}, models.SourceEvents)
	require.NoError(t, err)
	assert.Equal(t, combineNot, largest.combining(), "the largest of each need not stand in one bucket")

	_, err = parseFormula(models.Signal{Kind: models.KindRatio, Measure: "count"}, models.SourceEvents)
	assert.ErrorContains(t, err, "needs a denominator")
	_, err = parseFormula(models.Signal{Kind: models.KindRatio, Measure: "avg(x)", Denominator: "count"}, models.SourceEvents)
	assert.ErrorContains(t, err, "sum(f) over count(f)")
}

// Whatever is printed is read back as the same.
func TestPrintedMeasuresAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.String().Draw(t, "field")
		literal := rapid.String().Draw(t, "literal")
		for _, text := range []string{
			"sum(" + quote(field) + ")",
			"count(eval('" + field + "'=" + quote(literal) + "))",
		} {
			m, err := parseMeasure(text)
			if err != nil {
				continue
			}
			again, err := parseMeasure(m.spl())
			require.NoError(t, err)
			assert.Equal(t, m.spl(), again.spl())
		}
	})
}

func FuzzMeasure(f *testing.F) {
	for _, s := range []string{"count", `sum("a b")`, "count(eval(a=1 OR NOT 'b'<\"x\"))", "p99.9(x)", "count(eval((((a=1)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := parseMeasure(s)
		if err != nil {
			return
		}
		if n := pipes(m.spl()); n != 0 {
			t.Fatalf("%q became %q with %d pipes", s, m.spl(), n)
		}
		again, err := parseMeasure(m.spl())
		if err != nil || again.spl() != m.spl() {
			t.Fatalf("%q became %q, which became %q (%v)", s, m.spl(), again.spl(), err)
		}
	})
}
