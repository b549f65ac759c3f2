package manifest

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// strict finds what encoding/json lets pass: a key that stands twice (the last
// one wins there, the first one elsewhere) and a known key in other case (which
// only encoding/json takes). Unmarshal has read b before, so it is well-formed
// and not too deep; the walk relies on that and looks at structure only.
func strict(b []byte) error {
	w := walker{src: b, types: map[reflect.Type]map[string]reflect.Type{}}
	return w.value(reflect.TypeFor[Statement]())
}

type walker struct {
	src   []byte
	i     int // the next byte
	path  []string
	types map[reflect.Type]map[string]reflect.Type
}

// value passes over one value. t is the Go type that it was read into, nil
// where nothing was.
func (w *walker) value(t reflect.Type) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch w.next() {
	case '{':
		return w.object(t)
	case '[':
		return w.array(t)
	case '"':
		w.text()
	default: // a number or a word
		for w.i < len(w.src) && strings.IndexByte(",]} \t\r\n", w.src[w.i]) < 0 {
			w.i++
		}
	}
	return nil
}

func (w *walker) array(t reflect.Type) error {
	var elem reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		elem = t.Elem()
	}
	w.i++
	for w.next() != ']' {
		if err := w.value(elem); err != nil {
			return err
		}
		if w.next() == ',' {
			w.i++
		}
	}
	w.i++
	return nil
}

func (w *walker) object(t reflect.Type) error {
	fields, elem := w.known(t)
	seen := map[string]bool{}
	w.i++
	for w.next() != '}' {
		start := w.i
		key := w.text()
		w.path = append(w.path, key)
		if seen[key] {
			return w.errorf(start, "%s stands twice", w.at())
		}
		seen[key] = true
		inner := elem
		if fields != nil {
			var ok bool
			if inner, ok = fields[key]; !ok {
				if right := folded(fields, key); right != "" {
					return w.errorf(start, "%s must be written %s", w.at(), right)
				}
			}
		}
		w.next()
		w.i++ // the colon
		if err := w.value(inner); err != nil {
			return err
		}
		w.path = w.path[:len(w.path)-1]
		if w.next() == ',' {
			w.i++
		}
	}
	w.i++
	return nil
}

// next passes over white space and gives the byte that it stops at.
func (w *walker) next() byte {
	for ; w.i < len(w.src); w.i++ {
		switch c := w.src[w.i]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// text passes over a string and gives its value.
func (w *walker) text() string {
	start, plain := w.i, true
	for w.i++; w.i < len(w.src) && w.src[w.i] != '"'; w.i++ {
		if w.src[w.i] == '\\' {
			plain = false
			w.i++
		} else if w.src[w.i] >= 0x80 {
			plain = false // bytes that are not UTF-8 are read as U+FFFD
		}
	}
	w.i = min(w.i+1, len(w.src))
	if plain {
		return string(w.src[start+1 : w.i-1])
	}
	var s string
	if err := json.Unmarshal(w.src[start:w.i], &s); err != nil {
		return string(w.src[start:w.i]) // not in well-formed JSON
	}
	return s
}

func (w *walker) at() string { return strings.Join(w.path, ".") }

func (w *walker) errorf(offset int, format string, args ...any) error {
	line, col := at(w.src, int64(offset))
	return fmt.Errorf("manifest: %d:%d: %s", line, col, fmt.Sprintf(format, args...))
}

// known gives a struct's keys with their types, or the type of a map's values.
func (w *walker) known(t reflect.Type) (fields map[string]reflect.Type, elem reflect.Type) {
	switch {
	case t == nil || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return nil, nil
	case t.Kind() == reflect.Map:
		return nil, t.Elem()
	case t.Kind() != reflect.Struct:
		return nil, nil
	}
	if fields, ok := w.types[t]; ok {
		return fields, nil
	}
	fields = make(map[string]reflect.Type, t.NumField())
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f.Type
	}
	w.types[t] = fields
	return fields, nil
}

func folded(fields map[string]reflect.Type, key string) string {
	for name := range fields {
		if strings.EqualFold(name, key) {
			return name
		}
	}
	return ""
}
