package analytics

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// Whatever the engine says is found again, value by value.
func TestSpeech(t *testing.T) {
	for text, want := range map[string][]Spoken{
		"chosen from 1 origin": {{sayChosenOnce, []string{}}},
		"kept from 2026-02-20: choosing anew would gain 0.3 ± 0.6 %":         {{sayKept, []string{"2026-02-20"}}, {sayWouldGain, []string{"0.3", "0.6"}}},
		"only one value: it is repeated, with a range of about its own size": {{sayOnlyOne, []string{}}, {sayRepeated, []string{}}},
		"the hall is moved: for good":                                        {{Sentence: "the hall is moved"}, {Sentence: "for good"}},
		"":                                                                   {{}},
	} {
		assert.Equal(t, want, Speech(text), text)
	}
	rapid.Check(t, func(t *rapid.T) {
		var want []Spoken
		var parts []string
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			one := Spoken{Sentence: rapid.SampledFrom(Sentences()).Draw(t, "sentence"), Values: []string{}}
			var values []any
			for range strings.Count(one.Sentence, "%s") {
				v := rapid.StringMatching(`[0-9.-]{1,6}`).Draw(t, "value")
				one.Values, values = append(one.Values, v), append(values, v)
			}
			want, parts = append(want, one), append(parts, fmt.Sprintf(one.Sentence, values...))
		}
		assert.Equal(t, want, Speech(strings.Join(parts, ": ")))
	})
}
