package app

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConfIsReadAsSplunkReadsIt(t *testing.T) {
	conf, err := ParseConf(strings.NewReader("global = 1\n# a comment\n[first]\n search = index=x | eval a=\"#1\"  \nempty =\nagain = 1\nagain = 2\n\n[second thing]\nlong = one \\\n  two \\\nthree\nnext=4\n"))
	require.NoError(t, err)
	assert.Equal(t, Conf{
		{Settings: []Setting{{"global", "1"}}},
		{Name: "first", Settings: []Setting{{"search", `index=x | eval a="#1"`}, {"empty", ""}, {"again", "1"}, {"again", "2"}}},
		{Name: "second thing", Settings: []Setting{{"long", "one \n  two \nthree"}, {"next", "4"}}},
	}, conf)
	first, ok := conf.Stanza("first")
	require.True(t, ok)
	again, _ := first.Get("again")
	assert.Equal(t, "2", again, "the last of two counts")
}

func TestConfMistakesNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"[a]\nb = 1\n[a]\n":   "line 3: the stanza [a] comes twice",
		"[a\n":                "line 1: the stanza \"[a\" is not closed",
		"[a]\nword\n":         "line 2: \"word\" is neither",
		"[a]\nb = 1 \\":       "line 2: the file ends",
		"[a]\n\n# x\nno eq\n": "line 4",
	} {
		_, err := ParseConf(strings.NewReader(text))
		assert.ErrorContains(t, err, want)
	}
	_, err := ReadConf(fstest.MapFS{"default/x.conf": {Data: []byte("oops")}}, "default/x.conf")
	require.ErrorContains(t, err, "default/x.conf: line 1")
	none, err := ReadConf(fstest.MapFS{}, "default/x.conf")
	require.NoError(t, err)
	assert.Empty(t, none)
}

func TestMacrosAreExpanded(t *testing.T) {
	macros := Macros{
		"a": {Definition: "index=x"}, "b": {Definition: "`a` sourcetype=y"}, "c(2)": {Definition: "f=$one$ g=$two$ f2=$one$", Args: []string{"one", "two"}},
		"url": {Definition: `"http://h"`}, "round": {Definition: "`round`"},
	}
	for search, want := range map[string]string{
		"`a`":                            "index=x",
		"`b` | stats count":              "index=x sourcetype=y | stats count",
		"`c(1,\"two words\")` | head":    "f=1 g=two words f2=1 | head",
		"x=1":                            "x=1",
		"eval u=`url`.\"/a?b=\".c":       `eval u="http://h"."/a?b=".c`,
		`eval u="a \" quote".` + "`url`": `eval u="a \" quote"."http://h"`,
		"`a` (`a`)":                      "index=x (index=x)",
		"where x=\"it's\" AND y=`url`":   `where x="it's" AND y="http://h"`,
	} {
		got, err := macros.Expand(search)
		require.NoError(t, err, search)
		assert.Equal(t, want, got, search)
	}
	for search, want := range map[string]string{
		"`nobody`":           "the macro nobody is not in",
		"`c(1)`":             "the macro c(1) is not in",
		"`a":                 "not closed",
		"``":                 "is no macro",
		"eval u=\"`url`/x\"": "in double quotes",
		"`round`":            "more than 20 deep",
	} {
		_, err := macros.Expand(search)
		assert.ErrorContains(t, err, want, search)
	}
	called, err := Called("`a` | `c(1,2)` | eval x=`a`")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "c"}, called)
}

func TestTheAppsOwnMacrosExpand(t *testing.T) {
	macros, err := ReadMacros(Files())
	require.NoError(t, err)
	for name, m := range macros {
		plain, _, _ := strings.Cut(name, "(")
		if len(m.Args) > 0 {
			plain += "(" + strings.Join(m.Args, ", ") + ")"
		}
		_, err := macros.Expand("`" + plain + "`")
		assert.NoError(t, err, name)
	}
	_, err = ReadMacros(fstest.MapFS{"default/macros.conf": {Data: []byte("[x]\niseval = 0\n")}})
	require.ErrorContains(t, err, "[x] has no definition")
}
