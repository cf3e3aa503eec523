package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Where the generated web shop lives, and the stretch that is generated: history
// before AsOf, and what "has since come true" after it.
const (
	shopZone = "Europe/Stockholm"
	shopSeed = 20160205
)

var (
	shopFrom = date(2012, time.June, 1)
	shopTo   = date(2017, time.March, 22) // exclusive
)

// The shop's own days. Configuration names the same ones.
var (
	campaigns = []time.Time{date(2012, time.September, 10), date(2013, time.September, 9), date(2014, time.September, 8), date(2015, time.September, 14), date(2016, time.September, 12)}
	outage    = date(2015, time.November, 9) // 10 to 15 o'clock: no payment went through
	hole      = date(2014, time.August, 19)  // 2 to 6 o'clock: the forwarder was down, no rows
)

// campaignDays is how long a campaign lasts.
const campaignDays = 3

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// Webshop generates the payments and the orders of a Swedish web shop, hour by
// hour: growth of half again a year, a week that peaks on Mondays, a day that
// peaks in the evening, Christmas, Black Friday, Mother's Day, paydays, a yearly
// campaign, an outage and a hole. It is a generator and says so; the same seed
// gives the same numbers on every machine. Its calendar rules are its own, so that
// the engine's are not checked against themselves.
func Webshop() ([]Series, error) {
	loc, err := time.LoadLocation(shopZone)
	if err != nil {
		return nil, fmt.Errorf("generating the web shop: %w", err)
	}
	return []Series{
		generate("shop_payments", loc, 620, 0.45, 1),
		generate("shop_orders", loc, 410, 0.45, 2),
	}, nil
}

// generate draws one series: its mean an hour on the first day, its growth a year
// on the log scale.
func generate(name string, loc *time.Location, base, growth float64, stream uint64) Series {
	random := rand.New(rand.NewPCG(shopSeed, stream))
	s := Series{Name: name}
	mood := 0.0 // of the day: weather, news; fades over days
	for d := shopFrom; d.Before(shopTo); d = d.AddDate(0, 0, 1) {
		mood = 0.4*mood + 0.022*random.NormFloat64()
		years := d.Sub(shopFrom).Hours() / 24 / 365.25
		level := base * math.Exp(growth*years+mood) * dayFactor(d)
		start := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, loc)
		end := time.Date(d.Year(), d.Month(), d.Day()+1, 0, 0, 0, 0, loc)
		for t := start; t.Before(end); t = t.Add(time.Hour) {
			mean := level * hourFactor(t.Hour()) * math.Exp(0.02*random.NormFloat64())
			value := math.Round(mean + math.Sqrt(mean)*random.NormFloat64())
			switch hour := t.Hour(); {
			case d.Equal(hole) && hour >= 2 && hour < 6:
				continue
			case d.Equal(outage) && hour >= 10 && hour < 15:
				value = 0
			}
			s.Times, s.Values = append(s.Times, t), append(s.Values, max(0, value))
		}
	}
	return s
}

// weekdays are the shop's days of the week, from Sunday.
var weekdays = [7]float64{1.02, 1.10, 1.00, 0.99, 0.98, 0.95, 0.92}

// dayFactor is how a day compares with the level: week, year, feasts, paydays and
// campaigns.
func dayFactor(d time.Time) float64 {
	f := weekdays[d.Weekday()] * (1 + 0.03*math.Cos(2*math.Pi*float64(d.YearDay()-340)/365.25))
	f *= christmas(d) * blackFriday(d) * mothersDay(d)
	for i, boost := range []float64{1.17, 1.08, 1.04} {
		if isPayday(d.AddDate(0, 0, -i)) {
			f *= boost
		}
	}
	for _, c := range campaigns {
		if n := daysBetween(c, d); n >= 0 && n < campaignDays {
			f *= 1.45
		}
	}
	return f
}

// christmas rises over Advent, falls silent on the feast and comes back with the
// sales.
func christmas(d time.Time) float64 {
	eve := date(d.Year(), time.December, 24)
	switch n := daysBetween(eve, d); {
	case n == 0:
		return 0.70
	case n == 1:
		return 0.55
	case n >= 2 && n <= 4:
		return 1.20
	case n < 0 && n >= -30:
		return 1 + 0.75*math.Exp(float64(n+4)/8)*min(1, float64(-n)/4)
	}
	return 1
}

func blackFriday(d time.Time) float64 {
	thanks := nth(d.Year(), time.November, time.Thursday, 4)
	switch daysBetween(thanks, d) {
	case 0:
		return 1.25
	case 1:
		return 1.95
	case 2:
		return 1.45
	case 3:
		return 1.30
	case 4: // Cyber Monday
		return 1.40
	}
	return 1
}

// mothersDay is the last Sunday of May in Sweden; flowers and gifts are ordered
// in the days before.
func mothersDay(d time.Time) float64 {
	sunday := date(d.Year(), time.May, 31)
	sunday = sunday.AddDate(0, 0, -int(sunday.Weekday()))
	switch daysBetween(sunday, d) {
	case -3:
		return 1.15
	case -2:
		return 1.28
	case -1:
		return 1.40
	case 0:
		return 1.18
	}
	return 1
}

// isPayday is the 25th, or the banking day before it.
func isPayday(d time.Time) bool {
	pay := date(d.Year(), d.Month(), 25)
	for closed(pay) {
		pay = pay.AddDate(0, 0, -1)
	}
	return d.Equal(pay)
}

// goodFridays that fall on a 25th within the generated years.
var goodFridays = []time.Time{date(2016, time.March, 25)}

func closed(d time.Time) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return true
	}
	if d.Month() == time.December && (d.Day() == 24 || d.Day() == 25) {
		return true
	}
	if d.Month() == time.June && d.Weekday() == time.Friday && d.Day() >= 19 && d.Day() <= 25 {
		return true // Midsummer Eve
	}
	for _, g := range goodFridays {
		if d.Equal(g) {
			return true
		}
	}
	return false
}

func nth(year int, m time.Month, w time.Weekday, n int) time.Time {
	first := date(year, m, 1)
	return first.AddDate(0, 0, (int(w)-int(first.Weekday())+7)%7+7*(n-1))
}

func daysBetween(from, to time.Time) int { return int(math.Round(to.Sub(from).Hours() / 24)) }

// hourFactor is the shop's day: quiet at night, a bump at lunch, busiest at eight
// in the evening. It averages about 1.
func hourFactor(hour int) float64 {
	h := float64(hour)
	return 0.12 + 1.15*math.Exp(-sq((h-12)/3.2)) + 1.95*math.Exp(-sq((h-20)/2.4)) + 0.55*math.Exp(-sq((h-16)/3))
}

func sq(x float64) float64 { return x * x }
