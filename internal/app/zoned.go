package app

import (
	"reflect"
	"time"

	"foresight/configs"
)

// zones are the customers', in which times are written.
type zones map[string]*time.Location

func zonesOf(cfg *configs.Config) zones {
	all := zones{}
	for _, c := range cfg.Customers {
		all[c.ID] = c.Zone
	}
	return all
}

// of is a customer's zone, of one that is no longer configured UTC.
func (z zones) of(customer string) *time.Location {
	if zone := z[customer]; zone != nil {
		return zone
	}
	return time.UTC
}

// in puts a moment into a customer's zone.
func (z zones) in(customer string, t time.Time) time.Time { return t.In(z.of(customer)) }

// at writes a moment in a customer's zone.
func (z zones) at(customer string, t time.Time) string {
	return z.in(customer, t).Format(time.RFC3339)
}

// zoned puts every moment in what p points to into a zone. What was kept knows its times'
// offsets only, and a day later is not always 24 hours later.
func zoned(p any, zone *time.Location) { zonedIn(reflect.ValueOf(p), zone) }

var moment = reflect.TypeFor[time.Time]()

func zonedIn(v reflect.Value, zone *time.Location) {
	if !holdsMoments(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			zonedIn(v.Elem(), zone)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			zonedIn(v.Index(i), zone)
		}
	case reflect.Struct:
		if v.Type() == moment {
			v.Set(reflect.ValueOf(v.Interface().(time.Time).In(zone)))
			return
		}
		for i := range v.NumField() {
			zonedIn(v.Field(i), zone)
		}
	}
}

// holdsMoments spares the walk through what cannot have any: the many numbers.
func holdsMoments(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return holdsMoments(t.Elem())
	case reflect.Struct:
		return true
	}
	return false
}
