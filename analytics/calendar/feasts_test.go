package calendar_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"foresight/analytics/calendar"
)

// dateOf returns the one day of an ID in a year.
func dateOf(t *testing.T, c *calendar.Calendar, id string, year int) string {
	t.Helper()
	found := ""
	for _, o := range c.Between(calendar.NewDate(year, 1, 1), calendar.NewDate(year, 12, 31)) {
		if o.ID == id {
			require.Empty(t, found, "%s twice in %d", id, year)
			found = o.Date.String()
		}
	}
	return found
}

// As the press and calendars of the time had them: France 2020 and 2023 (in June, since
// Whit Sunday fell on the last Sunday of May: Act 50-577 of 24 May 1950) and 2024–2026;
// Sweden's mothers 2019–2025; the Nordic fathers 2020 and 2021; Spain's mothers 2024–2026;
// fathers of 2012 and 2013 everywhere; the United States as in the table of retail events
// below. The other days follow from the rule by a wall calendar.
func TestParentsDays(t *testing.T) {
	for _, row := range []struct {
		country, id string
		days        []string
	}{
		{"SE", "mothers_day", []string{"2019-05-26", "2020-05-31", "2021-05-30", "2022-05-29", "2023-05-28", "2024-05-26", "2025-05-25"}},
		{"SE", "fathers_day", []string{"2020-11-08", "2021-11-14", "2023-11-12"}},
		{"NO", "mothers_day", []string{"2023-02-12", "2024-02-11", "2025-02-09"}},
		{"NO", "fathers_day", []string{"2020-11-08", "2021-11-14"}},
		{"FI", "fathers_day", []string{"2020-11-08", "2021-11-14", "2025-11-09"}},
		{"FI", "mothers_day", []string{"2025-05-11"}},
		{"DK", "mothers_day", []string{"2023-05-14", "2024-05-12", "2025-05-11"}},
		{"DK", "fathers_day", []string{"2023-06-05", "2024-06-05"}},
		{"DE", "mothers_day", []string{"2008-05-11", "2023-05-14", "2024-05-12"}}, // 2008: kept on Whit Sunday
		{"DE", "fathers_day", []string{"2012-05-17", "2013-05-09", "2023-05-18", "2024-05-09"}},
		{"GB", "mothers_day", []string{"2016-03-06", "2023-03-19", "2024-03-10", "2025-03-30"}},
		{"GB", "fathers_day", []string{"2012-06-17", "2013-06-16", "2024-06-16"}},
		{"US", "mothers_day", []string{"2011-05-08", "2014-05-11", "2015-05-10", "2025-05-11"}},
		{"US", "fathers_day", []string{"2011-06-19", "2012-06-17", "2013-06-16"}},
		{"FR", "mothers_day", []string{"2020-06-07", "2021-05-30", "2023-06-04", "2024-05-26", "2025-05-25", "2026-05-31"}},
		{"FR", "fathers_day", []string{"2012-06-17", "2013-06-16", "2024-06-16"}},
		{"ES", "mothers_day", []string{"2024-05-05", "2025-05-04", "2026-05-03"}},
		{"ES", "fathers_day", []string{"2012-03-19", "2024-03-19"}},
		{"NL", "mothers_day", []string{"2023-05-14", "2024-05-12"}},
		{"NL", "fathers_day", []string{"2023-06-18", "2024-06-16"}},
		{"AU", "mothers_day", []string{"2023-05-14", "2024-05-12"}},
		{"AU", "fathers_day", []string{"2012-09-02", "2013-09-01", "2024-09-01"}},
		{"EC", "mothers_day", []string{"2023-05-14", "2024-05-12"}},
		{"EC", "fathers_day", []string{"2023-06-18", "2024-06-16"}},
	} {
		c := newCalendar(t, row.country)
		for _, want := range row.days {
			require.Equal(t, want, dateOf(t, c, row.id, day(t, want).Year), "%s %s", row.country, row.id)
		}
	}
}

// The feasts of the series handed out for development, as their own calendar has them.
func TestFeastsAsRetailCalendar(t *testing.T) {
	f, err := os.Open(filepath.FromSlash("../../../shared/data/walmart_m5_events.csv"))
	if err != nil {
		t.Skip("the optional ../shared/data is not there")
	}
	defer func() { require.NoError(t, f.Close()) }()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	c := newCalendar(t, "US")
	names := map[string]string{
		"Mother's day": "mothers_day", "Father's day": "fathers_day", "Thanksgiving": "thanksgiving",
		"ValentinesDay": "valentines_day", "Easter": "easter_sunday", "LaborDay": "labor_day",
		"MemorialDay": "memorial_day", "PresidentsDay": "washingtons_birthday", "MartinLutherKingDay": "martin_luther_king_day",
	}
	seen := 0
	for _, r := range rows[1:] {
		if id := names[r[1]]; id != "" {
			seen++
			require.Equal(t, r[0], dateOf(t, c, id, day(t, r[0]).Year), r[1])
		}
	}
	require.Greater(t, seen, 30)
}

