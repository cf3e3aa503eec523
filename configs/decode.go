package configs

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// place is a line and column, from 1.
type place struct{ line, column int }

// decoder fills the file's structs from YAML. It does by reflection what the
// library's own decoder does, so as to report every mistake at once, each at its
// place and key, and to remember the places for validate.
type decoder struct {
	path   string
	env    func(string) (string, bool)
	places map[string]place // by path.to.key
	errs   Errors
	broken []string // keys that could not be read

	offline  bool // a missing secret goes to warnings, not to errs
	warnings Errors
}

func newDecoder(path string, env func(string) (string, bool)) *decoder {
	return &decoder{path: path, env: env, places: map[string]place{}}
}

// fail adds an error at the place of key, or of the nearest key above it when the
// file does not have it. What follows from a value that could not be read is not
// said again.
func (d *decoder) fail(key, format string, args ...any) {
	for _, b := range d.broken {
		if rest, ok := strings.CutPrefix(b, key); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return
		}
	}
	d.failAt(d.where(key), key, format, args...)
}

func (d *decoder) failAt(at place, key, format string, args ...any) {
	d.errs = append(d.errs, d.errorAt(at, key, format, args...))
}

func (d *decoder) errorAt(at place, key, format string, args ...any) Error {
	return Error{File: d.path, Line: at.line, Column: at.column, Key: key, Text: fmt.Sprintf(format, args...)}
}

// where returns the place of key, or of the nearest key above it that the file has.
func (d *decoder) where(key string) place {
	for k := key; k != ""; k = parent(k) {
		if p, ok := d.places[k]; ok {
			return p
		}
	}
	return place{1, 1}
}

// given reports whether the file has the key.
func (d *decoder) given(key string) bool { _, ok := d.places[key]; return ok }

// parent cuts the last part of a.b[3].c.
func parent(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

// decode parses data and fills f; what is wrong goes to d.errs. It returns false
// when there is nothing that could be checked further.
func (d *decoder) decode(data []byte, f *file) bool {
	tree, err := parse(data)
	if err != nil {
		at, text := syntax(err)
		d.failAt(at, "", "%s; mend the YAML", text)
		return false
	}
	var body ast.Node
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			d.failAt(placeOf(doc.Body), "", "a second document begins; keep one in a file")
			return false
		}
		body = doc.Body
	}
	if body == nil {
		d.failAt(place{1, 1}, "", "the file is empty; start from the worked example")
		return false
	}
	if _, ok := body.(ast.MapNode); !ok {
		d.failAt(placeOf(body), "", "is %s, not a group of keys; start from the worked example", a(body))
		return false
	}
	d.value(body, reflect.ValueOf(f).Elem(), "")
	for _, e := range d.errs {
		d.broken = append(d.broken, e.Key)
	}
	return true
}

// parse is the library's parser, whose panics on broken input are errors here.
func parse(data []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML cannot be read (%v)", r)
		}
	}()
	// Duplicates are found here, all of them and by their key.
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

// syntax returns the place and the words of a parser's error.
func syntax(err error) (place, string) {
	var e yaml.Error
	if errors.As(err, &e) {
		at := place{1, 1}
		if t := e.GetToken(); t != nil && t.Position != nil {
			at = place{t.Position.Line, t.Position.Column}
		}
		return at, e.GetMessage()
	}
	return place{1, 1}, err.Error()
}

func placeOf(n ast.Node) place {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return place{t.Position.Line, t.Position.Column}
	}
	return place{1, 1}
}

// value fills v from n.
func (d *decoder) value(n ast.Node, v reflect.Value, key string) {
	switch n.Type() {
	case ast.NullType:
		return // as if the key were not there
	case ast.AnchorType, ast.AliasType, ast.MergeKeyType, ast.TagType:
		d.failAt(placeOf(n), key, "YAML anchors, aliases and tags are not read; write the value out")
		return
	}
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(n, v.Elem(), key)
		return
	}
	_, isScalar := v.Addr().Interface().(scalar)
	switch {
	case isScalar:
		d.scalar(n, v, key)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v, key)
	case v.Kind() == reflect.Slice:
		d.list(n, v, key)
	default:
		d.scalar(n, v, key)
	}
}

