package configs

import (
	"slices"
	"strings"

	"foresight/analytics/calendar"
)

// country wants a country whose public holidays the calendar knows; none is fine.
func (v validator) country(key, country string) {
	if known := calendar.Countries(); country != "" && !slices.Contains(known, country) {
		v.fail(key, "the public holidays of %q are not known; use one of %s, or leave it out", country, strings.Join(known, ", "))
	}
}