func TestFeastsAndFamilies(t *testing.T) {
	for _, row := range []struct{ country, id, want, family string }{
		{"SE", "midsummer_eve", "2015-06-19", "Midsummer"}, // earliest
		{"SE", "midsummer_eve", "2021-06-25", "Midsummer"}, // latest
		{"SE", "all_saints_day", "2020-10-31", "All Saints'"},
		{"SE", "all_saints_day", "2021-11-06", "All Saints'"},
		{"US", "black_friday", "2019-11-29", "Black Friday"}, // the fifth Friday, not the fourth
		{"SE", "cyber_monday", "2019-12-02", "Cyber Monday"},
		{"US", "good_friday", "2024-03-29", "Easter"},
		{"EC", "carnival_monday", "2024-02-12", "Carnival"},
		{"GB", "christmas_day_observed", "2021-12-27", "Christmas"},
		{"GB", "boxing_day_observed", "2021-12-28", "Christmas"},
		{"FR", "new_years_eve", "2024-12-31", "New Year"},
		{"DK", "great_prayer_day", "2023-05-05", "Great Prayer Day"},
		{"NL", "kings_day", "2025-04-26", "King's Day"},
		{"AU", "singles_day", "2025-11-11", "Singles' Day"},
		{"DE", "mothers_day", "2025-05-11", "Mother's Day"},
	} {
		c := newCalendar(t, row.country)
		require.Equal(t, row.want, dateOf(t, c, row.id, day(t, row.want).Year), row.id)
		for _, o := range c.On(day(t, row.want)) {
			if o.ID == row.id {
				require.Equal(t, row.family, calendar.FamilyName(o.Family))
			}
		}
	}
	require.Equal(t, "Summer sale", calendar.FamilyName("own:Summer sale"))
	require.Empty(t, dateOf(t, newCalendar(t, "DK"), "great_prayer_day", 2024))
	require.Empty(t, dateOf(t, newCalendar(t, "US"), "juneteenth", 2020))
}

// Worked out by hand on a wall calendar from the rule of countryOf.
func TestPaydays(t *testing.T) {
	for country, want := range map[string][]string{
		"SE": {"2026-01-23", "2026-02-25", "2026-04-24", "2026-12-23"},
		"DK": {"2026-01-30", "2026-05-29", "2026-12-30"}, // banks are closed on 31 December
		"NL": {"2026-04-24", "2026-12-24"},
		"US": {"2026-05-15", "2026-05-29", "2026-08-14", "2026-08-31"},
		"GB": {"2026-05-29", "2026-08-28"}, // 31 August is the bank holiday
		"NO": {"2026-05-12", "2026-05-22"}, // the 25th is Whit Monday
	} {
		c := newCalendar(t, country)
		for _, d := range want {
			require.Contains(t, ids(c.On(day(t, d))), "payday payday", "%s %s", country, d)
		}
	}
}

func TestEveryOccasionIsWellFormed(t *testing.T) {
	for _, country := range calendar.Countries() {
		c := newCalendar(t, country)
		list := c.Between(calendar.NewDate(1999, 1, 1), calendar.NewDate(2040, 12, 31))
		seen := make(map[string]bool)
		paydays := 0
		for _, o := range list {
			require.NotEmpty(t, o.Name)
			require.NotEmpty(t, o.Family)
			require.NotEmpty(t, calendar.FamilyName(o.Family))
			require.Falsef(t, seen[o.Date.String()+o.ID], "%s %s twice", o.Date, o.ID)
			seen[o.Date.String()+o.ID] = true
			switch o.Kind {
			case calendar.KindBridge, calendar.KindHalf, calendar.KindPayday:
				require.Truef(t, c.WorkingDay(o.Date), "%s %s %s is no working day", country, o.Date, o.ID)
			}
			if o.Kind == calendar.KindPayday {
				paydays++
			}
		}
		require.Zero(t, paydays%(42*12), country)
		require.NotZero(t, paydays)
	}
}
