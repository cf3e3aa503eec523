package calendar

import (
	"fmt"
	"strings"
	"sync"
)

// Calendar is a country's days and a customer's own events, as known on some day.
// It is safe for concurrent use.
type Calendar struct {
	country country
	years   *yearCache
	own     map[Date][]Occasion
	known   Date // zero: everything is known
}

// yearCache holds the years laid out so far; calendars derived from one another
// share it.
type yearCache struct {
	mu    sync.RWMutex
	years map[int]*yearDays
}

// maxOwnDays bounds an own event's length; a longer one is a typing error in its
// year, or a level shift rather than an event.
const maxOwnDays = 3660

// New returns the calendar of a country, by its ISO 3166-1 alpha-2 code, with the
// customer's own events. "" is a country of weekends only. An unknown country, an
// event without a name and one that ends before it begins are errors.
func New(code string, o Options) (*Calendar, error) {
	ctry, ok := countryOf(code)
	if !ok {
		return nil, fmt.Errorf("making a calendar: country %q is not supported; leave it empty or take one of %s",
			code, strings.Join(Countries(), ", "))
	}
	c := &Calendar{country: ctry, years: &yearCache{years: make(map[int]*yearDays)}, own: make(map[Date][]Occasion)}
	for _, e := range o.Own {
		if err := c.addOwn(e); err != nil {
			return nil, fmt.Errorf("making a calendar: %w", err)
		}
	}
	for d := range c.own {
		sortOccasions(c.own[d])
	}
	return c, nil
}

func (c *Calendar) addOwn(e OwnEvent) error {
	name := strings.TrimSpace(e.Name)
	switch {
	case name == "":
		return fmt.Errorf("own event of %s has no name; give it one", e.From)
	case e.From.IsZero() || e.To.IsZero():
		return fmt.Errorf("own event %q lacks its first or last day; give both", name)
	case e.To.Before(e.From):
		return fmt.Errorf("own event %q ends on %s, before it begins on %s; swap them", name, e.To, e.From)
	case e.To.Sub(e.From) >= maxOwnDays:
		return fmt.Errorf("own event %q lasts from %s to %s; more than %d days are no event, check its years", name, e.From, e.To, maxOwnDays)
	}
	id := ownPrefix + name
	for d := e.From; !d.After(e.To); d = d.AddDays(1) {
		c.putOwn(Occasion{ID: id, Name: name, Family: id, Date: d, Kind: KindOwn, KnownFrom: e.KnownFrom})
	}
	return nil
}

// putOwn keeps one occasion of a name and day: the one that was known first.
func (c *Calendar) putOwn(o Occasion) {
	for i, have := range c.own[o.Date] {
		if have.ID == o.ID {
			if o.KnownFrom.Before(have.KnownFrom) {
				c.own[o.Date][i] = o
			}
			return
		}
	}
	c.own[o.Date] = append(c.own[o.Date], o)
}

// Country returns the code the calendar was made with.
func (c *Calendar) Country() string { return c.country.code }

// KnownBy returns the calendar as it was known on day d: without own events, and
// without a country's single days and new holidays, that were made known later.
// (A holiday's abolition is not undone: Denmark's Great Prayer Day of 2024 is gone
// for 2022 as well.)
func (c *Calendar) KnownBy(d Date) *Calendar {
	k := *c
	k.known = d
	return &k
}

// On returns the occasions of day d by ID. The slice is shared: do not change it.
func (c *Calendar) On(d Date) []Occasion {
	list := c.year(d.Year).on(d)
	if own := c.own[d]; len(own) > 0 {
		list = append(append(make([]Occasion, 0, len(list)+len(own)), list...), own...)
		sortOccasions(list)
	}
	return c.visible(list)
}

// visible drops what was not yet known. Nearly always that is nothing.
func (c *Calendar) visible(list []Occasion) []Occasion {
	if c.known.IsZero() {
		return list
	}
	hidden := 0
	for _, o := range list {
		if o.KnownFrom.After(c.known) {
			hidden++
		}
	}
	if hidden == 0 {
		return list
	}
	kept := make([]Occasion, 0, len(list)-hidden)
	for _, o := range list {
		if !o.KnownFrom.After(c.known) {
			kept = append(kept, o)
		}
	}
	return kept
}

// Between returns the occasions of the days from..to, both included, by date then ID.
func (c *Calendar) Between(from, to Date) []Occasion {
	var list []Occasion
	for d := from; !d.After(to); d = d.AddDays(1) {
		list = append(list, c.On(d)...)
	}
	return list
}

// year returns the layout of a year, made on first use.
func (c *Calendar) year(y int) *yearDays {
	c.years.mu.RLock()
	days := c.years.years[y]
	c.years.mu.RUnlock()
	if days != nil {
		return days
	}
	days = buildYear(c.country, y)
	c.years.mu.Lock()
	c.years.years[y] = days
	c.years.mu.Unlock()
	return days
}
