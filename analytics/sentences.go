package analytics

import (
	"regexp"
	"strings"
)

// What the engine says for people, beside names: one place %s a value. Forecast.Choice and Fallback and
// Treatment.Reason are made of these, and Sentence finds them again.
const (
	sayChosenOnce  = "chosen from 1 origin"
	sayChosen      = "chosen from %s origins"
	sayBeforeGone  = "the members before can no longer forecast"
	sayGain        = "a gain of %s ± %s %% over the choice before"
	sayKept        = "kept from %s"
	sayWouldGain   = "choosing anew would gain %s ± %s %%"
	sayAsChosen    = "as chosen on %s"
	sayShareOfLoss = "%s has %s of the combination's loss"

	sayFewForBacktest = "%s values are too few for a backtest"
	sayFromChanges    = "the range follows from the changes seen"
	sayEqualMean      = "an equal mean of simple members, the range follows from the changes seen"
	sayOnly           = "only %s values"
	sayDampedAndMean  = "the mean of a damped line and the recent mean"
	sayTheirMean      = "their mean"
	sayOnlyOne        = "only one value"
	sayRepeated       = "it is repeated, with a range of about its own size"

	sayPlateau  = "a plateau at %s"
	sayCeiling  = "at the ceiling of %s"
	sayExpected = "%s × what was expected"
)

// Sentences lists what Sentence may find, with %s where a value stands.
func Sentences() []string {
	return []string{sayChosenOnce, sayChosen, sayBeforeGone, sayGain, sayKept, sayWouldGain, sayAsChosen, sayShareOfLoss,
		sayFewForBacktest, sayFromChanges, sayEqualMean, sayOnly, sayDampedAndMean, sayTheirMean, sayOnlyOne, sayRepeated,
		sayPlateau, sayCeiling, sayExpected}
}

// spoken are patterns of the sentences, in their order.
var spoken = func() []*regexp.Regexp {
	all := make([]*regexp.Regexp, 0, len(Sentences()))
	for _, s := range Sentences() {
		pattern := regexp.QuoteMeta(strings.ReplaceAll(s, "%%", "%"))
		all = append(all, regexp.MustCompile("^"+strings.ReplaceAll(pattern, "%s", "([^:]+)")+"$"))
	}
	return all
}()

// Spoken is one of the engine's sentences with what stands in its places.
type Spoken struct {
	Sentence string // of Sentences; a text that is none of them, as it is
	Values   []string
}

// Speech takes what the engine said apart, so that it can be said in another language: its sentences, which
// stand in text with ": " between them.
func Speech(text string) []Spoken {
	for i, pattern := range spoken {
		if m := pattern.FindStringSubmatch(text); m != nil {
			return []Spoken{{Sentences()[i], m[1:]}}
		}
	}
	if head, tail, two := strings.Cut(text, ": "); two {
		return append(Speech(head), Speech(tail)...)
	}
	return []Spoken{{Sentence: text}}
}