func (d *decoder) list(n ast.Node, v reflect.Value, key string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.failAt(placeOf(n), key, "is %s, not a list; begin each entry with \"- \"", a(n))
		return
	}
	for i, one := range seq.Values {
		at := fmt.Sprintf("%s[%d]", key, i)
		d.places[at] = placeOf(first(one))
		e := reflect.New(v.Type().Elem()).Elem()
		if one.Type() == ast.NullType {
			d.failAt(placeOf(one), at, "the entry is empty; fill it in or delete the dash")
		}
		d.value(one, e, at)
		v.Set(reflect.Append(v, e))
	}
}

// first returns the first key of a mapping, whose own token is the colon.
func first(n ast.Node) ast.Node {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return m.Values[0].Key
	}
	return n
}

func (d *decoder) mapping(n ast.Node, v reflect.Value, key string) {
	m, ok := n.(ast.MapNode)
	if !ok {
		if v.Type() == reflect.TypeFor[secretSource]() {
			d.failAt(placeOf(n), key, "a secret stands in the file; take it out, and write {env: NAME} or {file: path}")
			return
		}
		d.failAt(placeOf(n), key, "is %s, not a group of keys; write \"key: value\" lines below it", a(n))
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]int{}
	for it := m.MapRange(); it.Next(); {
		kn := it.Key()
		at, name := placeOf(kn), kn.GetToken().Value
		full := join(key, name)
		if kn.IsMergeKey() {
			d.failAt(at, full, "YAML merge keys are not read; write the values out")
			continue
		}
		i, known := fields[name]
		if !known && v.Type() == reflect.TypeFor[secretSource]() {
			d.failAt(at, key, "a secret has the keys env and file only; write {env: NAME} or {file: path}") // the key may be the secret
			continue
		}
		if !known {
			d.failAt(at, full, "unknown key%s", suggest(name, v.Type()))
			continue
		}
		if line, twice := seen[name]; twice {
			d.failAt(at, full, "the key is given twice, first in line %d; delete one", line)
			continue
		}
		seen[name] = at.line
		d.places[full] = at
		if it.Value() != nil {
			d.value(it.Value(), v.Field(i), full)
		}
	}
}

// scalar fills v from a scalar node, after ${VAR} is filled in.
func (d *decoder) scalar(n ast.Node, v reflect.Value, key string) {
	text, ok := scalarText(n)
	if !ok {
		d.failAt(placeOf(n), key, "is %s, not a single value; write it on the key's line", a(n))
		return
	}
	text, err := expand(text, d.env)
	if err == nil {
		err = set(v, text)
	}
	if err != nil {
		d.failAt(placeOf(n), key, "%v", err)
	}
}

// set parses text into v.
func set(v reflect.Value, text string) error {
	if s, ok := v.Addr().Interface().(scalar); ok {
		return s.parse(text)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		i, err := strconv.Atoi(strings.ReplaceAll(text, "_", ""))
		if err != nil {
			return fmt.Errorf("%q is not a whole number; write one such as 20", text)
		}
		v.SetInt(int64(i))
	case reflect.Float64:
		x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if err != nil || x != x || x > 1e300 || x < -1e300 {
			return fmt.Errorf("%q is not a number; write one such as 1500 or 0.2", text)
		}
		v.SetFloat(x)
	default:
		return fmt.Errorf("a %s cannot be read from a file", v.Kind())
	}
	return nil
}

// scalarText returns the text of a scalar as it is written: the type that YAML
// would guess (NO as false, 010 as octal) is of no interest, since the field has one.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// a names a node's form for people.
func a(n ast.Node) string {
	switch {
	case n.Type() == ast.SequenceType:
		return "a list"
	case n.Type() == ast.MappingType || n.Type() == ast.MappingValueType:
		return "a group of keys"
	case n.GetToken() != nil && n.GetToken().Type == token.StringType:
		return "text"
	}
	return "a single value"
}

// fieldsOf returns a struct's fields by their key in the file.
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			fields[name] = i
		}
	}
	return fields
}
