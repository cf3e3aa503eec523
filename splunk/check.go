package splunk

import (
	"fmt"
	"strings"
	"time"

	"foresight/models"
)

// timeWords are the search modifiers that would override the window asked for.
var timeWords = map[string]bool{
	"earliest": true, "latest": true, "_index_earliest": true, "_index_latest": true,
	"starttime": true, "endtime": true, "starttimeu": true, "endtimeu": true,
	"timeformat": true, "daysago": true, "hoursago": true, "minutesago": true, "monthsago": true,
	"startdaysago": true, "enddaysago": true, "starthoursago": true, "endhoursago": true,
	"startminutesago": true, "endminutesago": true, "startmonthsago": true, "endmonthsago": true,
	"searchtimespandays": true, "searchtimespanhours": true, "searchtimespanminutes": true,
	"searchtimespanmonths": true, "_time": true, "_indextime": true,
}

// commands are what somebody may begin a base search with by mistake.
var commands = map[string]bool{
	"search": true, "tstats": true, "mstats": true, "from": true, "datamodel": true, "inputlookup": true,
	"makeresults": true, "metadata": true, "metasearch": true, "rest": true, "savedsearch": true,
	"loadjob": true, "dbxquery": true, "union": true, "multisearch": true,
}

// checkBase refuses a base search that is not one: see lexSearch, and time
// modifiers, a leading command, and for tstats and mstats a by clause.
func checkBase(search string, source models.Source) error {
	tokens, err := lexSearch(search)
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		return fmt.Errorf("it is empty: write at least an index")
	}
	for i, t := range tokens {
		word := strings.ToLower(t.text)
		compared := i+1 < len(tokens) && tokens[i+1].sign && strings.Contains("=<>!", tokens[i+1].text)
		value := i > 0 && tokens[i-1].sign && strings.Contains("=<>", tokens[i-1].text)
		switch {
		case t.sign:
		case source == models.SourceMstats && compared && !value && (word == "metric_name" || word == "_value"):
			return fmt.Errorf("%s in the where clause of mstats: the measure names the metric, as in avg(cpu.usage)", word)
		case compared && !value && timeWords[word]:
			return fmt.Errorf("%s= would override the window that is read: leave it out, history and lag say the window", word)
		case t.quoted:
		case i == 0 && !compared && commands[word]:
			return fmt.Errorf("it begins with the command %s: write the search terms only, as in index=web", word)
		case source != models.SourceEvents && source != models.SourceSaved && !compared && !value && (word == "by" || word == "groupby"):
			return fmt.Errorf("%s in the where clause of %s: name the field in split instead", word, source)
		}
	}
	return nil
}

// checkYears are the years for which CheckQuery looks at a zone's offsets; Plan
// looks at the window itself.
var checkFrom, checkTo = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)

// CheckQuery tells whether searches can be built of q at all: its search, measure,
// denominator, split and witness can be written as SPL of the known shape, and its
// span divides every UTC offset of the zone (2020 to 2040).
func CheckQuery(q models.Query, zone *time.Location) error {
	if _, err := compile(q, time.Time{}); err != nil {
		return err
	}
	return checkSpan(q, zone, checkFrom, checkTo)
}

// checkSpan refuses a span below a day that some local day could not be built of.
func checkSpan(q models.Query, zone *time.Location, from, to time.Time) error {
	for _, span := range spansOf(q) {
		width := int64(span.Duration() / time.Second)
		if width == 0 {
			continue
		}
		for _, offset := range offsets(zone, from, to) {
			if offset%width != 0 {
				return fmt.Errorf("query %s: span %s does not divide the offset %s of zone %s, so that no local day can be built of its buckets: use span %s",
					q.ID, span, formatOffset(offset), zone, dividing(offset))
			}
		}
	}
	return nil
}

// spansOf returns the spans that q's buckets have.
func spansOf(q models.Query) []models.Span {
	if q.Witness != nil {
		return []models.Span{q.Span, q.Witness.Span}
	}
	return []models.Span{q.Span}
}

// dividing returns the widest span that divides an offset.
func dividing(offset int64) models.Span {
	for _, s := range []models.Span{models.SpanHour, models.Span30Min, models.Span15Min, models.Span5Min} {
		if offset%int64(s.Duration()/time.Second) == 0 {
			return s
		}
	}
	return models.SpanDay
}

// formatOffset writes seconds east of UTC as +05:30.
func formatOffset(offset int64) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d:%02d", sign, offset/3600, offset%3600/60)
}
