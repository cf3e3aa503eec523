package calendar

// country is what is kept in one country: its rules, and the days of the month on
// which most wages are paid (0: the last), moved back to a working day.
type country struct {
	code    string
	rules   []rule
	paydays []int
}

// Countries returns the supported codes in alphabetical order.
func Countries() []string {
	return []string{"AU", "DE", "DK", "EC", "ES", "FI", "FR", "GB", "NL", "NO", "SE", "US"}
}

// countryOf returns the country of a code, and for "" one without any rule.
//
// Paydays differ by employer; these are the commonest rule, where there is one.
// Swedish wages come on the 25th, Dutch ones about then. Norway's state pays on the
// 12th and many firms on the 25th. In the United States and Australia most are paid
// every other week, on no common Friday, so that only the 15th and the end of the
// month stand out; Ecuador pays an advance (quincena) and the rest on the same days.
// Elsewhere wages come on the last banking day.
func countryOf(code string) (country, bool) {
	switch code {
	case "":
		return country{}, true
	case "SE":
		return country{code, sweden(), []int{25}}, true
	case "NO":
		return country{code, norway(), []int{12, 25}}, true
	case "DK":
		return country{code, denmark(), []int{0}}, true
	case "FI":
		return country{code, finland(), []int{0}}, true
	case "DE":
		return country{code, germany(), []int{0}}, true
	case "NL":
		return country{code, netherlands(), []int{25}}, true
	case "FR":
		return country{code, france(), []int{0}}, true
	case "ES":
		return country{code, spain(), []int{0}}, true
	case "GB":
		return country{code, britain(), []int{0}}, true
	case "US":
		return country{code, unitedStates(), []int{15, 0}}, true
	case "AU":
		return country{code, australia(), []int{15, 0}}, true
	case "EC":
		return country{code, ecuador(), []int{15, 0}}, true
	}
	return country{}, false
}
