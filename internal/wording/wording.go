// Package wording says things in people's languages. A sentence is named by its English words,
// which stand where it is said; one catalogue has what they are in another language. Pages,
// letters and messages use it, and so does whatever else speaks to people.
package wording

import (
	_ "embed" // the catalogue
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"

	"foresight/models"
)

// English is the language in which sentences are written where they are said.
const English = "en"

// tongue is a language that the catalogue has. Its days begin with Sunday.
type tongue struct {
	tag             language.Tag
	sentences       map[string]string
	months, weekday []string
}

var tongues = map[string]tongue{
	English: {tag: language.English},
	"sv": {
		tag: language.Swedish, sentences: read(swedish),
		months:  []string{"jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
		weekday: []string{"sön", "mån", "tis", "ons", "tors", "fre", "lör"},
	},
}

//go:embed sv.json
var swedish []byte

// read takes a language's sentences, by their English words, from a file for translators.
func read(file []byte) map[string]string {
	var all map[string]string
	if err := json.Unmarshal(file, &all); err != nil {
		panic("wording: " + err.Error()) // our own embedded file, which the tests read
	}
	return all
}

// Languages are those that can be spoken, by their ISO 639-1 codes, English first.
func Languages() []string { return models.Languages }

// known holds every sentence in every language.
var known = func() *catalog.Builder {
	b := catalog.NewBuilder(catalog.Fallback(language.English))
	for _, name := range Languages() {
		for english, words := range tongues[name].sentences {
			if err := b.SetString(tongues[name].tag, english, words); err != nil {
				panic("wording: " + english + ": " + err.Error()) // a sentence that is not well formed: the tests read them all
			}
		}
	}
	return b
}()

// Has reports whether a sentence is in a language's catalogue; English needs none.
func Has(lang, english string) bool {
	_, is := tongues[lang].sentences[english]
	return is || lang == English
}

// Voice speaks one language. The zero Voice speaks English.
type Voice struct {
	lang    string
	printer *message.Printer
}

// In is the voice of a language; of one that is not known, English.
func In(lang string) Voice {
	if !slices.Contains(Languages(), lang) {
		lang = English
	}
	return Voice{lang, message.NewPrinter(tongues[lang].tag, message.Catalog(known))}
}

// Lang is the language's code.
func (v Voice) Lang() string {
	if v.lang == "" {
		return English
	}
	return v.lang
}

// T says a sentence, with what stands in its places.
func (v Voice) T(english string, args ...any) string {
	if len(args) == 0 { // it may be of people, and then has nothing to fill in
		if words, is := tongues[v.Lang()].sentences[english]; is {
			return words
		}
		return english
	}
	if v.printer == nil {
		v = In(English)
	}
	return v.printer.Sprintf(message.Key(english, english), args...)
}

// N is T of the first sentence for one, and of the second, which begins with the number, for any other.
func (v Voice) N(n int, one, many string) string {
	if n == 1 {
		return v.T(one)
	}
	return v.T(many, n)
}

// Date writes a moment in a form of the time package, with the language's own names of days and months.
func (v Voice) Date(t time.Time, form string) string {
	speaks := tongues[v.Lang()]
	if speaks.months != nil {
		form = strings.NewReplacer("Jan", speaks.months[t.Month()-1], "Mon", speaks.weekday[t.Weekday()]).Replace(form)
	}
	return t.Format(form)
}

// Accepted is the first known language that a browser asks for by Accept-Language, English where it asks
// for none.
func Accepted(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return English
	}
	var all []language.Tag
	for _, name := range Languages() {
		all = append(all, tongues[name].tag)
	}
	_, n, _ := language.NewMatcher(all).Match(tags...)
	return Languages()[n]
}
