package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestConfComesBack: what is written as a .conf file is read as it was, whatever its values hold.
func TestConfComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want Conf
		var text strings.Builder
		for i := range rapid.IntRange(0, 5).Draw(t, "stanzas") {
			s := Stanza{Name: fmt.Sprintf("%s %d", rapid.StringMatching(`[a-z:=]{0,8}[a-z]`).Draw(t, "name"), i)}
			fmt.Fprintf(&text, "[%s]\n# a comment\n\n", s.Name)
			for range rapid.IntRange(0, 4).Draw(t, "settings") {
				lines := rapid.SliceOfN(rapid.StringMatching(`[a-zåÅ=#|"\[\]\x60$]([a-zåÅ =#|"\[\]\x60$]{0,12}[a-z"\]])?`), 1, 3).Draw(t, "lines")
				s.Settings = append(s.Settings, Setting{rapid.StringMatching(`[a-z][a-z._-]{0,8}`).Draw(t, "key"), strings.Join(lines, "\n")})
				last := s.Settings[len(s.Settings)-1]
				fmt.Fprintf(&text, "%s = %s\n", last.Key, strings.ReplaceAll(last.Value, "\n", "\\\n"))
			}
			want = append(want, s)
		}
		got, err := ParseConf(strings.NewReader(text.String()))
		require.NoError(t, err, text.String())
		require.Equal(t, want, got)
	})
}

// TestExpandingLeavesTheRest: macros are replaced, and nothing else is touched; what is expanded has
// none left.
func TestExpandingLeavesTheRest(t *testing.T) {
	macros := Macros{"one": {Definition: "index=x"}, "two": {Definition: "`one` y=\"quoted | text\""}}
	rapid.Check(t, func(t *rapid.T) {
		var search, want strings.Builder
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			part := rapid.SampledFrom([]string{"`one`", "`two`", `"a \" quote"`, " | where x=1 ", "it's ", `"don't"`}).Draw(t, "part")
			search.WriteString(part)
			want.WriteString(map[string]string{"`one`": "index=x", "`two`": "index=x y=\"quoted | text\""}[part])
			if part[0] != '`' {
				want.WriteString(part)
			}
		}
		got, err := macros.Expand(search.String())
		require.NoError(t, err)
		require.Equal(t, want.String(), got)
		again, err := macros.Expand(got)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// TestVersionIsThreeNumbers, whatever the build was called.
func TestVersionIsThreeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		require.Regexp(t, `^\d+\.\d+\.\d+$`, Version(rapid.OneOf(rapid.String(), rapid.StringMatching(`v?\d{1,3}(\.\d{1,3}){0,4}([-+.][a-z0-9]{0,8})?`)).Draw(t, "version")))
	})
}
