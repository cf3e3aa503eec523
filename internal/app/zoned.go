package app

import (
	"reflect"
	"time"
)

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
