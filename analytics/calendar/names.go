package calendar

import "strings"

// ownPrefix marks the IDs and families of a customer's own events.
const ownPrefix = "own:"

// FamilyName returns a family's name for people: "Christmas", "Mother's Day", an own
// event's own name.
func FamilyName(family string) string {
	if name, ok := strings.CutPrefix(family, ownPrefix); ok {
		return name
	}
	switch family {
	case "christmas":
		return "Christmas"
	case "new_year":
		return "New Year"
	case "easter":
		return "Easter"
	case "midsummer":
		return "Midsummer"
	case "pentecost":
		return "Pentecost"
	case "ascension":
		return "Ascension"
	case "all_saints":
		return "All Saints'"
	}
	name, _ := describe(family)
	return name
}

// describe returns the name of an occasion's ID and the family it belongs to. An ID
// that is in no larger family is one itself.
func describe(id string) (name, family string) {
	if name, family = describeFamilies(id); name != "" {
		return name, family
	}
	return describeSingle(id), id
}

// describeFamilies knows the IDs that share a family.
func describeFamilies(id string) (name, family string) {
	switch id {
	case "christmas_eve":
		return "Christmas Eve", "christmas"
	case "christmas_day":
		return "Christmas Day", "christmas"
	case "boxing_day":
		return "Boxing Day", "christmas"
	case "new_years_eve":
		return "New Year's Eve", "new_year"
	case "new_years_day":
		return "New Year's Day", "new_year"
	case "easter_wednesday":
		return "Wednesday before Easter", "easter"
	case "maundy_thursday":
		return "Maundy Thursday", "easter"
	case "good_friday":
		return "Good Friday", "easter"
	case "easter_saturday":
		return "Easter Saturday", "easter"
	case "easter_sunday":
		return "Easter Sunday", "easter"
	case "easter_monday":
		return "Easter Monday", "easter"
	case "pentecost":
		return "Whit Sunday", "pentecost"
	case "whit_monday":
		return "Whit Monday", "pentecost"
	case "midsummer_eve":
		return "Midsummer Eve", "midsummer"
	case "midsummer_day":
		return "Midsummer Day", "midsummer"
	case "all_saints_eve":
		return "All Saints' Eve", "all_saints"
	case "all_saints_day":
		return "All Saints' Day", "all_saints"
	case "epiphany_eve":
		return "Epiphany Eve", "epiphany"
	case "walpurgis_eve":
		return "Walpurgis Eve", "may_day"
	case "carnival_monday":
		return "Carnival Monday", "carnival"
	case "carnival_tuesday":
		return "Carnival Tuesday", "carnival"
	}
	return "", ""
}

// describeSingle names the IDs that are a family of their own. Most are their own
// name, in words: "victory_day" is "Victory Day".
func describeSingle(id string) string {
	switch id {
	case "valentines_day":
		return "Valentine's Day"
	case "mothers_day":
		return "Mother's Day"
	case "fathers_day":
		return "Father's Day"
	case "singles_day":
		return "Singles' Day"
	case "ascension":
		return "Ascension Day"
	case "kings_day":
		return "King's Day"
	case "may_day":
		return "May Day"
	case "martin_luther_king_day":
		return "Martin Luther King Jr. Day"
	case "washingtons_birthday":
		return "Washington's Birthday"
	case "veterans_day":
		return "Veterans Day"
	case "anzac_day":
		return "ANZAC Day"
	case "all_souls_day":
		return "All Souls' Day"
	case "independence_quito":
		return "First Cry of Independence"
	}
	words := strings.Split(id, "_")
	for i, w := range words {
		if w != "" && w != "of" && w != "and" {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}
