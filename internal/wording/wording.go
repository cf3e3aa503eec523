// Package wording says things in people's languages. A sentence is named by its English words,
// which stand where it is said; one catalogue has what they are in another language. Pages,
// letters and messages use it, and so does whatever else speaks to people.
package wording

import (
	_ "embed" // the catalogue
	"encoding/json"
	"errors"
	"fmt"
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
	tag                    language.Tag
	sentences              map[string]string
	months, weekdays       []string
	shortMonths, shortDays []string
	point                  string // before decimals
	week                   string // of the number of a week (ISO 8601) and its first day
	weekForm               string // of that day, where it is not the one that is asked for
}

var tongues = map[string]tongue{
	English: {tag: language.English, point: ".", week: "week of %[2]s"},
	"sv": {
		tag: language.Swedish, sentences: read(swedish), point: ",", week: "vecka %[1]d (%[2]s)", weekForm: "2 January 2006",
		months:      []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
		weekdays:    []string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"},
		shortMonths: []string{"jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
		shortDays:   []string{"sön", "mån", "tis", "ons", "tors", "fre", "lör"},
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

// plain is a sentence without its sense: "when|by %s" is "by %s", as words that mean two things have two
// names. What is not in the catalogue is somebody's own, and stays as it is.
func plain(english string) string {
	sense, words, has := strings.Cut(english, "|")
	if has && strings.Trim(sense, "abcdefghijklmnopqrstuvwxyz") == "" && anywhere(english) {
		return words
	}
	return english
}

func anywhere(english string) bool {
	for _, name := range Languages()[1:] {
		if _, is := tongues[name].sentences[english]; is {
			return true
		}
	}
	return false
}

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
		return plain(english)
	}
	if v.printer == nil {
		v = In(English)
	}
	return v.printer.Sprintf(message.Key(english, plain(english)), args...)
}

// Why says why something is not done: a Refusal in the voice's language, any other error as it is.
func (v Voice) Why(err error) string {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return err.Error()
	}
	return v.T(r.English, r.Filled(func(words string) string { return v.T(words) })...)
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
		month, weekday := t.Month()-1, t.Weekday()
		form = strings.NewReplacer("January", speaks.months[month], "Jan", speaks.shortMonths[month],
			"Monday", speaks.weekdays[weekday], "Mon", speaks.shortDays[weekday]).Replace(form)
	}
	return t.Format(form)
}

// Day names a day of a week, such as "fredag".
func (v Voice) Day(d time.Weekday) string {
	if names := tongues[v.Lang()].weekdays; names != nil {
		return names[d]
	}
	return d.String()
}

// Month names a month of the year, such as "december".
func (v Voice) Month(m time.Month) string {
	if names := tongues[v.Lang()].months; names != nil {
		return names[m-1]
	}
	return m.String()
}

// Week names the week of a day: by its number (ISO 8601) where people use that, and by its first day in a form of
// the time package, without the day's own name beside a number.
func (v Voice) Week(monday time.Time, form string) string {
	speaks := tongues[v.Lang()]
	if speaks.weekForm != "" {
		form = speaks.weekForm
	}
	_, number := monday.ISOWeek()
	return fmt.Sprintf(speaks.week, number, v.Date(monday, form))
}

// Figure writes a decimal numeral, which has a point, as the language does. Thousands are parted by a narrow no-break
// space.
func (v Voice) Figure(numeral string) string {
	whole, decimals, has := strings.Cut(numeral, ".")
	digits := strings.TrimLeft(whole, "-\u2212")
	sign := strings.TrimSuffix(whole, digits)
	for i := len(digits) - 3; i > 0 && !strings.Contains(digits, "e"); i -= 3 { // 1e+15 has no thousands
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	if has {
		digits += tongues[v.Lang()].point + decimals
	}
	return sign + digits
}

// Occasion names a day of the calendar; what it does not know, such as a customer's own event, keeps its name.
func (v Voice) Occasion(english string) string {
	if named := "day|" + english; anywhere(named) {
		return v.T(named)
	}
	return english
}

// Redundancy says where a redundant group stands.
func (v Voice) Redundancy(r models.Redundancy) string {
	if spare := r.Spare(); spare > 0 && len(r.Down) > 0 {
		return v.T("works, %d failures from outage", spare+1)
	}
	return v.T(r.Words())
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
